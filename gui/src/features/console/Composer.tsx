import { Autocomplete, Button, Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlayerPlay, IconSend } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { topQuery } from '../../api/documents';
import { eventTypesQuery } from '../../api/eventtypes';
import { sourcesQuery } from '../../api/sources';
import { useShortcut } from '../../app/shortcuts';
import { exampleFor, faultOfProperties, type Draft } from './payload';
import { consoleRoute } from './routes';

const week = { q: '', from: '-7d', to: '' };
const mostSeen = 200;
const shownTypes = 50;

interface ComposerProps {
  onTry(draft: Draft): void;
  onSend(draft: Draft): void;
  trying: boolean;
  sending: boolean;
}

/** The form of an event. */
export function Composer({ onTry, onSend, trying, sending }: ComposerProps) {
  const { t } = useTranslation('console');
  const { source = '', type = '', profile = '' } = consoleRoute.useSearch();
  const sources = useQuery(sourcesQuery);
  const known = useQuery(eventTypesQuery);
  const seen = useQuery(topQuery('events', 'type', week, mostSeen));
  const types = useMemo(() => [...new Set([...(seen.data ?? []).map(({ value }) => String(value)), ...(known.data ?? []).map(({ id }) => id)])], [seen.data, known.data]);
  const only = sources.data?.length === 1 ? (sources.data[0]?.id ?? '') : '';
  const form = useForm<Draft>({
    initialValues: { source, type, profile, properties: '{}', session: 'console' },
    validate: {
      source: (value) => (value || only ? null : t('noSource')),
      type: (value) => (value.trim() ? null : t('noType')),
      session: (value) => (value.trim() ? null : t('noSession')),
      properties(value) {
        const fault = faultOfProperties(value);
        return fault ? (fault.reason ? t('notJson', { reason: fault.reason }) : t('notObject')) : null;
      },
    },
  });
  const filled = (values: Draft): Draft => ({ ...values, source: values.source || only });
  const attempt = form.onSubmit((values) => onTry(filled(values)));
  const described = known.data?.find(({ id, properties }) => id === form.values.type.trim() && properties.length > 0);
  useShortcut('mod+Enter', t('try'), () => attempt());

  return (
    <form onSubmit={attempt} noValidate>
      <Stack gap="md">
        <Select
          label={t('source')}
          data={(sources.data ?? []).map(({ id = '', name }) => ({ value: id, label: name }))}
          searchable
          required
          withAsterisk={false}
          allowDeselect={false}
          {...form.getInputProps('source')}
          value={form.values.source || only || null}
        />
        <Autocomplete label={t('type')} data={types} limit={shownTypes} required withAsterisk={false} maxLength={200} {...form.getInputProps('type')} />
        <Textarea label={t('properties')} description={t('propertiesHelp')} autosize minRows={6} maxRows={20} spellCheck={false} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} {...form.getInputProps('properties')} />
        {described && (
          <div>
            <Button variant="default" size="compact-sm" onClick={() => form.setFieldValue('properties', JSON.stringify(exampleFor(described), undefined, 2))}>
              {t('example')}
            </Button>
          </div>
        )}
        <TextInput label={t('session')} description={t('sessionHelp')} maxLength={200} {...form.getInputProps('session')} />
        <TextInput label={t('profile')} description={t('profileHelp')} maxLength={200} {...form.getInputProps('profile')} />
        <Group>
          <Button type="submit" loading={trying} leftSection={<IconPlayerPlay size={16} />}>
            {t('try')}
          </Button>
          <Button variant="default" loading={sending} leftSection={<IconSend size={16} />} onClick={() => form.onSubmit((values) => onSend(filled(values)))()}>
            {t('send')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
