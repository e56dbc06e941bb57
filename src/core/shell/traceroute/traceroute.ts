/** `traceroute` 2.1.2 in simulated time: many probes at once, printed in order as their answers come. */
import { formatIp, parseIp, type IpAddress } from '../../linux/family.ts';
import { probeWay, STRERROR } from '../../linux/index.ts';
import { findLink } from '../../linux/device.ts';
import { ownerOf } from '../../linux/ip4/source-address.ts';
import { ownerOf6 } from '../../linux/ip6/source-address.ts';
import { deferred } from '../deferred.ts';
import { LOOKUP_ERRORS, type Resolver } from '../dns/resolver.ts';
import type { IpHost } from '../ip/host.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { senderOf, type Course, type SendProbe } from './method.ts';
import { parseTraceroute, type TracerouteOptions } from './options.ts';
import { TRACEROUTE_USAGE } from './usage.table.ts';

const VERSION = `Modern traceroute for Linux, version 2.1.2
Copyright (c) 2016  Dmitry Butskoy,   License: GPL v2 or any later
`;

const SECOND = 1e9;
/** Added to a round trip before it is taken as a measure (`DEF_WAIT_PREC`). */
const PRECISION = 0.001 * SECOND;
const HEADER = { 4: 20, 6: 40 } as const;
const DEFAULT_SIZE = { 4: 60, 6: 80 } as const;

interface Probe {
  sentAt: number | null;
  /** Round trip in nanoseconds; null: nothing came. */
  trip: number | null;
  from: bigint | null;
  note: string;
  isDone: boolean;
  isFinal: boolean;
  close: () => void;
}

const newProbe = (): Probe => ({
  sentAt: null,
  trip: null,
  from: null,
  note: '',
  isDone: false,
  isFinal: false,
  close: () => undefined,
});

export interface TracerouteHost extends IpHost {
  /** How the machine finds names; without, it knows `localhost` alone. */
  readonly resolver?: Resolver;
}

class Trace implements RunningProgram {
  readonly pace = 'fast';
  readonly #invocation: Invocation<TracerouteHost>;
  readonly #course: Course;
  readonly #send: SendProbe;
  readonly #probes: Probe[];
  readonly #listeners: ((exit: Exit) => void)[] = [];
  #start: number;
  #end: number;
  #lastSend = -Infinity;
  #cancelTimer: (() => void) | null = null;
  /** Names of addresses that were looked for; null = it has none. */
  readonly #names = new Map<bigint, string | null>();
  #isAsking = false;
  #abandon: () => void = () => undefined;
  #exit: Exit | null = null;

  constructor(invocation: Invocation<TracerouteHost>, course: Course) {
    this.#invocation = invocation;
    this.#course = course;
    this.#send = senderOf(course);
    const { maxHops, queries, firstHop } = course.options;
    this.#probes = Array.from({ length: maxHops * queries }, newProbe);
    this.#start = (firstHop - 1) * queries;
    this.#end = this.#probes.length;
  }

  cancel(): void {
    this.#finish(130);
  }

  onDone(listener: (exit: Exit) => void): void {
    if (this.#exit === null) this.#listeners.push(listener);
    else listener(this.#exit);
  }

  /** Goes over the probes in flight: prints what is known, sends what may be sent, waits for the rest. */
  advance(): void {
    if (this.#exit !== null || this.#isAsking) return;
    const { clock } = this.#invocation.context;
    const { options } = this.#course;
    const now = clock.now();
    let next: number | null = null;
    let flying = 0;
    for (let index = this.#start; index < this.#end && flying < options.simultaneous; index += 1) {
      const probe = this.#probes[index] as Probe;
      if (!probe.isDone && probe.sentAt !== null && now >= probe.sentAt + this.#patience(index))
        this.#done(probe);
      if (probe.isDone) {
        if (index === this.#start) {
          if (!this.#knowsName(probe.from)) return;
          this.#print(index);
          this.#start += 1;
        }
        if (probe.isFinal) this.#end = (Math.floor(index / options.queries) + 1) * options.queries;
        continue;
      }
      if (probe.sentAt === null) {
        if (now - this.#lastSend < options.sendWait) {
          next = this.#lastSend + options.sendWait;
          break;
        }
        if (!this.#launch(index, now)) return;
      }
      const expires = (probe.sentAt ?? now) + this.#patience(index);
      if (next === null || expires < next) next = expires;
      flying += 1;
    }
    if (this.#start >= this.#end) {
      this.#invocation.output.out('\n');
      this.#finish(0);
      return;
    }
    this.#cancelTimer?.();
    this.#cancelTimer = clock.after(Math.max(0, (next ?? now) - now), () => this.advance());
  }

  #launch(index: number, now: number): boolean {
    const probe = this.#probes[index] as Probe;
    const { clock } = this.#invocation.context;
    probe.sentAt = now;
    this.#lastSend = now;
    const hop = Math.floor(index / this.#course.options.queries) + 1;
    const sent = this.#send(index, hop, ({ from, note, isFinal }) => {
      if (probe.isDone) return;
      probe.trip = clock.now() - now;
      probe.from = from;
      probe.note = note;
      probe.isFinal = isFinal;
      this.#done(probe);
      this.#cancelTimer?.();
      this.#cancelTimer = clock.after(0, () => this.advance());
    });
    if (typeof sent === 'string') {
      this.#invocation.output.err(`\n${sent}\n`);
      this.#finish(1);
      return false;
    }
    probe.close = sent.close;
    return true;
  }

  #done(probe: Probe): void {
    probe.isDone = true;
    probe.close();
  }

  /** How long a probe is waited for: by what its own hop or a later one needed. */
  #patience(index: number): number {
    const { options } = this.#course;
    const most = options.wait * SECOND;
    const first = Math.floor(index / options.queries) * options.queries;
    const measure = (from: number, to: number, factor: number): number | null => {
      if (factor === 0) return null;
      for (const { trip } of this.#probes.slice(from, to))
        if (trip !== null) return Math.min((trip + PRECISION) * factor, most);
      return null;
    };
    return (
      measure(first, first + options.queries, options.here) ??
      measure(first + options.queries, this.#probes.length, options.near) ??
      most
    );
  }

  /** Whether the name of an address is known; if not it is looked for, and nothing else is done until then. */
  #knowsName(from: bigint | null): boolean {
    const { options, family } = this.#course;
    const { resolver } = this.#invocation.host;
    if (from === null || options.numeric || resolver === undefined || this.#names.has(from)) return true;
    this.#isAsking = true;
    let isLate = false;
    this.#abandon = resolver.nameOf({ family, address: from }, (name) => {
      this.#names.set(from, name);
      this.#isAsking = false;
      if (isLate) this.advance();
    });
    isLate = true;
    return this.#names.has(from);
  }

  #print(index: number): void {
    const { options, family } = this.#course;
    const { output } = this.#invocation;
    const probe = this.#probes[index] as Probe;
    const inHop = index % options.queries;
    const hop = Math.floor(index / options.queries) + 1;
    let text = inHop === 0 ? `\n${String(hop).padStart(2)} ` : '';
    if (probe.from === null) text += ' *';
    else {
      const before = this.#probes.slice(index - inHop, index).findLast((each) => each.from !== null);
      if (before?.from !== probe.from)
        text += ` ${addressText({ family, address: probe.from }, options, this.#names.get(probe.from) ?? null)}`;
      text += `  ${((probe.trip ?? 0) / 1e6).toFixed(3)} ms`;
    }
    if (probe.note !== '') text += ` ${probe.note}`;
    output.out(text);
  }

  #finish(status: number): void {
    if (this.#exit !== null) return;
    this.#exit = { status };
    this.#cancelTimer?.();
    this.#abandon();
    for (const probe of this.#probes) probe.close();
    for (const listener of this.#listeners) listener(this.#exit);
  }
}

function addressText(
  { family, address }: IpAddress,
  options: TracerouteOptions,
  name: string | null,
): string {
  const text = formatIp(family, address);
  if (options.numeric) return text;
  const isLoopback = address === (family === 4 ? 0x7f000001n : 1n);
  return `${name ?? (isLoopback ? 'localhost' : text)} (${text})`;
}

/** `argv[0]` is the program's name. */
export function traceroute(invocation: Invocation<TracerouteHost>): Exit | RunningProgram {
  const { argv, output, host } = invocation;
  if (argv.length < 2) {
    output.out(TRACEROUTE_USAGE);
    return { status: 0 };
  }
  const parsed = parseTraceroute(argv.slice(1));
  if (!parsed.ok) {
    if (parsed.error.kind !== 'error') {
      output.out(parsed.error.kind === 'help' ? TRACEROUTE_USAGE : VERSION);
      return { status: 0 };
    }
    output.err(parsed.error.text);
    return { status: 2 };
  }
  const options = parsed.value;
  return deferred((go) =>
    findTarget(options, host.resolver, (target) => {
      if (typeof target !== 'string') {
        go(begin(invocation, options, target));
        return;
      }
      const { word, position, argc } = options.host ?? { word: '', position: 1, argc: 1 };
      output.err(
        `${word}: ${target}\nCannot handle "host" cmdline arg \`${word}' on position ${position} (argc ${argc})\n`,
      );
      go({ status: 2 });
    }),
  );
}

function begin(
  invocation: Invocation<TracerouteHost>,
  options: TracerouteOptions,
  { family, address }: IpAddress,
): Exit | RunningProgram {
  const { output, host, context, namespace } = invocation;
  const net = host.kernel.namespace(namespace);
  const size = Math.max(options.size ?? DEFAULT_SIZE[family], HEADER[family] + 8);
  output.out(
    `traceroute to ${options.host?.word ?? ''} (${formatIp(family, address)}), ${options.maxHops} hops max, ${size} byte packets`,
  );
  const fail = (text: string): Exit => {
    output.err(`\n${text}\n`);
    return { status: 1 };
  };
  const device = options.device === null ? null : findLink(net, options.device);
  if (device === undefined) return fail('setsockopt SO_BINDTODEVICE: No such device');
  const source = options.source === null ? undefined : parseIp(options.source);
  if (source !== undefined) {
    const owner = source.family === 4 ? ownerOf(net, Number(source.address)) : ownerOf6(net, source.address);
    if (owner === undefined) return fail('bind: Cannot assign requested address');
  }
  const oif = device?.index ?? 0;
  const way = probeWay(net, { family, destination: address, oif, mark: options.mark, tos: options.tos });
  if (!way.ok) return fail(`connect: ${STRERROR[way.error]}`);
  const trace = new Trace(invocation, {
    kernel: host.kernel,
    net,
    recorder: context.recorder,
    family,
    destination: address,
    source: source?.address ?? 0n,
    oif,
    payloadSize: size - HEADER[family],
    options,
    identity: context.random.fork(`traceroute ${context.clock.now()}`).below(28000),
  });
  trace.advance();
  return trace;
}

/** The address of the target, or why there is none; the answer gives up. IPv4 goes before IPv6. */
function findTarget(
  { host, family }: TracerouteOptions,
  resolver: Resolver | undefined,
  done: (target: IpAddress | string) => void,
): () => void {
  const word = host?.word ?? '';
  const loopback: IpAddress = family === 6 ? { family: 6, address: 1n } : { family: 4, address: 0x7f000001n };
  const known = word === 'localhost' ? loopback : parseIp(word);
  if (known === undefined && resolver !== undefined)
    return resolver.lookUp(word, family, (answer) => {
      if (answer.kind === 'failed') done(LOOKUP_ERRORS[answer.why]);
      else {
        const [first] = answer.addresses;
        const four = answer.addresses.find((one) => one.family === 4);
        done(four ?? first ?? LOOKUP_ERRORS['no-data']);
      }
    });
  const isOther = known !== undefined && family !== null && family !== known.family;
  done(isOther ? 'Address family for hostname not supported' : (known ?? LOOKUP_ERRORS.again));
  return () => undefined;
}
