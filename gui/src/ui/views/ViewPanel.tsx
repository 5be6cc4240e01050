import { ActionIcon, Badge, Button, Checkbox, Divider, Group, Skeleton, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { IconDeviceFloppy, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { mayAdminister, mayMarket } from '../../api/me';
import { createView, deleteView, replaceView, viewsQuery, type View } from '../../api/views';
import { signedIn } from '../../app/routes';
import { ErrorState } from '../ErrorState';
import { FormProblem } from '../FormProblem';
import { contentOf, searchOf, shows } from './content';
import type { ViewsProps } from './Views';

interface ViewPanelProps extends ViewsProps {
  onDone(): void;
}

/** The views of a list: chooses one, saves what is shown as a new one, replaces and deletes. */
export default function ViewPanel({ page, search, onSearch, onDone }: ViewPanelProps) {
  const { t } = useTranslation();
  const { me } = signedIn.useRouteContext();
  const views = useQuery(viewsQuery);
  const here = views.data?.filter((view) => view.page === page) ?? [];
  const choose = (view: View) => {
    onSearch(searchOf(view));
    onDone();
  };
  if (views.error && !views.data) return <ErrorState error={views.error} onRetry={() => void views.refetch()} />;
  if (!views.data) return <Skeleton h={120} />;
  const groups = [
    { title: t('views.mine'), views: here.filter(({ owner }) => owner === me.id) },
    { title: t('views.shared'), views: here.filter(({ owner }) => owner !== me.id) },
  ];
  return (
    <Stack gap="sm">
      {here.length === 0 && <Text c="dimmed">{t('views.none')}</Text>}
      {groups.map(({ title, views }) =>
        views.length === 0 ? null : (
          <section key={title} aria-label={title}>
            <Text size="xs" c="dimmed">
              {title}
            </Text>
            {views.map((view) => (
              <ViewLine key={view.id} view={view} search={search} onChoose={() => choose(view)} mayChange={view.owner === me.id || mayAdminister(me.role)} />
            ))}
          </section>
        ),
      )}
      <Divider />
      <NewView page={page} search={search} mayShare={mayMarket(me.role)} />
    </Stack>
  );
}

function ViewLine({ view, search, onChoose, mayChange }: { view: View; search: ViewsProps['search']; onChoose(): void; mayChange: boolean }) {
  const { t } = useTranslation();
  const { id = '', name, page, shared } = view;
  const shown = shows(search, view);
  const change = useChange(() => replaceView(id, { name, page, shared, ...contentOf(search) }));
  const remove = useChange(() => deleteView(id));
  return (
    <Group gap="xs" wrap="nowrap">
      <Button variant="subtle" color="gray" size="compact-sm" justify="start" flex={1} onClick={onChoose} rightSection={shown && <Badge>{t('views.current')}</Badge>}>
        {name}
      </Button>
      {mayChange && !shown && (
        <Tooltip label={t('views.update', { name })}>
          <ActionIcon aria-label={t('views.update', { name })} loading={change.isPending} onClick={() => change.mutate()}>
            <IconDeviceFloppy size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      {mayChange && (
        <Tooltip label={t('delete.one', { name })}>
          <ActionIcon aria-label={t('delete.one', { name })} loading={remove.isPending} onClick={() => remove.mutate()}>
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  );
}

function NewView({ page, search, mayShare }: Pick<ViewsProps, 'page' | 'search'> & { mayShare: boolean }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const create = useChange(() => createView({ name: name.trim(), page, shared, ...contentOf(search) }), () => setName(''));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormProblem error={create.error} />
        <TextInput label={t('views.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={200} />
        {mayShare && <Checkbox label={t('views.share')} checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} />}
        <Button type="submit" disabled={!name.trim()} loading={create.isPending}>
          {t('views.save')}
        </Button>
      </Stack>
    </form>
  );
}

/** A change of the views, after which they are asked for again. */
function useChange(change: () => Promise<unknown>, onDone?: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: viewsQuery.queryKey });
      onDone?.();
    },
  });
}
