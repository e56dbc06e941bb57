/** Where a network that is in several parts is cut: the shortest way from one part to another over what keeps frames from passing. */
import type { Subject } from '../engine/protocol.ts';
import type { Block, Joins } from './l2-joins.ts';

export interface Break {
  readonly subject: Subject;
  /** `vnet9 of hypervisor is down`. */
  readonly text: string;
}

/**
 * What lies between the part `from` and the nearest other of `parts` (keys of domains), from `from` on; empty when nothing
 * in this world would join them even if everything were up.
 */
export function breaksBetween(
  from: string,
  parts: readonly string[],
  { sets, blocks }: Pick<Joins, 'sets' | 'blocks'>,
): readonly Break[] {
  const others = new Set(parts.filter((key) => key !== from));
  const around = new Map<string, { readonly to: string; readonly block: Block }[]>();
  const note = (at: string, to: string, block: Block): void => {
    const list = around.get(at);
    if (list) list.push({ to, block });
    else around.set(at, [{ to, block }]);
  };
  for (const block of blocks) {
    const [a, b] = [sets.find(block.a), sets.find(block.b)];
    if (a === b) continue;
    note(a, b, block);
    note(b, a, block);
  }
  const ways = new Map<string, readonly Block[]>([[from, []]]);
  for (const [at, way] of ways) {
    if (others.has(at)) return uniqueBreaks(way);
    for (const { to, block } of around.get(at) ?? []) if (!ways.has(to)) ways.set(to, [...way, block]);
  }
  return [];
}

function uniqueBreaks(way: readonly Block[]): readonly Break[] {
  const seen = new Map(way.map(({ subject, text }) => [text, { subject, text }]));
  return [...seen.values()];
}
