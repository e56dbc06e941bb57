/** ovs-ofctl's command line: options anywhere, then the command and its arguments. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Field } from '../../flow/field.ts';
import { findField } from '../../flow/subfield-text.ts';
import { getOptions, glibcOptionText, type LongOption } from '../ovsdb/getopt.ts';
import type { OfVersion } from '../../ofproto/protocol.table.ts';

export interface SortCriterion {
  readonly field: Field | null;
  readonly descending: boolean;
}

export interface OfctlOptions {
  /** The version that both ends agree on, the highest allowed. */
  readonly version: OfVersion;
  readonly versions: readonly OfVersion[];
  readonly strict: boolean;
  readonly names: boolean | null;
  readonly stats: boolean;
  /** In order of importance; `field` null is the priority. */
  readonly sort: readonly SortCriterion[];
  readonly bundle: boolean;
  readonly more: boolean;
  readonly mayCreate: boolean;
  readonly isReadOnly: boolean;
  readonly help: boolean;
  readonly showVersion: boolean;
  readonly words: readonly string[];
  /** Takes what the program logs besides its output. */
  readonly log: OfctlLog;
  /** Takes what the program itself writes to standard error before it ends. */
  readonly complain: (text: string) => void;
}

/** A line of the program's log, as it appears on standard error. */
export type OfctlLog = (module: string, level: 'INFO' | 'WARN' | 'ERR', text: string) => void;

const VERSIONS: Readonly<Record<string, OfVersion>> = {
  OpenFlow10: 1,
  OpenFlow11: 2,
  OpenFlow12: 3,
  OpenFlow13: 4,
  OpenFlow14: 5,
  OpenFlow15: 6,
};

/** An option of ours: `argument` says what follows it. */
const flag = (name: string, short?: string): LongOption => ({
  name,
  argument: 'none',
  ...(short === undefined ? {} : { short }),
});
const valued = (name: string, short?: string): LongOption => ({ ...flag(name, short), argument: 'required' });
const optional = (name: string, short?: string): LongOption => ({
  ...flag(name, short),
  argument: 'optional',
});

const MODELLED: readonly LongOption[] = [
  valued('timeout', 't'),
  valued('protocols', 'O'),
  flag('strict'),
  flag('more', 'm'),
  // For `monitor` and `snoop` only.
  flag('timestamp'),
  optional('sort'),
  optional('rsort'),
  flag('names'),
  flag('no-names'),
  flag('stats'),
  flag('no-stats'),
  flag('help', 'h'),
  flag('version', 'V'),
  flag('bundle'),
  optional('color'),
  flag('may-create'),
  flag('read-only'),
];

/** Refused by name. */
const UNMODELLED: readonly LongOption[] = [
  flag('readd'),
  valued('flow-format', 'F'),
  valued('packet-in-format', 'P'),
  valued('unixctl'),
  flag('option', 'o'),
  flag('pcap'),
  flag('bare'),
  flag('bad-csum'),
  flag('raw'),
  flag('detach'),
  flag('no-self-confinement'),
  flag('no-chdir'),
  optional('pidfile'),
  flag('overwrite-pidfile'),
  flag('monitor'),
  valued('user'),
  optional('verbose', 'v'),
  optional('log-file'),
  valued('syslog-method'),
  valued('syslog-target'),
  valued('private-key', 'p'),
  valued('certificate', 'c'),
  valued('ca-cert', 'C'),
  valued('ssl-protocols'),
  valued('ssl-ciphers'),
  valued('ssl-ciphersuites'),
  valued('ssl-server-name'),
];
const OPTIONS = [...MODELLED, ...UNMODELLED];
const isUnmodelled = (name: string): boolean => UNMODELLED.some((one) => one.name === name);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A problem with one option, or null when it was taken. */
function takeOption(
  options: Mutable<OfctlOptions>,
  criteria: SortCriterion[],
  name: string,
  argument: string | null,
): string | null {
  switch (name) {
    case 'protocols': {
      const words = (argument ?? '').split(',');
      const unknown = words.find((one) => !Object.hasOwn(VERSIONS, one));
      if (unknown !== undefined) return `Unknown OpenFlow version: "${unknown}"`;
      options.versions = words.flatMap((one) => VERSIONS[one] ?? []);
      options.version = options.versions.reduce((most, one) => (one > most ? one : most), 1);
      return null;
    }
    case 'timeout':
      // No request waits here.
      return /^0*[1-9]\d*$/.test(argument ?? '')
        ? null
        : `value ${argument ?? ''} on -t or --timeout is invalid`;
    case 'sort':
    case 'rsort': {
      const field = argument === null || argument.toLowerCase() === 'priority' ? null : findField(argument);
      if (field === undefined) return `${argument ?? ''}: unknown field name`;
      criteria.push({ field, descending: name === 'rsort' });
      return null;
    }
    case 'color':
      if (/^(?:never|no|none)$/i.test(argument ?? '')) return null;
      return argument === null || /^(?:always|yes|force|auto|tty|if-tty)$/i.test(argument)
        ? 'option --color is not modelled here'
        : `incorrect value \`${argument}' for --color`;
    case 'strict':
      options.strict = true;
      return null;
    case 'names':
    case 'no-names':
      options.names = name === 'names';
      return null;
    case 'stats':
    case 'no-stats':
      options.stats = name === 'stats';
      return null;
    case 'bundle':
      options.bundle = true;
      return null;
    case 'may-create':
      options.mayCreate = true;
      return null;
    case 'more':
      options.more = true;
      return null;
    case 'read-only':
      options.isReadOnly = true;
      return null;
    case 'help':
      options.help = true;
      return null;
    case 'version':
      options.showVersion = true;
      return null;
    default:
      return isUnmodelled(name) ? `option --${name} is not modelled here` : null;
  }
}

/** The error is the text behind the program's name. */
export function parseOptions(
  argv: readonly string[],
  { log, complain }: Pick<OfctlOptions, 'log' | 'complain'>,
): Result<OfctlOptions> {
  const words: string[] = [];
  const criteria: SortCriterion[] = [];
  const options: Mutable<OfctlOptions> = {
    version: 1,
    versions: [1],
    strict: false,
    names: null,
    stats: true,
    sort: criteria,
    bundle: false,
    more: false,
    mayCreate: false,
    isReadOnly: false,
    help: false,
    showVersion: false,
    words,
    log,
    complain,
  };
  for (let at = 0; at < argv.length; at += 1) {
    const given = getOptions(argv.slice(at), OPTIONS);
    if (!given.ok) return err(glibcOptionText(given.error));
    for (const { name, argument } of given.value.options) {
      const problem = takeOption(options, criteria, name, argument);
      if (problem !== null) return err(problem);
    }
    at += given.value.rest;
    if (argv[at - 1] === '--' && given.value.rest > 0) {
      words.push(...argv.slice(at));
      break;
    }
    const word = argv[at];
    if (word !== undefined) words.push(word);
  }
  // Whatever the order, priority decides last.
  if (criteria.length > 0) criteria.push({ field: null, descending: true });
  // A bundle needs OpenFlow 1.3, by itself it is sent in 1.4.
  if (words[0] === 'bundle') options.bundle = true;
  if (options.bundle && options.version < 4) {
    options.versions = [5];
    options.version = 5;
  }
  return ok(options);
}
