/** The command line of arping (iputils 20221126). */
import { err, ok, type Result } from '../../base/result.ts';
import { ARPING_USAGE } from './usage.table.ts';

export interface ArpingOptions {
  readonly target: string;
  readonly device: string | null;
  readonly source: string | null;
  /** Null: until it is stopped. */
  readonly count: number | null;
  /** Seconds; 0 is none. */
  readonly timeout: number;
  readonly interval: number;
  readonly broadcastOnly: boolean;
  readonly quitOnReply: boolean;
  readonly quiet: boolean;
  readonly detectDuplicate: boolean;
  readonly unsolicited: boolean;
  /** Answers instead of questions. */
  readonly advertise: boolean;
}

/** What ends the program before it starts. */
export interface Ending {
  readonly text: string;
  readonly stream: 'out' | 'err';
  readonly status: number;
}

const MOST = 2147483647;
const VERSION =
  'arping from iputils 20221126\nlibcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n';

const usage = (before = ''): Result<never, Ending> =>
  err({ text: before + ARPING_USAGE, stream: 'err', status: 2 });

function integer(word: string, least: number): Result<number, Ending> {
  const wrong = (text: string): Result<never, Ending> =>
    err({ text: `arping: ${text}\n`, stream: 'err', status: 1 });
  if (!/^\s*[+-]?\d+$/.test(word)) return wrong(`invalid argument: '${word}'`);
  const value = Number(word);
  return value < least || value > MOST
    ? wrong(`invalid argument: '${word}': out of range: ${least} <= value <= ${MOST}`)
    : ok(value);
}

export function parseArping(argv: readonly string[]): Result<ArpingOptions, Ending> {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const numbers = new Map<string, number>();
  const targets: string[] = [];
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] as string;
    if (word === '--') {
      targets.push(...argv.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      targets.push(word);
      continue;
    }
    for (let letterAt = 1; letterAt < word.length; letterAt += 1) {
      const letter = word[letterAt] as string;
      if ('cwisI'.includes(letter)) {
        const rest = word.slice(letterAt + 1);
        const value = rest === '' ? argv[(at += 1)] : rest;
        if (value === undefined) return usage(`arping: option requires an argument -- '${letter}'\n`);
        if (letter === 's' || letter === 'I') values.set(letter, value);
        else {
          const number = integer(value, letter === 'c' ? 1 : 0);
          if (!number.ok) return number;
          numbers.set(letter, number.value);
        }
        break;
      }
      if (letter === 'V') return err({ text: VERSION, stream: 'out', status: 0 });
      if (letter === 'h' || letter === '?') return usage();
      if (!'bDUAqf'.includes(letter)) return usage(`arping: invalid option -- '${letter}'\n`);
      flags.add(letter);
    }
  }
  const [target] = targets;
  if (target === undefined || targets.length !== 1) return usage();
  return ok({
    target,
    device: values.get('I') || null,
    source: values.get('s') ?? null,
    count: numbers.get('c') ?? null,
    timeout: numbers.get('w') ?? 0,
    interval: numbers.get('i') ?? 1,
    broadcastOnly: flags.has('b'),
    quitOnReply: flags.has('f') || flags.has('D'),
    quiet: flags.has('q'),
    detectDuplicate: flags.has('D'),
    unsolicited: flags.has('U') || flags.has('A'),
    advertise: flags.has('A'),
  });
}
