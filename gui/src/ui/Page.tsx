import { Title } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './Page.module.css';
import { AnchorLink } from './links';

interface PageProps {
  title: string;
  /** The list that this page is one of. */
  above?: { to: string; label: string };
  /** Stands before the title, such as a picture. */
  icon?: ReactNode;
  /** Stands beside the title, such as a state. */
  mark?: ReactNode;
  actions?: ReactNode;
  /** "filling" takes the height of the window, for lists that scroll within; "narrow" is for forms. */
  form?: 'filling' | 'narrow';
  children: ReactNode;
}

/** A page with its title, which is also the title of the browser's tab. */
export function Page({ title, above, icon, mark, actions, form, children }: PageProps) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t('product')}`;
  }, [title, t]);
  return (
    <div className={[styles.page, form && styles[form]].filter(Boolean).join(' ')}>
      <div className={styles.head}>
        {above && (
          <>
            <AnchorLink to={above.to}>{above.label}</AnchorLink>
            <IconChevronRight className={styles.then} size={14} aria-hidden />
          </>
        )}
        <div className={styles.title}>
          {icon}
          <Title order={1}>{title}</Title>
          {mark}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}
