/** Captures that the page started on interfaces: frames in order, as text or as a file. */
import type { StepId } from '../../core/base/step.ts';
import type { World } from '../../core/sim/index.ts';
import { compileFilter, TcpdumpSession, writePcap, type TcpdumpOptions } from '../../core/wire/index.ts';
import type { CaptureSummary } from '../protocol.ts';
import { Refused } from './refused.ts';

interface Capture {
  readonly id: number;
  readonly host: string;
  readonly namespace: string;
  readonly device: string;
  readonly filter: string;
  readonly frames: { readonly time: number; readonly octets: Uint8Array; readonly step: StepId }[];
  stop: (() => void) | null;
}

/** Letters of tcpdump's options that say how a packet is printed. */
function printOptions(words: readonly string[]): Partial<TcpdumpOptions> {
  const letters = words.filter((word) => /^-[a-zA-Z#]+$/.test(word)).join('');
  const count = (letter: string): number => letters.split(letter).length - 1;
  return {
    linkHeader: count('e') > 0,
    numeric: count('n') > 0,
    verbose: count('v'),
    quick: count('q'),
    timestamp: count('t'),
    hex: count('x'),
    hexAscii: count('X'),
    ascii: count('A'),
    absoluteSequence: count('S') > 0,
    packetNumber: count('#') > 0,
  };
}

export class Captures {
  readonly #world: World;
  readonly #captures: Capture[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  start(ask: {
    readonly host: string;
    readonly namespace: string;
    readonly device: string;
    readonly filter: string;
  }): CaptureSummary {
    const host = this.#world.hosts.get(ask.host);
    if (!host) throw new Refused(`There is no machine ${ask.host}.`);
    const filter = compileFilter(ask.filter);
    if (!filter.ok) throw new Refused(filter.error.message, `column ${filter.error.place?.column ?? 1}`);
    const frames: Capture['frames'] = [];
    // A device shows a frame to its listeners just before it records the step.
    const stop = host.capture(ask.namespace, ask.device, (frame) => {
      if (!filter.value.matches(frame.octets)) return;
      const { recorder } = this.#world;
      recorder.keep(recorder.length);
      frames.push({ time: frame.time, octets: frame.octets, step: recorder.length });
    });
    if (!stop) throw new Refused(`${ask.device}: No such device exists`, ask.host);
    const capture: Capture = { ...ask, id: this.#captures.length + 1, frames, stop };
    this.#captures.push(capture);
    return this.#summary(capture);
  }

  stop(id: number): CaptureSummary {
    const capture = this.#find(id);
    capture.stop?.();
    capture.stop = null;
    return this.#summary(capture);
  }

  list(): CaptureSummary[] {
    return this.#captures.map((capture) => this.#summary(capture));
  }

  /** tcpdump's text; `words` are its options, e.g. `-nne -v`. */
  text(id: number, words: readonly string[]): string {
    const session = new TcpdumpSession(printOptions(words));
    return this.#find(id)
      .frames.map(
        (frame) =>
          session.print({ octets: frame.octets, length: frame.octets.length, time: this.moment(frame.time) })
            .text,
      )
      .join('');
  }

  /** Ids of the steps at which the frames of some captures passed, in order of time, each once. */
  steps(ids: readonly number[]): readonly StepId[] {
    const steps = new Set(ids.flatMap((id) => this.#find(id).frames.map(({ step }) => step)));
    return [...steps].toSorted((a, b) => a - b);
  }

  /** A pcap file. */
  file(id: number): Uint8Array {
    return writePcap(
      this.#find(id).frames.map((frame) => ({ time: this.moment(frame.time), octets: frame.octets })),
    );
  }

  /** A moment of the world as the clock on the wall has it. */
  moment(time: number): { readonly seconds: number; readonly nanoseconds: number } {
    const start = this.#world.clock.wallMs() - Math.floor(this.#world.clock.now() / 1e6);
    const nanoseconds = (start % 1000) * 1e6 + (time % 1e9);
    return {
      seconds: Math.floor(start / 1000) + Math.floor(time / 1e9) + Math.floor(nanoseconds / 1e9),
      nanoseconds: nanoseconds % 1e9,
    };
  }

  #find(id: number): Capture {
    const capture = this.#captures.find((one) => one.id === id);
    if (!capture) throw new Refused(`There is no capture ${id}.`);
    return capture;
  }

  #summary(capture: Capture): CaptureSummary {
    const { id, host, namespace, device, filter } = capture;
    return {
      id,
      host,
      namespace,
      device,
      filter,
      packets: capture.frames.length,
      running: capture.stop !== null,
    };
  }
}
