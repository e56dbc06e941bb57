/** Running a recorded line on a world without a shell: words, one program, its output, time moved until it ends. */
import type { World } from '../sim/index.ts';
import { startProgram } from './programs.ts';
import { NO_SHELL } from './site.ts';
import { splitWords } from './words.ts';

/** A line and the machine that it is typed on. */
export interface MachineLine {
  readonly machine: string;
  readonly line: string;
}

export interface LineOutcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Events after which a program that does not end is cancelled. */
const EVENT_LIMIT = 2_000_000;

/** `<<WORD` or `<<'WORD'` at the end of the first line, the text, and the word on a line of its own. */
const HERE_DOCUMENT = /^([^\n]*?)\s*<<\s*(['"]?)(\w+)\2[ \t]*\n([\s\S]*?)^\3[ \t]*$/m;

/** A line that has been entered: its output so far, and its exit status once it has ended. */
interface Entered extends Omit<LineOutcome, 'status'> {
  status: number | null;
  readonly cancel: () => void;
}

function enter(world: World, machine: string, typed: string): Entered {
  const [, line = typed, , , stdin = ''] = HERE_DOCUMENT.exec(typed) ?? [];
  const words = splitWords(line);
  if (!words.ok) return { status: 2, out: '', err: `bash: ${words.error}\n`, cancel: () => undefined };
  const text = { out: '', err: '' };
  const begun = startProgram(world, {
    host: machine,
    namespace: '',
    argv: words.value,
    stdin,
    output: { out: (part) => void (text.out += part), err: (part) => void (text.err += part) },
    recorder: world.recorder.begin(line).recorder,
    shell: NO_SHELL,
  });
  const runs = 'cancel' in begun;
  const entered: Entered = Object.assign(text, {
    status: runs ? null : begun.status,
    cancel: () => (runs ? begun.cancel() : undefined),
  });
  if (runs) begun.onDone((exit) => (entered.status = exit.status));
  return entered;
}

const outcomeOf = ({ status, out, err }: Entered): LineOutcome => ({ status: status ?? 130, out, err });

/** Runs one line on a machine, with the here-document that it may have, and lets the daemons come to rest. */
export function replay(world: World, machine: string, typed: string): LineOutcome {
  const running = replaying(world, [{ machine, line: typed }]);
  for (;;) {
    const part = running.next();
    if (part.done === true) return part.value[0] ?? { status: 130, out: '', err: '' };
  }
}

/**
 * Enters lines on their machines at one moment, waits for all of them, and then lets the daemons come to rest once: in
 * parts, the lines first, then one event each.
 */
export function* replaying(
  world: World,
  lines: readonly MachineLine[],
): Generator<void, readonly LineOutcome[]> {
  const entered = lines.map(({ machine, line }) => enter(world, machine, line));
  for (const one of entered) {
    for (let i = 0; one.status === null && i < EVENT_LIMIT && world.clock.step(); i += 1) yield;
    if (one.status === null) one.cancel();
  }
  yield* world.settling();
  return entered.map(outcomeOf);
}
