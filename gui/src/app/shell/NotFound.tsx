import { useTranslation } from 'react-i18next';
import { Empty } from '../../ui/Empty';
import { ButtonLink } from '../../ui/links';

/** Stands in the place of a page that does not exist. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty title={t('notFound.title')} text={t('notFound.text')}>
      <ButtonLink to="/">
        {t('notFound.home')}
      </ButtonLink>
    </Empty>
  );
}
