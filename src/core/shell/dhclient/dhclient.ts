/** ISC's `dhclient` 4.4.3 for IPv4: asks for a lease, keeps it, and gives it back with `-r`. */
import { DHCP_MESSAGE } from '../../wire/index.ts';
import { formatIpv4, formatMac } from '../../base/address.ts';
import type { Link } from '../../linux/index.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { Client } from './client.ts';
import { sendToServer, type DhclientHost } from './host.ts';
import { leaseText, readLeases, serverOf, type ClientLease } from './lease.ts';
import { messageOf } from './message.ts';
import { parseDhclient, type DhclientOptions } from './options.ts';
import { DHCLIENT_BANNER, DHCLIENT_TRAILER, DHCLIENT_USAGE, DHCLIENT_VERSION } from './usage.table.ts';

/** `-r`: tells the server, and takes the address away. */
function release(
  invocation: Invocation<DhclientHost>,
  options: DhclientOptions,
  link: Link,
  leases: readonly ClientLease[],
): Exit {
  const { host, namespace, output, context } = invocation;
  const say = (text: string): void => {
    if (options.verbose) output.err(`${text}\n`);
  };
  const lease = leases.findLast(({ device }) => device === link.name);
  const server = lease && serverOf(lease);
  const now = Math.floor(context.clock.wallMs() / 1000);
  if (lease === undefined || server === undefined || lease.expire <= now) return { status: 0 };
  say(`DHCPRELEASE of ${formatIpv4(lease.address)} on ${link.name} to ${formatIpv4(server)} port 67`);
  const message = messageOf({
    type: DHCP_MESSAGE.release,
    transaction: context.random.fork(`dhclient release ${context.clock.now()}`).next32(),
    seconds: 0,
    mac: link.mac,
    own: lease.address,
    requested: null,
    server,
    hostName: host.hostName,
  });
  if (!sendToServer(invocation, server, lease.address, message)) {
    say('send_packet: Network is unreachable');
    say('send_packet: please consult README file regarding broadcast address.');
    say(`dhclient.c:3124: Failed to send ${message.length} byte long packet over fallback interface.`);
  }
  const released = { ...lease, renew: now, rebind: now, expire: now };
  host.writeFile(options.leaseFile, [...leases, released].map(leaseText).join(''));
  if (options.runsScript)
    host.run?.(['ip', '-4', 'addr', 'flush', 'dev', link.name, 'label', link.name], namespace, {
      out: () => undefined,
      err: () => undefined,
    });
  return { status: 0 };
}

/** `argv[0]` is the program's name. */
export function dhclient(invocation: Invocation<DhclientHost>): Exit | RunningProgram {
  const { argv, output, host, namespace } = invocation;
  const options = parseDhclient(argv);
  if ('kind' in options) {
    if (options.kind === 'error') {
      output.err(`${DHCLIENT_BANNER}${options.text}${DHCLIENT_TRAILER}`);
      return { status: 1 };
    }
    output.err(options.kind === 'help' ? DHCLIENT_USAGE : `isc-dhclient-${DHCLIENT_VERSION}\n`);
    return { status: 0 };
  }
  const { pidFile } = options;
  const oldPid = Number(pidFile === null ? 0 : (host.readFile(pidFile) ?? 0));
  const isKilled = options.releases && oldPid > 0 && host.kill(oldPid, 'TERM');
  if (isKilled && options.verbose) output.err('Killed old client process\n');
  if (options.verbose) output.err(`${DHCLIENT_BANNER}\n`);
  const net = host.kernel.namespace(namespace);
  const [name] = options.devices;
  const usual = [...net.links.values()].find((link) => link.kind !== 'lo' && link.ethernet);
  const link = name === undefined ? usual : host.kernel.findLink(namespace, name);
  if (link === undefined || options.devices.length > 1) {
    const why =
      options.devices.length > 1
        ? 'several interfaces are not modelled\n'
        : name === undefined
          ? 'No broadcast interfaces found - exiting.\n'
          : `Cannot find device "${name}"\nFailed to get interface index: No such device\n`;
    output.err(`${why}${DHCLIENT_TRAILER}`);
    return { status: 1 };
  }
  if (options.verbose) {
    const mac = formatMac(link.mac);
    output.err(`Listening on LPF/${link.name}/${mac}\nSending on   LPF/${link.name}/${mac}\n`);
    output.err('Sending on   Socket/fallback\n');
  }
  const leases = readLeases(host.readFile(options.leaseFile) ?? '');
  if (options.releases) return release(invocation, options, link, leases);
  const client = new Client(invocation, options, link, leases);
  client.start();
  return client;
}
