/**
 * Does again what a document tells, each thing at the moment at which it was done: lines that overlapped overlap again, and
 * what was stopped is stopped at the same moment. The same document gives the same steps octet for octet.
 */
import type { Deed, TypedCommand } from '../document.ts';
import type { CallContext } from './call.ts';
import type { Driver } from './driver.ts';
import type { SimClock } from '../../core/sim/clock.ts';

/** Simulated time after the last deed that an endless program may go on, in documents that do not say when it was stopped. */
const LONGEST_REST = 60_000_000_000;

export interface Stage {
  readonly clock: SimClock;
  readonly driver: Driver;
  /** Runs a line to its end; the signal stops it. */
  readonly type: (command: TypedCommand, signal: AbortSignal) => Promise<unknown>;
  /** Does what needs no time of its own. */
  readonly act: (deed: Exclude<Deed, TypedCommand>) => void;
}

interface Line {
  readonly abort: AbortController;
  done: Promise<void>;
}

type Moment =
  | { readonly at: number; readonly kind: 'do'; readonly deed: Deed }
  | { readonly at: number; readonly kind: 'stop'; readonly deed: TypedCommand };

/** In order of time; what was stopped at a moment was stopped before the next was typed. */
function momentsOf(deeds: readonly Deed[]): readonly Moment[] {
  const moments: Moment[] = [];
  for (const deed of deeds) {
    moments.push({ at: deed.at, kind: 'do', deed });
    if (deed.kind === 'typed' && deed.until !== undefined)
      moments.push({ at: deed.until, kind: 'stop', deed });
  }
  return moments
    .map((moment, order) => ({ moment, order }))
    .toSorted((a, b) => a.moment.at - b.moment.at || a.order - b.order)
    .map(({ moment }) => moment);
}

/** Replays up to and including `until`; lines that still run then are left as they are, with time held, when it is finite. */
export async function replayDeeds(
  deeds: readonly Deed[],
  { clock, driver, type, act }: Stage,
  { signal, progress }: Pick<CallContext, 'signal' | 'progress'>,
  until = Infinity,
): Promise<void> {
  const lines = new Map<TypedCommand, Line>();
  const reach = async (at: number): Promise<void> => {
    await driver.advance(at, () => lines.size, signal);
    if (Number.isFinite(at) && clock.now() < at) clock.run(at);
  };
  const begin = (command: TypedCommand): void => {
    const abort = new AbortController();
    const line: Line = { abort, done: Promise.resolve() };
    lines.set(command, line);
    line.done = type(command, abort.signal).then(
      () => void lines.delete(command),
      () => void lines.delete(command),
    );
  };
  driver.hold();
  let done = 0;
  for (const moment of momentsOf(deeds)) {
    if (moment.at > until) break;
    await reach(moment.at);
    if (moment.kind === 'stop') {
      const line = lines.get(moment.deed);
      line?.abort.abort();
      await line?.done;
      continue;
    }
    progress(done, deeds.length, moment.deed.kind === 'typed' ? moment.deed.line : '');
    done += 1;
    if (moment.deed.kind === 'typed') begin(moment.deed);
    else act(moment.deed);
  }
  if (Number.isFinite(until)) {
    await reach(until);
    return;
  }
  await driver.advance(clock.now() + LONGEST_REST, () => lines.size, signal);
  for (const line of lines.values()) {
    line.abort.abort();
    await line.done;
  }
  driver.release();
}
