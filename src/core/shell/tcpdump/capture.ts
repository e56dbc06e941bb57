/** A capture on a device of the machine, or on all of them, until it is stopped. */
import type { LinkListener, Namespace } from '../../linux/namespace.ts';
import type { CapturedFrame, Link } from '../../linux/index.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { toCooked } from './cooked.ts';
import type { Matcher } from './expression.ts';
import type { TcpdumpHost } from './host.ts';
import type { LinkType } from './link-type.ts';
import type { CaptureOptions } from './options.ts';
import { Sink } from './sink.ts';

export interface CapturePlan {
  /** Null: all devices. */
  readonly link: Link | null;
  readonly type: LinkType;
  readonly snapLength: number;
  readonly matches: Matcher;
}

const plural = (count: number): string => `${count} packet${count === 1 ? '' : 's'}`;

export class Capture implements RunningProgram {
  readonly pace = 'listen';
  readonly #invocation: Invocation<TcpdumpHost>;
  readonly #options: CaptureOptions;
  readonly #plan: CapturePlan;
  readonly #sink: Sink;
  readonly #closers: (() => void)[] = [];
  readonly #listeners: ((exit: Exit) => void)[] = [];
  /** What the filter let through, also what is then not shown. */
  #passed = 0;
  #exit: Exit | null = null;

  constructor(invocation: Invocation<TcpdumpHost>, options: CaptureOptions, plan: CapturePlan) {
    this.#invocation = invocation;
    this.#options = options;
    this.#plan = plan;
    const { host, namespace, output } = invocation;
    const net = host.kernel.namespace(namespace);
    this.#sink = new Sink(
      options,
      output,
      host,
      plan.type,
      plan.snapLength,
      (ifindex) => net.links.get(ifindex)?.name,
      () => Math.floor(invocation.context.clock.wallMs() / 1000),
    );
    this.#closers.push(
      host.kernel.tap(namespace, plan.link, (frame) => this.#frame(frame), options.promiscuous),
    );
    this.#closers.push(this.#watch(net));
  }

  onDone(listener: (exit: Exit) => void): void {
    if (this.#exit !== null) listener(this.#exit);
    else this.#listeners.push(listener);
  }

  cancel(): void {
    if (this.#exit !== null) return;
    if (this.#options.write === null) this.#invocation.output.out('\n');
    this.#finish(0);
  }

  /** Ends when the device goes away. */
  #watch(net: Namespace): () => void {
    const { linkListeners } = net.machine;
    const listener: LinkListener = (_net, link, change) => {
      if (change !== 'unregister' || link !== this.#plan.link || this.#exit !== null) return;
      this.#invocation.output.err('tcpdump: pcap_loop: The interface disappeared\n');
      this.#finish(1);
    };
    linkListeners.push(listener);
    return () => void linkListeners.splice(linkListeners.indexOf(listener), 1);
  }

  #frame(frame: CapturedFrame): void {
    const { direction, count } = this.#options;
    if (this.#exit !== null || (direction !== 'inout' && direction !== frame.direction)) return;
    const { type, snapLength, matches } = this.#plan;
    const octets = type.cooked === null ? frame.octets : toCooked(type.cooked, frame);
    if (
      !matches({
        octets,
        length: octets.length,
        outgoing: frame.direction === 'out',
        ifindex: frame.link.index,
      })
    )
      return;
    this.#passed += 1;
    // What the loopback device sends comes in there at once.
    if (frame.link.kind === 'lo' && frame.direction === 'out') return;
    const { clock } = this.#invocation.context;
    const wall = clock.wallMs();
    const goesOn = this.#sink.take({
      octets: octets.length > snapLength ? octets.slice(0, snapLength) : octets,
      length: octets.length,
      time: { seconds: Math.floor(wall / 1000), nanoseconds: (wall % 1000) * 1e6 + (clock.now() % 1e6) },
    });
    if (!goesOn) {
      this.#invocation.output.err(`Maximum file limit reached: ${this.#options.rotation.files ?? 0}\n`);
      this.#finish(0);
    } else if (count !== null && this.#sink.count >= count) this.#finish(0);
  }

  #finish(status: number): void {
    if (this.#exit !== null) return;
    this.#exit = { status };
    for (const close of this.#closers) close();
    this.#sink.flush();
    this.#invocation.output.err(
      `${plural(this.#sink.count)} captured\n${plural(this.#passed)} received by filter\n0 packets dropped by kernel\n`,
    );
    for (const listener of this.#listeners.splice(0)) listener(this.#exit);
  }
}
