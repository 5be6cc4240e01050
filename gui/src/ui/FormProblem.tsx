import { Alert } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { asProblem } from '../api/problem';

/** Says why a form was refused, unless one of its fields says so. */
export function FormProblem({ error, fields = [] }: { error: unknown; fields?: readonly string[] }) {
  if (!error) return null;
  const problem = asProblem(error);
  if (fields.some((field) => problem.fault(field))) return null;
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle size={18} />} role="alert">
      {problem.message}
    </Alert>
  );
}
