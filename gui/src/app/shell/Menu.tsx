import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { placesFor } from '../navigation';
import { Logo } from './Logo';
import styles from './Shell.module.css';

/** The places of the application. */
export function Menu({ groups, workspace }: { groups: ReturnType<typeof placesFor>; workspace?: string }) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t('shell.menu')}>
      <div className={styles.brand}>
        <Logo size={22} />
        {t('product')}
      </div>
      {workspace && <div className={styles.workspace}>{workspace}</div>}
      {groups.map(({ title, places }) => (
        <section key={title} style={{ marginTop: 'var(--mantine-spacing-lg)' }} aria-label={t(title)}>
          <div className={styles.groupTitle}>{t(title)}</div>
          <ul className={styles.list}>
            {places.map(({ to, label, icon: Icon }) => (
              <li key={to}>
                <Link to={to} className={styles.place} activeOptions={{ exact: to === '/', includeSearch: false }} activeProps={{ 'aria-current': 'page' }}>
                  <Icon size={18} stroke={1.7} aria-hidden />
                  {t(label)}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
