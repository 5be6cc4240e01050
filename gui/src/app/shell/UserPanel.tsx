import { Button, Divider, Select, Stack, Text, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconKeyboard, IconLogout } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Me } from '../../api/client';
import { changeLanguage } from '../i18n';
import { browserZone, languages, preferences, usePreferences, type Language } from '../preferences';

const themes = ['auto', 'light', 'dark'] as const;

/** Who is signed in, and what they chose for this browser: theme, language and time zone. */
export default function UserPanel({ me, showShortcuts }: { me: Me; showShortcuts(): void }) {
  const { t } = useTranslation();
  const { language, zone } = usePreferences();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const zones = useMemo(() => [...new Set(['UTC', browserZone, ...Intl.supportedValuesOf('timeZone')])], []);
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
      <Select
        label={t('user.theme')}
        data={themes.map((theme) => ({ value: theme, label: t(`theme.${theme}`) }))}
        value={colorScheme}
        onChange={(value) => value && setColorScheme(value as MantineColorScheme)}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
      />
      <Select
        label={t('user.language')}
        data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
        value={language}
        onChange={(value) => value && void changeLanguage(value as Language)}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
      />
      <Select
        label={t('user.zone')}
        data={zones}
        value={zone}
        onChange={(value) => value && preferences.set({ zone: value })}
        searchable
        limit={50}
        nothingFoundMessage={t('nothingFound')}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
      />
      <Divider />
      <Button variant="subtle" color="gray" justify="start" leftSection={<IconKeyboard size={16} />} rightSection={<kbd>?</kbd>} onClick={showShortcuts}>
        {t('shell.shortcuts')}
      </Button>
      <Button variant="subtle" color="gray" justify="start" leftSection={<IconLogout size={16} />} loading={logout.isPending} onClick={() => logout.mutate()}>
        {t('user.logout')}
      </Button>
    </Stack>
  );
}
