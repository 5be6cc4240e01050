import { Button, Divider, Stack, Text } from '@mantine/core';
import { IconKeyboard, IconLogout, IconUserCircle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, type Me } from '../../api/client';
import { ButtonLink } from '../../ui/links';
import { Choices } from './Choices';

interface UserPanelProps {
  me: Me;
  showShortcuts(): void;
  close(): void;
}

/** Who is signed in, what they chose for this browser, and the way out. */
export default function UserPanel({ me, showShortcuts, close }: UserPanelProps) {
  const { t } = useTranslation();
  const logout = useMutation({
    mutationFn: () => api.POST('/logout'),
    onSuccess: () => location.assign('/login'), // a new page holds no data of the former person
  });
  return (
    <Stack gap="sm">
      <div>
        <Text fw={600} truncate>
          {me.name || me.email || me.id}
        </Text>
        <Text size="xs" c="dimmed">
          {t(`role.${me.role}`)}
        </Text>
      </div>
      <Choices />
      <Divider />
      <Stack gap={2}>
        <ButtonLink to="/account" variant="subtle" color="gray" justify="start" leftSection={<IconUserCircle size={16} />} onClick={close}>
          {t('user.account')}
        </ButtonLink>
        <Button variant="subtle" color="gray" justify="start" leftSection={<IconKeyboard size={16} />} rightSection={<kbd>?</kbd>} onClick={showShortcuts}>
          {t('shell.shortcuts')}
        </Button>
        <Button variant="subtle" color="gray" justify="start" leftSection={<IconLogout size={16} />} loading={logout.isPending} onClick={() => logout.mutate()}>
          {t('user.logout')}
        </Button>
      </Stack>
    </Stack>
  );
}
