/** A running dhclient: states of RFC 2131, 4.4, with ISC's words and waiting times. */
import { DHCP_CLIENT_PORT, DHCP_MESSAGE } from '../../wire/index.ts';
import { formatIpv4 } from '../../base/address.ts';
import type { Link } from '../../linux/index.ts';
import { record } from '../../linux/recording.ts';
import type { Daemonized } from '../own-process.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { sendToServer, type DhclientHost } from './host.ts';
import { leaseText, NEVER, tableOrder, type ClientLease } from './lease.ts';
import { broadcastFrameOf, messageOf, type Sending } from './message.ts';
import { optionLine } from './option.table.ts';
import type { DhclientOptions } from './options.ts';
import { readReply, secondsOf, type Reply } from './reply.ts';
import { configure, prepare, takeAway, type Granted } from './script.ts';

const SECOND = 1e9;
const INTERRUPTED = 130;
const NO_LEASE = 2;
/** Seconds of Debian's settings: how long it tries, waits for the lease that it had, and rests. */
const TIMEOUT = 60;
const REBOOT = 10;
const RETRY = 300;
const BACKOFF = 15;
const EVERYBODY = '255.255.255.255';

type State = 'rebooting' | 'selecting' | 'requesting' | 'bound' | 'renewing' | 'rebinding';

export class Client implements RunningProgram {
  readonly pace = 'fast';
  readonly #invocation: Invocation<DhclientHost>;
  readonly #options: DhclientOptions;
  readonly #link: Link;
  readonly #listeners: ((exit: Exit) => void)[] = [];
  readonly #closers: (() => void)[] = [];
  #leases: readonly ClientLease[];
  #lease: ClientLease | null = null;
  #granted: Granted | null = null;
  #state: State = 'selecting';
  #transaction = 0;
  /** When this round of questions began, and how long it waits for the next. */
  #began = 0;
  #interval = 0;
  #cancelTimer: (() => void) | null = null;
  #exit: Exit | null = null;
  #daemon: Daemonized | null = null;
  #over = false;

  constructor(
    invocation: Invocation<DhclientHost>,
    options: DhclientOptions,
    link: Link,
    leases: readonly ClientLease[],
  ) {
    this.#invocation = invocation;
    this.#options = options;
    this.#link = link;
    this.#leases = leases;
    const { host, namespace } = invocation;
    this.#closers.push(
      host.kernel.tap(
        namespace,
        link,
        ({ direction, octets }) => {
          if (direction === 'in') this.#received(octets);
        },
        false,
      ),
      // Answers to questions that are not broadcast find their port open.
      host.kernel.namespace(namespace).sockets.open({
        protocol: 'udp',
        family: 4,
        port: DHCP_CLIENT_PORT,
        local: null,
        remote: null,
        remotePort: null,
        ifindex: link.index,
        program: 'dhclient',
        receive: () => undefined,
      }),
    );
  }

  cancel(): void {
    if (this.#exit === null) this.#end(INTERRUPTED);
  }

  onDone(listener: (exit: Exit) => void): void {
    if (this.#exit === null) this.#listeners.push(listener);
    else listener(this.#exit);
  }

  start(): void {
    const site = this.#site;
    if (this.#options.runsScript) prepare(site, this.#link.name);
    const known = this.#leases.findLast(({ device }) => device === this.#link.name);
    this.#lease = known ?? null;
    this.#newRound();
    if (known && known.expire > this.#wall) this.#reboot(known);
    else this.#discover();
    if (this.#options.noWait) this.#goToBackground();
  }

  get #now(): number {
    return this.#invocation.context.clock.now();
  }

  /** Seconds since 1970. */
  get #wall(): number {
    return Math.floor(this.#invocation.context.clock.wallMs() / 1000);
  }

  get #site() {
    const { host, namespace } = this.#invocation;
    return {
      run: (...argv: string[]): void =>
        void host.run?.(argv, namespace, { out: () => undefined, err: () => undefined }),
      writeFile: (path: string, text: string): void => host.writeFile(path, text),
    };
  }

  #draw(below: number, what: string): number {
    return this.#invocation.context.random
      .fork(`dhclient ${what} ${this.#link.name} ${this.#now}`)
      .below(Math.max(1, below));
  }

  #say(text: string): void {
    if (this.#daemon === null && this.#options.verbose) this.#invocation.output.err(`${text}\n`);
  }

  #after(wait: number, act: () => void): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#invocation.context.clock.after(wait * SECOND, () => {
      this.#cancelTimer = null;
      if (this.#link.deleted) this.#end(1);
      else if (!this.#over) act();
    });
  }

  #end(status: number): void {
    this.#over = true;
    this.#cancelTimer?.();
    for (const close of this.#closers.splice(0)) close();
    this.#daemon?.end();
    this.#exitWith(status);
  }

  #exitWith(status: number): void {
    if (this.#exit !== null) return;
    this.#exit = { status };
    for (const listener of this.#listeners.splice(0)) listener(this.#exit);
  }

  #goToBackground(): void {
    if (this.#options.foreground || this.#daemon !== null) return;
    const { host } = this.#invocation;
    this.#daemon = host.process.detach((signal) => {
      if (signal !== 'STOP' && signal !== 'CONT') this.#end(0);
    });
    if (this.#options.pidFile !== null) host.writeFile(this.#options.pidFile, `${this.#daemon.pid}\n`);
    this.#exitWith(0);
  }

  #newRound(): void {
    this.#transaction = this.#invocation.context.random
      .fork(`dhclient ${this.#link.name} ${this.#now}`)
      .next32();
    this.#began = this.#now;
    this.#interval = 0;
  }

  get #elapsed(): number {
    return Math.floor((this.#now - this.#began) / SECOND);
  }

  #message(what: Pick<Sending, 'type' | 'requested' | 'server' | 'own'>): Uint8Array {
    const { hostName } = this.#invocation.host;
    const { mac } = this.#link;
    return messageOf({ ...what, transaction: this.#transaction, seconds: this.#elapsed, mac, hostName });
  }

  #broadcast(what: Pick<Sending, 'type' | 'requested' | 'server' | 'own'>): void {
    const { host, namespace, context } = this.#invocation;
    const frame = broadcastFrameOf(this.#link.mac, this.#message(what));
    const step = record(
      host.kernel.namespace(namespace),
      this.#link.name,
      {
        kind: 'originated',
        program: 'dhclient',
        text: what.type === DHCP_MESSAGE.discover ? 'DHCP discover' : 'DHCP request',
      },
      frame,
      null,
      [],
      context.recorder,
    );
    host.kernel.transmit(this.#link, frame, step);
  }

  #nextInterval(): number {
    if (this.#interval === 0) this.#interval = 3 + this.#draw(6, 'interval');
    else this.#interval += this.#draw(2 * this.#interval, 'interval');
    if (this.#interval > BACKOFF) this.#interval = Math.floor(BACKOFF / 2) + this.#draw(BACKOFF, 'backoff');
    const left = TIMEOUT - this.#elapsed;
    this.#interval = Math.max(1, Math.min(this.#interval, left + 1));
    return this.#interval;
  }

  #reboot(lease: ClientLease): void {
    this.#state = 'rebooting';
    if (this.#elapsed >= REBOOT) {
      this.#newRound();
      this.#discover();
      return;
    }
    this.#say(`DHCPREQUEST for ${formatIpv4(lease.address)} on ${this.#link.name} to ${EVERYBODY} port 67`);
    this.#broadcast({ type: DHCP_MESSAGE.request, requested: lease.address, server: null, own: 0 });
    this.#after(this.#nextInterval(), () => this.#reboot(lease));
  }

  #discover(): void {
    this.#state = 'selecting';
    if (this.#elapsed >= TIMEOUT) {
      this.#fail();
      return;
    }
    const wait = this.#nextInterval();
    this.#say(`DHCPDISCOVER on ${this.#link.name} to ${EVERYBODY} port 67 interval ${wait}`);
    const requested = this.#lease?.address ?? null;
    this.#broadcast({ type: DHCP_MESSAGE.discover, requested, server: null, own: 0 });
    this.#after(wait, () => this.#discover());
  }

  #fail(): void {
    this.#say('No DHCPOFFERS received.');
    if (this.#options.once) {
      this.#say('Unable to obtain a lease on first try.  Exiting.');
      this.#end(NO_LEASE);
      return;
    }
    this.#say('No working leases in persistent database - sleeping.');
    this.#goToBackground();
    this.#after(RETRY, () => {
      this.#newRound();
      this.#discover();
    });
  }

  #request(offer: Reply): void {
    if (this.#elapsed >= TIMEOUT) {
      this.#newRound();
      this.#discover();
      return;
    }
    this.#say(`DHCPREQUEST for ${formatIpv4(offer.address)} on ${this.#link.name} to ${EVERYBODY} port 67`);
    this.#broadcast({ type: DHCP_MESSAGE.request, requested: offer.address, server: offer.server, own: 0 });
    this.#after(this.#nextInterval(), () => this.#request(offer));
  }

  #received(frame: Uint8Array): void {
    if (this.#over || this.#state === 'bound') return;
    const reply = readReply(frame, this.#transaction, this.#link.mac);
    if (reply === undefined) return;
    const from = formatIpv4(reply.server);
    if (reply.type === DHCP_MESSAGE.offer && this.#state === 'selecting') {
      this.#say(`DHCPOFFER of ${formatIpv4(reply.address)} from ${from}`);
      this.#state = 'requesting';
      this.#interval = 0;
      this.#request(reply);
    } else if (this.#state === 'selecting') return;
    else if (reply.type === DHCP_MESSAGE.ack) {
      this.#say(`DHCPACK of ${formatIpv4(reply.address)} from ${from}`);
      this.#bound(reply);
    } else if (reply.type === DHCP_MESSAGE.nak) {
      this.#say(`DHCPNAK from ${from}`);
      if (this.#granted && this.#options.runsScript) takeAway(this.#site, this.#link.name);
      this.#granted = null;
      this.#lease = null;
      this.#newRound();
      this.#discover();
    }
  }

  #bound(reply: Reply): void {
    const { name: device } = this.#link;
    const { options, address } = reply;
    const time = secondsOf(options, 51) ?? 0;
    const half = secondsOf(options, 58) ?? Math.floor(time / 2);
    const rebinding = secondsOf(options, 59) ?? Math.floor((time * 7) / 8);
    // Renewals are spread over the last quarter before half of the lease.
    const renewal = Math.floor((half * 3 + 3) / 4) + Math.floor((this.#draw(half, 'renewal') + 3) / 4);
    const now = this.#wall;
    const until = (span: number): number => (time === NEVER ? NEVER : now + span);
    const lease: ClientLease = {
      device,
      address,
      boot: [
        ...(reply.bootFile === '' ? [] : [`filename "${reply.bootFile}";`]),
        ...(reply.serverName === '' ? [] : [`server-name "${reply.serverName}";`]),
      ],
      options: tableOrder([...options].map(([code, value]) => ({ code, line: optionLine(code, value) }))),
      renew: until(renewal),
      rebind: until(rebinding),
      expire: until(time),
    };
    const isNew = this.#granted?.address !== address;
    if (isNew && this.#granted && this.#options.runsScript) takeAway(this.#site, device);
    this.#granted = { device, address, seconds: time, options };
    this.#lease = lease;
    this.#leases = [...this.#leases, lease];
    this.#save();
    if (this.#options.runsScript) configure(this.#site, this.#granted, isNew);
    this.#state = 'bound';
    this.#say(`bound to ${formatIpv4(address)} -- renewal in ${renewal} seconds.`);
    this.#goToBackground();
    if (time !== NEVER) this.#after(renewal, () => this.#renew(reply));
  }

  #save(): void {
    const { host } = this.#invocation;
    host.writeFile(this.#options.leaseFile, this.#leases.map(leaseText).join(''));
  }

  /** Asks the server itself, then all, until the lease ends. */
  #renew(reply: Reply): void {
    const lease = this.#lease;
    if (lease === null) return;
    if (this.#state === 'bound') this.#newRound();
    if (this.#wall >= lease.expire) {
      if (this.#options.runsScript) takeAway(this.#site, this.#link.name);
      this.#granted = null;
      this.#newRound();
      this.#discover();
      return;
    }
    const isRebinding = this.#wall >= lease.rebind;
    this.#state = isRebinding ? 'rebinding' : 'renewing';
    const to = isRebinding ? EVERYBODY : formatIpv4(reply.server);
    this.#say(`DHCPREQUEST for ${formatIpv4(lease.address)} on ${this.#link.name} to ${to} port 67`);
    const what = { type: DHCP_MESSAGE.request, requested: null, server: null, own: lease.address };
    if (isRebinding) this.#broadcast(what);
    else sendToServer(this.#invocation, reply.server, lease.address, this.#message(what));
    const left = (isRebinding ? lease.expire : lease.rebind) - this.#wall;
    this.#after(Math.max(1, Math.min(this.#nextInterval(), left)), () => this.#renew(reply));
  }
}
