import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { useNotifications } from '@mantine/notifications';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense, useRef } from 'react';
import { connection } from '../api/connection';
import { Problem } from '../api/problem';
import { themeKey } from './preferences';
import { makeRouter } from './router';
import { theme, variables } from './theme';

const Toasts = lazy(() => import('./Toasts'));

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
// A library below the dialogs makes a style of its own and takes the nonce from here.
Object.assign(globalThis, { __webpack_nonce__: nonce });

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => connection.failed(error) }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _result, mutation) => {
      if (!mutation.meta?.signsIn) connection.failed(error);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      networkMode: 'always', // the server may be on this machine
      retry: (count, error) => count < 2 && error instanceof Problem && error.status === 503,
    },
    mutations: { networkMode: 'always' },
  },
});
connection.attach(queries);

const router = makeRouter(queries);
const themes = localStorageColorSchemeManager({ key: themeKey });

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} colorSchemeManager={themes} defaultColorScheme="auto" getStyleNonce={() => nonce ?? ''}>
      <Messages />
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** Short messages; what shows them is loaded with the first one. */
function Messages() {
  const { notifications } = useNotifications();
  const wanted = useRef(false);
  wanted.current ||= notifications.length > 0;
  return <Suspense>{wanted.current && <Toasts />}</Suspense>;
}
