/**
 * The queues that ovs-vswitchd makes on a kernel device with `linux-htb`: what it asks of each, what each sent, and how
 * long a packet waits so that neither its queue nor the whole device is quicker than its rate. Each queue goes up to its
 * max-rate in the order of arrival; priorities and who may borrow first are not looked at.
 */
import type { Clock } from '../../base/context.ts';
import { zeroCounter, type PortCounter } from '../bridge/port.ts';
import { TokenBucket } from './token-bucket.ts';

/** What a Port row's QoS says, references resolved; values as they were typed. */
export interface QosConfig {
  readonly type: string;
  readonly other: ReadonlyMap<string, string>;
  readonly queues: ReadonlyMap<number, ReadonlyMap<string, string>>;
}

/** Bytes and bytes a second. */
interface QueueClass {
  readonly minRate: number;
  readonly maxRate: number;
  readonly burst: number;
  readonly priority: number;
}

interface Queue {
  readonly wanted: QueueClass;
  readonly sent: PortCounter;
  readonly bucket: TokenBucket;
  /** Packets that have not left yet. */
  waiting: number;
}

const BITS = 8;
/** What a device is taken for that tells no speed, in Mb/s. */
const DEFAULT_SPEED = 10_000;
/** Room for headers beside the MTU. */
const HEADERS = 64;
/** Packets that wait in one queue at most: the usual txqueuelen. */
const LONGEST_QUEUE = 1000;

/** A bucket that goes on from the one before where that was the same. */
const bucketFor = (rate: number, burst: number, before: TokenBucket | undefined, now: number): TokenBucket =>
  before?.rate === rate && before.size === burst ? before : new TokenBucket(rate, burst, now);

const bytes = (settings: ReadonlyMap<string, string>, key: string): number => {
  const text = settings.get(key) ?? '';
  return /^\d+$/.test(text) ? Math.floor(Number(text) / BITS) : 0;
};

export class HtbQos {
  readonly maxRate: number;
  readonly queues = new Map<number, Queue>();
  /** What all queues share. */
  readonly #whole: TokenBucket;

  /** Takes over the counters and the tokens of queues that were there before. `speed` is in Mb/s, `now` in nanoseconds. */
  constructor(
    { other, queues }: QosConfig,
    { speed, mtu }: { readonly speed: number | null; readonly mtu: number },
    before: HtbQos | null,
    now: number,
  ) {
    this.maxRate = bytes(other, 'max-rate') || Math.floor((speed || DEFAULT_SPEED) / BITS) * 1_000_000;
    this.#whole = bucketFor(this.maxRate, mtu + HEADERS, before ? before.#whole : undefined, now);
    const all = new Map([[0, new Map<string, string>()], ...queues]);
    for (const [id, settings] of [...all].toSorted(([a], [b]) => a - b)) {
      const minRate = Math.min(Math.max(bytes(settings, 'min-rate'), mtu), this.maxRate);
      const wanted: QueueClass = {
        minRate,
        maxRate: Math.min(Math.max(bytes(settings, 'max-rate') || this.maxRate, minRate), this.maxRate),
        burst: Math.max(bytes(settings, 'burst'), mtu + HEADERS),
        priority: Number(/^\d+$/.exec(settings.get('priority') ?? '')?.[0] ?? 0),
      };
      const old = before?.queues.get(id);
      this.queues.set(id, {
        wanted,
        sent: old?.sent ?? zeroCounter(),
        bucket: bucketFor(wanted.maxRate, wanted.burst, old?.bucket, now),
        waiting: 0,
      });
    }
  }

  /**
   * Puts a packet into a queue, or into the default one where there is no such queue. `send` is called when it leaves, at
   * once or by the clock. False when the queue is full.
   */
  enqueue(queue: number, size: number, clock: Clock, send: () => void): boolean {
    const own = this.queues.get(queue) ?? this.queues.get(0);
    if (!own) return false;
    if (own.waiting >= LONGEST_QUEUE) return false;
    const now = clock.now();
    const delay = Math.max(own.bucket.owe(size, now), this.#whole.owe(size, now));
    const leave = (): void => {
      own.sent.packets += 1;
      own.sent.bytes += size;
      send();
    };
    if (delay === 0) {
      leave();
      return true;
    }
    own.waiting += 1;
    clock.after(delay, () => {
      own.waiting -= 1;
      leave();
    });
    return true;
  }
}

/** A queue's settings by name, in bits a second, as the device tells them. */
export function queueDetails({ minRate, maxRate, burst, priority }: QueueClass): ReadonlyMap<string, string> {
  const details = new Map([['min-rate', String(minRate * BITS)]]);
  if (minRate !== maxRate) details.set('max-rate', String(maxRate * BITS));
  details.set('burst', String(burst * BITS));
  if (priority !== 0) details.set('priority', String(priority));
  return details;
}
