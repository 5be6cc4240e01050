import { ActionIcon } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMenu2, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useMatches, useNavigate, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keyNames, shortcuts, useShortcut } from '../shortcuts';
import { placesFor, type Place } from '../navigation';
import { signedIn } from '../routes';
import { useConnection } from '../../api/connection';
import { settingsQuery } from '../../api/settings';
import { takeDefaults } from '../i18n';
import { Forbidden } from './Forbidden';
import { Menu } from './Menu';
import { LostConnection } from './LostConnection';
import { UserMenu } from './UserMenu';
import styles from './Shell.module.css';

// What is not seen at first is loaded when it is wanted.
const MenuDrawer = lazy(() => import('./MenuDrawer'));
const Palette = lazy(() => import('./palette/Palette'));
const SessionEnded = lazy(() => import('./SessionEnded'));
const ShortcutSheet = lazy(() => import('./ShortcutSheet'));

/** The frame around every page of those who signed in. */
export function Shell() {
  const { t } = useTranslation();
  const { me } = signedIn.useRouteContext();
  const [menu, menuIs] = useDisclosure(false);
  const [sheet, sheetIs] = useDisclosure(false);
  const [palette, setPalette] = useState(false);
  const { sessionEnded } = useConnection();
  const path = useRouterState({ select: (state) => state.location.pathname });

  useEffect(() => {
    window.addEventListener('keydown', shortcuts.handle);
    return () => window.removeEventListener('keydown', shortcuts.handle);
  }, []);
  useEffect(menuIs.close, [path, menuIs.close]);
  const { data: settings } = useQuery(settingsQuery);
  useEffect(() => {
    if (settings) void takeDefaults({ language: settings.language, zone: settings.time_zone });
  }, [settings]);
  useShortcut('mod+k', t('shell.find'), () => setPalette(true));
  useShortcut('?', t('shell.shortcuts'), sheetIs.toggle);
  const groups = placesFor(me.role);
  const roles = useMatches({ select: (matches) => matches.at(-1)?.staticData.roles });

  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        {t('shell.skip')}
      </a>
      {groups.flatMap(({ places }) => places).map((place) => <GoTo key={place.to} place={place} />)}
      <div className={styles.side}>
        <Menu groups={groups} workspace={settings?.name} />
      </div>
      <header className={styles.head}>
        <ActionIcon className={styles.burger} size="lg" aria-label={t('shell.menu')} onClick={menuIs.open}>
          <IconMenu2 size={20} />
        </ActionIcon>
        <button type="button" className={styles.find} onClick={() => setPalette(true)}>
          <IconSearch size={16} aria-hidden />
          <span>{t('shell.find')}</span>
          <kbd>{keyNames('mod+k')[0]?.join(' ')}</kbd>
        </button>
        <div className={styles.space} />
        <UserMenu me={me} showShortcuts={sheetIs.open} />
      </header>
      <div className={styles.note}>
        <LostConnection />
      </div>
      <main id="main" className={styles.main} tabIndex={-1}>
        {roles && !roles.includes(me.role) ? <Forbidden role={me.role} roles={roles} /> : <Outlet />}
      </main>
      <Suspense>
        {menu && <MenuDrawer groups={groups} onClose={menuIs.close} />}
        {sheet && <ShortcutSheet onClose={sheetIs.close} />}
        {sessionEnded && <SessionEnded me={me} />}
        {palette && <Palette groups={groups} me={me} onClose={() => setPalette(false)} />}
      </Suspense>
    </div>
  );
}

function GoTo({ place }: { place: Place }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  useShortcut(`g ${place.key}`, t('shell.goTo', { place: t(place.label) }), () => void navigate({ to: place.to }));
  return null;
}
