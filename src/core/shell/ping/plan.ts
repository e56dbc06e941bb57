/** What ping finds out before its first line: target, source address and device, or why it cannot start. */
import { isMulticastIp, parseIp, type Family, type IpAddress } from '../../linux/family.ts';
import { probeWay, STRERROR, type Errno, type Link, type Namespace } from '../../linux/index.ts';
import { findLink } from '../../linux/device.ts';
import { ownerOf } from '../../linux/ip4/source-address.ts';
import { ownerOf6 } from '../../linux/ip6/source-address.ts';
import type { IpHost } from '../ip/host.ts';
import type { Invocation } from '../program.ts';
import { parseAton } from './inet-aton.ts';
import type { PingOptions } from './options.ts';
import { PING_USAGE } from './usage.table.ts';

export interface PingHost extends IpHost {
  /** Names that the machine can resolve, besides `localhost`; with the name that the answer has first. */
  resolve?(name: string, family: Family | null): (IpAddress & { readonly canonical: string }) | undefined;
  /** The name of an address, for answers. */
  nameOf?(address: IpAddress): string | undefined;
}

/** Where to, as the user wrote it. */
interface Target {
  readonly family: Family;
  readonly address: bigint;
  readonly name: string;
  /** A literal address, so that answers show no names. */
  readonly literal: boolean;
  /** Link of a zone (`fe80::1%eth0`). */
  readonly zone: Link | null;
}

export interface Plan {
  readonly options: PingOptions;
  readonly target: Target;
  readonly source: bigint;
  readonly sourceGiven: boolean;
  readonly oif: number;
  readonly device: string | null;
}

type Resolved = Target | { readonly text: string };

function resolve(host: PingHost, net: Namespace, word: string, family: Family | null): Resolved {
  const [plain = '', zoneName] = word.split('%');
  const zone = zoneName === undefined ? null : findLink(net, zoneName);
  const parsed = parseIp(plain);
  if (zone === undefined || (zone !== null && parsed?.family !== 6))
    return { text: `ping: ${word}: Name or service not known\n` };
  if (parsed !== undefined) {
    if (family !== null && parsed.family !== family)
      return { text: `ping: ${word}: Address family for hostname not supported\n` };
    return { ...parsed, name: word, literal: true, zone };
  }
  const loose = family === 6 ? undefined : parseAton(word);
  if (loose !== undefined)
    return { family: 4, address: BigInt(loose), name: word, literal: true, zone: null };
  if (word === 'localhost') {
    const wanted = family ?? 4;
    return {
      family: wanted,
      address: wanted === 4 ? 0x7f000001n : 1n,
      name: word,
      literal: false,
      zone: null,
    };
  }
  const named = host.resolve?.(word, family);
  if (named === undefined) return { text: `ping: ${word}: Temporary failure in name resolution\n` };
  const { canonical, ...address } = named;
  return { ...address, name: canonical, literal: false, zone: null };
}

type Planned = Plan | { readonly text: string; readonly status: number };

const connectError = (errno: Errno): { readonly text: string; readonly status: number } => ({
  text: `ping: connect: ${STRERROR[errno]}\n`,
  status: 2,
});

/** Everything that happens before the first line: name, source, device. `warn` takes what does not end it. */
export function planPing(
  invocation: Invocation<PingHost>,
  options: PingOptions,
  warn: (text: string) => void,
): Planned {
  const { host, namespace } = invocation;
  const net = host.kernel.namespace(namespace);
  if (options.targets.length > 1)
    return options.recordRoute
      ? { text: PING_USAGE, status: 2 }
      : { text: 'ping: record route: Operation not permitted\n', status: 2 };
  const target = resolve(host, net, options.targets[0] ?? '', options.family);
  if ('text' in target) return { text: target.text, status: 2 };
  if (options.ttl === 0 && target.family === 4)
    return { text: 'ping: cannot set unicast time-to-live: Invalid argument\n', status: 2 };
  let device: Link | null = target.zone;
  let source = 0n;
  let deviceName: string | null = null;
  if (options.bind !== null) {
    const bound = parseIp(options.bind);
    if (bound !== undefined && bound.family === target.family) {
      const owner = bound.family === 4 ? ownerOf(net, Number(bound.address)) : ownerOf6(net, bound.address);
      if (owner === undefined) return { text: 'ping: bind: Cannot assign requested address\n', status: 2 };
      source = bound.address;
    } else {
      const link = findLink(net, options.bind);
      if (link === undefined)
        return target.family === 4 && !isMulticastIp(4, target.address)
          ? { text: `ping: SO_BINDTODEVICE ${options.bind}: No such device\n`, status: 2 }
          : { text: `ping: unknown iface: ${options.bind}\n`, status: 2 };
      device = link;
      deviceName = options.bind;
    }
  }
  const oif = device?.index ?? 0;
  if (source !== 0n) return { options, target, source, sourceGiven: true, oif, device: deviceName };
  const way = probeWay(net, {
    family: target.family,
    destination: target.address,
    oif,
    mark: options.mark,
    tos: options.tos,
  });
  if (!way.ok) {
    // Without any address a source is missed before a route is.
    const hasAddress = [...net.links.values()].some(({ ipv6 }) => ipv6.addresses.length > 0);
    if (target.family === 6 && way.error === 'ENETUNREACH' && !hasAddress)
      return connectError('EADDRNOTAVAIL');
    if (way.error !== 'EACCES' || target.family === 6) return connectError(way.error);
    if (!options.broadcast)
      return {
        text: 'ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n',
        status: 2,
      };
    warn('WARNING: pinging broadcast address\n');
    return connectError(way.error);
  }
  if (way.value.broadcast) {
    if (!options.broadcast)
      return {
        text: 'ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n',
        status: 2,
      };
    warn('WARNING: pinging broadcast address\n');
  }
  if (deviceName !== null && device !== null) {
    // With a device, the IPv6 socket reports no source of its own.
    const onDevice =
      target.family === 4 && device.addresses4.some((address) => BigInt(address.local) === way.value.source);
    if (!onDevice)
      warn(`ping: Warning: source address might be selected on device other than: ${deviceName}\n`);
  }
  const address = target.address === 0n ? way.value.source : target.address;
  return {
    options,
    target: { ...target, address },
    source: way.value.source,
    sourceGiven: false,
    oif,
    device: deviceName,
  };
}
