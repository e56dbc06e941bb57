/** The terminals of all machines, alive whichever panel shows them. */
import type { Session } from '../engine/session.ts';
import type { Screens } from './screens.ts';
import { TerminalSession } from './terminal-session.ts';

export interface Terminals {
  /** The machine's terminal; made with the first call. */
  of(host: string): TerminalSession;
  /** Ends all of them: another world has been opened. */
  reset(history: ReadonlyMap<string, readonly string[]>): void;
  recolour(): void;
}

export function createTerminals(session: Session, screens: Screens, onRan: () => void): Terminals {
  const open = new Map<string, TerminalSession>();
  let histories: ReadonlyMap<string, readonly string[]> = new Map();
  return {
    of: (host) => {
      const found = open.get(host);
      if (found) return found;
      const made = new TerminalSession({ host, session, screens, onRan }, histories.get(host) ?? []);
      open.set(host, made);
      return made;
    },
    reset: (history) => {
      for (const terminal of open.values()) terminal.close();
      open.clear();
      histories = history;
    },
    recolour: () => {
      for (const terminal of open.values()) terminal.recolour();
    },
  };
}
