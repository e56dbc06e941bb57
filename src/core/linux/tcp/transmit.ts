/** One segment on its way out: options, window, checksum, IP header, and the route that each segment looks up anew. */
import { concatBytes } from '../../base/bytes.ts';
import type { StepId } from '../../base/step.ts';
import { encodeTcp, TCP_FLAG } from '../../wire/layer/tcp.ts';
import type { Errno } from '../errno.ts';
import { buildIpv4, IPPROTO } from '../ip4/packet.ts';
import { routeOutput, type Ipv4Route } from '../ip4/route-output.ts';
import { buildIpv6 } from '../ip6/packet.ts';
import { routeOutput6, type Ipv6Route } from '../ip6/route-output.ts';
import { record, recordDrop } from '../recording.ts';
import { MILLISECOND } from '../timing.ts';
import { pseudoOf } from '../udp.ts';
import { NO_OPTIONS, writeOptions, type SegmentOptions } from './segment.ts';
import { after, plus } from './sequence.ts';
import { signSegment, UNSIGNED_OPTION } from './signature.ts';
import { clockOf, type Tcb } from './tcb.ts';

export interface Outgoing {
  readonly sequence: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

type Way =
  | { readonly family: 4; readonly route: Ipv4Route }
  | { readonly family: 6; readonly route: Ipv6Route };

export type WayResult =
  | { readonly ok: true; readonly value: Way }
  | { readonly ok: false; readonly errno: Errno };

/** Where a segment of this connection goes now. `local` 0n: the kernel chooses the source. */
export function wayOf(
  tcb: Pick<Tcb, 'net' | 'family' | 'local' | 'remote' | 'ifindex' | 'localPort' | 'remotePort' | 'tos'>,
): WayResult {
  const { net, family, ifindex } = tcb;
  const ports = { protocol: IPPROTO.tcp, sourcePort: tcb.localPort, destinationPort: tcb.remotePort };
  if (family === 4) {
    const asked = routeOutput(net, {
      destination: Number(tcb.remote),
      source: Number(tcb.local),
      tos: tcb.tos & 0x1c,
      mark: 0,
      oif: ifindex,
      ...ports,
    });
    return asked.ok ? { ok: true, value: { family, route: asked.value } } : asked;
  }
  const asked = routeOutput6(net, {
    destination: tcb.remote,
    source: tcb.local,
    mark: 0,
    oif: ifindex,
    ...ports,
  });
  return asked.ok ? { ok: true, value: { family, route: asked.value } } : asked;
}

export const SYN_ACK = TCP_FLAG.syn | TCP_FLAG.ack;

const HEADERS = { 4: 40, 6: 60 } as const;
/** Largest IP datagram less its headers. */
const LARGEST_MSS = { 4: 65535 - 40, 6: 65535 - 40 - 20 } as const;
const TIMESTAMP_SIZE = 12;
/** Selective acknowledgements for which a signature leaves room. */
const SIGNED_BLOCKS = 2;

/** The MSS that this host offers on a way (`tcp_advertise_mss`). */
function offeredMss(way: Way): number {
  const { link } = way.route;
  const mtu = way.family === 4 ? link.mtu : (link.ipv6.mtu ?? link.mtu);
  const offered = way.route.route?.metrics.advmss ?? mtu - HEADERS[way.family];
  return Math.min(offered, LARGEST_MSS[way.family]);
}

export function offeredMssOf(tcb: Tcb): number {
  const way = wayOf(tcb);
  return way.ok ? offeredMss(way.value) : tcb.peerMss;
}

/** Octets of data that a segment takes now: the peer's MSS, the way's MTU, less the options. */
export function segmentRoom(tcb: Tcb): number {
  const way = wayOf(tcb);
  const room = way.ok ? way.value.route.mtu - HEADERS[tcb.family] : tcb.peerMss;
  const options = (tcb.timestamps ? TIMESTAMP_SIZE : 0) + (tcb.key === null ? 0 : UNSIGNED_OPTION.length);
  return Math.max(48, Math.min(room, tcb.peerMss) - options);
}

/** Milliseconds as timestamps count them. */
export const timestampOf = (tcb: Tcb): number =>
  plus(tcb.tsOffset, Math.floor(clockOf(tcb).now() / MILLISECOND));

function optionsOf(tcb: Tcb, flags: number): SegmentOptions {
  const timestamps = tcb.timestamps ? { value: timestampOf(tcb), echo: tcb.tsRecent } : null;
  if ((flags & TCP_FLAG.syn) !== 0)
    return {
      ...NO_OPTIONS,
      mss: offeredMssOf(tcb),
      timestamps,
      sackPermitted: tcb.sack,
      windowScale: tcb.rcvScale === 0 ? null : tcb.rcvScale,
    };
  const blocks = tcb.sack ? tcb.ahead.blocks() : [];
  return { ...NO_OPTIONS, timestamps, sack: tcb.key === null ? blocks : blocks.slice(0, SIGNED_BLOCKS) };
}

/** The window field. The right edge never moves back (RFC 9293, 3.8.6). */
function chooseWindow(tcb: Tcb, flags: number): number {
  if ((flags & TCP_FLAG.syn) !== 0) {
    tcb.rcvEdge = plus(tcb.rcvNxt, tcb.rcvWindow);
    return Math.min(tcb.rcvWindow, 0xffff);
  }
  const unit = 2 ** tcb.rcvScale;
  const edge = plus(tcb.rcvNxt, Math.ceil(tcb.rcvWindow / unit) * unit);
  if (after(edge, tcb.rcvEdge)) tcb.rcvEdge = edge;
  return Math.min(0xffff, Math.ceil(((tcb.rcvEdge - tcb.rcvNxt) >>> 0) / unit));
}

const LETTERS = [
  ['syn', 'S'],
  ['fin', 'F'],
  ['rst', 'R'],
  ['psh', 'P'],
] as const;

/** The flags as tcpdump writes them. */
export function flagText(flags: number): string {
  const letters = LETTERS.filter(([name]) => (flags & TCP_FLAG[name]) !== 0).map(([, letter]) => letter);
  return `[${letters.join('')}${(flags & TCP_FLAG.ack) === 0 ? '' : '.'}]`;
}

/** Sends one segment; whether a way was found. An acknowledgement in it settles what was owed. */
export function transmitSegment(tcb: Tcb, segment: Outgoing, parent: StepId | null): boolean {
  const { net, stack } = tcb;
  const { flags, payload, sequence } = segment;
  const acknowledges = (flags & TCP_FLAG.ack) !== 0;
  const way = wayOf(tcb);
  const program = payload.length > 0 || (flags & TCP_FLAG.syn) !== 0 ? tcb.program : 'kernel';
  if (!way.ok) {
    recordDrop(net, null, { kind: 'no-route' }, null, parent);
    return false;
  }
  const options = (flags & TCP_FLAG.rst) !== 0 ? new Uint8Array(0) : writeOptions(optionsOf(tcb, flags));
  const pseudo = pseudoOf(tcb.family, tcb.local, tcb.remote);
  const octets = encodeTcp(
    {
      sourcePort: tcb.localPort,
      destinationPort: tcb.remotePort,
      sequence,
      acknowledgement: acknowledges ? tcb.rcvNxt : 0,
      flags,
      window: (flags & TCP_FLAG.rst) !== 0 ? 0 : chooseWindow(tcb, flags),
      options: tcb.key === null ? options : concatBytes([UNSIGNED_OPTION, options]),
    },
    payload,
    pseudo,
  );
  if (tcb.key !== null) signSegment(octets, pseudo, tcb.key);
  const datagram = wrap(tcb, way.value, octets, flags);
  const step = record(
    net,
    null,
    {
      kind: 'originated',
      program,
      text: `TCP ${flagText(flags)} seq ${sequence}${acknowledges ? ` ack ${tcb.rcvNxt}` : ''} length ${payload.length}`,
    },
    datagram,
    parent,
    [],
    tcb.recorder,
  );
  if (acknowledges) {
    tcb.cancelDelayedAck?.();
    tcb.cancelDelayedAck = null;
    tcb.unackedOctets = 0;
    if (tcb.quickAcks > 0) tcb.quickAcks -= 1;
  }
  confirmNeighbour(tcb, way.value);
  if (way.value.family === 4) stack.send4(net, datagram, way.value.route, step);
  else stack.send6(net, datagram, way.value.route, step);
  return true;
}

function wrap(tcb: Tcb, way: Way, octets: Uint8Array, flags: number): Uint8Array {
  if (way.family === 4) {
    // What the kernel sends before there is a socket, or after, has no number.
    const unnumbered =
      (flags & SYN_ACK) === SYN_ACK ||
      (flags & TCP_FLAG.rst) !== 0 ||
      tcb.state === 'TIME-WAIT' ||
      (tcb.state === 'FIN-WAIT-2' && tcb.orphaned);
    const id = unnumbered ? 0 : tcb.nextId;
    if (!unnumbered) tcb.nextId = (tcb.nextId + 1) & 0xffff;
    return buildIpv4(
      {
        source: Number(tcb.local),
        destination: Number(tcb.remote),
        protocol: IPPROTO.tcp,
        tos: tcb.tos,
        id,
        dontFragment: true,
        ttl: tcb.ttl ?? tcb.net.sysctl.number('net.ipv4.ip_default_ttl'),
      },
      octets,
    );
  }
  return buildIpv6(
    {
      source: tcb.local,
      destination: tcb.remote,
      next: IPPROTO.tcp,
      hopLimit: tcb.ttl ?? way.route.hopLimit,
      trafficClass: tcb.tos,
      flowLabel: tcb.flowLabel,
    },
    octets,
  );
}

/** An acknowledgement of all that came, now. */
export const sendAck = (tcb: Tcb, parent: StepId | null): void => {
  transmitSegment(tcb, { sequence: tcb.sndNxt, flags: TCP_FLAG.ack, payload: new Uint8Array(0) }, parent);
};

export const sendReset = (tcb: Tcb, parent: StepId | null): void => {
  transmitSegment(
    tcb,
    { sequence: tcb.sndNxt, flags: TCP_FLAG.rst | TCP_FLAG.ack, payload: new Uint8Array(0) },
    parent,
  );
};

/** Progress of the connection is proof that the next hop answers (RFC 4861, 7.3.1). */
function confirmNeighbour(tcb: Tcb, { family, route }: Way): void {
  if (!tcb.confirms) return;
  tcb.confirms = false;
  const { net, stack } = tcb;
  const hop = route.gateway ?? { family, address: tcb.remote };
  const address = typeof hop === 'bigint' ? hop : hop.address;
  const neighbour = net.neighbours.find(
    typeof hop === 'bigint' ? family : hop.family,
    route.link.index,
    address,
  );
  if (neighbour) stack.neighbours.confirm(net, neighbour);
}
