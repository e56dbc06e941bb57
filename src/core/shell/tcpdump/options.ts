/** tcpdump's command line (4.99.3). */
import { err, ok, type Result } from '../../base/result.ts';
import type { TcpdumpOptions } from '../../wire/index.ts';

export interface CaptureOptions {
  /** Null: the first device. */
  readonly device: string | null;
  /** Null: until cancelled. */
  readonly count: number | null;
  readonly snapLength: number;
  readonly read: string | null;
  readonly write: string | null;
  readonly listDevices: boolean;
  /** `-Q`. */
  readonly direction: 'in' | 'out' | 'inout';
  readonly print: Partial<TcpdumpOptions>;
  readonly verbose: number;
  readonly expression: string;
}

export const VERSION = 'tcpdump version 4.99.3\nlibpcap version 1.10.3 (with TPACKET_V3)\n';

export const USAGE = `${VERSION}Usage: tcpdump [-AbdDefhHIJKlLnNOpqStuUvxX#] [ -B size ] [ -c count ] [--count]
		[ -C file_size ] [ -E algo:secret ] [ -F file ] [ -G seconds ]
		[ -i interface ] [ --immediate-mode ] [ -j tstamptype ]
		[ -M secret ] [ --number ] [ --print ] [ -Q in|out|inout ]
		[ -r file ] [ -s snaplen ] [ -T type ] [ --version ]
		[ -V file ] [ -w file ] [ -W filecount ] [ -y datalinktype ]
		[ --time-stamp-precision precision ] [ --micro ] [ --nano ]
		[ -z postrotate-command ] [ -Z user ] [ expression ]
`;

const WITH_ARGUMENT = 'BcCEFGijMQrsTVwWyzZ';
const FLAGS = 'AbdDefhHIJKlLnNOpqStuUvxX#';
const MAXIMUM_SNAP_LENGTH = 262_144;
/** Letters that are read and change nothing that is modelled. */
const NO_EFFECT: ReadonlySet<string> = new Set([...'lUpIfuHOBjyZNL']);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A text for standard error and the status. */
export interface UsageProblem {
  readonly text: string;
  readonly status: number;
}

const problem = (text: string): Result<never, UsageProblem> => err({ text: `tcpdump: ${text}\n`, status: 1 });

export function parseTcpdump(words: readonly string[]): Result<CaptureOptions, UsageProblem> {
  const counts = new Map<string, number>();
  const count = (letter: string): number => counts.get(letter) ?? 0;
  const options: Mutable<CaptureOptions> = {
    device: null,
    count: null,
    snapLength: MAXIMUM_SNAP_LENGTH,
    read: null,
    write: null,
    listDevices: false,
    direction: 'inout',
    print: {},
    verbose: 0,
    expression: '',
  };
  let nanoseconds = false;
  const rest: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    if (!/^-./.test(word)) {
      rest.push(word);
      continue;
    }
    if (word.startsWith('--')) {
      const [name, attached] = word.slice(2).split('=');
      if (name === 'nano') nanoseconds = true;
      else if (name === 'version') return err({ text: VERSION, status: 0 });
      else if (name === 'number') counts.set('#', 1);
      else if (name === 'interface') options.device = attached ?? words[(at += 1)] ?? null;
      else if (name === 'list-interfaces') options.listDevices = true;
      else if (
        !['micro', 'immediate-mode', 'packet-buffered', 'no-promiscuous-mode', 'print'].includes(name ?? '')
      )
        return err({ text: `tcpdump: unrecognized option '${word}'\n${USAGE}`, status: 1 });
      continue;
    }
    for (let i = 1; i < word.length; i += 1) {
      const letter = word.charAt(i);
      if (WITH_ARGUMENT.includes(letter)) {
        const text = i + 1 < word.length ? word.slice(i + 1) : words[(at += 1)];
        if (text === undefined)
          return err({ text: `tcpdump: option requires an argument -- '${letter}'\n${USAGE}`, status: 1 });
        const wrong = take(options, letter, text);
        if (wrong) return wrong;
        break;
      }
      if (!FLAGS.includes(letter))
        return err({ text: `tcpdump: invalid option -- '${letter}'\n${USAGE}`, status: 1 });
      if (letter === 'h') return err({ text: USAGE, status: 0 });
      counts.set(letter, count(letter) + 1);
      if (!NO_EFFECT.has(letter) && 'dJ'.includes(letter)) return problem(`-${letter} is not modelled here`);
    }
  }
  options.listDevices ||= count('D') > 0;
  options.verbose = count('v');
  options.print = {
    linkHeader: count('e') > 0,
    numeric: count('n') > 0,
    verbose: count('v'),
    quick: count('q'),
    timestamp: count('t'),
    hex: count('x'),
    hexAscii: count('X'),
    ascii: count('A'),
    absoluteSequence: count('S') > 0,
    packetNumber: count('#') > 0,
    skipChecksums: count('K') > 0,
    asDot: count('b') > 0,
    nanoseconds,
  };
  options.expression = rest.join(' ');
  return ok(options);
}

function take(
  options: Mutable<CaptureOptions>,
  letter: string,
  text: string,
): Result<never, UsageProblem> | undefined {
  switch (letter) {
    case 'i':
      options.device = text;
      return undefined;
    case 'c': {
      const count = /^\s*\d+$/.test(text) ? Number(text) : 0;
      if (count <= 0) return problem(`invalid packet count ${text}`);
      options.count = count;
      return undefined;
    }
    case 's': {
      const length = /^\d+$/.test(text) ? Number(text) : -1;
      if (length < 0 || length > MAXIMUM_SNAP_LENGTH)
        return problem(`invalid snaplen ${text} (must be >= 0 and <= ${MAXIMUM_SNAP_LENGTH})`);
      options.snapLength = length === 0 ? MAXIMUM_SNAP_LENGTH : length;
      return undefined;
    }
    case 'r':
      options.read = text;
      return undefined;
    case 'w':
      options.write = text;
      return undefined;
    case 'Q':
      if (text !== 'in' && text !== 'out' && text !== 'inout')
        return problem(`unknown capture direction \`${text}'`);
      options.direction = text;
      return undefined;
    default:
      return NO_EFFECT.has(letter) ? undefined : problem(`-${letter} is not modelled here`);
  }
}
