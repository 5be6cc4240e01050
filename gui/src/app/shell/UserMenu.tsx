import { Avatar, Popover, Skeleton, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { Me } from '../../api/client';

const UserPanel = lazy(() => import('./UserPanel'));

/** Opens what belongs to the person who is signed in. */
export function UserMenu({ me, showShortcuts }: { me: Me; showShortcuts(): void }) {
  const { t } = useTranslation();
  const [opened, is] = useDisclosure(false);
  const name = me.name || me.email || me.id;
  return (
    <Popover opened={opened} onChange={(open) => (open ? is.open() : is.close())} width={260} position="bottom-end" shadow="md" trapFocus returnFocus withRoles>
      <Popover.Target>
        <UnstyledButton aria-label={t('user.menu', { name })} onClick={is.toggle} style={{ borderRadius: '50%' }}>
          <Avatar size={30} color="indigo" name={name} variant="light" aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p="sm" aria-label={t('user.menu', { name })}>
        <Suspense fallback={<Skeleton h={280} />}>
          <UserPanel
            me={me}
            close={is.close}
            showShortcuts={() => {
              is.close();
              showShortcuts();
            }}
          />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
