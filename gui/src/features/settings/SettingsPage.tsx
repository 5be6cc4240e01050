import { Button, Checkbox, Group, Select, Skeleton, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { roles } from '../../api/me';
import { asProblem } from '../../api/problem';
import { replaceSettings, settingsQuery, type Settings, type SettingsInput } from '../../api/settings';
import { languages } from '../../app/preferences';
import { ErrorState } from '../../ui/ErrorState';
import { FormProblem } from '../../ui/FormProblem';
import { Page } from '../../ui/Page';
import { UnsavedGuard } from '../../ui/UnsavedGuard';

/** What holds for the whole workspace. */
export function SettingsPage() {
  const { t } = useTranslation('settings');
  const settings = useQuery(settingsQuery);
  return (
    <Page title={t('title')} form="narrow">
      {settings.data ? (
        <Form key={settings.data.version} settings={settings.data} />
      ) : settings.error ? (
        <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />
      ) : (
        <Stack maw={420}>
          {[60, 60, 60, 140].map((height, at) => (
            <Skeleton key={at} h={height} />
          ))}
        </Stack>
      )}
    </Page>
  );
}

function Form({ settings }: { settings: Settings }) {
  const { t } = useTranslation(['settings', 'app']);
  const queries = useQueryClient();
  const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')], []);
  const form = useForm({
    initialValues: { name: settings.name ?? '', language: settings.language ?? '', time_zone: settings.time_zone ?? '', personal_data: settings.personal_data as string[] },
  });
  const fields = Object.keys(form.values);
  const save = useMutation({
    mutationFn: (values: typeof form.values) => replaceSettings(settings.version, values as SettingsInput),
    onSuccess(changed) {
      queries.setQueryData(settingsQuery.queryKey, changed);
      notifications.show({ message: t('app:saved'), color: 'teal' });
    },
    onError: (error) => form.setErrors(asProblem(error).faultsOf(fields)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="lg" maw={420}>
        <FormProblem error={save.error} fields={fields} />
        <TextInput label={t('name')} description={t('nameHelp')} maxLength={200} {...form.getInputProps('name')} />
        <Select
          label={t('language')}
          description={t('languageHelp')}
          data={[{ value: '', label: t('browser') }, ...Object.entries(languages).map(([value, label]) => ({ value, label }))]}
          allowDeselect={false}
          {...form.getInputProps('language')}
        />
        <Select
          label={t('zone')}
          description={t('zoneHelp')}
          data={[{ value: '', label: t('browser') }, ...zones.map((zone) => ({ value: zone, label: zone }))]}
          searchable
          limit={50}
          nothingFoundMessage={t('app:nothingFound')}
          allowDeselect={false}
          {...form.getInputProps('time_zone')}
        />
        <Checkbox.Group label={t('personal')} description={t('personalHelp')} {...form.getInputProps('personal_data')}>
          <Stack gap="sm" mt="xs">
            {roles.map((role) => (
              // Administrators can give themselves any role.
              <Checkbox key={role} value={role} label={t(`app:role.${role}`)} disabled={role === 'admin'} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Group>
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
            {t('app:save')}
          </Button>
        </Group>
      </Stack>
      <UnsavedGuard unsaved={form.isDirty() && !save.isPending} />
    </form>
  );
}
