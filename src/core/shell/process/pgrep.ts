/** `pgrep` and `pkill` of procps 4.0: processes by name, or by their command line with `-f`. */
import type { Exit, Invocation } from '../program.ts';
import { nameOf, type SeenProcess } from './all-processes.ts';
import type { ProcessHost } from './kill.ts';
import { signalName, signalNumber, signalOf } from './signal.table.ts';

const TERM = 15;
const NOTHING_MATCHED = 1;
const WRONG_CALL = 2;
/** What a process is known by, at most. */
const NAME_LENGTH = 15;

interface Wanted {
  full: boolean;
  exact: boolean;
  ignoresCase: boolean;
  inverse: boolean;
  only: 'newest' | 'oldest' | null;
  count: boolean;
  lists: 'pid' | 'name' | 'all';
  delimiter: string;
  echoes: boolean;
  signal: number;
  readonly patterns: string[];
}

/** The error is what it prints before it ends with 2. */
function parse(argv: readonly string[], isKilling: boolean): Wanted | string {
  const program = isKilling ? 'pkill' : 'pgrep';
  const wanted: Wanted = {
    full: false,
    exact: false,
    ignoresCase: false,
    inverse: false,
    only: null,
    count: false,
    lists: 'pid',
    delimiter: '\n',
    echoes: false,
    signal: TERM,
    patterns: [],
  };
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (!/^-./.test(word)) {
      wanted.patterns.push(word);
      continue;
    }
    const signal = isKilling ? signalNumber(word.replace(/^--signal=|^-/, '')) : undefined;
    if (signal !== undefined && at === 1) {
      wanted.signal = signal;
      continue;
    }
    for (const letter of word.startsWith('--') ? [] : word.slice(1)) {
      if (letter === 'd') {
        wanted.delimiter = word.slice(word.indexOf('d') + 1) || (argv[(at += 1)] ?? '');
        break;
      }
      if (letter === 'f') wanted.full = true;
      else if (letter === 'x') wanted.exact = true;
      else if (letter === 'i') wanted.ignoresCase = true;
      else if (letter === 'v' && !isKilling) wanted.inverse = true;
      else if (letter === 'n') wanted.only = 'newest';
      else if (letter === 'o') wanted.only = 'oldest';
      else if (letter === 'c') wanted.count = true;
      else if (letter === 'l' && !isKilling) wanted.lists = 'name';
      else if (letter === 'a' && !isKilling) wanted.lists = 'all';
      else if (letter === 'e' && isKilling) wanted.echoes = true;
      else return `${program}: the option -${letter} is not modelled\n`;
    }
    if (word.startsWith('--')) return `${program}: the option ${word} is not modelled\n`;
  }
  const tryHelp = `Try \`${program} --help' for more information.\n`;
  if (wanted.patterns.length === 0) return `${program}: no matching criteria specified\n${tryHelp}`;
  if (wanted.patterns.length > 1) return `${program}: only one pattern can be provided\n${tryHelp}`;
  return wanted;
}

function matching(processes: readonly SeenProcess[], wanted: Wanted): readonly SeenProcess[] | null {
  const [pattern = ''] = wanted.patterns;
  let expression: RegExp;
  try {
    expression = new RegExp(wanted.exact ? `^(?:${pattern})$` : pattern, wanted.ignoresCase ? 'i' : '');
  } catch {
    return null;
  }
  const found = processes.filter((process) => {
    const text = wanted.full ? process.argv.join(' ') : nameOf(process).slice(0, NAME_LENGTH);
    return expression.test(text) !== wanted.inverse;
  });
  const one = wanted.only === 'newest' ? found.at(-1) : found[0];
  return wanted.only === null ? found : one === undefined ? [] : [one];
}

/** `argv[0]` says which of the two it is. */
export function pgrep({ argv, output, host }: Invocation<ProcessHost>): Exit {
  const isKilling = argv[0]?.split('/').at(-1) === 'pkill';
  const wanted = parse(argv, isKilling);
  if (typeof wanted === 'string') {
    output.err(wanted);
    return { status: WRONG_CALL };
  }
  // Neither sees itself.
  const others = host.processes();
  const found = matching(others, wanted);
  if (found === null) {
    output.err(`${argv[0] ?? ''}: the pattern is not one that is modelled\n`);
    return { status: WRONG_CALL };
  }
  let status = found.length === 0 ? NOTHING_MATCHED : 0;
  if (isKilling)
    for (const process of found) {
      const signal = signalOf(wanted.signal);
      if (wanted.signal === 0) continue;
      if (process.signal === null || signal === undefined) {
        const what = `SIG${signalName(wanted.signal) ?? wanted.signal} to ${process.argv[0] ?? ''}`;
        output.err(`pkill: killing pid ${process.pid} failed: ${what} is not modelled\n`);
        status = NOTHING_MATCHED;
        continue;
      }
      process.signal(signal);
      if (wanted.echoes) output.out(`${nameOf(process)} killed (pid ${process.pid})\n`);
    }
  if (wanted.count) output.out(`${found.length}\n`);
  else if (!isKilling && found.length > 0) {
    const lines = found.map((process) => {
      if (wanted.lists === 'pid') return String(process.pid);
      return `${process.pid} ${wanted.lists === 'name' ? nameOf(process) : process.argv.join(' ')}`;
    });
    output.out(`${lines.join(wanted.delimiter)}\n`);
  }
  return { status };
}

/** `pidof`: all numbers in one line, the newest first. */
export function pidof({ argv, output, host }: Invocation<ProcessHost>): Exit {
  const names = argv.slice(1).filter((word) => !word.startsWith('-'));
  const found = host
    .processes()
    .filter((process) => names.includes(nameOf(process)) || names.includes(process.argv[0] ?? ''))
    .map(({ pid }) => pid)
    .toReversed();
  const shown = argv.includes('-s') ? found.slice(0, 1) : found;
  if (shown.length > 0) output.out(`${shown.join(' ')}\n`);
  return { status: shown.length > 0 ? 0 : 1 };
}
