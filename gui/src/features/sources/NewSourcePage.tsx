import { Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { asProblem } from '../../api/problem';
import { createSource, sourcesQuery } from '../../api/sources';
import { ButtonLink } from '../../ui/links';
import { Page } from '../../ui/Page';
import { FormProblem } from '../../ui/FormProblem';
import { UnsavedGuard } from '../../ui/UnsavedGuard';
import { kinds, type Kind } from './kinds';
import { newSourceRoute } from './routes';
import styles from './NewSourcePage.module.css';

const fields = ['name', 'id'];

/** Guides to a new source: what is connected, and what it is called. */
export function NewSourcePage() {
  const { t } = useTranslation(['sources', 'app']);
  const queries = useQueryClient();
  const navigate = newSourceRoute.useNavigate();
  const form = useForm({ initialValues: { kind: 'website' as Kind, name: '', id: '' } });
  const create = useMutation({
    mutationFn({ kind, name, id }: typeof form.values) {
      const { source } = kinds.find((each) => each.id === kind) ?? kinds[0];
      return createSource({ ...source, types: [...source.types], name: name.trim(), enabled: true, ...(id.trim() && { id: id.trim() }) });
    },
    async onSuccess({ id = '' }) {
      form.resetDirty();
      await queries.invalidateQueries({ queryKey: sourcesQuery.queryKey });
      await navigate({ to: '/sources/$id', params: { id }, search: { tab: 'install' }, replace: true, ignoreBlocker: true });
    },
    onError: (error) => form.setErrors(asProblem(error).faultsOf(fields)),
  });
  return (
    <Page title={t('create.title')} above={{ to: '/sources', label: t('title') }} form="narrow">
      <form onSubmit={form.onSubmit((values) => create.mutate(values))}>
        <Stack gap="lg">
          <FormProblem error={create.error} fields={fields} />
          <Radio.Group label={t('create.kind')} {...form.getInputProps('kind')}>
            <div className={styles.kinds}>
              {kinds.map(({ id, icon: Icon }) => (
                <Radio.Card key={id} value={id} p="md" aria-label={t(`kind.${id}.name`)}>
                  <Group wrap="nowrap" align="start" gap="sm">
                    <Icon size={20} stroke={1.7} aria-hidden />
                    <div>
                      <Text fw={600}>{t(`kind.${id}.name`)}</Text>
                      <Text c="dimmed">{t(`kind.${id}.text`)}</Text>
                    </div>
                  </Group>
                </Radio.Card>
              ))}
            </div>
          </Radio.Group>
          <TextInput label={t('name')} description={t('create.nameHelp')} required maxLength={200} maw={420} autoFocus {...form.getInputProps('name')} />
          <TextInput label={t('create.id')} description={t('create.idHelp')} maxLength={80} maw={420} {...form.getInputProps('id')} />
          <Group>
            <Button type="submit" loading={create.isPending}>
              {t('create.do')}
            </Button>
            <ButtonLink to="/sources" variant="default">
              {t('app:cancel')}
            </ButtonLink>
          </Group>
        </Stack>
      </form>
      <UnsavedGuard unsaved={form.isDirty() && !create.isSuccess} />
    </Page>
  );
}
