import { Drawer } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { placesFor } from '../navigation';
import { Menu } from './Menu';

/** The menu of narrow windows. */
export default function MenuDrawer({ groups, onClose }: { groups: ReturnType<typeof placesFor>; onClose(): void }) {
  const { t } = useTranslation();
  return (
    <Drawer opened onClose={onClose} position="left" size="15rem" title={t('shell.menu')} closeButtonProps={{ 'aria-label': t('close') }}>
      <Menu groups={groups} />
    </Drawer>
  );
}
