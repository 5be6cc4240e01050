import { Box } from '@mantine/core';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { ErrorState } from '../../ui/ErrorState';

/** Stands in the place of a page that broke or could not be loaded. */
export function Failure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Box p="xl">
      <ErrorState error={error} onRetry={retry} />
    </Box>
  );
}
