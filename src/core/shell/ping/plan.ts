/** What ping finds out before its first line: target, source address and device, or why it cannot start. */
import {
  formatIp,
  inPrefix,
  isLinkLocalIp6,
  isMulticastIp,
  parseIp,
  type Family,
  type IpAddress,
} from '../../linux/family.ts';
import {
  probeWay,
  recordRouteOption,
  STRERROR,
  type Errno,
  type Link,
  type Namespace,
} from '../../linux/index.ts';
import { findLink } from '../../linux/device.ts';
import { timestampOption } from '../../linux/ip4/options.ts';
import { ownerOf } from '../../linux/ip4/source-address.ts';
import { ownerOf6 } from '../../linux/ip6/source-address.ts';
import { LOOKUP_ERRORS, type NameAnswer, type Resolver } from '../dns/resolver.ts';
import type { IpHost } from '../ip/host.ts';
import type { Invocation } from '../program.ts';
import { parseAton } from './inet-aton.ts';
import type { PingOptions } from './options.ts';

const LOCALHOST = 'localhost';

export interface PingHost extends IpHost {
  /** How the machine finds names; without, it knows `localhost` alone. */
  readonly resolver?: Resolver;
}

/** Where to, as the user wrote it. */
interface Target {
  readonly family: Family;
  readonly address: bigint;
  readonly name: string;
  /** The name of an IPv6 address in the first line; null: it is shown as it is. */
  readonly shownName: string | null;
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
  /** What hosts on the way are to write into. */
  readonly option: Uint8Array | null;
}

export type Resolved = Target | { readonly text: string };

const NOTHING = (): void => undefined;

/** The target of a word, as soon as it is known; the answer gives up. */
export function findTarget(
  host: PingHost,
  net: Namespace,
  word: string,
  { family, numeric }: Pick<PingOptions, 'family' | 'numeric'>,
  done: (resolved: Resolved) => void,
): () => void {
  const [plain = '', zoneName] = word.split('%');
  const zone = zoneName === undefined ? null : findLink(net, zoneName);
  const parsed = parseIp(plain);
  const fail = (text: string): (() => void) => {
    done({ text: `ping: ${word}: ${text}\n` });
    return NOTHING;
  };
  const literal = (address: IpAddress, link: Link | null): (() => void) => {
    done({ ...address, name: word, shownName: null, literal: true, zone: link });
    return NOTHING;
  };
  if (zone === undefined || (zone !== null && parsed?.family !== 6)) return fail(LOOKUP_ERRORS['no-name']);
  if (parsed !== undefined)
    return family !== null && parsed.family !== family
      ? fail('Address family for hostname not supported')
      : literal(parsed, zone);
  const loose = family === 6 ? undefined : parseAton(word);
  if (loose !== undefined) return literal({ family: 4, address: BigInt(loose) }, null);
  let cancel = NOTHING;
  const named = (answer: NameAnswer): void => {
    if (answer.kind === 'failed') {
      fail(LOOKUP_ERRORS[answer.why]);
      return;
    }
    const { addresses, names } = answer;
    const address = addresses.find((one) => family === null || one.family === family);
    if (address === undefined) {
      fail('Address family for hostname not supported');
      return;
    }
    const finish = (shownName: string | null): void => {
      // Only the first address of all brings the canonical name with it.
      const name = address.family === 6 ? word : address === addresses[0] ? (names[0] ?? word) : '';
      done({ ...address, name, shownName, literal: false, zone: null });
    };
    if (address.family === 4 || numeric || host.resolver === undefined) finish(null);
    else cancel = host.resolver.nameOf(address, (name) => finish(name ?? formatIp(6, address.address)));
  };
  const local: NameAnswer = { kind: 'found', addresses: [loopback(family ?? 4)], names: [word] };
  if (host.resolver === undefined) named(word === LOCALHOST ? local : { kind: 'failed', why: 'again' });
  else
    cancel = host.resolver.lookUp(word, null, (answer) =>
      named(answer.kind === 'failed' && word === LOCALHOST ? local : answer),
    );
  return () => cancel();
}

const loopback = (family: Family): IpAddress => ({ family, address: family === 4 ? 0x7f000001n : 1n });

type Planned = Plan | { readonly text: string; readonly status: number };

const connectError = (errno: Errno): { readonly text: string; readonly status: number } => ({
  text: `ping: connect: ${STRERROR[errno]}\n`,
  status: 2,
});

/** Everything that happens between the name and the first line: source, device. `warn` takes what does not end it. */
export function planPing(
  invocation: Invocation<PingHost>,
  options: PingOptions,
  target: Resolved,
  warn: (text: string) => void,
): Planned {
  const { host, namespace } = invocation;
  const net = host.kernel.namespace(namespace);
  if ('text' in target) return { text: target.text, status: 2 };
  if (options.ttl === 0 && target.family === 4)
    return { text: 'ping: cannot set unicast time-to-live: Invalid argument\n', status: 2 };
  if (options.direct) {
    const onLink = [...net.links.values()].some((link) => isOnLink(link, target));
    if (!onLink)
      return { text: `ping: -r to ${target.name}, which is on no link, is not modelled\n`, status: 2 };
  }
  const option = optionOf(options, target);
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
  if (source !== 0n) return { options, target, source, sourceGiven: true, oif, device: deviceName, option };
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
    option,
  };
}

function optionOf(options: PingOptions, target: Target): Uint8Array | null {
  if (target.family === 6) return null;
  if (options.recordRoute) return recordRouteOption();
  if (options.stamps === null) return null;
  const hosts = options.targets.slice(0, -1).map((word) => Number(parseIp(word)?.address ?? 0n));
  return timestampOption(options.stamps, hosts);
}

const isOnLink = (link: Link, { family, address }: Target): boolean =>
  family === 4
    ? link.addresses4.some(({ local, length }) => inPrefix(4, address, BigInt(local), length))
    : isLinkLocalIp6(address) ||
      link.ipv6.addresses.some((own) => inPrefix(6, address, own.address, own.length));
