import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormProblem } from './FormProblem';

interface DeletionProps {
  /** What is deleted; it has to be typed when `typed` is set. */
  name: string;
  /** What becomes of it. */
  text: string;
  typed?: boolean;
  small?: boolean;
  onDelete(): Promise<unknown>;
}

/** A button that deletes after a question. */
export function Deletion({ name, text, typed, small, onDelete }: DeletionProps) {
  const { t } = useTranslation();
  const [opened, is] = useDisclosure(false);
  const [given, setGiven] = useState('');
  const remove = useMutation({ mutationFn: onDelete, onSuccess: is.close });
  const ask = () => {
    setGiven('');
    remove.reset();
    is.open();
  };
  return (
    <>
      <Button variant="subtle" color="red" size={small ? 'compact-sm' : undefined} aria-label={t('delete.one', { name })} onClick={ask}>
        {t('delete.do')}
      </Button>
      <Modal opened={opened} onClose={is.close} title={t('delete.title', { name })} closeButtonProps={{ 'aria-label': t('close') }}>
        <Stack>
          <Text>{text}</Text>
          <FormProblem error={remove.error} />
          {typed && <TextInput label={t('delete.type', { name })} value={given} onChange={(event) => setGiven(event.currentTarget.value)} data-autofocus />}
          <Group justify="end">
            <Button variant="default" onClick={is.close}>
              {t('cancel')}
            </Button>
            <Button color="red" disabled={typed && given !== name} loading={remove.isPending} onClick={() => remove.mutate()}>
              {t('delete.do')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
