import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** A titled part of a page. */
export function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="lg" component="section" aria-label={title}>
      <Text component="h2" fw={600} mb="sm" mt={0}>
        {title}
      </Text>
      {children}
    </Paper>
  );
}
