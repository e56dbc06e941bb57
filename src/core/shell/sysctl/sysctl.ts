/** `sysctl` of procps 4 for the settings under net.*. */
import { STRERROR, type Kernel } from '../../linux/index.ts';
import { writeSetting } from '../../linux/sysctl-write.ts';
import type { Exit, Invocation } from '../program.ts';
import { SYSCTL_USAGE } from './usage.table.ts';

export interface SysctlHost {
  readonly kernel: Kernel;
  /** A file of the machine. */
  readonly readFile?: (path: string) => string | undefined;
}

interface Options {
  all: boolean;
  names: boolean;
  values: boolean;
  binary: boolean;
  ignore: boolean;
  quiet: boolean;
  write: boolean;
  pattern: RegExp | null;
  /** A file of settings. */
  load: string | null;
  readonly words: string[];
}

const LONG: Readonly<Record<string, string>> = {
  all: 'a',
  binary: 'b',
  ignore: 'e',
  names: 'N',
  values: 'n',
  quiet: 'q',
  write: 'w',
  help: 'h',
  version: 'V',
  load: 'p',
  pattern: 'r',
};

/** A key as it is shown: written with slashes or with full stops (where a slash stands for a full stop in a name). */
const keyOf = (word: string): string => {
  const slash = word.indexOf('/');
  const dot = word.indexOf('.');
  if (slash >= 0 && (dot < 0 || slash < dot))
    return word.replace(/[./]/g, (sign) => (sign === '/' ? '.' : '/'));
  return word;
};

const pathOf = (key: string): string =>
  `/proc/sys/${key.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.'))}`;

function parse(
  argv: readonly string[],
): Options | { readonly status: number; readonly out: string; readonly err: string } {
  const options: Options = {
    all: false,
    names: false,
    values: false,
    binary: false,
    ignore: false,
    quiet: false,
    write: false,
    pattern: null,
    load: null,
    words: [],
  };
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] as string;
    if (!word.startsWith('-') || word === '-') {
      options.words.push(word);
      continue;
    }
    const [long = '', value] = word.startsWith('--') ? word.slice(2).split('=') : [];
    const letters = word.startsWith('--') ? `${LONG[long] ?? '?'}${value ?? ''}` : word.slice(1);
    for (let index = 0; index < letters.length; index += 1) {
      const letter = letters[index] as string;
      if ('aAX'.includes(letter)) options.all = true;
      else if (letter === 'N') options.names = true;
      else if (letter === 'n') options.values = true;
      else if (letter === 'b') {
        options.values = true;
        options.binary = true;
      } else if (letter === 'e') options.ignore = true;
      else if (letter === 'q') options.quiet = true;
      else if (letter === 'w') options.write = true;
      else if (letter === 'r') {
        options.pattern = new RegExp(letters.slice(index + 1) || (argv[(at += 1)] ?? ''));
        break;
      } else if (letter === 'h' || letter === 'd') return { status: 0, out: SYSCTL_USAGE, err: '' };
      else if (letter === 'V') return { status: 0, out: 'sysctl from procps-ng 4.0.2\n', err: '' };
      else if (letter === 'p' || letter === 'f') {
        options.load = letters.slice(index + 1) || (argv[(at += 1)] ?? '/etc/sysctl.conf');
        break;
      } else if (!'ox'.includes(letter))
        return { status: 1, out: '', err: `sysctl: invalid option -- '${letter}'\n${SYSCTL_USAGE}` };
    }
  }
  return options;
}

export function sysctl(invocation: Invocation<SysctlHost>): Exit {
  const { argv, output, host, namespace } = invocation;
  const parsed = parse(argv);
  if ('status' in parsed) {
    output.out(parsed.out);
    output.err(parsed.err);
    return { status: parsed.status };
  }
  const settings = host.kernel.namespace(namespace).sysctl;
  const show = (key: string): void => {
    const value = settings.get(key) ?? '';
    if (parsed.names) output.out(`${key}\n`);
    else if (parsed.binary) output.out(value);
    else output.out(parsed.values ? `${value}\n` : `${key} = ${value}\n`);
  };
  if (parsed.all) {
    for (const key of settings.keys()) if (parsed.pattern === null || parsed.pattern.test(key)) show(key);
    return { status: 0 };
  }
  const missing = (key: string): number => {
    output.err(`sysctl: cannot stat ${pathOf(key)}: No such file or directory\n`);
    return 1;
  };
  /** Sets `KEY=VALUE`, and gives how many complaints there were. */
  const assign = (text: string, place: string, isOptional: boolean): number => {
    const at = text.indexOf('=');
    if (at < 0) {
      output.err(`sysctl: ${place}: invalid syntax, continuing...\n`);
      return 1;
    }
    const key = keyOf(text.slice(0, at).trim());
    if (!settings.has(key)) return isOptional ? 0 : missing(key);
    const written = writeSetting(settings, key, text.slice(at + 1));
    if (!written.ok) {
      output.err(`sysctl: setting key "${key}": ${STRERROR[written.error]}\n`);
      return isOptional ? 0 : 1;
    }
    if (!parsed.quiet) show(key);
    return 0;
  };
  if (parsed.load !== null) {
    const text = host.readFile?.(parsed.load);
    if (text === undefined) {
      output.err(`sysctl: cannot open "${parsed.load}": No such file or directory\n`);
      return { status: 1 };
    }
    let failures = 0;
    for (const [index, line] of text.split('\n').entries()) {
      const words = line.trim();
      if (words === '' || /^[#;]/.test(words)) continue;
      const isOptional = words.startsWith('-') || parsed.ignore;
      failures += assign(words.replace(/^-/, ''), `${parsed.load}(${index + 1})`, isOptional);
    }
    return { status: failures > 0 ? 1 : 0 };
  }
  if (parsed.words.length === 0) {
    if (argv.length === 1) output.out(SYSCTL_USAGE);
    else output.err("sysctl: no variables specified\nTry `sysctl --help' for more information.\n");
    return { status: 1 };
  }
  // Each setting that cannot be read counts, those that cannot be written count as one.
  let failures = 0;
  for (const word of parsed.words) {
    if (parsed.write || word.includes('=')) {
      failures = Math.max(failures, assign(word, 'command line(0)', parsed.ignore));
      continue;
    }
    const key = keyOf(word.trim());
    if (settings.has(key)) show(key);
    else {
      const keys = settings.keys().filter((each) => each.startsWith(`${key}.`));
      if (keys.length > 0) for (const each of keys) show(each);
      else if (!parsed.ignore) failures += missing(key);
    }
  }
  return { status: failures };
}
