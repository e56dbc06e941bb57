/** What FRR's daemons and its init script need of a machine. */
import type { FrrDaemon } from '../../sim/routing/frr-daemon.ts';
import type { Exit, Output } from '../program.ts';

export interface FrrHost {
  /** Daemons that run in a pathspace. */
  running(pathspace: string): ReadonlySet<FrrDaemon>;
  hasNamespace(name: string): boolean;
  /** `ip netns add`. */
  addNamespace(name: string): void;
  /** `words`: those on its line. False when it runs already. */
  start(pathspace: string, namespace: string, daemon: FrrDaemon, words: readonly string[]): boolean;
  /** Ends all of a pathspace. */
  stop(pathspace: string): void;
  readFile(path: string): string | undefined;
  writeFile(path: string, text: string): void;
  vtysh(argv: readonly string[], output: Output): Exit;
}
