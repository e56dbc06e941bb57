/** ICMP for IPv4: errors that this host sends, echo, and errors that it is told (`icmp.c`, RFC 792, RFC 1812). */
import { formatIpv4 } from '../../base/address.ts';
import type { StepId } from '../../base/step.ts';
import { internetChecksum } from '../../wire/checksum.ts';
import { readU16, readU32, writeU16, writeU32 } from '../../wire/octets.ts';
import type { Link } from '../link.ts';
import { arrivalOf } from '../links/vrf-arrival.ts';
import type { Namespace } from '../namespace.ts';
import { count, record, recordDrop } from '../recording.ts';
import { localType } from '../route-lookup.ts';
import type { IcmpErrorRequest, Incoming, Stack } from '../stack.ts';
import { MILLISECOND, SECOND } from '../timing.ts';
import { findRecordRoute, optionsOf, recordRoute, findTimestamps, stampOf, stampTime } from './options.ts';
import { nextId } from './identification.ts';
import { buildIpv4, IPPROTO, readIpv4, type Ipv4Header } from './packet.ts';
import { routeOutput } from './route-output.ts';

export const ICMP = {
  echoReply: 0,
  unreachable: 3,
  redirect: 5,
  echo: 8,
  timeExceeded: 11,
  parameterProblem: 12,
} as const;

const NAMES: Readonly<Record<number, string>> = {
  [ICMP.echoReply]: 'echo reply',
  [ICMP.unreachable]: 'destination unreachable',
  [ICMP.redirect]: 'redirect',
  [ICMP.echo]: 'echo request',
  [ICMP.timeExceeded]: 'time exceeded',
  [ICMP.parameterProblem]: 'parameter problem',
};

const isError = (type: number): boolean =>
  type === ICMP.unreachable ||
  type === ICMP.redirect ||
  type === ICMP.timeExceeded ||
  type === ICMP.parameterProblem ||
  type === 4;

/** The message with its checksum. `rest` is the second word of the header. */
export function buildIcmp(type: number, code: number, rest: number, data: Uint8Array): Uint8Array {
  const message = new Uint8Array(8 + data.length);
  message[0] = type;
  message[1] = code;
  writeU32(message, 4, rest);
  message.set(data, 8);
  writeU16(message, 2, internetChecksum(message));
  return message;
}

/** Largest error: the offending datagram is cut so that the answer stays within 576 octets. */
const LARGEST = 576;
const ERROR_TOS = 0xc0;

/** Sends an error about `offending`, unless one must not be sent about it. `link` null: it never left this host. */
export function sendIcmpError(
  stack: Stack,
  net: Namespace,
  offending: Uint8Array,
  link: Link | null,
  error: IcmpErrorRequest,
  parent: StepId | null,
): void {
  const header = readIpv4(offending);
  if (typeof header === 'string' || header.fragmentOffset !== 0) return;
  const toUs = localType(net, 4, BigInt(header.destination));
  if (toUs === 'broadcast' || header.destination >>> 28 === 0xe || header.destination === 0xffffffff) return;
  if (header.protocol === IPPROTO.icmp && isError(offending[header.headerSize] ?? 0)) return;
  const asked = routeOutput(net, {
    destination: header.source,
    source: toUs === 'local' ? header.destination : 0,
    tos: 0,
    mark: 0,
    oif: 0,
    protocol: IPPROTO.icmp,
  });
  if (!asked.ok) return;
  let { source } = asked.value;
  if (toUs !== 'local' && link !== null && net.sysctl.number('net.ipv4.icmp_errors_use_inbound_ifaddr') !== 0)
    source = link.addresses4[0]?.local ?? source;
  if (asked.value.link.kind !== 'lo' && !allowed(net, header.source, error.type)) {
    recordDrop(net, null, { kind: 'fault', problem: 'ICMP errors are rate limited' }, offending, parent);
    return;
  }
  const room = Math.min(LARGEST, asked.value.mtu) - 20 - 8;
  const message = buildIcmp(
    error.type,
    error.code,
    Number(error.info),
    offending.subarray(0, Math.min(offending.length, room)),
  );
  const datagram = buildIpv4(
    {
      source,
      destination: header.source,
      protocol: IPPROTO.icmp,
      tos: (header.tos & 0x1e) | ERROR_TOS,
      id: nextId(net, source, header.source),
      dontFragment: false,
      ttl: net.sysctl.number('net.ipv4.ip_default_ttl'),
    },
    message,
  );
  count(net, 'IcmpOutErrors');
  const step = record(
    net,
    null,
    {
      kind: 'originated',
      program: 'kernel',
      text: `ICMP ${NAMES[error.type] ?? error.type} code ${error.code} to ${formatIpv4(header.source)}`,
    },
    datagram,
    parent,
  );
  stack.send4(net, datagram, asked.value, step);
}

/** A token bucket a destination (`icmpv4_xrlim_allow`): one a `icmp_ratelimit`, six at once. */
function allowed(net: Namespace, destination: number, type: number): boolean {
  const limit = net.sysctl.number('net.ipv4.icmp_ratelimit') * MILLISECOND;
  if (limit === 0 || ((net.sysctl.number('net.ipv4.icmp_ratemask') >> type) & 1) === 0) return true;
  return takeToken(net, `4/${destination}`, limit);
}

const BURST = 6;

/** Route errors are limited on their own (`ip_error`: `error_cost` and `error_burst`), out of the same bucket. */
const ROUTE_ERROR_COST = SECOND;
const ROUTE_ERROR_BURST = 5 * SECOND;

/** Whether a datagram from `source` that found no route may be answered with an error now. */
export const allowsRouteError = (net: Namespace, source: number): boolean =>
  takeToken(net, `4/${source}`, ROUTE_ERROR_COST, ROUTE_ERROR_BURST);

export function takeToken(net: Namespace, key: string, limit: number, burst = BURST * limit): boolean {
  const now = net.machine.context.clock.now();
  const bucket = net.icmpBuckets.get(key) ?? { tokens: BURST * limit, last: now };
  bucket.tokens = Math.min(burst, bucket.tokens + now - bucket.last);
  bucket.last = now;
  const good = bucket.tokens >= limit;
  if (good) bucket.tokens -= limit;
  net.icmpBuckets.set(key, bucket);
  return good;
}

/** An ICMP message for this host. */
export function receiveIcmp(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv4Header,
  type: 'local' | 'broadcast' | 'multicast',
  specific: number,
): void {
  const { datagram, link, parent, frame } = incoming;
  const message = datagram.subarray(header.headerSize, header.totalSize);
  if (message.length < 8 || internetChecksum(message) !== 0) {
    recordDrop(
      net,
      link.name,
      message.length < 8 ? { kind: 'malformed', problem: 'ICMP message cut' } : { kind: 'checksum' },
      frame,
      parent,
    );
    return;
  }
  const kind = message[0] as number;
  if (
    type !== 'local' &&
    kind === ICMP.echo &&
    net.sysctl.number('net.ipv4.icmp_echo_ignore_broadcasts') !== 0
  ) {
    recordDrop(net, link.name, { kind: 'fault', problem: 'icmp_echo_ignore_broadcasts' }, frame, parent);
    return;
  }
  switch (kind) {
    case ICMP.echo:
      if (net.sysctl.number('net.ipv4.icmp_echo_ignore_all') !== 0)
        recordDrop(net, link.name, { kind: 'fault', problem: 'icmp_echo_ignore_all' }, frame, parent);
      else reply(stack, net, incoming, header, message, specific);
      return;
    case ICMP.echoReply: {
      const socket = net.sockets.find(
        'icmp',
        4,
        readU16(message, 4),
        BigInt(header.source),
        0,
        BigInt(header.destination),
        arrivalOf(net, link.index),
      );
      if (socket === undefined) {
        recordDrop(
          net,
          link.name,
          { kind: 'no-listener', protocol: 'icmp', port: readU16(message, 4) },
          frame,
          parent,
        );
        return;
      }
      const step = record(net, link.name, { kind: 'delivered', to: 'ping' }, frame, parent);
      socket.receive({
        family: 4,
        source: BigInt(header.source),
        destination: BigInt(header.destination),
        sourcePort: 0,
        destinationPort: readU16(message, 4),
        ttl: header.ttl,
        tos: header.tos,
        ifindex: link.index,
        payload: message,
        datagram,
        parent: step,
      });
      return;
    }
    case ICMP.unreachable:
    case ICMP.timeExceeded:
    case ICMP.parameterProblem:
      told(stack, net, incoming, header, message);
      return;
    case ICMP.redirect:
      redirected(net, incoming, header, message);
      return;
    default:
      record(net, link.name, { kind: 'delivered', to: 'kernel' }, frame, parent);
  }
}

function reply(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv4Header,
  request: Uint8Array,
  specific: number,
): void {
  const { datagram, link, parent, frame } = incoming;
  const step = record(net, link.name, { kind: 'delivered', to: 'kernel' }, frame, parent);
  const asked = routeOutput(net, {
    destination: header.source,
    source: specific,
    tos: header.tos & 0x1c,
    mark: 0,
    oif: link.master?.vrfTable == null ? 0 : link.master.index,
    protocol: IPPROTO.icmp,
  });
  if (!asked.ok) {
    recordDrop(net, null, { kind: 'no-route' }, null, step);
    return;
  }
  const message = buildIcmp(ICMP.echoReply, request[1] as number, readU32(request, 4), request.subarray(8));
  const isWritten = findRecordRoute(datagram) !== undefined || findTimestamps(datagram) !== undefined;
  const built = buildIpv4(
    {
      source: specific,
      destination: header.source,
      protocol: IPPROTO.icmp,
      tos: header.tos,
      id: nextId(net, specific, header.source),
      dontFragment: false,
      ttl: net.sysctl.number('net.ipv4.ip_default_ttl'),
      ...(isWritten ? { options: optionsOf(datagram) } : {}),
    },
    message,
  );
  const { source } = asked.value;
  const answer = isWritten ? stampTime(recordRoute(built, source), source, ...stampOf(net)) : built;
  const origin = record(
    net,
    null,
    { kind: 'originated', program: 'kernel', text: `ICMP echo reply to ${formatIpv4(header.source)}` },
    answer,
    step,
  );
  stack.send4(net, answer, asked.value, origin);
}

/** An error about something that this host sent: remembers a path MTU and tells the socket. */
function told(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv4Header,
  message: Uint8Array,
): void {
  const { link, parent, frame } = incoming;
  const inner = message.subarray(8);
  const step = record(net, link.name, { kind: 'delivered', to: 'kernel' }, frame, parent);
  if (inner.length < 20) return;
  const innerSize = ((inner[0] as number) & 15) * 4;
  if (inner.length < innerSize + 4) return;
  const destination = readU32(inner, 16);
  const type = message[0] as number;
  const code = message[1] as number;
  const mtu = type === ICMP.unreachable && code === 4 ? readU16(message, 6) : 0;
  if (mtu !== 0) learnMtu(net, destination, mtu);
  const protocol = inner[9] as number;
  const transport = inner.subarray(innerSize);
  const sourcePort =
    protocol === IPPROTO.icmp ? (transport.length >= 6 ? readU16(transport, 4) : 0) : readU16(transport, 0);
  stack.socketError(
    net,
    protocol,
    {
      family: 4,
      from: BigInt(header.source),
      origin: 'icmp',
      type,
      code,
      mtu,
      ifindex: link.index,
      destination: BigInt(destination),
      offending: transport,
      parent: step,
    },
    sourcePort,
  );
}

function learnMtu(net: Namespace, destination: number, mtu: number): void {
  const least = net.sysctl.number('net.ipv4.route.min_pmtu');
  const expires = net.machine.context.clock.now() + net.sysctl.number('net.ipv4.route.mtu_expires') * SECOND;
  net.exceptions.set(`4/${destination}`, { mtu: Math.max(mtu, least), gateway: null, expires });
}

function redirected(net: Namespace, incoming: Incoming, header: Ipv4Header, message: Uint8Array): void {
  const { link, parent, frame } = incoming;
  record(net, link.name, { kind: 'delivered', to: 'kernel' }, frame, parent);
  const inner = message.subarray(8);
  if (inner.length < 20) return;
  const accept =
    net.sysctl.conf4(link.name, 'forwarding') === 0 && net.sysctl.max4(link.name, 'accept_redirects') !== 0;
  if (!accept) return;
  const destination = readU32(inner, 16);
  const now = routeOutput(net, { destination, source: 0, tos: 0, mark: 0, oif: 0 });
  // Only the gateway in use may send us elsewhere.
  if (!now.ok || now.value.gateway?.family !== 4 || Number(now.value.gateway.address) !== header.source)
    return;
  net.exceptions.set(`4/${destination}`, {
    mtu: null,
    gateway: BigInt(readU32(message, 4)),
    expires: net.machine.context.clock.now() + 300 * SECOND,
  });
}
