/** The page's long-lived objects, handed down the tree: the opener, the terminals, the notices. */
import { createContext, useContext, useSyncExternalStore, type ReactNode } from 'react';
import type { Opener, OpenerState } from '../document/opener.ts';
import type { Shelf } from '../document/shelf.ts';
import type { Notices } from './notices.ts';
import type { Terminals } from '../terminal/terminals.ts';

export interface Services {
  readonly opener: Opener;
  readonly shelf: Shelf;
  readonly notices: Notices;
  readonly terminals: Terminals;
}

const ServicesContext = createContext<Services | null>(null);

export function ServicesProvider({
  services,
  children,
}: {
  readonly services: Services;
  readonly children: ReactNode;
}) {
  return <ServicesContext value={services}>{children}</ServicesContext>;
}

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (!services) throw new Error('useServices outside ServicesProvider');
  return services;
}

/** What is open, what is being opened, and what went wrong with it. */
export function useOpenerState(): OpenerState {
  const { opener } = useServices();
  return useSyncExternalStore(opener.subscribe, opener.state);
}
