import { useTranslation } from 'react-i18next';
import type { Role } from '../../api/client';
import { Empty } from '../../ui/Empty';
import { ButtonLink } from '../../ui/links';

/** Stands in the place of a page that is for other roles. */
export function Forbidden({ role, roles }: { role: Role; roles: readonly Role[] }) {
  const { t, i18n } = useTranslation();
  const names = new Intl.ListFormat(i18n.language, { type: 'disjunction' }).format(roles.map((each) => t(`role.${each}`)));
  return (
    <Empty title={t('forbidden.title', { roles: names })} text={t('forbidden.text', { role: t(`role.${role}`) })}>
      <ButtonLink to="/">{t('notFound.home')}</ButtonLink>
    </Empty>
  );
}
