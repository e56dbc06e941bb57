/** `dnsmasq` 2.90: options and files at its start, then names and leases for those who ask on its addresses. */
import { formatIp, parseIp } from '../../linux/family.ts';
import { findLink } from '../../linux/device.ts';
import type { Datagram, Namespace } from '../../linux/index.ts';
import type { DnsServer } from '../dns/exchange.ts';
import type { IpHost } from '../ip/host.ts';
import { parseHosts } from '../name-service.ts';
import type { Daemonized, OwnProcess } from '../own-process.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { fileReader } from './dhcp/files.ts';
import { rangeTexts, startDhcp, wantsDhcp } from './dhcp/start.ts';
import { addressesOf, isAllowed, isNear, listeningOf, sameAddress } from './listening.ts';
import { openLog, type Say } from './log.ts';
import { parseDnsmasq, type DnsmasqOptions } from './options.ts';
import { LocalRecords } from './records.ts';
import { NameServer } from './server.ts';

export interface DnsmasqHost extends IpHost {
  readFile(path: string): string | undefined;
  writeFile(path: string, text: string): void;
  readonly process: OwnProcess;
}

/** Exit codes of dnsmasq(8): the network could not be used, and anything else. */
const BAD_NETWORK = 2;
const MISCELLANEOUS = 5;
const FEATURES =
  'IPv6 GNU-getopt DBus no-UBus i18n IDN2 DHCP DHCPv6 no-Lua TFTP conntrack ipset nftset auth cryptohash DNSSEC loop-detect inotify dumpfile';
const PID_FILE = '/run/dnsmasq.pid';

class Foreground implements RunningProgram {
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
    this.end(this.#status);
  }

  end(status: number): void {
    if (this.#exit !== null) return;
    this.#close();
    this.#exit = { status };
    for (const listener of this.#listeners.splice(0)) listener(this.#exit);
  }

  onDone(listener: (exit: Exit) => void): void {
    if (this.#exit === null) this.#listeners.push(listener);
    else listener(this.#exit);
  }
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

/** What it says at its start, before it tells of DHCP and of the files that it reads. */
function sayStart(say: Say, options: DnsmasqOptions, servers: readonly DnsServer[]): void {
  const { port, upstreams, resolvFile, localService, missingInterfaces } = options;
  say(port === 0 ? 'started, version 2.90 DNS disabled' : 'started, version 2.90 cachesize 150');
  if (localService) say('DNS service limited to local subnets');
  say(`compile time options: ${FEATURES}`);
  for (const name of missingInterfaces) say(`warning: interface ${name} does not currently exist`);
  if (port !== 0 && servers.length + upstreams.length === 0 && resolvFile === null)
    say('warning: no upstream servers configured');
  for (const { domain, server } of upstreams)
    say(
      server === null
        ? `using only locally-known addresses for ${domain}`
        : `using nameserver ${serverText(server)}${domain === '' ? '' : ` for domain ${domain} `}`,
    );
}

/** Opens the sockets for questions; the error is what could not be bound. */
function openSockets(
  net: Namespace,
  options: DnsmasqOptions,
  receive: (datagram: Datagram) => void,
  closers: (() => void)[],
): string | null {
  const { port } = options;
  const own = [...addressesOf(net)];
  for (const { family, local } of port === 0 ? [] : listeningOf(net, options)) {
    const exists = local === null || own.some((one) => sameAddress(one, { family, address: local }));
    const taken = [...net.sockets.listeners('udp', family, port)].some(
      (socket) => socket.local === local || socket.local === null || local === null,
    );
    if (!exists || taken) {
      const why = taken ? 'Address already in use' : 'Cannot assign requested address';
      const what = local === null ? `port ${port}` : formatIp(family, local);
      return `failed to create listening socket for ${what}: ${why}`;
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
          const isOwn = [...addressesOf(net)].some((one) => sameAddress(one, to) && isAllowed(options, one));
          const isServed =
            !options.localService || isNear(net, { family: datagram.family, address: datagram.source });
          if (isOwn && isServed) receive(datagram);
        },
      }),
    );
  }
  return null;
}

/** `argv[0]` is the program's name. Without `-d` or `-k` it answers on after its end, as a daemon. */
export function dnsmasq(invocation: Invocation<DnsmasqHost>): Exit | RunningProgram {
  const { argv, output, host, namespace, context } = invocation;
  const read = (path: string): string | undefined => host.readFile(path);
  const refused = (text: string, status: number): Exit => {
    output.err(`\ndnsmasq: ${text}\n`);
    return { status };
  };
  const parsed = parseDnsmasq(argv, read);
  if (!parsed.ok) return refused(parsed.error.text, parsed.error.status);
  const options = parsed.value;
  const { kernel } = host;
  const net = kernel.namespace(namespace);
  const unknown = options.interfaces.filter((name) => findLink(net, name) === undefined);
  if (unknown[0] !== undefined && options.bindsInterfaces && !options.bindsDynamically)
    return refused(`unknown interface ${unknown[0]}`, BAD_NETWORK);
  options.missingInterfaces.push(...unknown);
  let daemon: Daemonized | null = null;
  const say = openLog(options, {
    wallMs: () => context.clock.wallMs(),
    pid: () => daemon?.pid ?? host.process.pid,
    err: (text) => output.err(text),
    writeFile: (path, text) => host.writeFile(path, text),
  });
  // The file that was named last is read first.
  const paths = [...(options.readsHosts ? ['/etc/hosts'] : []), ...options.hostsFiles.toReversed()];
  const hostsTexts = (): string[] => paths.flatMap((path) => read(path) ?? []);
  const records = new LocalRecords(options, hostsTexts());
  const servers = serversOf(options, read);
  const server = new NameServer({ kernel, namespace, context }, options, records, servers);
  const closers: (() => void)[] = [() => server.close()];
  const close = (): void => {
    for (const end of closers.splice(0)) end();
  };
  let prune = (): void => undefined;
  const problem = openSockets(
    net,
    options,
    (datagram) => {
      prune();
      server.receive(datagram);
    },
    closers,
  );
  const fail = (text: string): Exit => {
    close();
    return refused(text, BAD_NETWORK);
  };
  if (problem !== null) return fail(problem);
  const site = { kernel, namespace, context, readFile: read, writeFile: host.writeFile.bind(host) };
  const readDhcpFiles = fileReader(options.dhcp, read, say);
  let boundTo: string | null = null;
  if (wantsDhcp(options.dhcp)) {
    const started = startDhcp(site, options, records, say);
    if (!started.ok) return fail(started.error);
    closers.push(() => started.value.service.close());
    ({ boundTo, prune } = started.value);
  }
  const readFiles = (): void => {
    if (options.port !== 0) {
      if (paths.length === 0) say('cleared cache');
      for (const path of paths) {
        const text = read(path);
        say(
          text === undefined
            ? `failed to load names from ${path}: No such file or directory`
            : `read ${path} - ${namesIn(text, options)} names`,
        );
      }
    }
    if (wantsDhcp(options.dhcp)) readDhcpFiles();
  };
  const signalled = (name: string, end: (status: number) => void): void => {
    if (name === 'HUP') {
      records.reload(hostsTexts());
      readFiles();
    } else if (name === 'TERM' || name === 'INT') {
      say(`exiting on receipt of SIG${name}`);
      end(0);
    } else if (name === 'KILL' || name === 'QUIT') end(137);
  };
  const pidFile = options.pidFile ?? PID_FILE;
  if (options.foreground === 'no') {
    daemon = host.process.detach((name) =>
      signalled(name, () => {
        close();
        daemon?.end();
      }),
    );
  }
  const writesPid = options.foreground !== 'debug' && pidFile !== '';
  if (writesPid) host.writeFile(pidFile, `${daemon?.pid ?? host.process.pid}\n`);
  sayStart(say, options, servers);
  for (const line of rangeTexts(options.dhcp)) say(line, 'dhcp');
  if (boundTo !== null) say(`DHCP, sockets bound exclusively to interface ${boundTo}`, 'dhcp');
  readFiles();
  if (options.foreground === 'no') return { status: 0 };
  const program = new Foreground(close, options.foreground === 'debug' ? MISCELLANEOUS : 0);
  host.process.attach((name) => signalled(name, (status) => program.end(status)));
  return program;
}

/** How many names a hosts file gave, those with the domain behind them counted as well. */
function namesIn(text: string, { expandsHosts, domain }: DnsmasqOptions): number {
  const names = parseHosts(text).flatMap((line) => line.names);
  return (
    names.length + (expandsHosts && domain !== null ? names.filter((name) => !name.includes('.')).length : 0)
  );
}
