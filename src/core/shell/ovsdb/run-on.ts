/** A program that goes on in simulated time until the database is as it wants it. */
import type { Context } from '../../base/context.ts';
import type { Database } from '../../ovsdb/index.ts';
import type { Exit, RunningProgram } from '../program.ts';
import type { ProgramSettings } from './program-options.ts';
import type { Log } from './vlog.ts';

/**
 * Runs until `step` gives a status, trying again whenever the database changes, and after `wake` nanoseconds; a timeout
 * ends it as SIGALRM does.
 */
export function runOn(
  database: Database,
  step: () => number | null,
  settings: Pick<ProgramSettings, 'timeout' | 'wait'>,
  log: Log,
  context: Context,
  wake = Infinity,
): RunningProgram {
  const listeners: ((exit: Exit) => void)[] = [];
  let exit: Exit | null = null;
  const end = (status: number): void => {
    if (exit !== null) return;
    exit = { status };
    unsubscribe();
    stopAlarm();
    stopWake();
    for (const listener of listeners) listener(exit);
  };
  const retry = (): void => {
    const status = exit === null ? step() : null;
    if (status !== null) end(status);
  };
  // Later, because the transaction that woke us is being told to others too.
  const unsubscribe = database.subscribe(() => void context.clock.after(0, retry));
  const stopWake = Number.isFinite(wake) ? context.clock.after(wake, retry) : (): void => {};
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
