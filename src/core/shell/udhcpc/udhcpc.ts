/** `udhcpc` (BusyBox 1.35): asks for a lease, and gives it to the device as Debian's script does. */
import { DHCP_CLIENT_PORT, DHCP_MESSAGE, DHCP_SERVER_PORT } from '../../wire/index.ts';
import { formatIpv4 } from '../../base/address.ts';
import type { Link } from '../../linux/index.ts';
import { record } from '../../linux/recording.ts';
import { sendUdp } from '../../linux/udp.ts';
import type { IpHost } from '../ip/host.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { broadcastFrameOf, messageOf, readAnswer, type Answer, type Asking } from './message.ts';
import { parseUdhcpc, UDHCPC_VERSION, type UdhcpcOptions } from './options.ts';

export interface UdhcpcHost extends IpHost {
  writeFile(path: string, text: string): void;
}

const SECOND = 1e9;
const INTERRUPTED = 130;
const RESOLV_CONF = '/etc/resolv.conf';
/** Of a lease that does not say how long it is. */
const AN_HOUR = 3600;
/** After a refusal it waits before it asks anew. */
const AFTER_NAK = 3;

/** How many leading bits of a mask are set. */
const lengthOf = (mask: number): number => Math.clz32(~mask);

class Client implements RunningProgram {
  readonly pace: 'fast' | 'real';
  readonly #invocation: Invocation<UdhcpcHost>;
  readonly #options: UdhcpcOptions;
  readonly #link: Link;
  readonly #listeners: ((exit: Exit) => void)[] = [];
  readonly #close: () => void;
  #exit: Exit | null = null;
  /** It has ended or was ended: nothing happens any more. */
  #over = false;
  #inBackground = false;
  #state: 'selecting' | 'requesting' | 'bound' | 'renewing' = 'selecting';
  #transaction = 0;
  #began = 0;
  #sent = 0;
  #offer: Answer | null = null;
  #cancelTimer: (() => void) | null = null;
  /** Renewing it listens as others do, so that the answer finds its port open. */
  #closeSocket: (() => void) | null = null;

  constructor(invocation: Invocation<UdhcpcHost>, options: UdhcpcOptions, link: Link) {
    this.#invocation = invocation;
    this.#options = options;
    this.#link = link;
    this.pace = options.foreground || options.without === 'wait' ? 'real' : 'fast';
    const { host, namespace } = invocation;
    this.#close = host.kernel.tap(
      namespace,
      link,
      ({ direction, octets }) => {
        if (direction === 'in') this.#received(octets);
      },
      false,
    );
  }

  start(): void {
    this.#say(`started, v${UDHCPC_VERSION}`);
    this.#run('ip', 'link', 'set', this.#link.name, 'up');
    this.#run('ip', '-4', 'addr', 'flush', 'dev', this.#link.name);
    this.#run('ip', '-4', 'route', 'flush', 'dev', this.#link.name);
    this.#discover();
  }

  cancel(): void {
    // What went to the background is not the terminal's any more.
    if (this.#exit === null) this.#end(INTERRUPTED);
  }

  onDone(listener: (exit: Exit) => void): void {
    if (this.#exit === null) this.#listeners.push(listener);
    else listener(this.#exit);
  }

  get #now(): number {
    return this.#invocation.context.clock.now();
  }

  #say(text: string): void {
    if (!this.#inBackground) this.#invocation.output.err(`udhcpc: ${text}\n`);
  }

  /** A program of the script; what it says is not shown. */
  #run(...argv: string[]): void {
    const { host, namespace } = this.#invocation;
    host.run?.(argv, namespace, { out: () => undefined, err: () => undefined });
  }

  #after(seconds: number, act: () => void): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#invocation.context.clock.after(seconds * SECOND, () => {
      this.#cancelTimer = null;
      if (this.#link.deleted) this.#end(1);
      else if (!this.#over) act();
    });
  }

  #exitWith(status: number): void {
    if (this.#exit !== null) return;
    this.#exit = { status };
    for (const listener of this.#listeners.splice(0)) listener(this.#exit);
  }

  #end(status: number): void {
    this.#over = true;
    this.#cancelTimer?.();
    this.#listen(false);
    this.#close();
    this.#exitWith(status);
  }

  #listen(on: boolean): void {
    if (on === (this.#closeSocket !== null)) return;
    this.#closeSocket?.();
    const { host, namespace } = this.#invocation;
    this.#closeSocket = on
      ? host.kernel.namespace(namespace).sockets.open({
          protocol: 'udp',
          family: 4,
          port: DHCP_CLIENT_PORT,
          local: null,
          remote: null,
          remotePort: null,
          ifindex: this.#link.index,
          program: 'udhcpc',
          receive: () => undefined,
        })
      : null;
  }

  #goToBackground(): void {
    this.#inBackground = true;
    this.#exitWith(0);
  }

  #ask(asking: Pick<Asking, 'type' | 'requested' | 'server'>): void {
    const { host, namespace, context } = this.#invocation;
    const seconds = Math.floor((this.#now - this.#began) / SECOND);
    const message = messageOf(
      { ...asking, transaction: this.#transaction, seconds, mac: this.#link.mac, own: 0 },
      this.#options,
    );
    const frame = broadcastFrameOf(this.#link.mac, message);
    const step = record(
      host.kernel.namespace(namespace),
      this.#link.name,
      {
        kind: 'originated',
        program: 'udhcpc',
        text: asking.type === DHCP_MESSAGE.discover ? 'DHCP discover' : 'DHCP request',
      },
      frame,
      null,
      [],
      context.recorder,
    );
    host.kernel.transmit(this.#link, frame, step);
  }

  #discover(): void {
    const { tries, pause, again, without } = this.#options;
    this.#state = 'selecting';
    if (this.#sent === 0) {
      const { random } = this.#invocation.context;
      this.#transaction = random.fork(`udhcpc ${this.#link.name} ${this.#now}`).next32();
      this.#began = this.#now;
    }
    if (this.#sent < tries) {
      this.#sent += 1;
      this.#say('broadcasting discover');
      this.#ask({ type: DHCP_MESSAGE.discover, requested: this.#options.requested, server: null });
      this.#after(pause, () => this.#discover());
      return;
    }
    this.#sent = 0;
    if (without === 'exit') {
      this.#say('no lease, failing');
      this.#end(1);
      return;
    }
    if (without === 'background' && !this.#inBackground) {
      this.#say('no lease, forking to background');
      this.#goToBackground();
    }
    this.#after(again, () => this.#discover());
  }

  #request(offer: Answer): void {
    const { tries, pause } = this.#options;
    if (this.#sent >= tries) {
      this.#sent = 0;
      this.#discover();
      return;
    }
    this.#sent += 1;
    const server = offer.server ?? 0;
    this.#say(`broadcasting select for ${formatIpv4(offer.address)}, server ${formatIpv4(server)}`);
    this.#ask({ type: DHCP_MESSAGE.request, requested: offer.address, server });
    this.#after(pause, () => this.#request(offer));
  }

  #received(frame: Uint8Array): void {
    if (this.#over || this.#state === 'bound') return;
    const answer = readAnswer(frame, this.#transaction, this.#link.mac);
    if (answer === undefined) return;
    if (this.#state === 'selecting') {
      if (answer.type !== DHCP_MESSAGE.offer || answer.server === null) return;
      this.#offer = answer;
      this.#state = 'requesting';
      this.#sent = 0;
      this.#request(answer);
    } else if (answer.type === DHCP_MESSAGE.ack) this.#bound(answer);
    else if (answer.type === DHCP_MESSAGE.nak) {
      this.#say('received DHCP NAK');
      this.#sent = 0;
      this.#state = 'selecting';
      this.#after(AFTER_NAK, () => this.#discover());
    }
  }

  #bound(answer: Answer): void {
    const isFirst = this.#state === 'requesting';
    const server = answer.server ?? this.#offer?.server ?? 0;
    const lease = answer.lease ?? AN_HOUR;
    this.#say(
      `lease of ${formatIpv4(answer.address)} obtained from ${formatIpv4(server)}, lease time ${lease}`,
    );
    this.#offer = { ...answer, server };
    this.#state = 'bound';
    // The answer itself still finds the port open.
    this.#invocation.context.clock.after(0, () => this.#listen(false));
    this.#sent = 0;
    this.#configure(answer);
    if (isFirst && this.#options.quits) {
      this.#end(0);
      return;
    }
    if (isFirst && !this.#options.foreground) this.#goToBackground();
    this.#after(lease / 2, () => this.#renew(this.#now + (lease / 2) * SECOND));
  }

  /** Asks the server itself until the lease ends, then begins anew. */
  #renew(end: number): void {
    const offer = this.#offer;
    if (offer === null) return;
    const left = (end - this.#now) / SECOND;
    if (left <= 0) {
      this.#say('lease lost, entering init state');
      this.#listen(false);
      this.#run('ip', '-4', 'addr', 'flush', 'dev', this.#link.name);
      this.#sent = 0;
      this.#discover();
      return;
    }
    this.#state = 'renewing';
    this.#listen(true);
    const server = offer.server ?? 0;
    this.#say(`sending renew to server ${formatIpv4(server)}`);
    this.#unicast(offer);
    this.#after(Math.max(left / 2, Math.min(left, 60)), () => this.#renew(end));
  }

  #unicast({ address, server }: Answer): void {
    const { host, namespace, context } = this.#invocation;
    const asking = {
      type: DHCP_MESSAGE.request,
      requested: null,
      server: null,
      transaction: this.#transaction,
    };
    sendUdp(
      host.kernel.stack,
      host.kernel.namespace(namespace),
      {
        family: 4,
        local: BigInt(address),
        remote: BigInt(server ?? 0),
        sourcePort: DHCP_CLIENT_PORT,
        destinationPort: DHCP_SERVER_PORT,
        payload: messageOf({ ...asking, seconds: 0, mac: this.#link.mac, own: address }, this.#options),
        tos: 0,
        oif: this.#link.index,
        program: { name: 'udhcpc', recorder: context.recorder },
      },
      null,
    );
  }

  /** What /etc/udhcpc/default.script does with a lease. */
  #configure({ address, mask, broadcast, routers, dns, domain, mtu }: Answer): void {
    const { name } = this.#link;
    const length = mask === null ? 32 : lengthOf(mask);
    const local = formatIpv4(address);
    if (mtu !== null) this.#run('ip', 'link', 'set', name, 'mtu', String(mtu));
    const has = this.#link.addresses4.some((each) => each.local === address && each.length === length);
    if (!has) {
      this.#run('ip', '-4', 'addr', 'flush', 'dev', name);
      this.#run(
        'ip',
        'addr',
        'add',
        `${local}/${length}`,
        'broadcast',
        broadcast === null ? '+' : formatIpv4(broadcast),
        'dev',
        name,
      );
    }
    const [router] = routers;
    if (router !== undefined) {
      const onlink = length === 32 ? ['onlink'] : [];
      this.#run('ip', '-4', 'route', 'replace', 'default', 'via', formatIpv4(router), 'dev', name, ...onlink);
    } else this.#run('ip', '-4', 'route', 'flush', 'exact', '0.0.0.0/0', 'dev', name);
    const head = domain === '' ? '' : `domain ${domain}`;
    const servers = dns.map((server) => `\nnameserver ${formatIpv4(server)}`).join('');
    this.#invocation.host.writeFile(RESOLV_CONF, `${head}${servers}\n`);
  }
}

/** `argv[0]` is the program's name. */
export function udhcpc(invocation: Invocation<UdhcpcHost>): Exit | RunningProgram {
  const { argv, output, host, namespace } = invocation;
  const parsed = parseUdhcpc(argv);
  if (!parsed.ok) {
    output.err(parsed.error);
    return { status: 1 };
  }
  const link = host.kernel.findLink(namespace, parsed.value.device);
  if (link === undefined) {
    output.err('udhcpc: SIOCGIFINDEX: No such device\n');
    return { status: 1 };
  }
  const client = new Client(invocation, parsed.value, link);
  client.start();
  return client;
}
