import '@mantine/spotlight/styles.css';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { IconPlugConnected, IconPlus, IconSearch, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '../../api/client';
import { mayConnect } from '../../api/me';
import { sourcesQuery } from '../../api/sources';
import type { placesFor } from '../navigation';
import { recall, remember } from '../preferences';

const [store, palette] = createSpotlight();
const recentKey = 'tracardi-recent';

interface Action {
  id: string;
  label: string;
  icon: ReactNode;
  run(): void;
  /** Shown whatever is typed. */
  always?: boolean;
}

/** Goes to places, things and actions by name. */
export default function Palette({ groups, me, onClose }: { groups: ReturnType<typeof placesFor>; me: Me; onClose(): void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [query, setQuery] = useState('');
  const [recent] = useState(() => (recall(recentKey) ?? '').split('\n').filter(Boolean));
  const sources = useQuery(sourcesQuery);
  useEffect(palette.open, []);

  const actions: Action[] = groups.flatMap(({ places }) =>
    places.map(({ to, label, icon: Icon }) => ({ id: to, label: t(label), icon: <Icon size={18} />, run: () => void navigate({ to }) })),
  );
  if (mayConnect(me.role)) {
    actions.push({ id: 'new-source', label: t('palette.newSource'), icon: <IconPlus size={18} />, run: () => void navigate({ to: '/sources/new' }) });
  }
  for (const { id = '', name } of sources.data ?? []) {
    actions.push({
      id: `source ${id}`,
      label: t('palette.source', { name }),
      icon: <IconPlugConnected size={18} />,
      run: () => void navigate({ to: '/sources/$id', params: { id } }),
    });
  }
  const typed = query.trim();
  if (typed) {
    const find = JSON.stringify(typed);
    const profile = typed.includes('@') ? `data.contact.email.main = ${find}` : `id = ${find} OR ids = ${find}`;
    actions.push({
      id: 'find-profile',
      always: true,
      label: t('palette.profiles', { text: typed }),
      icon: <IconUser size={18} />,
      run: () => void navigate({ to: '/profiles', search: { q: profile } }),
    });
    if (/[:=<>~]/.test(typed)) {
      actions.push({
        id: 'find-events',
        always: true,
        label: t('palette.events', { text: typed }),
        icon: <IconSearch size={18} />,
        run: () => void navigate({ to: '/events', search: { q: typed } }),
      });
    }
  }
  const place = (action: Action) => (recent.includes(action.id) ? recent.indexOf(action.id) : recent.length);
  const shown = actions
    .filter((action) => action.always || action.label.toLowerCase().includes(typed.toLowerCase()))
    .sort((a, b) => place(a) - place(b));
  const run = (action: Action) => {
    if (!action.always) remember(recentKey, [action.id, ...recent.filter((id) => id !== action.id)].slice(0, 8).join('\n'));
    action.run();
  };

  return (
    <Spotlight.Root store={store} query={query} onQueryChange={setQuery} onSpotlightClose={onClose} shortcut={null} scrollable maxHeight={420}>
      <Spotlight.Search placeholder={t('palette.placeholder')} aria-label={t('palette.placeholder')} leftSection={<IconSearch size={18} />} />
      <Spotlight.ActionsList>
        {shown.map((action) => (
          <Spotlight.Action key={action.id} label={action.label} leftSection={action.icon} onClick={() => run(action)} />
        ))}
        {shown.length === 0 && <Spotlight.Empty>{t('nothingFound')}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
