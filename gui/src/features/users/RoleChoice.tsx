import { Radio, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { roles } from '../../api/me';

interface RoleChoiceProps {
  value?: string;
  onChange?(role: string): void;
  error?: React.ReactNode;
  disabled?: boolean;
}

/** Chooses a role, with what each may do. */
export function RoleChoice(props: RoleChoiceProps) {
  const { t } = useTranslation(['users', 'app']);
  return (
    <Radio.Group label={t('role')} {...props}>
      <Stack gap="sm" mt="xs">
        {roles.map((role) => (
          <Radio key={role} value={role} label={t(`app:role.${role}`)} description={t(`may.${role}`)} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
