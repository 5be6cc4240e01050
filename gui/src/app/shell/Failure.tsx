import { Box } from '@mantine/core';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useConnection } from '../../api/connection';
import { asProblem } from '../../api/problem';
import { ErrorState } from '../../ui/ErrorState';

/** Stands in the place of a page that broke or could not be loaded. */
export function Failure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  // What the server did not send is asked for again as soon as it is back.
  const { retryIn } = useConnection();
  const away = retryIn !== undefined;
  const wasAway = useRef(away);
  useEffect(() => {
    if (wasAway.current && !away && asProblem(error).lost) retry();
    wasAway.current = away;
  });
  return (
    <Box p="xl">
      <ErrorState error={error} onRetry={retry} />
    </Box>
  );
}
