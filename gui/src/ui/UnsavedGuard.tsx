import { Button, Group, Modal, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** The tab of a page, which the address names: another one takes the place of the form. */
const tabOf = (search: unknown) => (search as { tab?: string }).tab;

/** Asks before somebody leaves a form with what they typed. */
export function UnsavedGuard({ unsaved }: { unsaved: boolean }) {
  const { t } = useTranslation();
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => unsaved && (current.pathname !== next.pathname || tabOf(current.search) !== tabOf(next.search)),
    enableBeforeUnload: unsaved,
    withResolver: true,
  });
  return (
    <Modal opened={status === 'blocked'} onClose={() => reset?.()} title={t('unsaved.title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <Text mb="md">{t('unsaved.text')}</Text>
      <Group justify="end">
        <Button variant="default" onClick={() => proceed?.()}>
          {t('unsaved.discard')}
        </Button>
        <Button onClick={() => reset?.()} data-autofocus>
          {t('unsaved.stay')}
        </Button>
      </Group>
    </Modal>
  );
}
