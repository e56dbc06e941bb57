/** The options of vtysh(1) of FRR 8.4. */
import { err, ok, type Result } from '../../base/result.ts';

export interface VtyshOptions {
  readonly commands: readonly string[];
  readonly file: string | null;
  readonly pathspace: string;
  /** The pathspace whose sockets it connects to (`--vty_socket` has its own word); null: none has them there. */
  readonly sockets: string | null;
  /** Of `-d`: the one daemon to connect to; null: all. */
  readonly daemon: string | null;
  /** What is done in place of commands (`-b`, `-C`, `-m`, `-w`). */
  readonly mode: 'boot' | 'dryrun' | 'writeconfig' | null;
  readonly echo: boolean;
  readonly help: boolean;
  /** Options that have no meaning here are refused by name. */
  readonly unsupported: string | null;
}

interface OptionEntry {
  readonly short: string;
  readonly long: string;
  readonly value: boolean;
}

const OPTIONS: readonly OptionEntry[] = [
  { short: 'b', long: 'boot', value: false },
  { short: 'c', long: 'command', value: true },
  { short: 'd', long: 'daemon', value: true },
  { short: 'f', long: 'inputfile', value: true },
  { short: 'E', long: 'echo', value: false },
  { short: 'C', long: 'dryrun', value: false },
  { short: 'm', long: 'markfile', value: false },
  { short: 'N', long: 'pathspace', value: true },
  { short: 'u', long: 'user', value: false },
  { short: 'w', long: 'writeconfig', value: false },
  { short: 'H', long: 'histfile', value: true },
  { short: 'h', long: 'help', value: false },
  { short: '', long: 'vty_socket', value: true },
  { short: '', long: 'config_dir', value: true },
];

const UNSUPPORTED: ReadonlySet<string> = new Set(['markfile', 'config_dir']);
const MODES = ['boot', 'dryrun', 'markfile', 'writeconfig'] as const;
const SOCKETS = /^(?:\/var)?\/run\/frr(?:\/([^/]*))?\/*$/;

const TOO_MANY = 'Invalid combination of arguments.  Please specify at most one of:\n\t-b, -C, -m, -w\n';
const BAD_PATHSPACE = 'slashes or dots are not permitted in the --pathspace option.\n';

/** A complaint of getopt's, or one that is printed as it is. */
export type OptionError = { readonly kind: 'getopt' | 'plain'; readonly text: string };

/** Reads the words after the program's name; the error is getopt's complaint. */
export function readVtyshOptions(argv: readonly string[]): Result<VtyshOptions, OptionError> {
  const commands: string[] = [];
  let file: string | null = null;
  let pathspace = '';
  let socket: string | null = null;
  let daemon: string | null = null;
  const modes = new Set<string>();
  let echo = false;
  let help = false;
  let unsupported: string | null = null;
  const words = [...argv];
  const take = (option: OptionEntry, value: string): void => {
    if (option.long === 'command') commands.push(value);
    if (option.long === 'inputfile') file = value;
    if (option.long === 'pathspace') pathspace = value;
    if (option.long === 'vty_socket') socket = value;
    if (option.long === 'daemon') daemon = value;
    if ((MODES as readonly string[]).includes(option.long)) modes.add(option.long);
    if (option.long === 'echo') echo = true;
    if (option.long === 'help') help = true;
    if (UNSUPPORTED.has(option.long)) unsupported ??= `--${option.long}`;
  };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') break;
    if (word.startsWith('--')) {
      const [name = '', attached] = word.slice(2).split(/=(.*)/s);
      const matching = OPTIONS.filter((one) => one.long.startsWith(name));
      const option =
        matching.find((one) => one.long === name) ?? (matching.length === 1 ? matching[0] : undefined);
      if (!option) return err({ kind: 'getopt', text: `unrecognized option '${word}'` });
      const value = option.value ? (attached ?? words.shift()) : '';
      if (value === undefined)
        return err({ kind: 'getopt', text: `option '--${option.long}' requires an argument` });
      take(option, value);
    } else if (word.startsWith('-') && word.length > 1) {
      for (let at = 1; at < word.length; at += 1) {
        const letter = word.charAt(at);
        const option = OPTIONS.find((one) => one.short === letter);
        if (!option) return err({ kind: 'getopt', text: `invalid option -- '${letter}'` });
        if (!option.value) {
          take(option, '');
          continue;
        }
        const value = at + 1 < word.length ? word.slice(at + 1) : words.shift();
        if (value === undefined)
          return err({ kind: 'getopt', text: `option requires an argument -- '${letter}'` });
        take(option, value);
        break;
      }
    }
  }
  if (modes.size > 1) return err({ kind: 'plain', text: TOO_MANY });
  if (/[/.]/.test(pathspace)) return err({ kind: 'plain', text: BAD_PATHSPACE });
  const mode = (['boot', 'dryrun', 'writeconfig'] as const).find((one) => modes.has(one)) ?? null;
  return ok({
    commands,
    file,
    pathspace,
    sockets: socket === null ? pathspace : (SOCKETS.exec(socket)?.[1] ?? (SOCKETS.test(socket) ? '' : null)),
    daemon,
    mode,
    echo,
    help,
    unsupported,
  });
}
