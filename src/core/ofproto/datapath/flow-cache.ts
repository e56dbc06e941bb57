/** Megaflows: which packets are treated alike, and how. What decides packets, and `dpctl/dump-flows` shows. */
import type { Flow } from '../../flow/flow.ts';
import type { TlvMap } from '../../flow/tlv-map.ts';
import type { DpAction, SlowReason } from '../dp-action.ts';
import type { RecirculationPool } from '../bridge/recirculation.ts';
import type { PacketStats, Repetition } from '../xlate/repetition.ts';
import { FlowCount } from './flow-count.ts';
import type { Itinerary } from './itinerary.ts';
import { MegaflowMasks } from './megaflow-masks.ts';
import type { TunnelOption } from './tunnel-metadata.ts';

/** How packets are treated. */
export interface Treatment {
  readonly actions: readonly DpAction[];
  readonly slow: ReadonlySet<SlowReason>;
  /** Frozen states that the actions refer to, in use as long as the treatment. */
  readonly frozenIds: readonly number[];
  /** What lets packets do without a translation; null where each needs its own. */
  readonly repetition: Repetition | null;
  /** Where the packet that was translated went, when that was recorded. */
  readonly itinerary: Itinerary | null;
}

export interface Megaflow {
  /** The key of the packet that made it, whole. */
  readonly flow: Flow;
  readonly mask: Flow;
  treatment: Treatment;
  /** Geneve's options as the packet had them, and the names that the bridge had for them. */
  readonly options: readonly TunnelOption[];
  readonly tlv: TlvMap;
  /** It came in through a Geneve tunnel. */
  readonly isGeneve: boolean;
  /** The datapath port that its packets came in through. */
  readonly dpPort: number | null;
  packets: number;
  bytes: number;
  used: number;
  tcpFlags: number;
}

/** Time after which an unused megaflow is forgotten, in nanoseconds. */
const IDLE = 10_000_000_000;
/** As many are held (the limit that ovs-vswitchd begins with); packets beyond them are translated one by one. */
export const FLOW_LIMIT = 10_000;

export class FlowCache {
  /** Oldest first. */
  private readonly flows = new Set<Megaflow>();
  private readonly masks = new MegaflowMasks();
  private readonly pool: RecirculationPool;
  readonly count = new FlowCount();
  /** Packets that found an entry, and those that made one. */
  hits = 0;
  misses = 0;
  /** Packets without an entry that nobody could be asked about. */
  lost = 0;
  /** Somebody looks after the entries: those that are not used go. */
  attended = true;

  constructor(pool: RecirculationPool) {
    this.pool = pool;
  }

  /**
   * Notes how a packet was treated; false when nothing holds the treatment, because there are too many entries. An entry
   * that covers the packet counts it, even one that looks at less, as long as `isRight` says that it stands; one that does
   * not is expected to be gone then.
   */
  note(
    entry: Omit<Megaflow, 'packets' | 'bytes' | 'used'>,
    bytes: number,
    now: number,
    isRight: (other: Megaflow) => boolean,
  ): boolean {
    const isInUse = (other: Megaflow): boolean => !this.forgetIdle(other, now);
    const equal = this.masks.same(entry);
    const same = equal && isInUse(equal) ? equal : undefined;
    const known = same ?? this.masks.covering(entry, (other) => isInUse(other) && isRight(other));
    if (!known) {
      this.misses += 1;
      if (this.flows.size >= FLOW_LIMIT) this.expire(now);
      if (this.flows.size >= FLOW_LIMIT) return false;
      // Written out: a spread would be most of the work here.
      const megaflow: Megaflow = {
        flow: entry.flow,
        mask: this.masks.shared(entry.mask),
        treatment: entry.treatment,
        options: entry.options,
        tlv: entry.tlv,
        isGeneve: entry.isGeneve,
        dpPort: entry.dpPort,
        packets: 0,
        bytes: 0,
        used: now,
        tcpFlags: 0,
      };
      this.flows.add(megaflow);
      this.masks.add(megaflow);
      this.count.become(this.flows.size, now);
      return true;
    }
    // Where the entry stands, the packet is treated as all of the entry's are: what was worked out last holds longest.
    this.treat(known, entry.treatment);
    this.hit(known, { bytes, tcpFlags: entry.tcpFlags }, now);
    return true;
  }

  /** The entry that covers a packet that came in through `dpPort`, whether or not it stands. */
  find(flow: Flow, dpPort: number | null, now: number): Megaflow | undefined {
    return this.masks.covering({ flow, mask: flow, dpPort }, (other) => !this.forgetIdle(other, now));
  }

  /** Counts a packet that found its entry; the one that makes an entry is not counted in it. */
  hit(megaflow: Megaflow, { bytes, tcpFlags }: PacketStats, now: number): void {
    this.hits += 1;
    megaflow.tcpFlags |= tcpFlags;
    megaflow.used = now;
    megaflow.packets += 1;
    megaflow.bytes += bytes;
  }

  /** Changes what an entry does with its packets. */
  treat(megaflow: Megaflow, treatment: Treatment): void {
    this.release(megaflow.treatment);
    megaflow.treatment = treatment;
  }

  /** Ends the use of what a treatment refers to. */
  release({ frozenIds }: Treatment): void {
    for (const id of frozenIds) this.pool.release(id);
  }

  remove(megaflow: Megaflow, now: number): void {
    if (!this.flows.delete(megaflow)) return;
    this.masks.remove(megaflow);
    this.release(megaflow.treatment);
    this.count.become(this.flows.size, now);
  }

  /** Removes an entry that nobody used for long; whether that was so. */
  private forgetIdle(megaflow: Megaflow, now: number): boolean {
    if (!this.attended || now - megaflow.used <= IDLE) return false;
    this.remove(megaflow, now);
    return true;
  }

  private expire(now: number): void {
    for (const flow of [...this.flows]) this.forgetIdle(flow, now);
  }

  /** The entries that are not idle, oldest first. */
  list(now: number): readonly Megaflow[] {
    this.expire(now);
    return [...this.flows];
  }

  clear(now: number): void {
    for (const flow of [...this.flows]) this.remove(flow, now);
  }
}
