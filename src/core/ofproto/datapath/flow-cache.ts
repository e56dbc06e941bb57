/** Megaflows: which packets were treated alike, and how. What `dpctl/dump-flows` shows. */
import type { Flow } from '../../flow/flow.ts';
import { matchKey, matchOfFlow } from '../../flow/match.ts';
import type { DpAction, SlowReason } from '../dp-action.ts';
import type { RecirculationPool } from '../bridge/recirculation.ts';

export interface Megaflow {
  readonly flow: Flow;
  readonly mask: Flow;
  actions: readonly DpAction[];
  slow: ReadonlySet<SlowReason>;
  frozenIds: readonly number[];
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

export class FlowCache {
  private readonly flows = new Map<string, Megaflow>();
  private readonly pool: RecirculationPool;
  /** Packets that found an entry, and those that made one. */
  hits = 0;
  misses = 0;

  constructor(pool: RecirculationPool) {
    this.pool = pool;
  }

  /** Notes how a packet was treated. The ids in `frozenIds` stay in use as long as the entry. */
  note(entry: Omit<Megaflow, 'packets' | 'bytes' | 'used'>, bytes: number, now: number): void {
    const key = `${entry.dpPort ?? ''}/${matchKey(matchOfFlow(entry.flow, entry.mask))}`;
    const known = this.flows.get(key);
    if (known) this.hits += 1;
    else this.misses += 1;
    if (!known) {
      if (this.flows.size >= LIMIT) this.expire(now);
      this.flows.set(key, { ...entry, packets: 0, bytes: 0, used: now, tcpFlags: 0 });
      return;
    }
    for (const id of known.frozenIds) this.pool.release(id);
    known.actions = entry.actions;
    known.slow = entry.slow;
    known.frozenIds = entry.frozenIds;
    known.tcpFlags |= entry.tcpFlags;
    known.used = now;
    // The packet that makes an entry is not counted in it.
    known.packets += 1;
    known.bytes += bytes;
  }

  private expire(now: number): void {
    for (const [key, flow] of this.flows) {
      if (now - flow.used < IDLE) continue;
      for (const id of flow.frozenIds) this.pool.release(id);
      this.flows.delete(key);
    }
  }

  list(now: number): readonly Megaflow[] {
    this.expire(now);
    return [...this.flows.values()];
  }

  clear(): void {
    for (const flow of this.flows.values()) for (const id of flow.frozenIds) this.pool.release(id);
    this.flows.clear();
  }
}
