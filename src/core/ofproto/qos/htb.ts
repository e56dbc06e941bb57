/**
 * The queues that ovs-vswitchd makes on a kernel device with `linux-htb`: what it asks of each, and what each sent.
 * Nothing is held back: rates are kept and shown only.
 */
import { zeroCounter, type PortCounter } from '../bridge/port.ts';

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
}

const BITS = 8;
/** What a device is taken for that tells no speed, in Mb/s. */
const DEFAULT_SPEED = 10_000;
/** Room for headers beside the MTU. */
const HEADERS = 64;

const bytes = (settings: ReadonlyMap<string, string>, key: string): number => {
  const text = settings.get(key) ?? '';
  return /^\d+$/.test(text) ? Math.floor(Number(text) / BITS) : 0;
};

export class HtbQos {
  readonly maxRate: number;
  readonly queues = new Map<number, Queue>();

  /** Takes over the counters of queues that were there before. `speed` is in Mb/s. */
  constructor(
    { other, queues }: QosConfig,
    { speed, mtu }: { readonly speed: number | null; readonly mtu: number },
    before: HtbQos | null,
  ) {
    this.maxRate = bytes(other, 'max-rate') || Math.floor((speed || DEFAULT_SPEED) / BITS) * 1_000_000;
    const all = new Map([[0, new Map<string, string>()], ...queues]);
    for (const [id, settings] of [...all].toSorted(([a], [b]) => a - b)) {
      const minRate = Math.min(Math.max(bytes(settings, 'min-rate'), mtu), this.maxRate);
      const wanted: QueueClass = {
        minRate,
        maxRate: Math.min(Math.max(bytes(settings, 'max-rate') || this.maxRate, minRate), this.maxRate),
        burst: Math.max(bytes(settings, 'burst'), mtu + HEADERS),
        priority: Number(/^\d+$/.exec(settings.get('priority') ?? '')?.[0] ?? 0),
      };
      this.queues.set(id, { wanted, sent: before?.queues.get(id)?.sent ?? zeroCounter() });
    }
  }

  /** Counts a packet for the queue that it was put into, or for the default one where there is no such queue. */
  count(queue: number, size: number): void {
    const sent = (this.queues.get(queue) ?? this.queues.get(0))?.sent;
    if (!sent) return;
    sent.packets += 1;
    sent.bytes += size;
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
