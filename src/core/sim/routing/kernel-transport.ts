/** bgpd's TCP over the kernel's: sockets bound to the VRF, link-local scopes, both families. */
import { encodeUtf8 } from '../../base/utf8.ts';
import type { Address } from '../../frr/prefix.ts';
import type {
  ConnectionListener,
  ConnectOptions,
  HopLimits,
  SocketAddress,
  TcpConnection as Connection,
  Transport,
} from '../../frr/bgp/transport.ts';
import type { Kernel, TcpConnection, TcpHandlers } from '../../linux/index.ts';
import type { Pausable } from '../pausable.ts';
import type { MessageGate } from './message-gate.ts';
import type { VrfScopes } from './vrf-scope.ts';

const PROGRAM = 'bgpd';
/** Answers to whoever connects, before it is known whom: a neighbour with `ttl-security` must take them. */
const LISTENING_TTL = 255;
/** DSCP CS6. */
const INTERNETWORK_CONTROL = 0xc0;

/** Where messages to these daemons may wait, and what the daemons are called there: machine and pathspace. */
export interface BgpGate {
  readonly messages: MessageGate;
  readonly daemons: string;
}

/** A connection whose kernel half may not exist (it was refused at once). */
class Held implements Connection {
  readonly remote: SocketAddress;
  tcp: TcpConnection | null = null;
  readonly #ended: (connection: Held) => void;

  constructor(remote: SocketAddress, ended: (connection: Held) => void) {
    this.remote = remote;
    this.#ended = ended;
  }

  get local(): SocketAddress | null {
    const { tcp } = this;
    if (tcp === null || tcp.state === 'SYN-SENT') return null;
    return { address: { family: tcp.family, address: tcp.local }, port: tcp.localPort };
  }

  send(octets: Uint8Array): void {
    this.tcp?.send(octets);
  }

  close(): void {
    this.#ended(this);
    this.tcp?.close();
  }

  abort(): void {
    this.#ended(this);
    this.tcp?.abort();
  }

  limitHops(limits: HopLimits): void {
    this.tcp?.set(limits);
  }
}

/** For an accepted connection `connected` has been said by its being there. */
const handlersOf = (listener: ConnectionListener, process: Pausable): TcpHandlers => ({
  onConnected: () => process.run(() => listener.connected()),
  onData: (octets) => process.run(() => listener.received(octets)),
  onClosed: (reason) => process.run(() => listener.closed(reason === 'finished' ? 'orderly' : reason)),
});

const NOBODY: ConnectionListener = { connected: () => {}, received: () => {}, closed: () => {} };

const taken = (listener: ConnectionListener): ConnectionListener => ({
  connected: () => {},
  received: (octets) => listener.received(octets),
  closed: (reason) => listener.closed(reason),
});

export class KernelTransport implements Transport {
  readonly #kernel: Kernel;
  readonly #scopes: VrfScopes;

  readonly #process: Pausable;
  readonly #gate: BgpGate | undefined;

  constructor(kernel: Kernel, scopes: VrfScopes, process: Pausable, gate?: BgpGate) {
    this.#kernel = kernel;
    this.#scopes = scopes;
    this.#process = process;
    this.#gate = gate;
  }

  #connection(remote: SocketAddress): Held {
    return new Held(remote, (connection) => this.#gate?.messages.forget(connection));
  }

  /** What bgpd hears of a connection, by way of the gate. */
  #handlers(vrf: string, connection: Held, listener: ConnectionListener): TcpHandlers {
    const handlers = handlersOf(listener, this.#process);
    const { messages, daemons } = this.#gate ?? {};
    return messages ? messages.guard(`${daemons}/${vrf}`, connection, handlers) : handlers;
  }

  connect(options: ConnectOptions, listener: ConnectionListener): Connection {
    const { remote, source } = options;
    const held = this.#connection(remote);
    const scope = this.#scopes.named(options.vrf);
    const link =
      scope && options.interface !== null
        ? this.#kernel.findLink(scope.net.name, options.interface)
        : undefined;
    const refuse = (): void => {
      this.#kernel.context.clock.after(0, () => listener.closed('EHOSTUNREACH'));
    };
    if (scope === undefined) {
      refuse();
      return held;
    }
    const ifindex = link?.index ?? scope.device?.index;
    const asked = this.#kernel.tcpConnect(
      scope.net.name,
      {
        family: remote.address.family,
        remote: remote.address.address,
        remotePort: remote.port,
        ...(source === null ? {} : { local: source.address }),
        ...(ifindex === undefined ? {} : { ifindex }),
        ...options.hops,
        key: options.password === null ? null : encodeUtf8(options.password),
        tos: INTERNETWORK_CONTROL,
        noDelay: true,
        program: PROGRAM,
      },
      this.#handlers(options.vrf, held, listener),
    );
    if (asked.ok) held.tcp = asked.value;
    else refuse();
    return held;
  }

  listen(
    vrf: string,
    port: number,
    passwordOf: (remote: Address) => string | null,
    accept: (connection: Connection, interfaceName: string) => ConnectionListener | null,
  ): () => void {
    const scope = this.#scopes.named(vrf);
    if (scope === undefined) return () => {};
    const closers = ([4, 6] as const).flatMap((family) => {
      const listening = this.#kernel.tcpListen(
        scope.net.name,
        {
          family,
          port,
          ttl: LISTENING_TTL,
          keyOf: (address) => {
            const password = passwordOf({ family, address });
            return password === null ? null : encodeUtf8(password);
          },
          tos: INTERNETWORK_CONTROL,
          noDelay: true,
          program: PROGRAM,
          ...(scope.device === null ? {} : { ifindex: scope.device.index }),
        },
        (tcp) => {
          const remote: Address = { family: tcp.family, address: tcp.remote };
          const held = this.#connection({ address: remote, port: tcp.remotePort });
          held.tcp = tcp;
          const name = scope.net.links.get(tcp.ifindex)?.name ?? '';
          if (this.#process.paused) return this.#later(vrf, held, name, accept);
          const listener = accept(held, name);
          if (listener === null) held.close();
          return listener === null
            ? handlersOf(NOBODY, this.#process)
            : this.#handlers(vrf, held, taken(listener));
        },
      );
      return listening.ok ? [listening.value] : [];
    });
    return () => {
      for (const close of closers) close();
    };
  }

  /** A connection that waits in the kernel until the process takes it. */
  #later(
    vrf: string,
    held: Held,
    name: string,
    accept: (connection: Connection, interfaceName: string) => ConnectionListener | null,
  ): TcpHandlers {
    let listener: ConnectionListener | null = null;
    this.#process.run(() => {
      listener = accept(held, name);
      if (listener === null) held.close();
    });
    return this.#handlers(vrf, held, {
      connected: () => {},
      received: (octets) => listener?.received(octets),
      closed: (reason) => listener?.closed(reason),
    });
  }
}
