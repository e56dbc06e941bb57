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

export interface Socket {
  readonly protocol: 'icmp' | 'icmpv6' | 'udp' | 'tcp';
  readonly family: Family;
  /** UDP or TCP port, or ICMP identifier. */
  readonly port: number;
  readonly local: bigint | null;
  readonly remote: bigint | null;
  readonly remotePort: number | null;
  readonly ifindex: number | null;
  receive(datagram: Datagram): void;
  error?(error: DatagramError): void;
}

export class SocketTable {
  readonly #sockets = new Set<Socket>();

  /** Adds a socket; the answer closes it. */
  open(socket: Socket): () => void {
    this.#sockets.add(socket);
    return () => {
      this.#sockets.delete(socket);
    };
  }

  /** The most specific socket for a datagram that arrived at `ifindex`. */
  find(
    protocol: Socket['protocol'],
    family: Family,
    port: number,
    from: bigint,
    fromPort: number,
    to: bigint,
    ifindex: number,
  ): Socket | undefined {
    let best: Socket | undefined;
    let bestScore = -1;
    for (const socket of this.#sockets) {
      if (socket.protocol !== protocol || socket.family !== family || socket.port !== port) continue;
      if (socket.local !== null && socket.local !== to) continue;
      if (socket.remote !== null && socket.remote !== from) continue;
      if (socket.remotePort !== null && socket.remotePort !== fromPort) continue;
      if (socket.ifindex !== null && socket.ifindex !== ifindex) continue;
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

  /** The socket that sent a datagram from `port`, for an ICMP error about it. */
  sender(protocol: Socket['protocol'], family: Family, port: number): Socket | undefined {
    for (const socket of this.#sockets)
      if (socket.protocol === protocol && socket.family === family && socket.port === port) return socket;
    return undefined;
  }

  /** Whether a port is in use. */
  taken(protocol: Socket['protocol'], family: Family, port: number): boolean {
    return this.sender(protocol, family, port) !== undefined;
  }
}
