import { Button, Fieldset, Group, MultiSelect, NumberInput, Stack, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Source } from '../../api/client';
import { asProblem } from '../../api/problem';
import { changeSource, deleteSource, sourceQuery, sourcesQuery } from '../../api/sources';
import { Deletion } from '../../ui/Deletion';
import { FormProblem } from '../../ui/FormProblem';
import { UnsavedGuard } from '../../ui/UnsavedGuard';
import { sourceRoute } from './routes';

const ways = ['rest', 'webhook', 'redirect', 'segment', 'rudderstack'] as const;
const switches = ['respect_dnt', 'static_profile_id', 'queued', 'transitional'] as const;

/** How a source is set. */
export function Settings({ source, mayChange }: { source: Source; mayChange: boolean }) {
  const { t } = useTranslation(['sources', 'app']);
  const queries = useQueryClient();
  const navigate = sourceRoute.useNavigate();
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
      form.setErrors(asProblem(error).faultsOf(fields));
    },
  });
  const fields = Object.keys(form.values);
  const remove = async () => {
    await deleteSource(id);
    await navigate({ to: '/sources', replace: true, ignoreBlocker: true });
    await queries.invalidateQueries({ queryKey: sourcesQuery.queryKey });
  };
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Fieldset variant="unstyled" disabled={!mayChange}>
        <Stack gap="md" maw={560}>
          <FormProblem error={save.error} fields={fields} />
          <Switch label={t('enabled')} description={t('help.enabled')} {...form.getInputProps('enabled', { type: 'checkbox' })} />
          <TextInput label={t('name')} required maxLength={200} {...form.getInputProps('name')} />
          <Textarea label={t('description')} autosize minRows={2} maxLength={2000} {...form.getInputProps('description')} />
          <MultiSelect label={t('ways')} description={t('help.ways')} data={[...new Set([...ways, ...(source.types ?? [])])].map((value) => ({ value, label: t(`way.${value}`, { defaultValue: value }) }))} {...form.getInputProps('types')} />
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
              <Deletion name={source.name} text={t('delete.text')} typed onDelete={remove} />
            </Group>
          )}
        </Stack>
      </Fieldset>
      <UnsavedGuard unsaved={form.isDirty() && !save.isPending} />
    </form>
  );
}
