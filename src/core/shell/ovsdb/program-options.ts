/** The options of a database program itself, before its first command. */
import { present } from '../../base/assert.ts';
import { stringOrder } from '../../ovsdb/index.ts';
import type { Command } from './command.ts';
import { IN_FOREGROUND, takeDaemonOption, type DaemonOptions } from './daemon-mode.ts';
import { getOptions, glibcOptionText, ovnOptionText, type LongOption } from './getopt.ts';
import { commandOptions } from './parse-commands.ts';
import { fail } from './stop.ts';
import { CELL_FORMATS, DEFAULT_STYLE, FORMATS, type TableStyle } from './table-text.ts';

/** How long the program waits after its transaction: not at all, or until this daemon has caught up. */
type Wait = 'none' | 'sb' | 'hv' | 'vswitchd';

export interface ProgramSettings {
  readonly remote: string | null;
  readonly style: TableStyle;
  readonly isOneline: boolean;
  readonly isDryRun: boolean;
  readonly wait: Wait;
  readonly printsWaitTime: boolean;
  /** Seconds, 0 for ever. */
  readonly timeout: number;
  /** What is printed instead of running commands. */
  readonly instead: 'help' | 'version' | 'commands' | 'options' | null;
  readonly daemon: DaemonOptions;
  readonly commandOptions: ReadonlyMap<string, string | null>;
  /** Index of the first word of the commands. */
  readonly rest: number;
}

/** What programs differ in. */
export interface OptionRules {
  readonly program: string;
  /** Whose words are used for wrong options. */
  readonly words: 'glibc' | 'ovn';
  readonly options: readonly LongOption[];
  readonly waits: readonly Wait[];
  readonly firstWait: Wait;
  /** How tables are printed without `--format`. */
  readonly format?: TableStyle['format'];
}

const flag = (name: string, short?: string): LongOption => ({
  name,
  argument: 'none',
  ...(short === undefined ? {} : { short }),
});
const taking = (name: string, short?: string): LongOption => ({ ...flag(name, short), argument: 'required' });
const perhaps = (name: string, short?: string): LongOption => ({
  ...flag(name, short),
  argument: 'optional',
});

const LOGGING = [
  perhaps('verbose', 'v'),
  perhaps('log-file'),
  taking('syslog-method'),
  taking('syslog-target'),
];
const SSL = [
  taking('private-key', 'p'),
  taking('certificate', 'c'),
  taking('ca-cert', 'C'),
  taking('ssl-protocols'),
  taking('ssl-ciphers'),
  taking('ssl-ciphersuites'),
  taking('ssl-server-name'),
  taking('bootstrap-ca-cert'),
];
const TABLE = [
  taking('format', 'f'),
  taking('data', 'd'),
  flag('no-headings'),
  flag('pretty'),
  flag('bare'),
  taking('max-column-width'),
];
const DAEMON = [
  flag('detach'),
  flag('no-self-confinement'),
  flag('no-chdir'),
  perhaps('pidfile'),
  flag('overwrite-pidfile'),
  flag('monitor'),
  taking('user'),
];
const CLUSTER = [
  flag('leader-only'),
  flag('no-leader-only'),
  flag('shuffle-remotes'),
  flag('no-shuffle-remotes'),
];
const REST = [flag('help', 'h'), flag('commands'), flag('options'), ...CLUSTER, flag('version', 'V')];

/** The options of OVN's programs, in the order of `--options`. */
export const OVN_OPTIONS: readonly LongOption[] = [
  taking('db'),
  flag('no-syslog'),
  ...REST,
  taking('unixctl', 'u'),
  flag('no-wait'),
  taking('wait'),
  flag('print-wait-time'),
  flag('dry-run'),
  flag('oneline'),
  taking('timeout', 't'),
  ...DAEMON,
  ...LOGGING,
  ...SSL,
  ...TABLE,
];

/** The options of ovs-vsctl, in the order of `--options`. */
export const VSCTL_OPTIONS: readonly LongOption[] = [
  taking('db'),
  flag('no-syslog'),
  flag('no-wait'),
  flag('dry-run'),
  flag('oneline'),
  taking('timeout', 't'),
  flag('retry'),
  ...REST,
  ...LOGGING,
  ...TABLE,
  ...SSL,
  taking('peer-ca-cert'),
];

/** The options of ovsdb-client. */
export const CLIENT_OPTIONS: readonly LongOption[] = [
  flag('help', 'h'),
  flag('version', 'V'),
  flag('timestamp'),
  flag('force'),
  taking('timeout', 't'),
  flag('db-change-aware'),
  flag('no-db-change-aware'),
  flag('leader-only'),
  flag('no-leader-only'),
  ...LOGGING,
  ...DAEMON,
  ...SSL,
  ...TABLE,
  perhaps('record'),
  perhaps('replay'),
];

/** Command options in the order in which the programs walk their commands. */
export function allCommandOptions(commands: ReadonlyMap<string, Command>): readonly LongOption[] {
  const found = new Map<string, LongOption>();
  for (const name of stringOrder(commands.keys()))
    for (const option of commandOptions(present(commands.get(name))))
      if (!found.has(option.name)) found.set(option.name, { ...option, group: 'command' });
  return [...found.values()];
}

function parseTimeout(text: string): number {
  const value = /^[ \t]*\+?\d+$/.test(text) ? Number(text) : 0;
  return value > 0 && value <= 0xffffffff ? value : fail(`value ${text} on -t or --timeout is invalid`);
}

function oneOf<T extends string>(text: string, words: readonly T[], message: string): T {
  return words.find((word) => word === text) ?? fail(message);
}

/** Reads the program's options from `argv` (without the program's name). Refuses wrong ones. */
export function programSettings(
  argv: readonly string[],
  rules: OptionRules,
  ownOptions: readonly LongOption[],
): ProgramSettings {
  const parsed = getOptions(argv, [...rules.options, ...ownOptions]);
  if (!parsed.ok) return fail((rules.words === 'glibc' ? glibcOptionText : ovnOptionText)(parsed.error));
  const style: TableStyle = { ...DEFAULT_STYLE, format: rules.format ?? DEFAULT_STYLE.format };
  const own = new Map<string, string | null>();
  const settings = {
    remote: null as string | null,
    isOneline: false,
    isDryRun: false,
    wait: rules.firstWait,
    printsWaitTime: false,
    timeout: 0,
    instead: null as ProgramSettings['instead'],
    daemon: IN_FOREGROUND,
  };
  const requireWait = (name: string): void => {
    if (rules.waits.length < 2) fail(`${name} not supported`);
  };
  for (const { name, argument } of parsed.value.options) {
    const text = argument ?? '';
    switch (name) {
      case 'db':
        settings.remote = text;
        break;
      case 'no-wait':
        requireWait('--no-wait');
        settings.wait = 'none';
        break;
      case 'wait':
        requireWait('--wait');
        settings.wait = oneOf(text, rules.waits, 'argument to --wait must be "none", "sb", or "hv"');
        break;
      case 'print-wait-time':
        requireWait('--print-wait-time');
        settings.printsWaitTime = true;
        break;
      case 'dry-run':
        settings.isDryRun = true;
        break;
      case 'oneline':
        settings.isOneline = true;
        break;
      case 'timeout':
        settings.timeout = parseTimeout(text);
        break;
      case 'format':
        style.format = oneOf(text, FORMATS, `unknown output format "${text}"`);
        break;
      case 'data':
        style.cells = oneOf(text, CELL_FORMATS, `unknown data format "${text}"`);
        break;
      case 'no-headings':
        style.hasHeadings = false;
        break;
      case 'pretty':
        style.isPretty = true;
        break;
      case 'bare':
        Object.assign(style, { format: 'list', cells: 'bare', hasHeadings: false });
        break;
      case 'max-column-width':
        style.maxWidth = Number.parseInt(text, 10) || 0;
        break;
      case 'help':
      case 'version':
      case 'commands':
      case 'options':
        settings.instead ??= name;
        break;
      default: {
        const daemon = takeDaemonOption(settings.daemon, name, argument);
        if (daemon) {
          settings.daemon = daemon;
          break;
        }
        if (!ownOptions.some((option) => option.name === name)) break; // logging, TLS: nothing to model
        if (own.has(`--${name}`))
          fail(`'${rules.words === 'glibc' ? '' : '--'}${name}' option specified multiple times`);
        own.set(`--${name}`, argument);
      }
    }
  }
  return { ...settings, style, commandOptions: own, rest: parsed.value.rest };
}
