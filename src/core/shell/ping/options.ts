/** The command line of ping (iputils 20221126), read as getopt does, with its complaints. */
import type { Family } from '../../linux/family.ts';
import type { PathMtuDiscovery } from '../../linux/index.ts';
import type { StampKind } from '../../linux/ip4/options.ts';
import { PING_USAGE } from './usage.table.ts';

export interface PingOptions {
  family: Family | null;
  count: number | null;
  /** Milliseconds. */
  interval: number;
  /** Milliseconds to wait for the last answers. */
  linger: number;
  /** Seconds after which it ends; 0: never. */
  deadline: number;
  size: number;
  ttl: number | null;
  tos: number;
  mark: number;
  bind: string | null;
  discovery: PathMtuDiscovery;
  /** -M was given. */
  discoverySet: boolean;
  numeric: boolean;
  quiet: boolean;
  timestamps: boolean;
  outstanding: boolean;
  broadcast: boolean;
  recordRoute: boolean;
  /** Which times the hosts on the way are to write down. */
  stamps: StampKind | null;
  /** Of IPv6. */
  flowLabel: number | null;
  /** The source is shown though it was not given. */
  showsSource: boolean;
  /** Only to hosts on a link of this one. */
  direct: boolean;
  flood: boolean;
  adaptive: boolean;
  verbose: boolean;
  audible: boolean;
  preload: number;
  pattern: Uint8Array | null;
  identifier: number | null;
  readonly targets: string[];
}

export type ParsedPing =
  | { readonly kind: 'go'; readonly options: PingOptions }
  | { readonly kind: 'end'; readonly out: string; readonly err: string; readonly status: number };

const WITH_VALUE = 'ceiIlmMNpQsStTwWF';
const FLAGS = '4afABbCdDhLnOqrRUvV6';

class Complaint extends Error {
  readonly status: number;

  constructor(text: string, status: number) {
    super(text);
    this.status = status;
  }
}

const LONG_MAX = '9223372036854775807';

function integer(word: string, least: number, most: number, mostText = String(most)): number {
  if (!/^\s*[+-]?(?:0[xX][0-9a-fA-F]+|\d+)$/.test(word))
    throw new Complaint(`ping: invalid argument: '${word}'\n`, 1);
  const value = /^[+-]?0\d/.test(word) ? Number.parseInt(word, 8) : Number(word);
  if (value < least || value > most)
    throw new Complaint(
      `ping: invalid argument: '${word}': out of range: ${least} <= value <= ${mostText}\n`,
      1,
    );
  return value;
}

/** A number of seconds; what follows the number is complained about and dropped. */
function seconds(word: string, notes: string[]): number {
  const value = Number.parseFloat(word);
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(word))
    notes.push(
      `ping: option argument contains garbage: ${word.slice(Number.isNaN(value) ? 0 : String(value).length)}\nping: this will become fatal error in the future\n`,
    );
  return Number.isNaN(value) ? 0 : value;
}

function pattern(word: string): Uint8Array {
  if (!/^[0-9a-fA-F]+$/.test(word))
    throw new Complaint(`ping: patterns must be specified as hex digits: ${word}\n`, 2);
  const pairs = word.slice(0, 32).match(/../g) ?? [word];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

const ONE_OF = 'ping: only one of -T or -R may be used\n';

export function parsePing(argv: readonly string[]): ParsedPing {
  const name = argv[0] ?? 'ping';
  const options: PingOptions = {
    family: name === 'ping6' ? 6 : name === 'ping4' ? 4 : null,
    count: null,
    interval: 1000,
    linger: 10_000,
    deadline: 0,
    size: 56,
    ttl: null,
    tos: 0,
    mark: 0,
    bind: null,
    discovery: 'want',
    discoverySet: false,
    numeric: false,
    quiet: false,
    timestamps: false,
    outstanding: false,
    broadcast: false,
    recordRoute: false,
    stamps: null,
    flowLabel: null,
    showsSource: false,
    direct: false,
    flood: false,
    adaptive: false,
    verbose: false,
    audible: false,
    preload: 1,
    pattern: null,
    identifier: null,
    targets: [],
  };
  const notes: string[] = [];
  try {
    for (let at = 1; at < argv.length; at += 1) {
      const word = argv[at] as string;
      if (word === '--') {
        options.targets.push(...argv.slice(at + 1));
        break;
      }
      if (!word.startsWith('-') || word === '-') {
        options.targets.push(word);
        continue;
      }
      for (let letterAt = 1; letterAt < word.length; letterAt += 1) {
        const letter = word[letterAt] as string;
        if (WITH_VALUE.includes(letter)) {
          const rest = word.slice(letterAt + 1);
          const value = rest === '' ? argv[(at += 1)] : rest;
          if (value === undefined)
            throw new Complaint(`${name}: option requires an argument -- '${letter}'\n${PING_USAGE}`, 2);
          take(options, letter, value, notes);
          break;
        }
        if (letter === 'h') return { kind: 'end', out: '', err: PING_USAGE, status: 2 };
        if (letter === 'V')
          return {
            kind: 'end',
            out: 'ping from iputils 20221126\nlibcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n',
            err: '',
            status: 0,
          };
        if (!FLAGS.includes(letter))
          throw new Complaint(`${name}: invalid option -- '${letter}'\n${PING_USAGE}`, 2);
        flag(options, letter);
      }
    }
    if (options.targets.length === 0)
      throw new Complaint('ping: usage error: Destination address required\n', 1);
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    return { kind: 'end', out: '', err: notes.join('') + error.message, status: error.status };
  }
  return notes.length === 0
    ? { kind: 'go', options }
    : { kind: 'go', options: Object.assign(options, { notes: notes.join('') }) };
}

/** Complaints that do not end the program. */
export const notesOf = (options: PingOptions): string =>
  'notes' in options && typeof options.notes === 'string' ? options.notes : '';

function take(options: PingOptions, letter: string, value: string, notes: string[]): void {
  switch (letter) {
    case 'c':
      options.count = integer(value, 1, Number.MAX_SAFE_INTEGER, LONG_MAX);
      return;
    case 'e':
      options.identifier = integer(value, 0, 65535);
      return;
    case 'i': {
      const interval = seconds(value, notes);
      options.interval = Math.max(0, Math.floor(interval * 1000));
      return;
    }
    case 'I':
      options.bind = value;
      return;
    case 'l':
      options.preload = integer(value, 1, 65536);
      return;
    case 'm':
      options.mark = integer(value, 0, 0xffffffff);
      return;
    case 'M':
      if (value !== 'do' && value !== 'dont' && value !== 'want')
        throw new Complaint(`ping: invalid -M argument: ${value}\n`, 2);
      options.discovery = value;
      options.discoverySet = true;
      return;
    case 'p':
      options.pattern = pattern(value);
      return;
    case 'Q': {
      const tos = /^0[xX]/.test(value) ? Number.parseInt(value.slice(2), 16) : Number(value);
      if (!Number.isInteger(tos) || value === '') throw new Complaint(`ping: bad TOS value: ${value}\n`, 2);
      if (tos > 254)
        throw new Complaint(`ping: the decimal value of TOS bits must be in range 0-255: ${tos}\n`, 2);
      options.tos = tos;
      return;
    }
    case 's':
      options.size = integer(value, 0, 2147483647);
      return;
    case 't':
      options.ttl = integer(value, 0, 255);
      return;
    case 'T':
      if (value !== 'tsonly' && value !== 'tsandaddr' && value !== 'tsprespec')
        throw new Complaint(`ping: invalid timestamp type: ${value}\n`, 2);
      if (options.recordRoute) throw new Complaint(ONE_OF, 2);
      options.stamps = value;
      return;
    case 'F': {
      const label = /^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(value) ? Number(value) : Number.NaN;
      if (Number.isNaN(label)) throw new Complaint(`ping: bad value for flowinfo: ${value}\n`, 2);
      if (label > 0xfffff) throw new Complaint(`ping: flow value is greater than 20 bits: ${value}\n`, 2);
      options.flowLabel = label;
      options.family ??= 6;
      return;
    }
    case 'N':
      throw new Complaint('ping: -N is not modelled\n', 2);
    case 'w':
      options.deadline = integer(value, 0, 2147483647);
      return;
    case 'W':
      options.linger = seconds(value, notes) * 1000;
      return;
    default:
      integerOrIgnored(letter, value);
  }
}

/** Options whose value is read and has no effect on what is modelled. */
function integerOrIgnored(letter: string, value: string): void {
  if (letter === 'S') integer(value, 1, 2147483647);
}

function flag(options: PingOptions, letter: string): void {
  switch (letter) {
    case '4':
      options.family = 4;
      return;
    case '6':
      options.family = 6;
      return;
    case 'a':
      options.audible = true;
      return;
    case 'A':
      options.adaptive = true;
      return;
    case 'b':
      options.broadcast = true;
      return;
    case 'D':
      options.timestamps = true;
      return;
    case 'f':
      options.flood = true;
      options.interval = 0;
      return;
    case 'n':
      options.numeric = true;
      return;
    case 'O':
      options.outstanding = true;
      return;
    case 'q':
      options.quiet = true;
      return;
    case 'B':
      options.showsSource = true;
      return;
    case 'r':
      options.direct = true;
      return;
    case 'R':
      if (options.stamps !== null) throw new Complaint(ONE_OF, 2);
      options.recordRoute = true;
      return;
    case 'v':
      options.verbose = true;
      return;
    default:
  }
}
