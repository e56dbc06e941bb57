/** Whether a packet is one that a rule is about. */
import { readU16 } from '../../wire/octets.ts';
import type { Link } from '../link.ts';
import { IPPROTO, readIpv4, type Ipv4Header } from '../ip4/packet.ts';
import type { Namespace } from '../namespace.ts';
import { localType } from '../route-lookup.ts';
import type { Tracked } from './conntrack.ts';
import type { ConnectionState, DeviceName, Match, PortRange, Prefix4, RuleSpec } from './rule.ts';

/** A datagram at a hook. */
export interface Passing {
  datagram: Uint8Array;
  readonly iif: Link | null;
  readonly oif: Link | null;
  mark: number;
  /** Null: INVALID; undefined: not followed. */
  readonly tracked: Tracked | null | undefined;
}

interface Packet {
  readonly net: Namespace;
  readonly passing: Passing;
  readonly header: Ipv4Header;
}

const fits = (prefix: Prefix4 | null, address: number): boolean =>
  prefix === null ||
  (prefix.length === 0 || (address ^ prefix.network) >>> (32 - prefix.length) === 0) !== prefix.inverted;

function fitsDevice(device: DeviceName | null, link: Link | null): boolean {
  if (device === null) return true;
  const name = link?.name ?? '';
  const same = device.name.endsWith('+') ? name.startsWith(device.name.slice(0, -1)) : name === device.name;
  return same !== device.inverted;
}

const inRange = ({ first, last }: PortRange, port: number): boolean => port >= first && port <= last;

function statesOf(tracked: Tracked | null | undefined): ReadonlySet<ConnectionState> {
  if (tracked === undefined) return new Set(['UNTRACKED']);
  if (tracked === null) return new Set(['INVALID']);
  const states = new Set<ConnectionState>([tracked.state]);
  if (tracked.connection.changes.has('source')) states.add('SNAT');
  if (tracked.connection.changes.has('destination')) states.add('DNAT');
  return states;
}

/** Ports of a datagram that has them whole. */
function portsOf({ header, passing }: Packet): readonly [source: number, destination: number] | undefined {
  const { datagram } = passing;
  if (header.fragmentOffset > 0 || datagram.length < header.headerSize + 4) return undefined;
  return [readU16(datagram, header.headerSize), readU16(datagram, header.headerSize + 2)];
}

const typeOf = (net: Namespace, address: number): string => {
  if (address >>> 28 === 0xe) return 'MULTICAST';
  const type = localType(net, 4, BigInt(address));
  return type === 'local'
    ? 'LOCAL'
    : type === 'broadcast' || address === 0xffffffff
      ? 'BROADCAST'
      : 'UNICAST';
};

function holds(match: Match, packet: Packet): boolean {
  const { header, passing, net } = packet;
  switch (match.kind) {
    case 'tcp':
    case 'udp': {
      const ports = portsOf(packet);
      if (header.protocol !== IPPROTO[match.kind] || ports === undefined) return false;
      const { source, destination, flags } = match;
      if (source !== null && inRange(source, ports[0]) === source.inverted) return false;
      if (destination !== null && inRange(destination, ports[1]) === destination.inverted) return false;
      if (flags === null) return true;
      const value = passing.datagram[header.headerSize + 13] ?? 0;
      return ((value & flags.mask) === flags.set) !== flags.inverted;
    }
    case 'icmp': {
      if (header.protocol !== IPPROTO.icmp || header.fragmentOffset > 0) return false;
      const type = passing.datagram[header.headerSize];
      const code = passing.datagram[header.headerSize + 1];
      return (type === match.type && (match.code === null || match.code === code)) !== match.inverted;
    }
    case 'multiport': {
      const ports = portsOf(packet);
      if (ports === undefined) return false;
      const among = (port: number): boolean => match.ports.some((range) => inRange(range, port));
      const found =
        (match.which !== 'dports' && among(ports[0])) || (match.which !== 'sports' && among(ports[1]));
      return found !== match.inverted;
    }
    case 'state':
    case 'conntrack': {
      const states = statesOf(passing.tracked);
      return match.states.some((state) => states.has(state)) !== match.inverted;
    }
    case 'mark':
      return ((passing.mark & match.mask) >>> 0 === match.value) !== match.inverted;
    case 'addrtype': {
      const address = match.which === 'src' ? header.source : header.destination;
      return (typeOf(net, address) === match.type) !== match.inverted;
    }
    case 'comment':
      return true;
  }
}

/** Whether all that a rule asks holds for a datagram. */
export function matchesRule(net: Namespace, spec: RuleSpec, passing: Passing): boolean {
  const header = readIpv4(passing.datagram);
  if (typeof header === 'string') return false;
  const { protocol } = spec;
  return (
    fits(spec.source, header.source) &&
    fits(spec.destination, header.destination) &&
    fitsDevice(spec.iif, passing.iif) &&
    fitsDevice(spec.oif, passing.oif) &&
    (protocol === null || (protocol.number === header.protocol) !== protocol.inverted) &&
    spec.matches.every((match) => holds(match, { net, passing, header }))
  );
}
