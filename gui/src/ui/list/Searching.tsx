import { Button, Loader } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { Documents } from './useDocuments';

const longAfter = 700; // milliseconds

/** While a search takes long: shows that it goes on, and stops it. */
export function Searching({ documents: { searching, stop } }: { documents: Documents }) {
  const { t } = useTranslation();
  const [long] = useDebouncedValue(searching, longAfter);
  if (!searching || !long) return null;
  return (
    <Button variant="default" leftSection={<Loader size={12} />} onClick={stop}>
      {t('list.stop')}
    </Button>
  );
}
