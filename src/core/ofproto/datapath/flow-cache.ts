/** Megaflows: which packets were treated alike, and how. What `dpctl/dump-flows` shows. */
import type { Flow } from '../../flow/flow.ts';
import { matchKey, matchOfFlow } from '../../flow/match.ts';
import type { TlvMap } from '../../flow/tlv-map.ts';
import { WORD } from '../../flow/words.table.ts';
import type { DpAction, SlowReason } from '../dp-action.ts';
import type { RecirculationPool } from '../bridge/recirculation.ts';
import { FlowCount } from './flow-count.ts';
import type { TunnelOption } from './tunnel-metadata.ts';

/** How packets are treated. */
export interface Treatment {
  readonly actions: readonly DpAction[];
  readonly slow: ReadonlySet<SlowReason>;
  /** Frozen states that the actions refer to, in use as long as the treatment. */
  readonly frozenIds: readonly number[];
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
const LIMIT = 10_000;

/** Bits of a mask that tell megaflows apart: the datapath knows its own ports, not those of a bridge. */
function heldBits(mask: Flow): Flow {
  const held = mask.slice() as Flow;
  held[WORD.inPort] = 0;
  return held;
}

const keyOf = (dpPort: number | null, flow: Flow, held: Flow): string =>
  `${dpPort ?? ''}/${matchKey(matchOfFlow(flow, held))}`;

export class FlowCache {
  private readonly flows = new Map<string, Megaflow>();
  /** The masks that there are, each with the number of megaflows that have it. */
  private readonly masks = new Map<string, { readonly held: Flow; uses: number }>();
  private readonly pool: RecirculationPool;
  readonly count = new FlowCount();
  /** Packets that found an entry, and those that made one. */
  hits = 0;
  misses = 0;

  constructor(pool: RecirculationPool) {
    this.pool = pool;
  }

  /**
   * Notes how a packet was treated. An entry that covers it counts it, even one that looks at less, as long as `isRight`
   * says that it stands; one that does not is expected to be gone then.
   */
  note(
    entry: Omit<Megaflow, 'packets' | 'bytes' | 'used'>,
    bytes: number,
    now: number,
    isRight: (other: Megaflow) => boolean,
  ): void {
    const held = heldBits(entry.mask);
    const key = keyOf(entry.dpPort, entry.flow, held);
    const same = this.flows.get(key);
    const known = same ?? this.covering(entry.flow, entry.dpPort, isRight);
    if (!known) {
      this.misses += 1;
      if (this.flows.size >= LIMIT) this.expire(now);
      this.add(key, held, { ...entry, packets: 0, bytes: 0, used: now, tcpFlags: 0 }, now);
      return;
    }
    this.hits += 1;
    if (same) this.treat(same, entry.treatment);
    else this.release(entry.treatment);
    known.tcpFlags |= entry.tcpFlags;
    known.used = now;
    // The packet that makes an entry is not counted in it.
    known.packets += 1;
    known.bytes += bytes;
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
    const held = heldBits(megaflow.mask);
    const key = keyOf(megaflow.dpPort, megaflow.flow, held);
    if (!this.flows.delete(key)) return;
    this.release(megaflow.treatment);
    const mask = held.join();
    const known = this.masks.get(mask);
    if (known) known.uses -= 1;
    if (known?.uses === 0) this.masks.delete(mask);
    this.count.become(this.flows.size, now);
  }

  private add(key: string, held: Flow, megaflow: Megaflow, now: number): void {
    this.flows.set(key, megaflow);
    const mask = held.join();
    const known = this.masks.get(mask);
    if (known) known.uses += 1;
    else this.masks.set(mask, { held, uses: 1 });
    this.count.become(this.flows.size, now);
  }

  private covering(
    flow: Flow,
    dpPort: number | null,
    isRight: (other: Megaflow) => boolean,
  ): Megaflow | undefined {
    for (const { held } of [...this.masks.values()]) {
      const found = this.flows.get(keyOf(dpPort, flow, held));
      if (found && isRight(found)) return found;
    }
    return undefined;
  }

  private expire(now: number): void {
    for (const flow of [...this.flows.values()]) if (now - flow.used > IDLE) this.remove(flow, now);
  }

  /** The entries that are not idle, oldest first. */
  list(now: number): readonly Megaflow[] {
    this.expire(now);
    return [...this.flows.values()];
  }

  clear(now: number): void {
    for (const flow of [...this.flows.values()]) this.remove(flow, now);
  }
}
