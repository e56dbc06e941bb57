/** Sockets of one namespace, as far as programs and tunnels use them: who gets a datagram or an ICMP error. */
import type { StepId } from '../base/step.ts';
import type { Family } from './family.ts';

/** A datagram that arrived. `payload` follows the transport header (UDP) or begins with it (ICMP, raw). */
export interface Datagram {
  readonly family: Family;
  readonly source: bigint;
  readonly destination: bigint;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly ttl: number;
  readonly tos: number;
  readonly ifindex: number;
  readonly payload: Uint8Array;
  /** The whole datagram from its IP header. */
  readonly datagram: Uint8Array;
  readonly parent: StepId | null;
}

/** Takes the datagrams of an IP protocol; `payload` begins behind the IP header, ports are 0. */
export type IpReceiver = (datagram: Datagram) => boolean | void;

/** An ICMP error about a datagram that this socket sent (`IP_RECVERR`). */
export interface DatagramError {
  readonly family: Family;
  readonly from: bigint;
  /** `local` errors come from the host's own stack without a packet. */
  readonly origin: 'icmp' | 'local';
  readonly type: number;
  readonly code: number;
  readonly mtu: number;
  readonly ifindex: number;
  /** Destination of the datagram that failed, and its transport header with what follows. */
  readonly destination: bigint;
  readonly offending: Uint8Array;
  readonly parent: StepId | null;
}

/** What `ss` says of a TCP socket: its state as `ss` names it; octets not yet acknowledged, or how many may wait to be accepted. */
interface SocketStatus {
  readonly state: string;
  readonly sendQueue: number;
  /** The timer that runs, as `ss -o` names it, and nanoseconds left. */
  readonly timer?: { readonly name: string; readonly left: number; readonly retransmissions: number };
}

export interface Socket {
  readonly protocol: 'icmp' | 'icmpv6' | 'udp' | 'tcp';
  readonly family: Family;
  /** UDP or TCP port, or ICMP identifier. */
  readonly port: number;
  readonly local: bigint | null;
  readonly remote: bigint | null;
  readonly remotePort: number | null;
  /** The link that it is bound to, or a VRF for all its links. */
  readonly ifindex: number | null;
  /** Who opened it; the kernel itself when absent. */
  readonly program?: string;
  /** TCP only. */
  readonly status?: () => SocketStatus;
  receive(datagram: Datagram): void;
  error?(error: DatagramError): void;
}

/** Where a datagram came in: the link, and the VRF that it is a part of (0: none). */
export interface Arrival {
  readonly ifindex: number;
  readonly vrf: number;
}

/** Sockets of one namespace. `openToVrfs` says whether a socket bound to no link takes what comes by a VRF. */
export class SocketTable {
  readonly #byPort = new Map<string, Set<Socket>>();
  readonly #openToVrfs: (protocol: Socket['protocol']) => boolean;

  constructor(openToVrfs: (protocol: Socket['protocol']) => boolean) {
    this.#openToVrfs = openToVrfs;
  }

  /** Adds a socket; the answer closes it. */
  open(socket: Socket): () => void {
    const key = keyOf(socket.protocol, socket.family, socket.port);
    let same = this.#byPort.get(key);
    if (same === undefined) {
      same = new Set();
      this.#byPort.set(key, same);
    }
    same.add(socket);
    return () => {
      same.delete(socket);
      if (same.size === 0 && this.#byPort.get(key) === same) this.#byPort.delete(key);
    };
  }

  /** All sockets, in order of their opening by protocol, family and port. */
  *all(): Generator<Socket> {
    for (const same of this.#byPort.values()) yield* same;
  }

  #at(protocol: Socket['protocol'], family: Family, port: number): Iterable<Socket> {
    return this.#byPort.get(keyOf(protocol, family, port)) ?? [];
  }

  /** The most specific socket for a datagram. */
  find(
    protocol: Socket['protocol'],
    family: Family,
    port: number,
    from: bigint,
    fromPort: number,
    to: bigint,
    arrival: Arrival,
  ): Socket | undefined {
    let best: Socket | undefined;
    let bestScore = -1;
    for (const socket of this.#at(protocol, family, port)) {
      if (socket.local !== null && socket.local !== to) continue;
      if (socket.remote !== null && socket.remote !== from) continue;
      if (socket.remotePort !== null && socket.remotePort !== fromPort) continue;
      if (socket.ifindex === null) {
        if (arrival.vrf !== 0 && !this.#openToVrfs(protocol)) continue;
      } else if (socket.ifindex !== arrival.ifindex && socket.ifindex !== arrival.vrf) continue;
      const score =
        (socket.local === null ? 0 : 1) +
        (socket.remote === null ? 0 : 2) +
        (socket.remotePort === null ? 0 : 2) +
        (socket.ifindex === null ? 0 : 1);
      if (score > bestScore) {
        best = socket;
        bestScore = score;
      }
    }
    return best;
  }

  /** The socket that sent a datagram from `port` to `remote`, for an ICMP error about it. */
  sender(
    protocol: Socket['protocol'],
    family: Family,
    port: number,
    remote: bigint | null = null,
  ): Socket | undefined {
    let other: Socket | undefined;
    for (const socket of this.#at(protocol, family, port)) {
      if (remote === null || socket.remote === remote) return socket;
      if (socket.remote === null) other ??= socket;
    }
    return other;
  }

  /** Whether a port is in use. */
  taken(protocol: Socket['protocol'], family: Family, port: number): boolean {
    return this.#byPort.has(keyOf(protocol, family, port));
  }

  /** Sockets without a peer that listen on a port. */
  *listeners(protocol: Socket['protocol'], family: Family, port: number): Generator<Socket> {
    for (const socket of this.#at(protocol, family, port)) if (socket.remote === null) yield socket;
  }

  /** Whether a TCP connection has these ends. */
  isConnected(family: Family, port: number, local: bigint, remote: bigint, remotePort: number): boolean {
    for (const socket of this.#at('tcp', family, port))
      if (socket.local === local && socket.remote === remote && socket.remotePort === remotePort) return true;
    return false;
  }
}

const keyOf = (protocol: Socket['protocol'], family: Family, port: number): string =>
  `${protocol}/${family}/${port}`;
