/** Echo requests as a raw ICMP socket of `ping` sends them, and where they would go (`connect`). */
import { formatIpv4, formatIpv6 } from '../base/address.ts';
import { ok, type Result } from '../base/result.ts';
import type { DropReason, Recorder } from '../base/step.ts';
import type { Errno } from './errno.ts';
import type { Family } from './family.ts';
import { buildIcmp, ICMP } from './ip4/icmp.ts';
import { nextId } from './ip4/identification.ts';
import { recordRoute, stampOf, stampTime } from './ip4/options.ts';
import { buildIpv4, fragmentIpv4, IPPROTO } from './ip4/packet.ts';
import { routeOutput } from './ip4/route-output.ts';
import { buildIcmp6, ICMP6 } from './ip6/icmp.ts';
import { buildIpv6, NEXT } from './ip6/packet.ts';
import { routeOutput6 } from './ip6/route-output.ts';
import type { Namespace } from './namespace.ts';
import { record, recordDrop } from './recording.ts';
import type { Stack } from './stack.ts';

/** `want` sets "don't fragment" while the datagram fits, `do` always, `dont` never. */
export type PathMtuDiscovery = 'want' | 'do' | 'dont';

export interface EchoRequest {
  readonly family: Family;
  readonly destination: bigint;
  /** 0n: the kernel chooses. */
  readonly source: bigint;
  readonly oif: number;
  readonly mark: number;
  readonly id: number;
  readonly sequence: number;
  readonly data: Uint8Array;
  /** Null: the kernel's default. */
  readonly ttl: number | null;
  readonly tos: number;
  readonly discovery: PathMtuDiscovery;
  /** An IPv4 option that the hosts on the way write into; null: none. */
  readonly option: Uint8Array | null;
  /** Of IPv6; null: the kernel's. */
  readonly flowLabel: number | null;
  /** What the step calls the sender. */
  readonly program: string;
}

/** A refused send. `mtu` is set when the datagram is too large for the way. */
export interface EchoRefusal {
  readonly errno: Errno;
  readonly mtu: number | null;
}

const refuse = (
  errno: Errno,
  mtu: number | null = null,
): { readonly ok: false; readonly error: EchoRefusal } => ({ ok: false, error: { errno, mtu } });

/** Room for nine addresses behind a no-operation, as ping asks for. */
export const recordRouteOption = (): Uint8Array => Uint8Array.of(1, 7, 39, 4, ...new Uint8Array(36));
const LARGEST = 65535;

/**
 * Sends one request, the first step of a chain in `recorder`. The answer is the source address that it got. One that is
 * refused is recorded as well: it has no octets yet.
 */
export function sendEcho(
  stack: Stack,
  net: Namespace,
  request: EchoRequest,
  recorder: Recorder,
): Result<bigint, EchoRefusal> {
  const sent =
    request.family === 4
      ? sendEcho4(stack, net, request, recorder)
      : sendEcho6(stack, net, request, recorder);
  if (!sent.ok) recordRefusal(net, request, sent.error, recorder);
  return sent;
}

function recordRefusal(
  net: Namespace,
  { family, destination, id, sequence, data, program }: EchoRequest,
  { errno, mtu }: EchoRefusal,
  recorder: Recorder,
): void {
  const [name, address] =
    family === 4 ? ['ICMP', formatIpv4(Number(destination))] : ['ICMPv6', formatIpv6(destination)];
  const text = `${name} echo request to ${address}, id ${id}, seq ${sequence}`;
  const step = record(net, null, { kind: 'originated', program, text }, null, null, [], recorder);
  const size = (family === 4 ? 20 : 40) + 8 + data.length;
  const reason: DropReason =
    errno === 'EMSGSIZE' ? { kind: 'mtu', size, mtu: mtu ?? LARGEST } : { kind: 'no-route' };
  recordDrop(net, null, reason, null, step);
}

function sendEcho4(
  stack: Stack,
  net: Namespace,
  request: EchoRequest,
  recorder: Recorder,
): Result<bigint, EchoRefusal> {
  const destination = Number(request.destination);
  if (8 + request.data.length > LARGEST) return refuse('EMSGSIZE');
  const asked = routeOutput(net, {
    destination,
    source: Number(request.source),
    tos: request.tos & 0x1c,
    mark: request.mark,
    oif: request.oif,
    protocol: IPPROTO.icmp,
  });
  if (!asked.ok) return refuse(asked.errno);
  const route = asked.value;
  const options = request.option ?? undefined;
  const size = 20 + (options?.length ?? 0) + 8 + request.data.length;
  if (size > LARGEST || (request.discovery === 'do' && size > route.mtu))
    return refuse('EMSGSIZE', route.mtu);
  const message = buildIcmp(
    ICMP.echo,
    0,
    ((request.id << 16) | (request.sequence & 0xffff)) >>> 0,
    request.data,
  );
  const group = route.type === 'multicast';
  const datagram = buildIpv4(
    {
      source: route.source,
      destination,
      protocol: IPPROTO.icmp,
      tos: request.tos,
      id: nextId(net, route.source, destination),
      dontFragment: request.discovery === 'do' || (request.discovery === 'want' && size <= route.mtu),
      ttl: request.ttl ?? (group ? 1 : net.sysctl.number('net.ipv4.ip_default_ttl')),
      ...(options === undefined ? {} : { options }),
    },
    message,
  );
  const sent =
    options === undefined
      ? datagram
      : stampTime(recordRoute(datagram, route.source), route.source, ...stampOf(net));
  const step = record(
    net,
    null,
    {
      kind: 'originated',
      program: request.program,
      text: `ICMP echo request, id ${request.id}, seq ${request.sequence}`,
    },
    sent,
    null,
    [],
    recorder,
  );
  // What is too large is cut where it is made, so that each piece fits the way.
  if (sent.length > route.mtu && request.discovery !== 'do' && !net.netfilter.isActive)
    for (const fragment of fragmentIpv4(sent, route.mtu)) stack.send4(net, fragment, route, step);
  else stack.send4(net, sent, route, step);
  return ok(BigInt(route.source));
}

function sendEcho6(
  stack: Stack,
  net: Namespace,
  request: EchoRequest,
  recorder: Recorder,
): Result<bigint, EchoRefusal> {
  const { destination } = request;
  const asked = routeOutput6(net, {
    destination,
    source: request.source,
    mark: request.mark,
    oif: request.oif,
    protocol: NEXT.icmpv6,
  });
  if (!asked.ok) return refuse(asked.errno);
  const route = asked.value;
  const size = 40 + 8 + request.data.length;
  if (request.discovery === 'do' && size > route.mtu) return refuse('EMSGSIZE', route.mtu);
  if (size - 40 > LARGEST) return refuse('EMSGSIZE', LARGEST);
  const message = buildIcmp6(
    route.source,
    destination,
    ICMP6.echo,
    0,
    ((request.id << 16) | (request.sequence & 0xffff)) >>> 0,
    request.data,
  );
  const flowLabel =
    request.flowLabel ??
    (net.sysctl.number('net.ipv6.auto_flowlabels') === 0
      ? 0
      : net.machine.context.random
          .fork(`flow label ${net.name} ${destination} ${request.id}`)
          .below(1 << 20));
  const hopLimit = request.ttl ?? (route.type === 'multicast' ? 1 : route.hopLimit);
  const datagram = buildIpv6(
    { source: route.source, destination, next: NEXT.icmpv6, hopLimit, trafficClass: request.tos, flowLabel },
    message,
  );
  const step = record(
    net,
    null,
    {
      kind: 'originated',
      program: request.program,
      text: `ICMPv6 echo request, id ${request.id}, seq ${request.sequence}`,
    },
    datagram,
    null,
    [],
    recorder,
  );
  stack.send6(net, datagram, route, step);
  return ok(route.source);
}

/** What `connect(2)` of a datagram socket to an address says: the source it would use, or why not. `broadcast`: the address is one. */
export function probeWay(
  net: Namespace,
  flow: {
    readonly family: Family;
    readonly destination: bigint;
    readonly oif: number;
    readonly mark: number;
    readonly tos: number;
  },
): Result<{ readonly source: bigint; readonly broadcast: boolean }, Errno> {
  if (flow.family === 4) {
    const asked = routeOutput(net, {
      destination: Number(flow.destination),
      source: 0,
      tos: flow.tos & 0x1c,
      mark: flow.mark,
      oif: flow.oif,
    });
    return asked.ok
      ? ok({ source: BigInt(asked.value.source), broadcast: asked.value.type === 'broadcast' })
      : { ok: false, error: asked.errno };
  }
  const asked = routeOutput6(net, {
    destination: flow.destination,
    source: 0n,
    mark: flow.mark,
    oif: flow.oif,
  });
  return asked.ok ? ok({ source: asked.value.source, broadcast: false }) : { ok: false, error: asked.errno };
}
