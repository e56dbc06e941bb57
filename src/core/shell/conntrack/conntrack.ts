/** conntrack(8) 1.4.7: the connections that the kernel follows, listed, counted and forgotten. */
import { formatIpv4, parseIpv4 } from '../../base/address.ts';
import type { Kernel } from '../../linux/index.ts';
import { IPPROTO } from '../../linux/ip4/packet.ts';
import type { Connection } from '../../linux/netfilter/conntrack.ts';
import { protocolNumbered, protocolText } from '../../linux/netfilter/rule-text.ts';
import type { Tuple } from '../../linux/netfilter/tuple.ts';
import type { Exit, Invocation } from '../program.ts';

export interface ConntrackHost {
  readonly kernel: Kernel;
}

const VERSION = 'conntrack v1.4.7 (conntrack-tools)';

function tupleText(tuple: Tuple): string {
  const ends = `src=${formatIpv4(tuple.source)} dst=${formatIpv4(tuple.destination)}`;
  if (tuple.protocol === IPPROTO.icmp)
    return `${ends} type=${tuple.icmpType} code=${tuple.icmpCode} id=${tuple.sourcePort}`;
  const hasPorts = tuple.protocol === IPPROTO.tcp || tuple.protocol === IPPROTO.udp;
  return hasPorts ? `${ends} sport=${tuple.sourcePort} dport=${tuple.destinationPort}` : ends;
}

function line(connection: Connection, now: number, extended: boolean): string {
  const { original, reply } = connection;
  const known = [IPPROTO.icmp, IPPROTO.tcp, IPPROTO.udp].some((number) => number === original.protocol);
  const name = known ? protocolText(original.protocol) : 'unknown';
  return [
    extended ? 'ipv4     2 ' : '',
    `${name.padEnd(8)} ${original.protocol} ${Math.max(0, Math.floor((connection.expires - now) / 1e9))} `,
    original.protocol === IPPROTO.tcp ? `${connection.tcp} ` : '',
    `${tupleText(original)} `,
    connection.hasReply ? '' : '[UNREPLIED] ',
    `${tupleText(reply)} `,
    connection.isAssured ? '[ASSURED] ' : '',
    'mark=0 use=1',
  ].join('');
}

type Filter = (connection: Connection) => boolean;

interface Command {
  readonly letter: 'L' | 'F' | 'C' | 'D';
  readonly filters: readonly Filter[];
  readonly extended: boolean;
}

const LONG: Readonly<Record<string, string>> = {
  '--dump': '-L',
  '--flush': '-F',
  '--count': '-C',
  '--delete': '-D',
  '--proto': '-p',
  '--protonum': '-p',
  '--src': '-s',
  '--orig-src': '-s',
  '--dst': '-d',
  '--orig-dst': '-d',
  '--reply-src': '-r',
  '--reply-dst': '-q',
  '--src-nat': '-n',
  '--dst-nat': '-g',
  '--any-nat': '-j',
  '--family': '-f',
  '--output': '-o',
  '--sport': '--orig-port-src',
  '--dport': '--orig-port-dst',
};

/** Null: it is not modelled. */
function addressFilter(option: string, address: number): Filter | null {
  switch (option) {
    case '-s':
      return ({ original }) => original.source === address;
    case '-d':
      return ({ original }) => original.destination === address;
    case '-r':
      return ({ reply }) => reply.source === address;
    case '-q':
      return ({ reply }) => reply.destination === address;
    default:
      return null;
  }
}

function parse(argv: readonly string[]): Command | string {
  let letter: Command['letter'] | null = null;
  const filters: Filter[] = [];
  let extended = false;
  for (let at = 1; at < argv.length; at += 1) {
    const word = LONG[argv[at] ?? ''] ?? argv[at] ?? '';
    const value = (): string => argv[(at += 1)] ?? '';
    switch (word) {
      case '-L':
      case '-F':
      case '-C':
      case '-D':
        if (letter !== null) return `Can't use ${word} with -${letter}`;
        letter = word.charAt(1) as Command['letter'];
        if (argv[at + 1] === 'conntrack') at += 1;
        break;
      case '-p': {
        const name = value();
        const number = protocolNumbered(name);
        if (number === undefined) return `\`${name}' unsupported protocol`;
        filters.push(({ original }) => original.protocol === number);
        break;
      }
      case '-n':
        filters.push(({ changes }) => changes.has('source'));
        break;
      case '-g':
        filters.push(({ changes }) => changes.has('destination'));
        break;
      case '-j':
        filters.push(({ changes }) => changes.size > 0);
        break;
      case '-f': {
        const family = value();
        if (family === 'ipv6') filters.push(() => false);
        else if (family !== 'ipv4') return `\`${family}' unsupported protocol`;
        break;
      }
      case '-o':
        if (value() !== 'extended') return `the output ${argv[at] ?? ''} is not modelled`;
        extended = true;
        break;
      case '--orig-port-src':
      case '--orig-port-dst': {
        const port = Number(value());
        const side = word === '--orig-port-src' ? 'sourcePort' : 'destinationPort';
        filters.push(({ original }) => original[side] === port);
        break;
      }
      default: {
        const address = /^-[sdrq]$/.test(word) ? parseIpv4(value()) : undefined;
        const filter = address === undefined ? null : addressFilter(word, address);
        if (filter === null) return `the option ${word} is not modelled`;
        filters.push(filter);
      }
    }
  }
  return letter === null ? 'a command is needed: -L, -C, -D or -F' : { letter, filters, extended };
}

/** `argv[0]` is the program's name. */
export function conntrack({ argv, output, host, namespace, context }: Invocation<ConntrackHost>): Exit {
  const command = parse(argv);
  if (typeof command === 'string') {
    output.err(`${VERSION}: ${command}\nTry \`conntrack -h' or 'conntrack --help' for more information.\n`);
    return { status: 2 };
  }
  const table = host.kernel.namespace(namespace).netfilter.conntrack;
  const found = table.entries().filter((each) => command.filters.every((fits) => fits(each)));
  const now = context.clock.now();
  const lines = (): string => found.map((each) => `${line(each, now, command.extended)}\n`).join('');
  switch (command.letter) {
    case 'F':
      table.clear();
      output.err(`${VERSION}: connection tracking table has been emptied.\n`);
      return { status: 0 };
    case 'C':
      output.out(`${table.entries().length}\n`);
      return { status: 0 };
    case 'D':
      for (const each of found) table.remove(each);
      output.out(lines());
      output.err(`${VERSION}: ${found.length} flow entries have been deleted.\n`);
      return { status: found.length > 0 ? 0 : 1 };
    case 'L':
      output.out(lines());
      output.err(`${VERSION}: ${found.length} flow entries have been shown.\n`);
      return { status: 0 };
  }
}
