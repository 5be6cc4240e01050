import { Alert, Button, Fieldset, Group, Modal, MultiSelect, NumberInput, Stack, Switch, TagsInput, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Source } from '../../api/client';
import { asProblem } from '../../api/problem';
import { changeSource, deleteSource, sourceQuery, sourcesQuery } from '../../api/sources';
import { UnsavedGuard } from '../../ui/UnsavedGuard';
import { sourceRoute } from './routes';

const ways = ['rest', 'webhook', 'redirect'] as const;
const switches = ['respect_dnt', 'static_profile_id', 'queued', 'transitional'] as const;

/** How a source is set. */
export function Settings({ source, mayChange }: { source: Source; mayChange: boolean }) {
  const { t } = useTranslation(['sources', 'app']);
  const queries = useQueryClient();
  const id = source.id ?? '';
  const form = useForm({
    initialValues: {
      name: source.name,
      description: source.description ?? '',
      channel: source.channel ?? '',
      types: (source.types ?? []) as string[],
      origins: source.origins ?? [],
      rate_limit: source.rate_limit ?? 0,
      enabled: source.enabled ?? true,
      respect_dnt: source.respect_dnt ?? false,
      static_profile_id: source.static_profile_id ?? false,
      queued: source.queued ?? false,
      transitional: source.transitional ?? false,
    },
  });
  const save = useMutation({
    mutationFn: (values: typeof form.values) => changeSource(id, values as Partial<Source>),
    async onSuccess(changed) {
      queries.setQueryData(sourceQuery(id).queryKey, changed);
      notifications.show({ message: t('app:saved'), color: 'teal' });
      await queries.invalidateQueries({ queryKey: sourcesQuery.queryKey, exact: true });
    },
    onError(error) {
      const problem = asProblem(error);
      form.setErrors(Object.fromEntries(Object.keys(form.values).map((field) => [field, problem.fault(field)])));
    },
  });
  const problem = save.error && asProblem(save.error);
  const general = problem && !Object.keys(form.values).some((field) => problem.fault(field)) ? problem.message : undefined;
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Fieldset variant="unstyled" disabled={!mayChange}>
        <Stack gap="md" maw={560}>
          {general && (
            <Alert color="red" variant="light" role="alert">
              {general}
            </Alert>
          )}
          <Switch label={t('enabled')} description={t('help.enabled')} {...form.getInputProps('enabled', { type: 'checkbox' })} />
          <TextInput label={t('name')} required maxLength={200} {...form.getInputProps('name')} />
          <Textarea label={t('description')} autosize minRows={2} maxLength={2000} {...form.getInputProps('description')} />
          <MultiSelect label={t('ways')} description={t('help.ways')} data={ways.map((value) => ({ value, label: t(`way.${value}`) }))} {...form.getInputProps('types')} />
          <TextInput label={t('channel')} description={t('help.channel')} {...form.getInputProps('channel')} />
          <TagsInput label={t('origins')} description={t('help.origins')} placeholder="https://shop.example" {...form.getInputProps('origins')} />
          <NumberInput label={t('rateLimit')} description={t('help.rateLimit')} min={0} allowDecimal={false} {...form.getInputProps('rate_limit')} />
          {switches.map((name) => (
            <Switch key={name} label={t(`switch.${name}.name`)} description={t(`switch.${name}.text`)} {...form.getInputProps(name, { type: 'checkbox' })} />
          ))}
          {mayChange && (
            <Group justify="space-between">
              <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
                {t('app:save')}
              </Button>
              <Deletion source={source} />
            </Group>
          )}
        </Stack>
      </Fieldset>
      <UnsavedGuard unsaved={form.isDirty() && !save.isPending} />
    </form>
  );
}

/** Deletes the source, after its name was typed. */
function Deletion({ source }: { source: Source }) {
  const { t } = useTranslation(['sources', 'app']);
  const queries = useQueryClient();
  const navigate = sourceRoute.useNavigate();
  const [opened, is] = useDisclosure(false);
  const [typed, setTyped] = useState('');
  const remove = useMutation({
    mutationFn: () => deleteSource(source.id ?? ''),
    async onSuccess() {
      await navigate({ to: '/sources', replace: true, ignoreBlocker: true });
      await queries.invalidateQueries({ queryKey: sourcesQuery.queryKey });
    },
  });
  return (
    <>
      <Button variant="subtle" color="red" onClick={is.open}>
        {t('delete.do')}
      </Button>
      <Modal opened={opened} onClose={is.close} title={t('delete.title', { name: source.name })} closeButtonProps={{ 'aria-label': t('app:close') }}>
        <Stack>
          <Text>{t('delete.text')}</Text>
          {remove.error && (
            <Alert color="red" variant="light" role="alert">
              {asProblem(remove.error).message}
            </Alert>
          )}
          <TextInput label={t('delete.type', { name: source.name })} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} data-autofocus />
          <Group justify="end">
            <Button variant="default" onClick={is.close}>
              {t('app:cancel')}
            </Button>
            <Button color="red" disabled={typed !== source.name} loading={remove.isPending} onClick={() => remove.mutate()}>
              {t('delete.do')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
