/** Running a recorded line on a world without a shell: words, one program, its output, time moved until it ends. */
import type { World } from '../sim/index.ts';
import { NO_FILES, startProgram } from './programs.ts';
import { splitWords } from './words.ts';

export interface LineOutcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Events after which a program that does not end is cancelled. */
const EVENT_LIMIT = 2_000_000;

/** `<<WORD` or `<<'WORD'` at the end of the first line, the text, and the word on a line of its own. */
const HERE_DOCUMENT = /^([^\n]*?)\s*<<\s*(['"]?)(\w+)\2[ \t]*\n([\s\S]*?)^\3[ \t]*$/m;

/** Runs one line on a machine, with the here-document that it may have, and lets the daemons come to rest. */
export function replay(world: World, machine: string, typed: string): LineOutcome {
  const [, line = typed, , , stdin = ''] = HERE_DOCUMENT.exec(typed) ?? [];
  const words = splitWords(line);
  if (!words.ok) return { status: 2, out: '', err: `bash: ${words.error}\n` };
  const text = { out: '', err: '' };
  const begun = startProgram(world, {
    host: machine,
    namespace: '',
    argv: words.value,
    stdin,
    output: { out: (part) => void (text.out += part), err: (part) => void (text.err += part) },
    recorder: world.recorder.begin(line).recorder,
    files: NO_FILES,
  });
  let status: number | null = 'cancel' in begun ? null : begun.status;
  if ('cancel' in begun) {
    begun.onDone((exit) => (status = exit.status));
    for (let i = 0; status === null && i < EVENT_LIMIT && world.clock.step(); i += 1);
    if (status === null) begun.cancel();
  }
  world.settle();
  return { status: status ?? 130, ...text };
}
