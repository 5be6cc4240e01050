import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** Stands in the place of a list that is empty: what it is for, and what to do. */
export function Empty({ title, text, children }: { title: string; text?: ReactNode; children?: ReactNode }) {
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
    </Stack>
  );
}
