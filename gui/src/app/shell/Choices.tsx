import { Select, Stack, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { changeLanguage } from '../i18n';
import { browserZone, languages, preferences, usePreferences, type Language } from '../preferences';

const themes = ['auto', 'light', 'dark'] as const;

/** What a person chooses for this browser: theme, language and time zone. */
export function Choices() {
  const { t } = useTranslation();
  const { language, zone } = usePreferences();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const zones = useMemo(() => [...new Set(['UTC', browserZone, ...Intl.supportedValuesOf('timeZone')])], []);
  return (
    <Stack gap="sm">
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
    </Stack>
  );
}
