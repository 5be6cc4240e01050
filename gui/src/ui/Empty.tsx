import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

const documentation = 'https://github.com/tracardi/tracardi-go/blob/main/docs/';

interface EmptyProps {
  title: string;
  text?: ReactNode;
  /** The page of the documentation that tells more, such as tracker.md. */
  docs?: string;
  children?: ReactNode;
}

/** Stands in the place of a list that is empty: what it is for, and what to do. */
export function Empty({ title, text, docs, children }: EmptyProps) {
  const { t } = useTranslation();
  return (
    <Stack align="center" gap="sm" py={56} px="lg" ta="center">
      <Title order={2}>{title}</Title>
      {text && (
        <Text c="dimmed" maw={460}>
          {text}
        </Text>
      )}
      {children && (
        <Group mt="sm" justify="center">
          {children}
        </Group>
      )}
      {docs && (
        <Anchor href={documentation + docs} target="_blank" rel="noreferrer" underline="always">
          {t('readMore')}
        </Anchor>
      )}
    </Stack>
  );
}
