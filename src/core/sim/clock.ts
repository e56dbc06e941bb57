/** Simulated time: a queue of events in order of (time, order of scheduling), run as far as the caller asks. */
import type { Clock } from '../base/context.ts';

export interface SimClock extends Clock {
  /** Runs every event up to and including `time` (nanoseconds) and leaves the clock there. */
  run(until: number): void;
  /** Runs the next event; false when there is none. */
  step(): boolean;
  /** Time of the next event; undefined when there is none. */
  next(): number | undefined;
  /** Events that wait. */
  readonly pending: number;
}

interface Event {
  readonly time: number;
  readonly sequence: number;
  act: (() => void) | null;
}

const earlier = (a: Event, b: Event): boolean =>
  a.time < b.time || (a.time === b.time && a.sequence < b.sequence);

/** A clock at 0. `wallStart` is what the wall shows then, in milliseconds since 1970. */
export function createClock(wallStart = 1_700_000_000_000): SimClock {
  return new EventClock(wallStart);
}

/** Fewer cancelled events than that are not worth going through all. */
const FEW = 1024;

class EventClock implements SimClock {
  #heap: Event[] = [];
  readonly #wallStart: number;
  #now = 0;
  #sequence = 0;
  #waiting = 0;

  constructor(wallStart: number) {
    this.#wallStart = wallStart;
  }

  now(): number {
    return this.#now;
  }

  wallMs(): number {
    return this.#wallStart + Math.floor(this.#now / 1e6);
  }

  get pending(): number {
    return this.#waiting;
  }

  after(delay: number, act: () => void): () => void {
    const event: Event = { time: this.#now + Math.max(0, Math.round(delay)), sequence: this.#sequence, act };
    this.#sequence += 1;
    this.#waiting += 1;
    this.#push(event);
    return () => {
      if (event.act === null) return;
      this.#waiting -= 1;
      event.act = null;
      this.#forgetCancelled();
    };
  }

  next(): number | undefined {
    this.#skipCancelled();
    return this.#heap[0]?.time;
  }

  step(): boolean {
    this.#skipCancelled();
    const event = this.#pop();
    if (event === undefined) return false;
    this.#now = event.time;
    const act = event.act;
    event.act = null;
    this.#waiting -= 1;
    act?.();
    return true;
  }

  run(until: number): void {
    for (let time = this.next(); time !== undefined && time <= until; time = this.next()) this.step();
    if (until > this.#now) this.#now = until;
  }

  #skipCancelled(): void {
    while (this.#heap.length > 0 && this.#heap[0]?.act === null) this.#pop();
  }

  /** Timers that are set anew again and again leave their old events behind: most of the queue may be nothing else. */
  #forgetCancelled(): void {
    if (this.#heap.length < FEW + 2 * this.#waiting) return;
    const waiting = this.#heap.filter(({ act }) => act !== null);
    this.#heap = [];
    for (const event of waiting) this.#push(event);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as Event;
      if (!earlier(event, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && earlier(right, heap[child] as Event)) child += 1;
      const next = heap[child] as Event;
      if (!earlier(next, last)) break;
      heap[at] = next;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
