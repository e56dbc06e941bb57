/** `dnsmasq` 2.90 as a name server: options and files at its start, then answers on the addresses that it is bound to. */
import { formatIp, parseIp, type Family, type IpAddress } from '../../linux/family.ts';
import { findLink } from '../../linux/device.ts';
import type { Namespace } from '../../linux/index.ts';
import type { DnsServer } from '../dns/exchange.ts';
import type { IpHost } from '../ip/host.ts';
import { parseHosts } from '../name-service.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { parseDnsmasq, type DnsmasqOptions } from './options.ts';
import { LocalRecords } from './records.ts';
import { NameServer } from './server.ts';

export interface DnsmasqHost extends IpHost {
  readFile(path: string): string | undefined;
}

const LOOPBACK = 'lo';
/** Exit codes of dnsmasq(8): the network could not be used, and anything else. */
const BAD_NETWORK = 2;
const MISCELLANEOUS = 5;
const FEATURES =
  'IPv6 GNU-getopt DBus no-UBus i18n IDN2 DHCP DHCPv6 no-Lua TFTP conntrack ipset nftset auth cryptohash DNSSEC loop-detect inotify dumpfile';

class Daemon implements RunningProgram {
  readonly pace = 'listen';
  readonly #listeners: ((exit: Exit) => void)[] = [];
  readonly #close: () => void;
  readonly #status: number;
  #exit: Exit | null = null;

  /** `status` is what Ctrl+C ends it with. */
  constructor(close: () => void, status: number) {
    this.#close = close;
    this.#status = status;
  }

  cancel(): void {
    if (this.#exit !== null) return;
    this.#close();
    this.#exit = { status: this.#status };
    for (const listener of this.#listeners.splice(0)) listener(this.#exit);
  }

  onDone(listener: (exit: Exit) => void): void {
    if (this.#exit === null) this.#listeners.push(listener);
    else listener(this.#exit);
  }
}

/** Where it answers: an address, or null for any that `accepts` allows. */
interface Listening {
  readonly family: Family;
  readonly local: bigint | null;
}

/** The addresses of a device, as datagrams have them. */
function* addressesOf(net: Namespace): Generator<IpAddress & { readonly device: string }> {
  for (const link of net.links.values()) {
    for (const { local } of link.addresses4) yield { family: 4, address: BigInt(local), device: link.name };
    for (const { address } of link.ipv6.addresses) yield { family: 6, address, device: link.name };
  }
}

const same = (a: IpAddress, b: IpAddress): boolean => a.family === b.family && a.address === b.address;

/** Whether an address of a device is one that the options name; the loopback's is with any of them. */
function isAllowed(options: DnsmasqOptions, one: IpAddress & { readonly device: string }): boolean {
  const { interfaces, exceptInterfaces, listenAddresses } = options;
  if (exceptInterfaces.includes(one.device)) return false;
  if (listenAddresses.some((each) => same(each, one)) || interfaces.includes(one.device)) return true;
  return interfaces.length > 0 ? one.device === LOOPBACK : listenAddresses.length === 0;
}

function listeningOf(net: Namespace, options: DnsmasqOptions): readonly Listening[] {
  if (!options.bindsInterfaces)
    return [
      { family: 4, local: null },
      { family: 6, local: null },
    ];
  const own = [...addressesOf(net)].filter((one) => isAllowed(options, one));
  const given = options.listenAddresses.filter((one) => !own.some((each) => same(each, one)));
  return [...own, ...given].map(({ family, address }) => ({ family, local: address }));
}

/** Servers of the options, then those of the resolver's file. */
function serversOf({ upstreams, resolvFile }: DnsmasqOptions, read: DnsmasqHost['readFile']): DnsServer[] {
  const given = upstreams.flatMap(({ domain, server }) => (domain === '' && server ? [server] : []));
  const text = resolvFile === null ? '' : (read(resolvFile) ?? '');
  const found = text.split('\n').flatMap((line) => {
    const address = parseIp(/^nameserver\s+(\S+)/.exec(line)?.[1] ?? '');
    return address ? [{ ...address, port: 53 }] : [];
  });
  return [...given, ...found];
}

const serverText = ({ family, address, port }: DnsServer): string => `${formatIp(family, address)}#${port}`;

/** What `--no-daemon` says at the start. */
function startText(options: DnsmasqOptions, servers: readonly DnsServer[], read: readonly string[]): string {
  const lines = [
    'started, version 2.90 cachesize 150',
    `compile time options: ${FEATURES}`,
    ...(servers.length + options.upstreams.length === 0 && options.resolvFile === null
      ? ['warning: no upstream servers configured']
      : []),
    ...options.upstreams.map(({ domain, server }) => {
      if (server === null) return `using only locally-known addresses for ${domain}`;
      return `using nameserver ${serverText(server)}${domain === '' ? '' : ` for domain ${domain} `}`;
    }),
    ...read,
  ];
  return lines.map((line) => `dnsmasq: ${line}\n`).join('');
}

/** `argv[0]` is the program's name. Without `-d` or `-k` it answers on after its end, as a daemon. */
export function dnsmasq(invocation: Invocation<DnsmasqHost>): Exit | RunningProgram {
  const { argv, output, host, namespace, context } = invocation;
  const refused = (text: string, status: number): Exit => {
    output.err(`\ndnsmasq: ${text}\n`);
    return { status };
  };
  const parsed = parseDnsmasq(argv, (path) => host.readFile(path));
  if (!parsed.ok) return refused(parsed.error.text, parsed.error.status);
  const options = parsed.value;
  const net = host.kernel.namespace(namespace);
  const { interfaces, port, bindsInterfaces } = options;
  const unknown = interfaces.find((name) => findLink(net, name) === undefined);
  if (unknown !== undefined && bindsInterfaces) return refused(`unknown interface ${unknown}`, BAD_NETWORK);
  // The file that was named last is read first.
  const paths = [...(options.readsHosts ? ['/etc/hosts'] : []), ...options.hostsFiles.toReversed()];
  const hosts = paths.map((path) => host.readFile(path));
  const records = new LocalRecords(
    options,
    hosts.flatMap((text) => text ?? []),
  );
  const servers = serversOf(options, (path) => host.readFile(path));
  const server = new NameServer({ kernel: host.kernel, namespace, context }, options, records, servers);
  const own = [...addressesOf(net)];
  const closers: (() => void)[] = [];
  const close = (): void => {
    server.close();
    for (const end of closers) end();
  };
  for (const { family, local } of port === 0 ? [] : listeningOf(net, options)) {
    const exists = local === null || own.some((one) => same(one, { family, address: local }));
    const taken = [...net.sockets.listeners('udp', family, port)].some(
      (socket) => socket.local === local || socket.local === null || local === null,
    );
    if (!exists || taken) {
      close();
      const why = taken ? 'Address already in use' : 'Cannot assign requested address';
      const what = local === null ? `port ${port}` : formatIp(family, local);
      return refused(`failed to create listening socket for ${what}: ${why}`, BAD_NETWORK);
    }
    closers.push(
      net.sockets.open({
        protocol: 'udp',
        family,
        port,
        local,
        remote: null,
        remotePort: null,
        ifindex: null,
        program: 'dnsmasq',
        receive: (datagram) => {
          const to = { family, address: datagram.destination };
          const isOwn = [...addressesOf(net)].some((one) => same(one, to) && isAllowed(options, one));
          if (isOwn) server.receive(datagram);
        },
      }),
    );
  }
  if (options.foreground === 'debug') {
    const read = paths.map((path, index) => {
      const text = hosts[index];
      if (text === undefined) return `failed to load names from ${path}: No such file or directory`;
      return `read ${path} - ${namesIn(text, options)} names`;
    });
    output.err(startText(options, servers, read));
  }
  if (options.foreground === 'no') return { status: 0 };
  return new Daemon(close, options.foreground === 'debug' ? MISCELLANEOUS : 0);
}

/** How many names a hosts file gave, those with the domain behind them counted as well. */
function namesIn(text: string, { expandsHosts, domain }: DnsmasqOptions): number {
  const names = parseHosts(text).flatMap((line) => line.names);
  return (
    names.length + (expandsHosts && domain !== null ? names.filter((name) => !name.includes('.')).length : 0)
  );
}
