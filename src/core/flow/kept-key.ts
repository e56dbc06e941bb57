/** Packet keys kept for later questions: most words of a key are zero, so only the others are kept. */
import { createFlow, type Flow } from './flow.ts';

/** [word, value] after [word, value]. */
export type KeptKey = Uint32Array;

export function keepKey(flow: Flow): KeptKey {
  let count = 0;
  for (let at = 0; at < flow.length; at += 1) if (flow[at] !== 0) count += 1;
  const kept = new Uint32Array(2 * count);
  let to = 0;
  for (let at = 0; at < flow.length; at += 1) {
    const value = flow[at] as number;
    if (value === 0) continue;
    kept[to] = at;
    kept[to + 1] = value;
    to += 2;
  }
  return kept;
}

export function keyOf(kept: KeptKey): Flow {
  const flow = createFlow();
  for (let at = 0; at < kept.length; at += 2) flow[kept[at] as number] = kept[at + 1] as number;
  return flow;
}
