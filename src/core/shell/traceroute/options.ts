/** The command line of traceroute 2.1.2: options may be glued, arguments attached or apart, errors name their place. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Family } from '../../linux/family.ts';

type TracerouteMethod = 'default' | 'udp' | 'icmp' | 'tcp';

export interface TracerouteOptions {
  family: Family | null;
  method: TracerouteMethod;
  numeric: boolean;
  dontFragment: boolean;
  firstHop: number;
  maxHops: number;
  simultaneous: number;
  queries: number;
  /** Null: the method's own. */
  port: number | null;
  sourcePort: number | null;
  tos: number;
  flowLabel: number;
  /** In seconds, and as factors. */
  wait: number;
  here: number;
  near: number;
  /** Between two probes, in nanoseconds. */
  sendWait: number;
  source: string | null;
  device: string | null;
  mark: number;
  host: { readonly word: string; readonly position: number; readonly argc: number } | null;
  /** Octets of a whole probe; null: the default. */
  size: number | null;
}

/** What ends the program before it begins: `help`, or a message (status 2). */
export type Refusal =
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'error'; readonly text: string };

const refuse = (text: string): Result<never, Refusal> => err({ kind: 'error', text: `${text}\n` });

interface Option {
  readonly letter: string;
  readonly word: string | null;
  /** Name of its argument; null: none. */
  readonly argument: string | null;
}

const OPTIONS: readonly Option[] = [
  { letter: '4', word: null, argument: null },
  { letter: '6', word: null, argument: null },
  { letter: 'd', word: 'debug', argument: null },
  { letter: 'F', word: 'dont-fragment', argument: null },
  { letter: 'f', word: 'first', argument: 'first_ttl' },
  { letter: 'g', word: 'gateway', argument: 'gate,...' },
  { letter: 'I', word: 'icmp', argument: null },
  { letter: 'T', word: 'tcp', argument: null },
  { letter: 'i', word: 'interface', argument: 'device' },
  { letter: 'm', word: 'max-hops', argument: 'max_ttl' },
  { letter: 'N', word: 'sim-queries', argument: 'squeries' },
  { letter: 'n', word: null, argument: null },
  { letter: 'p', word: 'port', argument: 'port' },
  { letter: 't', word: 'tos', argument: 'tos' },
  { letter: 'l', word: 'flowlabel', argument: 'flow_label' },
  { letter: 'w', word: 'wait', argument: 'MAX,HERE,NEAR' },
  { letter: 'q', word: 'queries', argument: 'nqueries' },
  { letter: 'r', word: null, argument: null },
  { letter: 's', word: 'source', argument: 'src_addr' },
  { letter: 'z', word: 'sendwait', argument: 'sendwait' },
  { letter: 'e', word: 'extensions', argument: null },
  { letter: 'A', word: 'as-path-lookups', argument: null },
  { letter: 'M', word: 'module', argument: 'name' },
  { letter: 'O', word: 'options', argument: 'OPTS,...' },
  { letter: '', word: 'sport', argument: 'num' },
  { letter: '', word: 'fwmark', argument: 'num' },
  { letter: 'U', word: 'udp', argument: null },
  { letter: '', word: 'mtu', argument: null },
  { letter: '', word: 'back', argument: null },
  { letter: 'V', word: 'version', argument: null },
  { letter: '', word: 'help', argument: null },
];

/** Options whose effect is not modelled: they are refused by name, as an option that does not exist. */
const ABSENT: ReadonlySet<string> = new Set(['g', 'r', 'e', 'A', 'O', 'mtu', 'back']);

const METHODS: ReadonlyMap<string, TracerouteMethod> = new Map([
  ['default', 'default'],
  ['udp', 'udp'],
  ['icmp', 'icmp'],
  ['tcp', 'tcp'],
]);

const whole = (text: string): number | undefined =>
  /^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(text) ? Number(text) : undefined;

const decimal = (text: string): number | undefined => (/^\d*\.?\d+$/.test(text) ? Number(text) : undefined);

const newOptions = (): TracerouteOptions => ({
  family: null,
  method: 'default',
  numeric: false,
  dontFragment: false,
  firstHop: 1,
  maxHops: 30,
  simultaneous: 16,
  queries: 3,
  port: null,
  sourcePort: null,
  tos: 0,
  flowLabel: 0,
  wait: 5,
  here: 3,
  near: 10,
  sendWait: 0,
  source: null,
  device: null,
  mark: 0,
  host: null,
  size: null,
});

/** Reads `argv` without the program's name. */
export function parseTraceroute(argv: readonly string[]): Result<TracerouteOptions, Refusal> {
  const options = newOptions();
  const positional: { readonly word: string; readonly at: number }[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] as string;
    if (!word.startsWith('-') || word === '-') {
      positional.push({ word, at: at + 1 });
      continue;
    }
    const isLong = word.startsWith('--');
    const name = isLong ? word.slice(2).replace(/=.*/s, '') : '';
    let rest = isLong ? '' : word.slice(1);
    do {
      const letter = rest.slice(0, 1);
      rest = rest.slice(1);
      const option = OPTIONS.find((each) => (isLong ? each.word === name : each.letter === letter));
      const shown = isLong ? `--${name}` : `-${letter}`;
      if (option === undefined || ABSENT.has(option.letter || (option.word ?? '')))
        return refuse(`Bad option \`${isLong ? word : shown}' (argc ${at + 1})`);
      let argument: string | null = null;
      const place = at + 1;
      if (option.argument !== null) {
        const attached = isLong ? (/=(.*)/s.exec(word)?.[1] ?? '') : rest;
        rest = '';
        if (attached === '') at += 1;
        const given = attached === '' ? argv[at] : attached;
        if (given === undefined)
          return refuse(
            `Option \`${shown}' (argc ${place}) requires an argument: \`${shown}${isLong ? '=' : ' '}${option.argument}'`,
          );
        argument = given;
      }
      const refused = apply(options, option, argument ?? '', shown, at + 1);
      if (refused !== null) return err(refused);
    } while (rest !== '');
  }
  const [host, size, extra] = positional;
  if (host === undefined) return refuse('Specify "host" missing argument.');
  if (extra !== undefined) return refuse(`Extra arg \`${extra.word}' (position 3, argc ${extra.at})`);
  options.host = { word: host.word, position: 1, argc: host.at };
  if (size !== undefined) {
    const octets = whole(size.word);
    if (octets === undefined)
      return refuse(`Cannot handle "packetlen" cmdline arg \`${size.word}' on position 2 (argc ${size.at})`);
    options.size = octets;
  }
  return check(options);
}

function check(options: TracerouteOptions): Result<TracerouteOptions, Refusal> {
  if (options.firstHop < 1 || options.firstHop > options.maxHops) return refuse('first hop out of range');
  if (options.maxHops > 255) return refuse('max hops cannot be more than 255');
  if (options.queries < 1 || options.queries > 10) return refuse('no more than 10 probes per hop');
  if (options.wait < 0 || options.here < 0 || options.near < 0)
    return refuse(`bad wait specifications \`${options.wait},${options.here},${options.near}' used`);
  if (options.size !== null && options.size > 65000)
    return refuse(`too big packetlen ${options.size} specified`);
  return ok(options);
}

function apply(
  options: TracerouteOptions,
  option: Option,
  argument: string,
  shown: string,
  argc: number,
): Refusal | null {
  const bad: Refusal = {
    kind: 'error',
    text: `Cannot handle \`${shown}' option with arg \`${argument}' (argc ${argc})\n`,
  };
  const number = (take: (value: number) => void): Refusal | null => {
    const value = whole(argument);
    if (value === undefined) return bad;
    take(value);
    return null;
  };
  switch (option.letter || option.word) {
    case '4':
      options.family = 4;
      return null;
    case '6':
      options.family = 6;
      return null;
    case 'F':
      options.dontFragment = true;
      return null;
    case 'I':
      options.method = 'icmp';
      return null;
    case 'T':
      options.method = 'tcp';
      return null;
    case 'U':
      options.method = 'udp';
      return null;
    case 'M': {
      const method = METHODS.get(argument);
      if (method === undefined) return { kind: 'error', text: `Unknown traceroute module ${argument}\n` };
      options.method = method;
      return null;
    }
    case 'n':
      options.numeric = true;
      return null;
    case 'f':
      return number((value) => (options.firstHop = value));
    case 'm':
      return number((value) => (options.maxHops = value));
    case 'N':
      return number((value) => (options.simultaneous = Math.max(1, value)));
    case 'q':
      return number((value) => (options.queries = value));
    case 'p':
      return number((value) => (options.port = value & 0xffff));
    case 't':
      return number((value) => (options.tos = value & 0xff));
    case 'l':
      return number((value) => (options.flowLabel = value & 0xfffff));
    case 'sport':
      options.simultaneous = 1;
      return number((value) => (options.sourcePort = value & 0xffff));
    case 'fwmark':
      return number((value) => (options.mark = value));
    case 'w': {
      const parts = argument.split(',').map(decimal);
      if (parts.length > 3 || parts.includes(undefined)) return bad;
      const [wait = options.wait, here = parts.length === 1 ? 0 : options.here, near] = parts as number[];
      options.wait = wait;
      options.here = here;
      options.near = near ?? (parts.length === 1 ? 0 : options.near);
      return null;
    }
    case 'z': {
      const wait = decimal(argument);
      if (wait === undefined) return bad;
      options.sendWait = wait > 10 ? wait * 1e6 : wait * 1e9;
      return null;
    }
    case 's':
      options.source = argument;
      return null;
    case 'i':
      options.device = argument;
      return null;
    case 'V':
      return { kind: 'version' };
    case 'help':
      return { kind: 'help' };
    default:
      return null;
  }
}
