/**
 * Does again what a document tells, each thing at the moment at which it was done: lines that overlapped overlap again, and
 * what was stopped is stopped at the same moment. Between the deeds exactly the time passes that lay between them: what was
 * given to a deed for its consequences when it was first done is in the moments already. The same document gives the same
 * steps octet for octet.
 */
import type { Deed, HopscopeDocument, TypedCommand } from '../document.ts';
import type { CallContext } from './call.ts';
import type { OpenWorld } from './open-world.ts';

/** Simulated time after the last deed that an endless program may go on, in documents that do not say when they were kept. */
const LONGEST_REST = 60_000_000_000;
/** What the last deed led to is over by then, in the same documents. */
const AFTERMATH = 1_100_000_000;

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
export async function replayDocument(
  { commands, now }: Pick<HopscopeDocument, 'commands' | 'now'>,
  open: OpenWorld,
  { signal, progress }: Pick<CallContext, 'signal' | 'progress'>,
  until = Infinity,
): Promise<void> {
  const { driver, world } = open;
  const lines = new Map<TypedCommand, Line>();
  const begin = (command: TypedCommand): void => {
    const abort = new AbortController();
    const line: Line = { abort, done: Promise.resolve() };
    lines.set(command, line);
    const context = { output: () => undefined, signal: abort.signal };
    line.done = open.typeLine(command.host, command.line, context).then(
      () => void lines.delete(command),
      () => void lines.delete(command),
    );
  };
  driver.hold();
  let done = 0;
  for (const moment of momentsOf(commands)) {
    if (moment.at > until) break;
    await driver.pass(moment.at, signal);
    signal.throwIfAborted();
    if (moment.kind === 'stop') {
      const line = lines.get(moment.deed);
      line?.abort.abort();
      await line?.done;
      continue;
    }
    progress(done, commands.length, moment.deed.kind === 'typed' ? moment.deed.line : '');
    done += 1;
    if (moment.deed.kind === 'typed') begin(moment.deed);
    else open.act(moment.deed);
  }
  if (Number.isFinite(until)) {
    await driver.pass(until, signal);
    return;
  }
  if (now === undefined) await driver.advance(world.clock.now() + LONGEST_REST, signal);
  else await driver.pass(now, signal);
  for (const line of lines.values()) {
    line.abort.abort();
    await line.done;
  }
  if (now === undefined) await driver.pass(world.clock.now() + AFTERMATH, signal);
  driver.release();
}
