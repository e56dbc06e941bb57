/** ovs-ofctl's command line: options anywhere, then the command and its arguments. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Field } from '../../flow/field.ts';
import { findField } from '../../flow/subfield-text.ts';
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
  readonly help: boolean;
  readonly showVersion: boolean;
  readonly words: readonly string[];
  /** Takes what the program logs besides its output. */
  readonly log: OfctlLog;
}

/** A line of the program's log, as it appears on standard error. */
export type OfctlLog = (module: string, level: 'INFO' | 'WARN', text: string) => void;

const VERSIONS: Readonly<Record<string, OfVersion>> = {
  OpenFlow10: 1,
  OpenFlow11: 2,
  OpenFlow12: 3,
  OpenFlow13: 4,
  OpenFlow14: 5,
  OpenFlow15: 6,
};

/** Options with an argument that change nothing here. */
const IGNORED_WITH_VALUE: ReadonlySet<string> = new Set([
  '-t',
  '--timeout',
  '-v',
  '--verbose',
  '--flow-format',
  '-F',
  '-P',
  '--packet-in-format',
]);
const IGNORED: ReadonlySet<string> = new Set([
  '--timestamp',
  '--read-only',
  '--oneline',
  '--no-friendly',
  '--color',
  '--no-color',
]);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The error is what getopt_long(3) prints, without the program's name. */
export function parseOptions(argv: readonly string[], log: OfctlLog): Result<OfctlOptions> {
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
    help: false,
    showVersion: false,
    words,
    log,
  };
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] as string;
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    if (word === '--') {
      words.push(...argv.slice(at + 1));
      break;
    }
    const [name = '', attached] = /^-O./.test(word)
      ? ['-O', word.slice(2)]
      : word.startsWith('--')
        ? word.split(/=(.*)/s)
        : [word];
    if (name === '-O' || name === '--protocols') {
      const text = attached ?? argv[(at += 1)];
      if (text === undefined) return err(`option requires an argument -- 'O'`);
      const versions = text.split(',').map((one) => VERSIONS[one]);
      const unknown = text.split(',').find((one) => VERSIONS[one] === undefined);
      if (unknown !== undefined) return err(`Unknown OpenFlow version: "${unknown}"`);
      options.versions = versions.map((one) => one ?? 1);
      options.version = options.versions.reduce((most, one) => (one > most ? one : most), 1);
    } else if (name === '--strict') options.strict = true;
    else if (name === '--names') options.names = true;
    else if (name === '--no-names') options.names = false;
    else if (name === '--no-stats') options.stats = false;
    else if (name === '--stats') options.stats = true;
    else if (name === '--sort' || name === '--rsort') {
      const field =
        attached === undefined || attached.toLowerCase() === 'priority' ? null : findField(attached);
      if (field === undefined) return err(`${attached}: unknown field name`);
      criteria.push({ field, descending: name === '--rsort' });
    } else if (name === '--bundle') options.bundle = true;
    else if (name === '--may-create') options.mayCreate = true;
    else if (name === '-m' || name === '--more') options.more = true;
    else if (name === '-h' || name === '--help') options.help = true;
    else if (name === '-V' || name === '--version') options.showVersion = true;
    else if (IGNORED_WITH_VALUE.has(name)) at += attached === undefined && !name.startsWith('-v') ? 1 : 0;
    else if (!IGNORED.has(name))
      return err(
        word.startsWith('--') ? `unrecognized option '${word}'` : `invalid option -- '${word.charAt(1)}'`,
      );
  }
  // A bundle needs OpenFlow 1.4.
  if (options.bundle && options.version === 1) {
    options.versions = [5];
    options.version = 5;
  }
  return ok(options);
}
