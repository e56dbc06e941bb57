/** Opening connections: `listen` and `accept`, `connect`, and the choice of ports (RFC 9293, 3.10.1). */
import { ok } from '../../base/result.ts';
import type { Recorder, StepId } from '../../base/step.ts';
import { TCP_FLAG } from '../../wire/layer/tcp.ts';
import { refuse, type NetlinkResult } from '../errno.ts';
import { isLinkLocalIp6, type Family } from '../family.ts';
import type { Namespace } from '../namespace.ts';
import { recordDrop } from '../recording.ts';
import { arrivalOf } from '../links/vrf-arrival.ts';
import type { Datagram, DatagramError, Socket } from '../socket.ts';
import type { Stack } from '../stack.ts';
import { pseudoOf } from '../udp.ts';
import { queued, TcpConnection, type TcpHandlers } from './connection.ts';
import { finish } from './finish.ts';
import { segmentArrives, takeSyn } from './input.ts';
import { enterQuickAck, launch } from './output.ts';
import { has, readSegment, type Segment } from './segment.ts';
import { after } from './sequence.ts';
import { signatureProblem } from './signature.ts';
import { clockOf, newTcb, type Tcb, type TcbIdentity, type TcpSettings, type Told } from './tcb.ts';
import { offeredMssOf, sendReset, SYN_ACK, wayOf } from './transmit.ts';

const NOTHING = new Uint8Array(0);
/** From a socket's readiness to its program's turn. */
const WAKE = 15_000;
const BACKLOG = 128;

interface TcpOptions extends Partial<TcpSettings> {
  readonly family: Family;
  /** `SO_BINDTODEVICE`: a link, or a VRF for all its links. */
  readonly ifindex?: number;
  /** What steps and `ss` call the program. */
  readonly program?: string;
  /** Takes the steps of what the program sends; the host's recorder when absent. */
  readonly recorder?: Recorder;
}

export interface TcpListenOptions extends TcpOptions {
  readonly port: number;
  /** Any address of the host when absent. */
  readonly local?: bigint;
  /** The key that a peer's segments must be signed with; null: unsigned. */
  readonly keyOf?: (remote: bigint) => Uint8Array | null;
  /** As given to `listen(2)`: only shown, since connections are accepted at once. */
  readonly backlog?: number;
}

export interface TcpConnectOptions extends TcpOptions {
  readonly remote: bigint;
  readonly remotePort: number;
  /** Chosen by the route when absent. */
  readonly local?: bigint;
  /** An ephemeral port when absent. */
  readonly localPort?: number;
  readonly parent?: StepId | null;
}

/** Says who takes a connection that was established; null: nobody, it is reset. */
export type TcpAccept = (connection: TcpConnection) => TcpHandlers | null;

const settingsOf = (options: TcpOptions): TcpSettings => ({
  ttl: options.ttl ?? null,
  minTtl: options.minTtl ?? 0,
  tos: options.tos ?? 0,
  noDelay: options.noDelay ?? false,
  key: options.key ?? null,
});

/** Hands events to a program, each in its turn, until the program closes the connection. */
function teller(tcb: () => Tcb, handlers: () => TcpHandlers | null): Told {
  const later = (act: (handlers: TcpHandlers) => void): void => {
    clockOf(tcb()).after(WAKE, () => {
      const reader = handlers();
      if (reader !== null && !tcb().orphaned) act(reader);
    });
  };
  return {
    connected: (parent) => later((to) => to.onConnected?.(parent)),
    data: (octets, parent) => later((to) => to.onData(octets, parent)),
    end: (parent) =>
      later((to) => {
        if (to.onEnd !== undefined) {
          to.onEnd(parent);
          return;
        }
        new TcpConnection(tcb()).close();
        to.onClosed('finished', parent);
      }),
    closed: (reason, parent) => {
      if (reason !== 'finished') later((to) => to.onClosed(reason, parent));
    },
  };
}

/** The window that a new connection offers, and its scale (`tcp_select_initial_window`). */
function chooseReceiveWindow(tcb: Tcb, mss: number): void {
  const { sysctl } = tcb.net;
  const [, usual = 131072, most = 6291456] = (sysctl.get('net.ipv4.tcp_rmem') ?? '').split(/\s+/).map(Number);
  const space = Math.floor(usual / 2);
  tcb.rcvWindow = Math.min(space > mss ? Math.floor(space / mss) * mss : space, 65535);
  const largest = Math.max(most, sysctl.number('net.core.rmem_max'));
  const scales = sysctl.number('net.ipv4.tcp_window_scaling') !== 0;
  tcb.rcvScale = scales ? Math.min(14, Math.max(0, Math.floor(Math.log2(largest)) - 15)) : 0;
}

function attachSocket(tcb: Tcb): void {
  const socket: Socket = {
    protocol: 'tcp',
    family: tcb.family,
    port: tcb.localPort,
    local: tcb.local,
    remote: tcb.remote,
    remotePort: tcb.remotePort,
    ifindex: tcb.ifindex === 0 ? null : tcb.ifindex,
    program: tcb.program,
    status: () => ({ state: tcb.state, sendQueue: queued(tcb), ...timerOf(tcb) }),
    receive: (datagram) => deliver(tcb, datagram),
    error: (error) => softError(tcb, error),
  };
  tcb.release = tcb.net.sockets.open(socket);
}

function timerOf(tcb: Tcb): {
  readonly timer?: NonNullable<ReturnType<NonNullable<Socket['status']>>['timer']>;
} {
  const left = (ends: number): number => Math.max(0, ends - clockOf(tcb).now());
  if (tcb.cancelWait !== null)
    return { timer: { name: 'timewait', left: left(tcb.waitEnds), retransmissions: 0 } };
  if (tcb.cancelRetransmit !== null)
    return { timer: { name: 'on', left: left(tcb.retransmitEnds), retransmissions: tcb.timeouts } };
  return {};
}

const signatureProblemOf = (datagram: Datagram, key: Uint8Array | null): string | undefined =>
  datagram.payload.length < 20
    ? undefined
    : signatureProblem(
        datagram.payload,
        pseudoOf(datagram.family, datagram.source, datagram.destination),
        key,
      );

function deliver(tcb: Tcb, datagram: Datagram): void {
  const segment = readSegment(datagram.payload);
  const problem =
    datagram.ttl < tcb.minTtl
      ? `TTL ${datagram.ttl} is less than ${tcb.minTtl}`
      : signatureProblemOf(datagram, tcb.key);
  if (segment === undefined || problem !== undefined) {
    recordDrop(
      tcb.net,
      null,
      segment === undefined
        ? { kind: 'malformed', problem: 'TCP header cut' }
        : { kind: 'blocked', problem: problem ?? '' },
      datagram.datagram,
      datagram.parent,
    );
    return;
  }
  if (tcb.state === 'TIME-WAIT' && isNewIncarnation(tcb, segment)) {
    finish(tcb, 'finished', datagram.parent);
    const { family, source, sourcePort, destination, destinationPort } = datagram;
    tcb.net.sockets
      .find(
        'tcp',
        family,
        destinationPort,
        source,
        sourcePort,
        destination,
        arrivalOf(tcb.net, datagram.ifindex),
      )
      ?.receive(datagram);
    return;
  }
  segmentArrives(tcb, segment, datagram.parent);
}

/** A SYN that cannot be an old one opens the pair of ports anew (RFC 9293, 3.10.7.4; RFC 6191). */
function isNewIncarnation(tcb: Tcb, segment: Segment): boolean {
  if (!has(segment, 'syn') || has(segment, 'ack') || has(segment, 'rst')) return false;
  const { timestamps } = segment.options;
  return (
    after(segment.sequence, tcb.rcvNxt) ||
    (tcb.timestamps && timestamps !== null && after(timestamps.value, tcb.tsRecent))
  );
}

/** An ICMP error ends a connection that is being opened; later the retransmission decides. */
function softError(tcb: Tcb, error: DatagramError): void {
  if (tcb.state !== 'SYN-SENT') return;
  const refused = error.family === 4 ? { code: 3, net: 0 } : { code: 4, net: 0 };
  const unreachable = error.type === (error.family === 4 ? 3 : 1);
  if (unreachable && error.family === 4 && error.code === 4) return;
  finish(
    tcb,
    unreachable && error.code === refused.code
      ? 'ECONNREFUSED'
      : unreachable && error.code === refused.net
        ? 'ENETUNREACH'
        : 'EHOSTUNREACH',
    error.parent,
  );
}

/**
 * Whether a listener stands in the way of another (`inet_csk_bind_conflict`). Each VRF has ports of its own, unless
 * listeners without a VRF take connections of all.
 */
function isTaken(
  net: Namespace,
  family: Family,
  port: number,
  local: bigint | null,
  ifindex: number | null,
): boolean {
  const apart = net.sysctl.number('net.ipv4.tcp_l3mdev_accept') === 0;
  const vrf = (index: number | null): number => (apart && index !== null ? arrivalOf(net, index).vrf : 0);
  for (const other of net.sockets.listeners('tcp', family, port))
    if (
      (other.local === null || local === null || other.local === local) &&
      (other.ifindex === null || ifindex === null || other.ifindex === ifindex) &&
      vrf(other.ifindex) === vrf(ifindex)
    )
      return true;
  return false;
}

/** Takes connections to a port. The answer ends the listening; connections that were accepted live on. */
export function tcpListen(
  stack: Stack,
  net: Namespace,
  options: TcpListenOptions,
  accept: TcpAccept,
): NetlinkResult<() => void> {
  const { family, port } = options;
  const local = options.local ?? null;
  const ifindex = options.ifindex ?? null;
  if (isTaken(net, family, port, local, ifindex)) return refuse('EADDRINUSE');
  const program = options.program ?? 'tcp';
  return ok(
    net.sockets.open({
      protocol: 'tcp',
      family,
      port,
      local,
      remote: null,
      remotePort: null,
      ifindex,
      program,
      status: () => ({ state: 'LISTEN', sendQueue: options.backlog ?? BACKLOG }),
      receive: (datagram) => {
        const segment = readSegment(datagram.payload);
        if (segment === undefined || datagram.ttl < (options.minTtl ?? 0)) return;
        if (has(segment, 'rst')) return;
        const { source, destination } = datagram;
        const key = options.keyOf?.(source) ?? null;
        const problem = signatureProblemOf(datagram, key);
        if (problem !== undefined) {
          recordDrop(net, null, { kind: 'blocked', problem }, datagram.datagram, datagram.parent);
          return;
        }
        // The scope of a link-local peer, the VRF or link that the listener is bound to.
        const scope =
          family === 6 && (isLinkLocalIp6(source) || isLinkLocalIp6(destination)) ? datagram.ifindex : 0;
        const identity: TcbIdentity = {
          stack,
          net,
          family,
          local: destination,
          localPort: port,
          remote: source,
          remotePort: datagram.sourcePort,
          ifindex: scope === 0 ? (ifindex ?? 0) : scope,
          program,
          recorder: options.recorder ?? net.machine.context.recorder,
          passive: true,
        };
        opened(identity, settingsOf({ ...options, key }), segment, accept, datagram.parent);
      },
    }),
  );
}

function opened(
  identity: TcbIdentity,
  settings: TcpSettings,
  segment: Segment,
  accept: TcpAccept,
  parent: StepId | null,
): void {
  let handlers: TcpHandlers | null = null;
  const told = teller(
    () => tcb,
    () => handlers,
  );
  const tcb: Tcb = newTcb(identity, settings, {
    ...told,
    connected: (from) => {
      clockOf(tcb).after(WAKE, () => {
        const connection = new TcpConnection(tcb);
        handlers = accept(connection);
        if (handlers === null) connection.abort(from);
        else handlers.onConnected?.(from);
      });
    },
  });
  if (has(segment, 'ack') || !has(segment, 'syn')) {
    // An acknowledgement of nothing: a reset with the number that it names (RFC 9293, 3.10.7.2).
    if (has(segment, 'ack')) {
      tcb.sndNxt = segment.acknowledgement;
      tcb.timestamps = false;
      sendReset(tcb, parent);
    }
    return;
  }
  takeSyn(tcb, segment);
  chooseReceiveWindow(tcb, Math.min(offeredMssOf(tcb), tcb.peerMss) - (tcb.timestamps ? 12 : 0));
  if (segment.options.windowScale === null) tcb.rcvScale = 0;
  tcb.state = 'SYN-RECV';
  attachSocket(tcb);
  enterQuickAck(tcb);
  launch(tcb, { octets: NOTHING, flags: SYN_ACK }, parent);
}

/** Begins a connection. Refusals are those of `bind(2)` and `connect(2)` that come at once; the rest goes to `onClosed`. */
export function tcpConnect(
  stack: Stack,
  net: Namespace,
  options: TcpConnectOptions,
  handlers: TcpHandlers,
): NetlinkResult<TcpConnection> {
  const { family, remote, remotePort } = options;
  const ifindex = options.ifindex ?? 0;
  if (family === 6 && isLinkLocalIp6(remote) && ifindex === 0) return refuse('EINVAL');
  const settings = settingsOf(options);
  const wanted = { net, family, remote, remotePort, ifindex, tos: settings.tos };
  const asked = wayOf({ ...wanted, local: options.local ?? 0n, localPort: options.localPort ?? 0 });
  if (!asked.ok)
    return refuse(options.local !== undefined && asked.errno === 'EINVAL' ? 'EADDRNOTAVAIL' : asked.errno);
  const local = BigInt(asked.value.route.source);
  const localPort = options.localPort ?? choosePort(net, family, local, remote, remotePort);
  if (localPort === undefined) return refuse('EADDRNOTAVAIL');
  if (net.sockets.isConnected(family, localPort, local, remote, remotePort)) return refuse('EADDRINUSE');
  const identity: TcbIdentity = {
    stack,
    net,
    family,
    local,
    localPort,
    remote,
    remotePort,
    ifindex,
    program: options.program ?? 'tcp',
    recorder: options.recorder ?? net.machine.context.recorder,
    passive: false,
  };
  const tcb: Tcb = newTcb(
    identity,
    settings,
    teller(
      () => tcb,
      () => handlers,
    ),
  );
  chooseReceiveWindow(tcb, offeredMssOf(tcb));
  tcb.state = 'SYN-SENT';
  attachSocket(tcb);
  launch(tcb, { octets: NOTHING, flags: TCP_FLAG.syn }, options.parent ?? null);
  return ok(new TcpConnection(tcb));
}

/** A free port of the local range; `connect` takes those of the range's own parity first. */
function choosePort(
  net: Namespace,
  family: Family,
  local: bigint,
  remote: bigint,
  remotePort: number,
): number | undefined {
  const [first = 32768, last = 60999] = (net.sysctl.get('net.ipv4.ip_local_port_range') ?? '')
    .split(/\s+/)
    .map(Number);
  const pairs = Math.ceil((last - first + 1) / 2);
  const isFree = (port: number): boolean =>
    !net.sockets.isConnected(family, port, local, remote, remotePort) &&
    !isTaken(net, family, port, null, null);
  const name = `tcp port ${net.name} ${local} ${remote} ${remotePort} ${net.machine.context.clock.now()}`;
  const start = net.machine.context.random.fork(name).below(pairs);
  for (const parity of [0, 1])
    for (let i = 0; i < pairs; i += 1) {
      const port = first + 2 * ((start + i) % pairs) + parity;
      if (port <= last && isFree(port)) return port;
    }
  return undefined;
}
