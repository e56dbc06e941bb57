/** What vtysh needs of a machine: the routing daemons that run on it, and files. */
import type { VtySession } from '../../frr/config/session.ts';
import type { FrrDaemon } from '../../sim/routing/frr-daemon.ts';

/** The daemons of a pathspace, as vtysh is connected to them. */
export interface VtyConnection {
  readonly running: ReadonlySet<FrrDaemon>;
  readonly session: VtySession;
  /** As `show running-config` prints it. */
  runningConfiguration(): string;
  /** Lines that `read` executes are a file of configuration. */
  loading(read: () => void): void;
  /** A terminal on daemons that do nothing: a file is checked there. */
  rehearse(): VtySession;
}

export interface VtyshHost {
  /** The daemons of a pathspace (`-N`; '' without); undefined when none runs there. */
  connect(pathspace: string): VtyConnection | undefined;
  readFile(path: string): string | undefined;
  writeFile(path: string, text: string): void;
}
