/** Hands the session and the query cache down the tree. */
import { createContext, useContext, useSyncExternalStore, type ReactNode } from 'react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { Session, WorldAge } from './session.ts';

const SessionContext = createContext<Session | null>(null);

/** Answers come from a worker, so the network's state is never asked; failures are shown, not retried. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        retry: false,
        staleTime: Infinity,
        gcTime: 60_000,
        refetchOnWindowFocus: false,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

export function SessionProvider({
  session,
  queries,
  children,
}: {
  readonly session: Session;
  readonly queries: QueryClient;
  readonly children: ReactNode;
}) {
  return (
    <SessionContext value={session}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </SessionContext>
  );
}

/** The engine session of this page. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession outside SessionProvider');
  return session;
}

/** Renders again whenever the world changes. */
export function useWorldAge(): WorldAge {
  const session = useSession();
  return useSyncExternalStore(session.subscribe, session.age);
}
