/** A program that goes on in simulated time until the database is as it wants it. */
import type { Context } from '../../base/context.ts';
import type { Database } from '../../ovsdb/index.ts';
import type { Exit, RunningProgram } from '../program.ts';
import type { ProgramSettings } from './program-options.ts';
import type { Log } from './vlog.ts';

/** Runs until `step` gives a status, trying again whenever the database changes; a timeout ends it as SIGALRM does. */
export function runOn(
  database: Database,
  step: () => number | null,
  settings: ProgramSettings,
  log: Log,
  context: Context,
): RunningProgram {
  const listeners: ((exit: Exit) => void)[] = [];
  let exit: Exit | null = null;
  const end = (status: number): void => {
    if (exit !== null) return;
    exit = { status };
    unsubscribe();
    stopAlarm();
    for (const listener of listeners) listener(exit);
  };
  const unsubscribe = database.subscribe(() => {
    // Later, because the transaction that woke us is being told to others too.
    context.clock.after(0, () => {
      const status = exit === null ? step() : null;
      if (status !== null) end(status);
    });
  });
  const stopAlarm =
    settings.timeout === 0
      ? (): void => {}
      : context.clock.after(settings.timeout * 1e9, () => {
          log.log('fatal_signal', 'WARN', 'terminating with signal 14 (Alarm clock)');
          end(128 + 14);
        });
  return {
    pace: settings.timeout > 0 || settings.wait !== 'none' ? 'fast' : 'listen',
    cancel: () => end(130),
    onDone(listener) {
      if (exit === null) listeners.push(listener);
      else listener(exit);
    },
  };
}
