import { Button, Popover, Skeleton } from '@mantine/core';
import { IconBookmark } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ViewPage } from '../../api/views';
import type { ListSearch } from '../list/useDocuments';

const ViewPanel = lazy(() => import('./ViewPanel'));

export interface ViewsProps {
  page: ViewPage;
  search: ListSearch;
  /** Puts a change into the address. */
  onSearch(change: ListSearch): void;
}

/** Opens the views that are saved for a list. */
export function Views(props: ViewsProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" width={320} trapFocus returnFocus withRoles>
      <Popover.Target>
        <Button variant="default" leftSection={<IconBookmark size={16} />} onClick={() => setOpened(!opened)}>
          {t('views.title')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('views.title')}>
        <Suspense fallback={<Skeleton h={120} />}>
          <ViewPanel {...props} onDone={close} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
