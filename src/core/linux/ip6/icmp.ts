/** ICMPv6: errors that this host sends, echo, and errors that it is told (RFC 4443). */
import { formatIpv6 } from '../../base/address.ts';
import type { StepId } from '../../base/step.ts';
import { checksumOf, pseudoSum, sumOctets, writeTransportChecksum } from '../../wire/checksum.ts';
import { readIpv6, readU16, readU32, writeU32 } from '../../wire/octets.ts';
import { isLinkLocalIp6 } from '../family.ts';
import { takeToken } from '../ip4/icmp.ts';
import type { Link } from '../link.ts';
import { arrivalOf } from '../links/vrf-arrival.ts';
import type { Namespace } from '../namespace.ts';
import { record, recordDrop } from '../recording.ts';
import { localType } from '../route-lookup.ts';
import type { IcmpErrorRequest, Incoming, Stack } from '../stack.ts';
import { MILLISECOND, SECOND } from '../timing.ts';
import { buildIpv6, HEADER6, NEXT, readIpv6Header, type Ipv6Header } from './packet.ts';
import { LEAST_MTU6, routeOutput6 } from './route-output.ts';
import { ownerOf6 } from './source-address.ts';

/** Types below are errors (RFC 4443, 2.1). */
const FIRST_INFORMATION = 128;

export const ICMP6 = {
  unreachable: 1,
  tooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echo: 128,
  echoReply: 129,
  query: 130,
  reportV1: 131,
  done: 132,
  routerSolicit: 133,
  routerAdvert: 134,
  neighbourSolicit: 135,
  neighbourAdvert: 136,
  redirect: 137,
  reportV2: 143,
} as const;

const NAMES: Readonly<Record<number, string>> = {
  1: 'destination unreachable',
  2: 'packet too big',
  3: 'time exceeded',
  4: 'parameter problem',
  137: 'redirect',
};

/** The message with its checksum; `rest` is the second word. */
export function buildIcmp6(
  source: bigint,
  destination: bigint,
  type: number,
  code: number,
  rest: number,
  data: Uint8Array,
): Uint8Array {
  const message = new Uint8Array(8 + data.length);
  message[0] = type;
  message[1] = code;
  writeU32(message, 4, rest);
  message.set(data, 8);
  writeTransportChecksum(message, 2, { family: 6, source, destination }, NEXT.icmpv6);
  return message;
}

/** Whether an ICMPv6 message is an error; a fragment without the message's first octet counts as none. */
function mayBeError({ fragment, payloadOffset }: Ipv6Header, datagram: Uint8Array): boolean {
  if (fragment !== null && fragment.offset > 0) return false;
  const type = datagram[payloadOffset];
  return type === undefined ? fragment === null : type < FIRST_INFORMATION;
}

export function sendIcmpError6(
  stack: Stack,
  net: Namespace,
  offending: Uint8Array,
  link: Link | null,
  error: IcmpErrorRequest,
  parent: StepId | null,
): void {
  const header = readIpv6Header(offending);
  if (typeof header === 'string') return;
  const group = header.destination >> 120n === 0xffn;
  if (group && error.type !== ICMP6.tooBig) return;
  if (header.source === 0n || header.source >> 120n === 0xffn) return;
  if (header.protocol === NEXT.icmpv6 && mayBeError(header, offending)) return;
  const ours = localType(net, 6, header.destination) === 'local';
  const linkLocal = header.source >> 118n === 0x3fan;
  const asked = routeOutput6(net, {
    destination: header.source,
    source: ours ? header.destination : 0n,
    mark: 0,
    oif: linkLocal && link !== null ? link.index : 0,
    protocol: NEXT.icmpv6,
  });
  if (!asked.ok) return;
  const { source } = asked.value;
  const limit = net.sysctl.number('net.ipv6.icmp.ratelimit') * MILLISECOND;
  const limited = error.type !== ICMP6.tooBig && asked.value.link.kind !== 'lo' && limit > 0;
  if (limited && !takeToken(net, `6/${header.source}`, limit)) {
    recordDrop(net, null, { kind: 'fault', problem: 'ICMP errors are rate limited' }, offending, parent);
    return;
  }
  const room = LEAST_MTU6 - HEADER6 - 8;
  const message = buildIcmp6(
    source,
    header.source,
    error.type,
    error.code,
    Number(error.info),
    offending.subarray(0, Math.min(offending.length, room)),
  );
  const datagram = buildIpv6(
    { source, destination: header.source, next: NEXT.icmpv6, hopLimit: asked.value.hopLimit },
    message,
  );
  const step = record(
    net,
    null,
    {
      kind: 'originated',
      program: 'kernel',
      text: `ICMPv6 ${NAMES[error.type] ?? error.type} code ${error.code} to ${formatIpv6(header.source)}`,
    },
    datagram,
    parent,
  );
  stack.send6(net, datagram, asked.value, step);
}

/** Checks an ICMPv6 message for this host; undefined (and a drop) when it is wrong. */
export function checkedMessage(
  net: Namespace,
  incoming: Incoming,
  header: Ipv6Header,
): Uint8Array | undefined {
  const message = incoming.datagram.subarray(header.payloadOffset, header.totalSize);
  const { link, frame, parent } = incoming;
  if (message.length < 8) {
    recordDrop(net, link.name, { kind: 'malformed', problem: 'ICMPv6 message cut' }, frame, parent);
    return undefined;
  }
  const pseudo = { family: 6 as const, source: header.source, destination: header.destination };
  if (
    checksumOf(sumOctets(message, 0, message.length, pseudoSum(pseudo, NEXT.icmpv6, message.length))) !== 0
  ) {
    recordDrop(net, link.name, { kind: 'checksum' }, frame, parent);
    return undefined;
  }
  return message;
}

/** Echo request, echo reply and errors; other types are for neighbour discovery and MLD. */
export function receiveIcmp6(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv6Header,
  message: Uint8Array,
): void {
  const { link, frame, parent, datagram } = incoming;
  switch (message[0]) {
    case ICMP6.echo:
      if (net.sysctl.number('net.ipv6.icmp.echo_ignore_all') === 0)
        reply(stack, net, incoming, header, message);
      return;
    case ICMP6.echoReply: {
      const id = readU16(message, 4);
      const socket = net.sockets.find(
        'icmpv6',
        6,
        id,
        header.source,
        0,
        header.destination,
        arrivalOf(net, link.index),
      );
      if (socket === undefined) {
        recordDrop(net, link.name, { kind: 'no-listener', protocol: 'icmpv6', port: id }, frame, parent);
        return;
      }
      const step = record(net, link.name, { kind: 'delivered', to: 'ping' }, frame, parent);
      socket.receive({
        family: 6,
        source: header.source,
        destination: header.destination,
        sourcePort: 0,
        destinationPort: id,
        ttl: header.hopLimit,
        tos: header.trafficClass,
        // What a link's own address sent through the loopback device came from that link.
        ifindex:
          (link.kind === 'lo' && isLinkLocalIp6(header.source) ? ownerOf6(net, header.source) : undefined)
            ?.index ?? link.index,
        payload: message,
        datagram,
        parent: step,
      });
      return;
    }
    case ICMP6.unreachable:
    case ICMP6.tooBig:
    case ICMP6.timeExceeded:
    case ICMP6.parameterProblem:
      told(stack, net, incoming, header, message);
      return;
    default:
      record(net, link.name, { kind: 'delivered', to: 'kernel' }, frame, parent);
  }
}

function reply(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv6Header,
  request: Uint8Array,
): void {
  const { link, frame, parent } = incoming;
  const step = record(net, link.name, { kind: 'delivered', to: 'kernel' }, frame, parent);
  const group = header.destination >> 120n === 0xffn;
  if (group && net.sysctl.number('net.ipv6.icmp.echo_ignore_multicast') !== 0) return;
  const linkLocal = header.source >> 118n === 0x3fan || group;
  const oif = linkLocal ? link.index : link.master?.vrfTable == null ? 0 : link.master.index;
  const asked = routeOutput6(net, {
    destination: header.source,
    // A group or an anycast address cannot be a source.
    source: group || ownerOf6(net, header.destination) === undefined ? 0n : header.destination,
    mark: 0,
    oif,
    protocol: NEXT.icmpv6,
  });
  if (!asked.ok) {
    recordDrop(net, null, { kind: 'no-route' }, null, step);
    return;
  }
  const { source } = asked.value;
  const message = buildIcmp6(
    source,
    header.source,
    ICMP6.echoReply,
    request[1] as number,
    readU32(request, 4),
    request.subarray(8),
  );
  const flowLabel = net.sysctl.number('net.ipv6.flowlabel_reflect') === 0 ? 0 : header.flowLabel;
  const answer = buildIpv6(
    {
      source,
      destination: header.source,
      next: NEXT.icmpv6,
      hopLimit: asked.value.hopLimit,
      trafficClass: header.trafficClass,
      flowLabel,
    },
    message,
  );
  const origin = record(
    net,
    null,
    { kind: 'originated', program: 'kernel', text: `ICMPv6 echo reply to ${formatIpv6(header.source)}` },
    answer,
    step,
  );
  stack.send6(net, answer, asked.value, origin);
}

function told(
  stack: Stack,
  net: Namespace,
  incoming: Incoming,
  header: Ipv6Header,
  message: Uint8Array,
): void {
  const { link, frame, parent } = incoming;
  const step = record(net, link.name, { kind: 'delivered', to: 'kernel' }, frame, parent);
  const inner = message.subarray(8);
  if (inner.length < HEADER6) return;
  const destination = readIpv6(inner, 24);
  const type = message[0] as number;
  const mtu = type === ICMP6.tooBig ? readU32(message, 4) : 0;
  if (mtu !== 0) learnMtu6(net, destination, mtu);
  const { protocol, at } = transportOf(inner);
  const transport = inner.subarray(at);
  if (transport.length < 8) return;
  const sourcePort = protocol === NEXT.icmpv6 ? readU16(transport, 4) : readU16(transport, 0);
  stack.socketError(
    net,
    protocol,
    {
      family: 6,
      from: header.source,
      origin: 'icmp',
      type,
      code: message[1] as number,
      mtu,
      ifindex: link.index,
      destination,
      offending: transport,
      parent: step,
    },
    sourcePort,
  );
}

/** The protocol behind the extension headers of a datagram that may be cut. */
function transportOf(inner: Uint8Array): { readonly protocol: number; readonly at: number } {
  let protocol = inner[6] as number;
  let at = HEADER6;
  while (
    (protocol === NEXT.hopByHop ||
      protocol === NEXT.destination ||
      protocol === NEXT.routing ||
      protocol === NEXT.fragment) &&
    at + 8 <= inner.length
  ) {
    const size = protocol === NEXT.fragment ? 8 : ((inner[at + 1] as number) + 1) * 8;
    protocol = inner[at] as number;
    at += size;
  }
  return { protocol, at };
}

function learnMtu6(net: Namespace, destination: bigint, mtu: number): void {
  const expires = net.machine.context.clock.now() + net.sysctl.number('net.ipv6.route.mtu_expires') * SECOND;
  net.exceptions.set(`6/${destination}`, { mtu: Math.max(mtu, LEAST_MTU6), gateway: null, expires });
}
