import '@mantine/spotlight/styles.layer.css';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '../../../api/client';
import type { placesFor } from '../../navigation';
import { recall, remember } from '../../preferences';
import { useActions, type Action } from './useActions';

const [store, palette] = createSpotlight();
const recentKey = 'tracardi-recent';
const mostRecent = 8;

/** Goes to places, things and actions by name. What was used before comes first. */
export default function Palette({ groups, me, onClose }: { groups: ReturnType<typeof placesFor>; me: Me; onClose(): void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [query, setQuery] = useState('');
  const [recent] = useState(() => (recall(recentKey) ?? '').split('\n').filter(Boolean));
  const actions = useActions(groups, me, query.trim());
  useEffect(palette.open, []);

  const place = ({ id }: Action) => (recent.includes(id) ? recent.indexOf(id) : recent.length);
  const shown = [...actions].sort((a, b) => place(a) - place(b));
  const run = ({ id, found, go }: Action) => {
    if (!found) remember(recentKey, [id, ...recent.filter((other) => other !== id)].slice(0, mostRecent).join('\n'));
    void navigate(go);
  };
  return (
    <Spotlight.Root attributes={{ content: { 'aria-label': t('shell.find') } }} store={store} query={query} onQueryChange={setQuery} onSpotlightClose={onClose} shortcut={null} scrollable maxHeight={420}>
      <Spotlight.Search placeholder={t('palette.placeholder')} aria-label={t('palette.placeholder')} leftSection={<IconSearch size={18} />} />
      <Spotlight.ActionsList>
        {shown.map((action) => (
          <Spotlight.Action key={action.id} label={action.label} leftSection={<action.icon size={18} />} onClick={() => run(action)} />
        ))}
        {shown.length === 0 && <Spotlight.Empty>{t('nothingFound')}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
