/** The course of one `ping`: requests on schedule, answers as they come, the statistics at the end. */
import { formatIpv4 } from '../../base/address.ts';
import { readU16 } from '../../wire/octets.ts';
import { formatIp, isLinkLocalIp6, isMulticastIp } from '../../linux/family.ts';
import { sendEcho, type Datagram, type DatagramError, type Namespace } from '../../linux/index.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { errorText4, errorText6 } from './error-text.ts';
import type { PingOptions } from './options.ts';
import type { PingHost, Plan } from './plan.ts';
import { PingStatistics, timeText } from './statistics.ts';
import { routeText, stampsText } from './written-options.ts';

const LOCALHOST = 'localhost';

export class PingSession implements RunningProgram {
  readonly pace: 'fast' | 'real';
  readonly #invocation: Invocation<PingHost>;
  readonly #plan: Plan;
  readonly #net: Namespace;
  readonly #statistics = new PingStatistics();
  readonly #id: number;
  readonly #answered = new Set<number>();
  readonly #listeners: ((exit: Exit) => void)[] = [];
  readonly #sentAt = new Map<number, number>();
  #exit: Exit | null = null;
  #started = -1;
  #lastSend = 0;
  #cancelTimer: (() => void) | null = null;
  #cancelDeadline: (() => void) | null = null;
  #close: (() => void) | null = null;
  #lastRoute = '';
  /** What waits for the name of an address, the first asking now; and the address asked about last. */
  readonly #lines: { address: bigint; ifindex: number; line: (who: string) => string }[] = [];
  #known: { readonly address: bigint; readonly who: string } | null = null;
  #abandon: () => void = () => undefined;
  #isOver = false;

  constructor(invocation: Invocation<PingHost>, made: Plan) {
    this.#invocation = invocation;
    this.#plan = made;
    this.#net = invocation.host.kernel.namespace(invocation.namespace);
    this.pace = made.options.count !== null || made.options.deadline > 0 ? 'fast' : 'real';
    const { context } = invocation;
    this.#id = made.options.identifier ?? 1000 + context.random.below(30000);
  }

  get #now(): number {
    return this.#invocation.context.clock.now();
  }

  get #timing(): boolean {
    return this.#plan.options.size >= 16;
  }

  start(): void {
    const { options, target, source, device } = this.#plan;
    const { output, context } = this.#invocation;
    const { sockets } = this.#net;
    this.#close = sockets.open({
      protocol: target.family === 4 ? 'icmp' : 'icmpv6',
      family: target.family,
      port: this.#id,
      local: null,
      remote: null,
      remotePort: null,
      ifindex: null,
      receive: (datagram) => this.#received(datagram),
      error: (error) => this.#failed(error),
    });
    const address =
      target.family === 4
        ? formatIpv4(Number(target.address))
        : this.#address(target.address, target.zone?.index ?? 0);
    const from =
      device !== null || this.#plan.sourceGiven || options.showsSource
        ? `${target.family === 6 && !this.#plan.sourceGiven ? '::' : formatIp(target.family, source)} ${device ?? ''}: `
        : '';
    if (target.family === 4)
      output.out(
        `PING ${target.name} (${address}) ${from === '' ? '' : `from ${from}`}${options.size}(${options.size + 28 + (this.#plan.option === null ? 0 : 40)}) bytes of data.\n`,
      );
    else
      output.out(
        `PING ${target.name}(${target.shownName === null ? address : `${target.shownName} (${address})`}) ${options.flowLabel === null ? '' : `, flow 0x${options.flowLabel.toString(16).padStart(5, '0')}, `}${from === '' ? '' : `from ${from}`}${options.size} data bytes\n`,
      );
    if (options.deadline > 0)
      this.#cancelDeadline = context.clock.after(options.deadline * 1e9, () => this.#finish());
    const first = Math.min(options.preload, options.count ?? options.preload);
    for (let index = 0; index < first && this.#exit === null; index += 1) this.#send();
    this.#schedule();
  }

  cancel(): void {
    this.#abandon();
    this.#lines.splice(0);
    this.#finish();
  }

  onDone(listener: (exit: Exit) => void): void {
    if (this.#exit === null) this.#listeners.push(listener);
    else listener(this.#exit);
  }

  /** Nanoseconds between two requests. */
  get #interval(): number {
    const { options } = this.#plan;
    if (options.flood || (options.adaptive && options.interval === 1000)) return 0;
    return options.interval * 1e6;
  }

  #schedule(): void {
    const { options } = this.#plan;
    const { clock } = this.#invocation.context;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (this.#exit !== null) return;
    if (options.count !== null && this.#statistics.transmitted >= options.count && options.deadline === 0) {
      // Nothing more to send: wait for the last answers.
      const wait =
        this.#statistics.received > 0
          ? Math.max(2 * this.#statistics.longest * 1000, this.#interval)
          : options.linger * 1e6;
      this.#cancelTimer = clock.after(wait, () => this.#finish());
      return;
    }
    // Never less than the socket needs to answer, so that a flood lets time pass.
    this.#cancelTimer = clock.after(Math.max(this.#interval, 100_000), () => {
      this.#send();
      this.#schedule();
    });
  }

  #send(): void {
    const { options, target } = this.#plan;
    const { output } = this.#invocation;
    const statistics = this.#statistics;
    if (this.#started < 0) this.#started = this.#now;
    this.#lastSend = this.#now;
    if (options.outstanding && statistics.transmitted > 0 && !this.#answered.has(statistics.transmitted))
      output.out(`${this.#stamp()}no answer yet for icmp_seq=${statistics.transmitted & 0xffff}\n`);
    const sequence = (statistics.transmitted + 1) & 0xffff;
    const sent = sendEcho(
      this.#invocation.host.kernel.stack,
      this.#net,
      {
        family: target.family,
        destination: target.address,
        source: this.#plan.sourceGiven ? this.#plan.source : 0n,
        oif: this.#plan.oif,
        mark: options.mark,
        id: this.#id,
        sequence,
        data: this.#data(),
        ttl: options.ttl,
        tos: options.tos,
        discovery: this.#discovery(),
        option: this.#plan.option,
        flowLabel: options.flowLabel,
        program: 'ping',
      },
      this.#invocation.context.recorder,
    );
    statistics.transmitted += 1;
    this.#sentAt.set(sequence, this.#now);
    this.#answered.delete(sequence);
    // A flood shows a dot for each request, which its answer takes back.
    if (options.flood && !options.quiet) output.out('.');
    if (sent.ok || sent.error.mtu === null) return;
    statistics.errors += 1;
    const equals = target.family === 4 ? '=' : ': ';
    if (!options.quiet) output.err(`ping: local error: message too long, mtu${equals}${sent.error.mtu}\n`);
    this.#endWhenComplete();
  }

  #discovery(): PingOptions['discovery'] {
    const { options, target } = this.#plan;
    const group = target.family === 4 && (options.broadcast || target.address >> 28n === 0xen);
    return group && !options.discoverySet ? 'do' : options.discovery;
  }

  /** Time of sending in the first sixteen octets when they fit, then octets that count up. */
  #data(): Uint8Array {
    const { options } = this.#plan;
    const data = new Uint8Array(options.size);
    const { pattern } = options;
    for (let at = 0; at < data.length; at += 1)
      data[at] = pattern === null ? at : (pattern[at % pattern.length] as number);
    if (!this.#timing) return data;
    const wall = this.#invocation.context.clock.wallMs();
    littleEndian(data, 0, Math.floor(wall / 1000));
    littleEndian(data, 8, (wall % 1000) * 1000 + (Math.floor(this.#now / 1000) % 1000));
    return data;
  }

  #stamp(): string {
    if (!this.#plan.options.timestamps) return '';
    const wall = this.#invocation.context.clock.wallMs();
    return `[${Math.floor(wall / 1000)}.${String((wall % 1000) * 1000 + (Math.floor(this.#now / 1000) % 1000)).padStart(6, '0')}] `;
  }

  #address(address: bigint, ifindex: number): string {
    const text = formatIp(this.#plan.target.family, address);
    const link = this.#net.links.get(ifindex);
    return this.#plan.target.family === 6 && isZoned(address) && link !== undefined
      ? `${text}%${link.name}`
      : text;
  }

  /** Says a line about an address, with its name when the target was one; lines wait for one another's names. */
  #sayOf(address: bigint, ifindex: number, line: (who: string) => string): void {
    this.#lines.push({ address, ifindex, line });
    if (this.#lines.length === 1) this.#sayNext();
  }

  #sayNext(): void {
    const next = this.#lines[0];
    if (next === undefined) {
      if (this.#isOver) this.#finish();
      return;
    }
    const { target, options } = this.#plan;
    const { address, ifindex, line } = next;
    const text = this.#address(address, ifindex);
    const say = (who: string): void => {
      this.#known = { address, who };
      this.#lines.shift();
      this.#invocation.output.out(line(who));
      this.#sayNext();
    };
    const { resolver } = this.#invocation.host;
    if (options.numeric || target.literal) say(text);
    else if (this.#known?.address === address) say(this.#known.who);
    else if (resolver === undefined) say(`${address === target.address ? target.name : text} (${text})`);
    else
      this.#abandon = resolver.nameOf({ family: target.family, address }, (name) => {
        const isLocal = target.name === LOCALHOST && address === target.address;
        say(`${name ?? (isLocal ? LOCALHOST : text)} (${text})`);
      });
  }

  #received(datagram: Datagram): void {
    if (this.#exit !== null || this.#isOver) return;
    const { options, target } = this.#plan;
    const statistics = this.#statistics;
    const sequence = readU16(datagram.payload, 6);
    const sent = this.#sentAt.get(sequence);
    const duplicate = this.#answered.has(sequence);
    if (duplicate) statistics.duplicates += 1;
    else statistics.received += 1;
    statistics.acknowledge(sequence);
    this.#answered.add(sequence);
    let time = '';
    if (this.#timing && sent !== undefined) {
      const us = Math.max(0, Math.floor((this.#now - sent) / 1000));
      statistics.time(us);
      time = ` time=${timeText(us)} ms`;
    }
    if (!options.quiet && !options.flood) {
      const bytes = datagram.payload.length;
      const ident = options.verbose ? ` ident=${this.#id}` : '';
      const stamp = this.#stamp();
      const isRepeat = duplicate && (options.verbose || !this.#isToMany);
      this.#sayOf(
        datagram.source,
        datagram.ifindex,
        (who) =>
          `${stamp}${bytes} bytes from ${who}: icmp_seq=${sequence}${ident} ttl=${datagram.ttl}${time}${isRepeat ? ' (DUP!)' : ''}${options.audible ? '\x07' : ''}${target.family === 4 ? this.#writtenText(datagram.datagram) : ''}\n`,
      );
    }
    if (options.flood && !options.quiet) this.#invocation.output.out('\b \b');
    this.#endWhenComplete();
    if (this.#exit === null && options.adaptive) this.#schedule();
  }

  /** Whether several hosts may answer. */
  get #isToMany(): boolean {
    const { options, target } = this.#plan;
    return options.broadcast || isMulticastIp(target.family, target.address);
  }

  /** What the hosts on the way wrote into the option. */
  #writtenText(datagram: Uint8Array): string {
    const route = routeText(datagram);
    if (route === undefined) return stampsText(datagram);
    if (route === this.#lastRoute) return '\t(same route)';
    this.#lastRoute = route;
    return `\nRR: \t${route}\n`;
  }

  #failed(error: DatagramError): void {
    if (this.#exit !== null || this.#isOver || error.destination !== this.#plan.target.address) return;
    const { options, target } = this.#plan;
    const statistics = this.#statistics;
    const sequence = readU16(error.offending, 6);
    statistics.errors += 1;
    statistics.acknowledge(sequence);
    if (options.flood && !options.quiet) this.#invocation.output.out('\bE');
    else if (!options.quiet) {
      const text =
        target.family === 4
          ? errorText4(error.type, error.code, error.mtu)
          : errorText6(error.type, error.code, error.mtu);
      const stamp = this.#stamp();
      this.#sayOf(error.from, error.ifindex, (who) => `${stamp}From ${who} icmp_seq=${sequence} ${text}\n`);
    }
    this.#endWhenComplete();
  }

  #endWhenComplete(): void {
    const { options } = this.#plan;
    const { received, errors } = this.#statistics;
    if (options.count !== null && received + errors >= options.count) this.#finish();
    else if (options.deadline > 0 && errors > 0) this.#finish();
  }

  #finish(): void {
    if (this.#exit !== null) return;
    this.#isOver = true;
    this.#cancelTimer?.();
    // The last names are still being looked for.
    if (this.#lines.length > 0) return;
    const { options, target } = this.#plan;
    const statistics = this.#statistics;
    this.#cancelTimer?.();
    this.#cancelDeadline?.();
    this.#close?.();
    const elapsedUs = Math.floor((this.#lastSend - Math.max(0, this.#started)) / 1000);
    this.#invocation.output.out(
      statistics.text(target.name, Math.floor(elapsedUs / 1000), this.#timing, {
        flooding: this.#interval === 0,
        elapsedUs,
      }),
    );
    const failed =
      statistics.received === 0 ||
      (options.deadline > 0 && options.count !== null && statistics.received < options.count);
    this.#exit = { status: failed ? 1 : 0 };
    for (const listener of this.#listeners.splice(0)) listener(this.#exit);
  }
}

function littleEndian(octets: Uint8Array, at: number, value: number): void {
  let rest = value;
  for (let index = 0; index < 8; index += 1) {
    octets[at + index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

/** An address that means something on one link only, and is shown with that. */
const isZoned = (address: bigint): boolean =>
  isLinkLocalIp6(address) || (address >> 120n === 0xffn && ((address >> 112n) & 0xfn) <= 2n);
