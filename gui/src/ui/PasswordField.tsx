import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** A field for a password, which can be shown. */
export function PasswordField(props: PasswordInputProps) {
  const { t } = useTranslation();
  return <PasswordInput withAsterisk={false} aria-invalid={Boolean(props.error)} visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }} {...props} />;
}
