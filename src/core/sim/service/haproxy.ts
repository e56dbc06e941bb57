/** HAProxy: accepts connections on its binds, chooses a server that its checks hold for good, and joins the two. */
import { formatIpv4, parseIpv4 } from '../../base/address.ts';
import type { Context } from '../../base/context.ts';
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts';
import type { StepId } from '../../base/step.ts';
import type { Kernel, TcpConnection, TcpHandlers } from '../../linux/index.ts';
import type { HaproxyBind, HaproxyProxy, HaproxyServer } from './haproxy-config.ts';
import { headText, join, readHead, statusOf } from './http.ts';

const MILLISECOND = 1_000_000;
const NOTHING: Uint8Array = new Uint8Array(0);
const PROGRAM = 'haproxy';

/** What it answers for itself, as HAProxy 1.8 words it. */
const answer = (status: string, text: string): Uint8Array =>
  encodeUtf8(
    `${headText(`HTTP/1.0 ${status}`, [
      ['Cache-Control', 'no-cache'],
      ['Connection', 'close'],
      ['Content-Type', 'text/html'],
    ])}<html><body><h1>${status}</h1>\n${text}\n</body></html>\n`,
  );
const BAD_REQUEST = answer('400 Bad request', 'Your browser sent an invalid request.');
const BAD_GATEWAY = answer('502 Bad Gateway', 'The server returned an invalid or incomplete response.');
const UNAVAILABLE = answer('503 Service Unavailable', 'No server is available to handle this request.');

/** One server as the checks see it. */
export interface ServerState {
  readonly server: HaproxyServer;
  up: boolean;
  /** Checks in a row that say the other thing. */
  against: number;
  sessions: number;
  /** Connections that it was given since the start. */
  total: number;
}

/** A connection that was given to a server; null when none could take it. */
interface Choice {
  /** On the world's clock. */
  readonly at: number;
  readonly client: string;
  readonly clientPort: number;
  /** The address that the client asked for. */
  readonly address: string;
  readonly port: number;
  readonly server: HaproxyServer | null;
}

/** Choices that are remembered of one proxy. */
const REMEMBERED = 16;

export interface RunningProxy {
  readonly proxy: HaproxyProxy;
  readonly servers: readonly ServerState[];
  /** Newest last. */
  readonly choices: readonly Choice[];
}

interface Running extends RunningProxy {
  readonly choices: Choice[];
  next: number;
}

export class Haproxy {
  readonly #kernel: Kernel;
  readonly #context: Context;
  readonly #proxies: readonly Running[];
  readonly #closers: (() => void)[] = [];
  readonly #unbound: string[] = [];
  #stopped = false;

  constructor(kernel: Kernel, context: Context, proxies: readonly HaproxyProxy[]) {
    this.#kernel = kernel;
    this.#context = context;
    this.#proxies = proxies.map((proxy) => ({
      proxy,
      servers: proxy.servers.map((server) => ({ server, up: true, against: 0, sessions: 0, total: 0 })),
      choices: [],
      next: 0,
    }));
    for (const running of this.#proxies) this.#open(running);
  }

  get proxies(): readonly RunningProxy[] {
    return this.#proxies;
  }

  /** Sockets that could not be bound, in HAProxy's words; it does not run when there is one. */
  get unbound(): readonly string[] {
    return this.#unbound;
  }

  stop(): void {
    this.#stopped = true;
    for (const close of this.#closers) close();
  }

  #open(running: Running): void {
    for (const bind of running.proxy.binds) {
      const close = this.#bind(bind, running);
      if (close) this.#closers.push(close);
      else
        this.#unbound.push(
          `Starting proxy ${running.proxy.name}: cannot bind socket [${bind.address}:${bind.port}]`,
        );
    }
    for (const state of running.servers)
      if (state.server.check) this.#checkLater(running.proxy, state, state.server.inter / 2);
  }

  #bind({ address, port, transparent }: HaproxyBind, running: Running): (() => void) | undefined {
    const local = parseIpv4(address) ?? 0;
    if (local !== 0 && !transparent && !this.#mayBind(local)) return undefined;
    const listening = this.#kernel.tcpListen(
      '',
      { family: 4, port, program: PROGRAM, ...(local === 0 ? {} : { local: BigInt(local) }) },
      (client) => this.#session(running, client),
    );
    return listening.ok ? listening.value : undefined;
  }

  #mayBind(address: number): boolean {
    const { links, sysctl } = this.#kernel.namespace();
    return (
      sysctl.number('net.ipv4.ip_nonlocal_bind') !== 0 ||
      [...links.values()].some(({ addresses4 }) => addresses4.some(({ local }) => local === address))
    );
  }

  #choose(running: Running, client: TcpConnection): ServerState | undefined {
    const up = running.servers.filter((state) => state.up && !state.server.backup);
    const usable = up.length > 0 ? up : running.servers.filter((state) => state.up);
    switch (running.proxy.balance) {
      case 'first':
        return usable[0];
      case 'source':
        return usable[Number(client.remote % BigInt(Math.max(1, usable.length)))];
      case 'leastconn':
        return usable.toSorted((a, b) => a.sessions - b.sessions)[0];
      case 'roundrobin': {
        const chosen = usable[running.next % Math.max(1, usable.length)];
        running.next += 1;
        return chosen;
      }
    }
  }

  #remember({ choices }: Running, client: TcpConnection, server: HaproxyServer | null): void {
    choices.push({
      at: this.#context.clock.now(),
      client: formatIpv4(Number(client.remote)),
      clientPort: client.remotePort,
      address: formatIpv4(Number(client.local)),
      port: client.localPort,
      server,
    });
    if (choices.length > REMEMBERED) choices.shift();
  }

  #session(running: Running, client: TcpConnection): TcpHandlers {
    const { proxy } = running;
    let server: TcpConnection | null = null;
    let waiting = NOTHING;
    let state: ServerState | undefined;
    /** How far the server's side came; what it leaves undone is answered for it. */
    let reached: 'nothing' | 'connected' | 'answered' = 'nothing';
    const fail = (text: Uint8Array, parent: StepId | null): void => {
      if (proxy.mode === 'http') client.send(text, parent);
      client.close();
    };
    const end = (): void => {
      if (state) state.sessions -= 1;
      state = undefined;
    };
    const connect = (first: Uint8Array, parent: StepId | null): void => {
      state = this.#choose(running, client);
      this.#remember(running, client, state?.server ?? null);
      const remote = state && parseIpv4(state.server.address);
      if (!state || remote === undefined) {
        fail(UNAVAILABLE, parent);
        return;
      }
      state.sessions += 1;
      state.total += 1;
      const made = this.#kernel.tcpConnect(
        '',
        { family: 4, remote: BigInt(remote), remotePort: state.server.port, program: PROGRAM, parent },
        {
          onConnected: () => {
            reached = 'connected';
          },
          onData: (octets, cause) => {
            reached = 'answered';
            client.send(octets, cause);
          },
          onClosed: () => {
            if (reached === 'answered') client.close();
            else fail(reached === 'nothing' ? UNAVAILABLE : BAD_GATEWAY, null);
            end();
          },
        },
      );
      if (!made.ok) {
        fail(UNAVAILABLE, parent);
        end();
        return;
      }
      server = made.value;
      server.send(first, parent);
    };
    if (proxy.mode === 'tcp') connect(NOTHING, null);
    return {
      onData: (octets, parent) => {
        if (server) {
          server.send(octets, parent);
          return;
        }
        waiting = join(waiting, octets);
        const head = readHead(waiting);
        if (head === undefined) return;
        if (head === null) {
          fail(BAD_REQUEST, parent);
          return;
        }
        const headers = proxy.headers.map(([name, value]) => [name, this.#sample(value, client)] as const);
        const kept = head.headers.filter(
          ([name]) => !headers.some(([set]) => set.toLowerCase() === name.toLowerCase()),
        );
        const added = proxy.forwardFor ? [['X-Forwarded-For', this.#sample('%[src]', client)] as const] : [];
        const rewritten = encodeUtf8(headText(head.startLine, [...kept, ...headers, ...added]));
        connect(join(rewritten, waiting.subarray(head.size)), parent);
        waiting = NOTHING;
      },
      onEnd: () => server?.finish(),
      onClosed: () => {
        server?.close();
        end();
      },
    };
  }

  /** `%[dst_port]` and the like in a header's value. */
  #sample(value: string, client: TcpConnection): string {
    return value
      .replaceAll('%[dst_port]', String(client.localPort))
      .replaceAll('%[dst]', formatIpv4(Number(client.local)))
      .replaceAll('%[src]', formatIpv4(Number(client.remote)));
  }

  #checkLater(proxy: HaproxyProxy, state: ServerState, milliseconds: number): void {
    this.#context.clock.after(milliseconds * MILLISECOND, () => {
      if (!this.#stopped) this.#check(proxy, state);
    });
  }

  /** One health check: it fails when it has not held before the next is due. */
  #check(proxy: HaproxyProxy, state: ServerState): void {
    const { server } = state;
    const remote = parseIpv4(server.address);
    let over = false;
    let read = NOTHING;
    let connection: TcpConnection | undefined;
    const verdict = (good: boolean): void => {
      if (over) return;
      over = true;
      connection?.abort();
      this.#judge(state, good);
    };
    const made =
      remote === undefined
        ? undefined
        : this.#kernel.tcpConnect(
            '',
            { family: 4, remote: BigInt(remote), remotePort: server.port, program: PROGRAM },
            {
              onConnected: (parent) => {
                if (proxy.httpCheck === null) verdict(true);
                else connection?.send(encodeUtf8(`${proxy.httpCheck}\r\n\r\n`), parent);
              },
              onData: (octets) => {
                read = join(read, octets);
                const head = readHead(read);
                if (head === undefined) return;
                const status = head === null ? 0 : statusOf(head);
                verdict(status >= 200 && status < 400);
              },
              onClosed: () => verdict(proxy.httpCheck !== null && decodeUtf8(read).startsWith('HTTP/1.')),
            },
          );
    if (made?.ok) connection = made.value;
    else verdict(false);
    this.#context.clock.after(server.inter * MILLISECOND, () => {
      verdict(false);
      if (!this.#stopped) this.#check(proxy, state);
    });
  }

  #judge(state: ServerState, good: boolean): void {
    if (good === state.up) {
      state.against = 0;
      return;
    }
    state.against += 1;
    if (state.against < (state.up ? state.server.fall : state.server.rise)) return;
    state.up = good;
    state.against = 0;
  }
}
