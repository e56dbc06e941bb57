/** `arping` of iputils 20221126 in simulated time: ARP questions on schedule, answers as they come. */
import { formatIpv4, formatMac } from '../../base/address.ts';
import { buildArp } from '../../linux/ip4/arp.ts';
import {
  BROADCAST_MAC,
  destinationOf,
  ETHERTYPE,
  frameOf,
  HEADER_SIZE,
  isGroupMac,
} from '../../linux/ether.ts';
import type { CapturedFrame } from '../../linux/index.ts';
import { record } from '../../linux/recording.ts';
import { readMac, readU16, readU32 } from '../../wire/octets.ts';
import type { IpHost } from '../ip/host.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { parseArping, type ArpingOptions } from './options.ts';
import { planArping, type Plan, type Resolver } from './plan.ts';

export interface ArpingHost extends IpHost {
  resolve4?: Resolver;
}

const REQUEST = 1;
const REPLY = 2;
const ARP_SIZE = 28;
const SECOND = 1e9;

const macText = (mac: bigint): string => formatMac(mac).toUpperCase();

class Arping implements RunningProgram {
  readonly pace: 'fast' | 'real';
  readonly #invocation: Invocation<ArpingHost>;
  readonly #options: ArpingOptions;
  readonly #plan: Plan;
  readonly #listeners: ((exit: Exit) => void)[] = [];
  readonly #closers: (() => void)[] = [];
  #exit: Exit | null = null;
  #destination = BROADCAST_MAC;
  #unicasting = false;
  #lastSent = 0;
  #ticks = 0;
  #sent = 0;
  #broadcasts = 0;
  #received = 0;
  #receivedBroadcasts = 0;
  #receivedRequests = 0;

  constructor(invocation: Invocation<ArpingHost>, options: ArpingOptions, plan: Plan) {
    this.#invocation = invocation;
    this.#options = options;
    this.#plan = plan;
    this.pace = options.count !== null || options.timeout > 0 ? 'fast' : 'real';
  }

  start(): void {
    const { host, namespace, context } = this.#invocation;
    this.#closers.push(host.kernel.tap(namespace, this.#plan.link, (frame) => this.#frame(frame), false));
    // The program looks at the interval first when both end together.
    if (this.#options.timeout > 0)
      this.#closers.push(context.clock.after(this.#options.timeout * SECOND + 1, () => this.#finish()));
    this.#schedule();
    this.#send();
  }

  cancel(): void {
    this.#finish();
  }

  onDone(listener: (exit: Exit) => void): void {
    if (this.#exit === null) this.#listeners.push(listener);
    else listener(this.#exit);
  }

  #schedule(): void {
    const { count, interval } = this.#options;
    if (interval === 0) return;
    const stop = this.#invocation.context.clock.after(interval * SECOND, () => {
      if (this.#exit !== null) return;
      this.#closers.splice(this.#closers.indexOf(stop), 1);
      this.#ticks += 1;
      if (count !== null && this.#ticks >= count) {
        this.#finish();
        return;
      }
      this.#schedule();
      this.#send();
    });
    this.#closers.push(stop);
  }

  #send(): void {
    const { link, source, target } = this.#plan;
    const { host, context } = this.#invocation;
    const { advertise } = this.#options;
    if (!link.up || link.deleted) return;
    const packet = buildArp(
      advertise ? REPLY : REQUEST,
      link.mac,
      source,
      advertise ? link.mac : this.#destination,
      target,
    );
    const frame = frameOf(this.#destination, link.mac, ETHERTYPE.arp, packet);
    this.#lastSent = context.clock.now();
    this.#sent += 1;
    if (!this.#unicasting) this.#broadcasts += 1;
    const net = host.kernel.namespace(this.#invocation.namespace);
    const step = record(
      net,
      link.name,
      {
        kind: 'originated',
        program: 'arping',
        text: `ARP ${advertise ? 'answer' : 'request'} for ${formatIpv4(target)}`,
      },
      frame,
      null,
      [],
      context.recorder,
    );
    host.kernel.transmit(link, frame, step);
  }

  #frame({ direction, octets, link }: CapturedFrame): void {
    if (
      this.#exit !== null ||
      direction !== 'in' ||
      octets.length < HEADER_SIZE + ARP_SIZE ||
      readU16(octets, 12) !== ETHERTYPE.arp
    )
      return;
    const destination = destinationOf(octets);
    const isForUs = destination === link.mac;
    if (!isForUs && !isGroupMac(destination)) return;
    const packet = octets.subarray(HEADER_SIZE);
    const operation = readU16(packet, 6);
    if ((operation !== REQUEST && operation !== REPLY) || readU16(packet, 2) !== ETHERTYPE.ipv4) return;
    const { source, target } = this.#plan;
    const senderMac = readMac(packet, 8);
    const sender = readU32(packet, 14);
    const targetMac = readMac(packet, 18);
    const asked = readU32(packet, 24);
    if (sender !== target) return;
    if (
      this.#options.detectDuplicate
        ? senderMac === link.mac || (source !== 0 && source !== asked)
        : asked !== source || targetMac !== link.mac
    )
      return;
    const forAddress = asked === source ? '' : `for ${formatIpv4(asked)} `;
    const forMac = targetMac === link.mac ? '' : `${forAddress === '' ? 'for ' : ''}[${macText(targetMac)}]`;
    this.#print(
      `${isForUs ? 'Unicast' : 'Broadcast'} ${operation === REPLY ? 'reply' : 'request'} from ${formatIpv4(sender)} [${macText(senderMac)}] ${forAddress}${forMac} ${this.#elapsed()}\n`,
    );
    this.#count(isForUs, operation, senderMac);
  }

  /** Milliseconds are rounded, and their fraction counts from there: half a millisecond too many, as the real one prints it. */
  #elapsed(): string {
    const microseconds = Math.floor((this.#invocation.context.clock.now() - this.#lastSent + 500) / 1000);
    const milliseconds = Math.floor((microseconds + 500) / 1000);
    return `${milliseconds}.${String(microseconds - milliseconds * 1000 + 500).padStart(3, '0')}ms`;
  }

  #count(isForUs: boolean, operation: number, senderMac: bigint): void {
    const { timeout, count, quitOnReply, broadcastOnly } = this.#options;
    this.#received += 1;
    if (timeout > 0 && this.#received === count) {
      this.#finish();
      return;
    }
    if (!isForUs) this.#receivedBroadcasts += 1;
    if (operation === REQUEST) this.#receivedRequests += 1;
    if (quitOnReply) {
      this.#finish();
      return;
    }
    if (broadcastOnly) return;
    this.#destination = senderMac;
    this.#unicasting = true;
  }

  #print(text: string): void {
    if (!this.#options.quiet) this.#invocation.output.out(text);
  }

  #finish(): void {
    if (this.#exit !== null) return;
    for (const close of this.#closers.splice(0)) close();
    const special = [
      this.#receivedRequests > 0 ? `${this.#receivedRequests} request(s)` : '',
      this.#receivedBroadcasts > 0 ? `${this.#receivedBroadcasts} broadcast(s)` : '',
    ].filter((text) => text !== '');
    this.#print(
      `Sent ${this.#sent} probes (${this.#broadcasts} broadcast(s))\nReceived ${this.#received} response(s)${special.length === 0 ? '' : ` (${special.join(', ')})`}\n`,
    );
    this.#exit = { status: this.#hasFailed() ? 1 : 0 };
    for (const listener of this.#listeners.splice(0)) listener(this.#exit);
  }

  #hasFailed(): boolean {
    const { detectDuplicate, unsolicited, timeout, count } = this.#options;
    const answered = this.#received > 0;
    if (detectDuplicate ? answered : !unsolicited && !answered) return true;
    if (unsolicited) return false;
    if (detectDuplicate) return this.#broadcasts === this.#received;
    return timeout > 0 && count === null ? !answered : this.#sent !== this.#received;
  }
}

/** `arping [OPTIONS] DESTINATION`. */
export function arping(invocation: Invocation<ArpingHost>): Exit | RunningProgram {
  const { output, argv, host, namespace } = invocation;
  const parsed = parseArping(argv);
  const made = parsed.ok ? planArping(host.kernel.namespace(namespace), parsed.value, host.resolve4) : parsed;
  if (!made.ok) {
    output[made.error.stream](made.error.text);
    return { status: made.error.status };
  }
  if (!parsed.ok) return { status: 2 };
  output.out(made.value.title);
  if (made.value.source === 0 && parsed.value.source === null && !parsed.value.detectDuplicate) {
    output.err('arping: no source address in not-DAD mode\n');
    return { status: 2 };
  }
  const session = new Arping(invocation, parsed.value, made.value);
  session.start();
  return session;
}
