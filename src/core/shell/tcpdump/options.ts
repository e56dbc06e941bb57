/** tcpdump's command line (4.99.3): letters and long options as `getopt_long` takes them, anywhere among the words. */
import { err, ok, type Result } from '../../base/result.ts';
import { DEFAULT_OPTIONS, type Names, type TcpdumpOptions } from '../../wire/index.ts';
import type { Rotation } from './dump-files.ts';
import { LONG_OPTIONS, PACKET_TYPES, TCPDUMP_USAGE, TCPDUMP_VERSION } from './usage.table.ts';

export type CookedVersion = 1 | 2;

export interface CaptureOptions {
  /** Null: the first device. */
  readonly device: string | null;
  /** Null: until cancelled. */
  readonly count: number | null;
  /** Null: as much as there is. */
  readonly snapLength: number | null;
  readonly read: string | null;
  readonly write: string | null;
  /** How `write` is cut into several files. */
  readonly rotation: Rotation;
  /** File that holds the expression. */
  readonly expressionFile: string | null;
  readonly list: 'devices' | 'link-types' | 'stamp-types' | null;
  readonly linkType: string | null;
  /** `-Q`. */
  readonly direction: 'in' | 'out' | 'inout';
  readonly promiscuous: boolean;
  readonly optimize: boolean;
  /** Write each packet at once. */
  readonly unbuffered: boolean;
  /** `--count`: count the packets instead of printing them. */
  readonly countOnly: boolean;
  /** `--print`: print what is written as well. */
  readonly printToo: boolean;
  readonly monitor: boolean;
  readonly user: string | null;
  readonly print: TcpdumpOptions;
  readonly expression: string;
}

/** What ends the program before it starts. */
export interface Ending {
  readonly text: string;
  readonly stream: 'out' | 'err';
  readonly status: number;
}

export const complain = (text: string): Result<never, Ending> =>
  err({ text: `tcpdump: ${text}\n`, stream: 'err', status: 1 });

const misuse = (text: string): Result<never, Ending> =>
  err({ text: `tcpdump: ${text}\n${TCPDUMP_USAGE}`, stream: 'err', status: 1 });

const WITH_VALUE = 'BcCEFGijmMQrsTVwWyzZ';
const FLAGS = 'aAbdDefhHIJKlLnNOpqStuUvxX#';
const LONGEST_SNAP = 262_144;
const LINK_TYPES = ['EN10MB', 'DOCSIS', 'LINUX_SLL', 'LINUX_SLL2'];

/** What the machine's hosts file has. */
const NAMES: Names = {
  ...DEFAULT_OPTIONS.names,
  host4: (address) => (address === '127.0.0.1' ? 'localhost' : undefined),
  host6: (address) => (address === '::1' ? 'localhost' : undefined),
};

/** `atoi`: the number at the start, else 0. */
const leadingNumber = (text: string): number => Number(/^\s*[+-]?\d+/.exec(text)?.[0] ?? 0);

class Reader {
  readonly #counts = new Map<string, number>();
  readonly #values = new Map<string, string>();
  readonly #words: string[] = [];

  count(letter: string): number {
    return this.#counts.get(letter) ?? 0;
  }

  value(letter: string): string | null {
    return this.#values.get(letter) ?? null;
  }

  read(argv: readonly string[]): Ending | null {
    for (let at = 1; at < argv.length; at += 1) {
      const word = argv[at] as string;
      if (word === '--') {
        this.#words.push(...argv.slice(at + 1));
        return null;
      }
      if (!/^-./.test(word)) {
        this.#words.push(word);
        continue;
      }
      const taken = word.startsWith('--')
        ? this.#long(word, argv[at + 1])
        : this.#letters(word, argv[at + 1]);
      if (!taken.ok) return taken.error;
      at += taken.value;
    }
    return null;
  }

  get expression(): string {
    return this.#words.join(' ');
  }

  /** How many of the next words it took, here and below. */
  #long(word: string, next: string | undefined): Result<number, Ending> {
    const [name = '', ...rest] = word.slice(2).split('=');
    const given = rest.length === 0 ? undefined : rest.join('=');
    const exact = LONG_OPTIONS.filter(([each]) => each === name);
    const fitting = exact.length > 0 ? exact : LONG_OPTIONS.filter(([each]) => each.startsWith(name));
    const [option] = fitting;
    if (option === undefined) return misuse(`unrecognized option '--${name}'`);
    if (fitting.length > 1)
      return misuse(
        `option '${word}' is ambiguous; possibilities: ${fitting.map(([each]) => `'--${each}'`).join(' ')}`,
      );
    const [full, letter] = option;
    if (!WITH_VALUE.includes(letter) && letter !== 'precision') {
      if (given !== undefined) return misuse(`option '--${full}' doesn't allow an argument`);
      return this.#flag(letter);
    }
    const value = given ?? next;
    if (value === undefined) return misuse(`option '--${full}' requires an argument`);
    const wrong = this.#take(letter, value);
    return wrong ?? ok(given === undefined ? 1 : 0);
  }

  #letters(word: string, next: string | undefined): Result<number, Ending> {
    for (let at = 1; at < word.length; at += 1) {
      const letter = word.charAt(at);
      if (!WITH_VALUE.includes(letter)) {
        const flag = FLAGS.includes(letter) ? this.#flag(letter) : misuse(`invalid option -- '${letter}'`);
        if (!flag.ok) return flag;
        continue;
      }
      const rest = word.slice(at + 1);
      const value = rest === '' ? next : rest;
      if (value === undefined) return misuse(`option requires an argument -- '${letter}'`);
      return this.#take(letter, value) ?? ok(rest === '' ? 1 : 0);
    }
    return ok(0);
  }

  #flag(letter: string): Result<number, Ending> {
    if (letter === 'h') return err({ text: TCPDUMP_USAGE, stream: 'out', status: 0 });
    if (letter === 'version') return err({ text: TCPDUMP_VERSION, stream: 'out', status: 0 });
    this.#counts.set(letter, this.count(letter) + 1);
    return ok(0);
  }

  #take(letter: string, value: string): Result<never, Ending> | null {
    this.#values.set(letter, value);
    const number = leadingNumber(value);
    switch (letter) {
      case 'B':
        return number <= 0 ? complain(`invalid packet buffer size ${value}`) : null;
      case 'c':
        return number <= 0 ? complain(`invalid packet count ${value}`) : null;
      case 'C':
        return /^\s*\+?\d+$/.test(value) && number > 0 ? null : complain(`invalid file size ${value}`);
      case 'G':
        return number < 0 ? complain(`invalid number of seconds ${value}`) : null;
      case 'W':
        return number <= 0 ? complain(`invalid number of output files ${value}`) : null;
      case 'j':
        return [
          'host',
          'host_lowprec',
          'host_hiprec',
          'adapter',
          'adapter_unsynced',
          'host_hiprec_unsynced',
        ].includes(value)
          ? null
          : complain(`invalid time stamp type ${value}`);
      case 'Q':
        return ['in', 'out', 'inout'].includes(value.toLowerCase())
          ? null
          : complain(`unknown capture direction \`${value}'`);
      case 's':
        return /^\s*[+-]?(?:0[xX][0-9a-fA-F]+|\d+)$/.test(value) &&
          Number(value) >= 0 &&
          Number(value) <= LONGEST_SNAP
          ? null
          : complain(`invalid snaplen ${value} (must be >= 0 and <= ${LONGEST_SNAP})`);
      case 'T':
        return PACKET_TYPES.includes(value.toLowerCase())
          ? null
          : complain(`unknown packet type \`${value}'`);
      case 'y':
        return LINK_TYPES.includes(value) ? null : complain(`invalid data link type ${value}`);
      case 'precision':
        return ['micro', 'nano'].includes(value) ? null : complain('unsupported time stamp precision');
      default:
        return null;
    }
  }
}

/** Options that the real program has and that would change what happens here. */
const NOT_MODELLED = ['T', 'V', 'd', 'z'];

/** What `-C` counts in. */
const MEGABYTE = 1_000_000;

export function parseTcpdump(argv: readonly string[]): Result<CaptureOptions, Ending> {
  const reader = new Reader();
  const ending = reader.read(argv);
  if (ending !== null) return err(ending);
  const { expression } = reader;
  const has = (letter: string): boolean => reader.count(letter) > 0;
  if (!has('D')) {
    if (reader.count('t') > 5) return complain('only -t, -tt, -ttt, -tttt and -ttttt are supported');
    if (has('f') && (reader.value('V') ?? reader.value('r')) !== null)
      return complain('-f can not be used with -V or -r');
    if (reader.value('V') !== null && reader.value('r') !== null)
      return complain('-V and -r are mutually exclusive.');
    const left = NOT_MODELLED.find(
      (letter) =>
        has(letter) || (reader.value(letter) !== null && (letter !== 'z' || reader.value('w') !== null)),
    );
    if (left !== undefined) return complain(`-${left} is not modelled`);
  }
  const snapLength = Number(reader.value('s') ?? 0);
  return ok({
    device: reader.value('i'),
    count: reader.value('c') === null ? null : leadingNumber(reader.value('c') ?? ''),
    snapLength: snapLength === 0 ? null : snapLength,
    read: reader.value('r'),
    write: reader.value('w'),
    rotation: {
      size: reader.value('C') === null ? null : leadingNumber(reader.value('C') ?? '') * MEGABYTE,
      seconds: leadingNumber(reader.value('G') ?? ''),
      files: reader.value('W') === null ? null : leadingNumber(reader.value('W') ?? ''),
    },
    expressionFile: reader.value('F'),
    list: has('D') ? 'devices' : has('J') ? 'stamp-types' : has('L') ? 'link-types' : null,
    linkType: reader.value('y'),
    direction: (reader.value('Q')?.toLowerCase() ?? 'inout') as CaptureOptions['direction'],
    promiscuous: !has('p'),
    optimize: !has('O'),
    unbuffered: has('U'),
    countOnly: has('count'),
    printToo: has('print'),
    monitor: has('I'),
    user: reader.value('Z'),
    print: {
      ...DEFAULT_OPTIONS,
      linkHeader: has('e'),
      numeric: has('n'),
      verbose: reader.count('v'),
      quick: reader.count('q'),
      timestamp: reader.count('t'),
      hex: reader.count('x'),
      hexAscii: reader.count('X'),
      ascii: reader.count('A'),
      absoluteSequence: has('S'),
      packetNumber: has('#'),
      skipChecksums: has('K'),
      asDot: has('b'),
      nanoseconds: has('nano') || reader.value('precision') === 'nano',
      names: NAMES,
    },
    expression,
  });
}
