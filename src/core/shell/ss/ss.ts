/** `ss` of iproute2 6.1.0: the TCP, UDP and raw sockets of a namespace. */
import { formatIp, type Family } from '../../linux/family.ts';
import type { Namespace } from '../../linux/index.ts';
import type { Socket } from '../../linux/socket.ts';
import { serviceName, servicePort } from '../../wire/tcpdump/services.table.ts';
import type { IpHost } from '../ip/host.ts';
import type { Exit, Invocation } from '../program.ts';
import { ALL_STATES, CONNECTED, LISTENING, parseCondition, statesOf, type Condition } from './filter.ts';
import { renderTable, type Row } from './table.ts';
import { SS_USAGE } from './usage.table.ts';

/** Queues are printed that wide, even where nothing else of the column is. */
const QUEUE_WIDTH = 6;

type Kind = 'tcp' | 'udp' | 'raw';

interface SsOptions {
  readonly kinds: Set<Kind>;
  readonly families: Set<Family>;
  states: ReadonlySet<string> | null;
  isNumeric: boolean;
  showsProcesses: boolean;
  showsTimers: boolean;
  showsHeader: boolean;
  showsSummary: boolean;
  namespace: string | null;
  words: readonly string[];
}

/** Long names of options; those that are not modelled are refused by their letter. */
const LONG: Readonly<Record<string, string>> = {
  help: 'h',
  version: 'V',
  numeric: 'n',
  all: 'a',
  listening: 'l',
  options: 'o',
  processes: 'p',
  summary: 's',
  ipv4: '4',
  ipv6: '6',
  tcp: 't',
  udp: 'u',
  raw: 'w',
  'no-header': 'H',
  oneline: 'O',
  resolve: 'r',
  extended: 'e',
  memory: 'm',
  info: 'i',
  events: 'E',
  kill: 'K',
  unix: 'x',
  packet: '0',
  query: 'A',
  family: 'f',
  net: 'N',
};

type Parsed =
  | { readonly options: SsOptions }
  | { readonly exit: Exit; readonly out?: string; readonly err?: string };

function parse(argv: readonly string[]): Parsed {
  const options: SsOptions = {
    kinds: new Set(),
    families: new Set(),
    states: null,
    isNumeric: false,
    showsProcesses: false,
    showsTimers: false,
    showsHeader: true,
    showsSummary: false,
    namespace: null,
    words: [],
  };
  let at = 0;
  for (; at < argv.length; at += 1) {
    const word = argv[at] as string;
    if (!word.startsWith('-') || word === '-') break;
    const isLong = word.startsWith('--');
    const [long = '', joined] = isLong ? word.slice(2).split(/=(.*)/s) : [];
    const letters = isLong
      ? [(joined === undefined || long === 'net' ? LONG[long] : undefined) ?? '?']
      : Array.from(word.slice(1));
    for (const [place, letter] of letters.entries()) {
      if (letter === '?')
        return { exit: { status: 255 }, err: `ss: unrecognized option '${word}'\n${SS_USAGE}` };
      if (letter === 'h') return { exit: { status: 0 }, out: SS_USAGE };
      if (letter === 'V') return { exit: { status: 0 }, out: 'ss utility, iproute2-6.1.0\n' };
      if (letter === 'N') {
        const behind = isLong ? joined : word.slice(place + 2) || undefined;
        const name = behind ?? argv[(at += 1)];
        if (name === undefined)
          return {
            exit: { status: 255 },
            err: `ss: option ${isLong ? `'${word}' requires an argument` : `requires an argument -- 'N'`}\n${SS_USAGE}`,
          };
        options.namespace = name;
        break;
      }
      if (!applyLetter(options, letter))
        return {
          exit: { status: 255 },
          err: SS_USAGE.includes(` -${letter},`)
            ? `ss: option -${letter} is not modelled\n`
            : `ss: invalid option -- '${letter}'\n${SS_USAGE}`,
        };
    }
  }
  const rest = argv.slice(at);
  const states = new Set<string>();
  let first = 0;
  for (; rest[first] === 'state' || rest[first] === 'exclude'; first += 2) {
    const found = statesOf(rest[first + 1] ?? '');
    if (found === undefined)
      return { exit: { status: 1 }, err: `ss: wrong state name: ${rest[first + 1] ?? ''}\n` };
    const excluded = rest[first] === 'exclude';
    for (const state of excluded ? ALL_STATES : found) if (!excluded || !found.has(state)) states.add(state);
  }
  if (first > 0) options.states = states;
  options.words = rest.slice(first).flatMap((word) => word.split(/\s+/));
  return { options };
}

function applyLetter(options: SsOptions, letter: string): boolean {
  switch (letter) {
    case 't':
      options.kinds.add('tcp');
      return true;
    case 'u':
      options.kinds.add('udp');
      return true;
    case 'w':
      options.kinds.add('raw');
      return true;
    case '4':
      options.families.add(4);
      return true;
    case '6':
      options.families.add(6);
      return true;
    case 'a':
      options.states = ALL_STATES;
      return true;
    case 'l':
      options.states = LISTENING;
      return true;
    case 'n':
      options.isNumeric = true;
      return true;
    case 'p':
      options.showsProcesses = true;
      return true;
    case 'o':
      options.showsTimers = true;
      return true;
    case 'H':
      options.showsHeader = false;
      return true;
    case 's':
      options.showsSummary = true;
      return true;
    default:
      // One line a socket is what there is.
      return letter === 'O';
  }
}

const kindOf = ({ protocol }: Socket): Kind =>
  protocol === 'tcp' ? 'tcp' : protocol === 'udp' ? 'udp' : 'raw';

function stateOf(socket: Socket): string {
  if (socket.status !== undefined) return socket.status().state;
  if (socket.protocol === 'tcp') return 'LISTEN';
  return socket.remote === null ? 'UNCONN' : 'ESTAB';
}

/** Number of a service by name, or the digits themselves. */
const portOf =
  (kind: 'tcp' | 'udp') =>
  (name: string): number | undefined => {
    return /^\d+$/.test(name) ? Number(name) : servicePort(kind, name);
  };

export interface SsHost extends IpHost {
  /** The number of the process of a program; null when there is none or several. */
  pidOf?(program: string): number | null;
}

class Listing {
  readonly #net: Namespace;
  readonly #options: SsOptions;

  readonly #pidOf: (program: string) => number | null;

  constructor(net: Namespace, options: SsOptions, pidOf: (program: string) => number | null) {
    this.#pidOf = pidOf;
    this.#net = net;
    this.#options = options;
  }

  #port(kind: Kind, port: number | null): string {
    if (port === null || port === 0) return '*';
    const named = this.#options.isNumeric || kind === 'raw' ? undefined : serviceName(kind, port);
    return named ?? String(port);
  }

  #address(family: Family, address: bigint | null, ifindex: number | null): string {
    const text = formatIp(family, address ?? 0n);
    const link = ifindex === null ? undefined : this.#net.links.get(ifindex);
    return `${family === 6 ? `[${text}]` : text}${link === undefined ? '' : `%${link.name}`}:`;
  }

  #process(socket: Socket): string {
    if (!this.#options.showsProcesses || socket.program === undefined) return '';
    return ` users:(("${socket.program}",pid=${this.#pidOf(socket.program) ?? '?'},fd=?))`;
  }

  #timer(timer: NonNullable<ReturnType<NonNullable<Socket['status']>>['timer']> | undefined): string {
    if (!this.#options.showsTimers || timer === undefined) return '';
    return ` timer:(${timer.name},${Math.floor(timer.left / 1e9)}sec,${timer.retransmissions})`;
  }

  row(socket: Socket): Row {
    const kind = kindOf(socket);
    const { family } = socket;
    const status = socket.status?.();
    const timer = status?.timer;
    return {
      netid: kind === 'raw' && socket.protocol !== 'tcp' ? 'icmp6'.slice(0, family === 4 ? 4 : 5) : kind,
      state: stateOf(socket),
      receive: '0'.padEnd(QUEUE_WIDTH),
      send: String(status?.sendQueue ?? 0).padEnd(QUEUE_WIDTH),
      local: this.#address(family, socket.local, socket.ifindex),
      localPort: this.#port(kind, socket.port),
      peer: this.#address(family, socket.remote, null),
      peerPort: this.#port(kind, socket.remotePort),
      process: this.#process(socket) + this.#timer(timer),
    };
  }

  /** In the order of the kernel's dumps: by kind, family, listeners before connections. */
  select(condition: Condition): Socket[] {
    const { kinds, families, states } = this.#options;
    const wanted = states ?? CONNECTED;
    const order = ['raw', 'udp', 'tcp'];
    return [...this.#net.sockets.all()]
      .filter(
        (socket) =>
          (kinds.size === 0 || kinds.has(kindOf(socket))) &&
          (families.size === 0 || families.has(socket.family)) &&
          wanted.has(stateOf(socket)) &&
          condition({
            family: socket.family,
            local: socket.local ?? 0n,
            localPort: socket.port,
            peer: socket.remote ?? 0n,
            peerPort: socket.remotePort ?? 0,
          }),
      )
      .toSorted(
        (a, b) =>
          order.indexOf(kindOf(a)) - order.indexOf(kindOf(b)) ||
          a.family - b.family ||
          Number(stateOf(b) === 'LISTEN') - Number(stateOf(a) === 'LISTEN'),
      );
  }
}

function summary(net: Namespace): string {
  const sockets = [...net.sockets.all()];
  const count = (kind: Kind, family?: Family): number =>
    sockets.filter((each) => kindOf(each) === kind && (family === undefined || each.family === family))
      .length;
  const inState = (state: string): number =>
    sockets.filter((each) => kindOf(each) === 'tcp' && stateOf(each) === state).length;
  const waiting = inState('TIME-WAIT');
  const line = (name: string, ...values: readonly number[]): string =>
    `${name}\t  ${values.map((value) => String(value).padEnd(9)).join(' ')}\n`;
  const all = (family?: Family): number =>
    (['raw', 'udp', 'tcp'] as const).reduce((sum, kind) => sum + count(kind, family), 0);
  const kinds = (['raw', 'udp', 'tcp'] as const).map((kind) =>
    line(kind.toUpperCase(), count(kind), count(kind, 4), count(kind, 6)),
  );
  return (
    `Total: ${sockets.length}\n` +
    `TCP:   ${count('tcp')} (estab ${inState('ESTAB')}, closed ${waiting}, orphaned 0, timewait ${waiting})\n\n` +
    `Transport Total     IP        IPv6\n${kinds.join('')}${line('INET', all(), all(4), all(6))}${line('FRAG', 0, 0, 0)}\n`
  );
}

/** `argv[0]` is the program's name. */
export function ss(invocation: Invocation<SsHost>): Exit {
  const { argv, output, host } = invocation;
  const parsed = parse(argv.slice(1));
  if ('exit' in parsed) {
    if (parsed.out !== undefined) output.out(parsed.out);
    if (parsed.err !== undefined) output.err(parsed.err);
    return parsed.exit;
  }
  const { options } = parsed;
  const namespace = options.namespace ?? invocation.namespace;
  const net = host.kernel.namespaces.get(namespace);
  if (net === undefined) {
    output.err(`Cannot open network namespace "${namespace}": No such file or directory\n`);
    return { status: 1 };
  }
  if (options.showsSummary) {
    output.out(summary(net));
    return { status: 0 };
  }
  const condition = parseCondition(options.words, portOf(options.kinds.has('udp') ? 'udp' : 'tcp'));
  if (!condition.ok) {
    output.err(`${condition.error}\n${SS_USAGE}`);
    return { status: 255 };
  }
  const listing = new Listing(net, options, (program) => host.pidOf?.(program) ?? null);
  const hidden = new Set<keyof Row>();
  if (options.kinds.size === 1) hidden.add('netid');
  if ((options.states?.size ?? 2) === 1) hidden.add('state');
  const rows = listing.select(condition.value).map((socket) => listing.row(socket));
  output.out(renderTable(rows, hidden, options.showsHeader));
  if (options.showsProcesses)
    output.err('ss: numbers of files are not modelled, nor of processes where several have one name\n');
  if (options.kinds.size === 0 && options.families.size === 0)
    output.err("ss: sockets other than IP's are not modelled\n");
  return { status: 0 };
}
