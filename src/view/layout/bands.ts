/**
 * Which band each box of a long layered picture goes to: the boxes are a forest, walked from the hub of each part, and the
 * walk is cut into pieces of about the same height, where few lines are cut. A leaf stays with what it hangs on.
 */
import type { LayeredEdge, LayeredNode } from './layered.ts';

/** How far from its even place a cut may be, as a part of a band, to lie between branches nearer to the root. */
const LEEWAY = 0.12;

interface Stem {
  readonly node: LayeredNode;
  readonly depth: number;
  /** What it adds to the height of its band. */
  readonly weight: number;
}

/** Band of each node, 0 to `count` - 1. `gap`: between boxes of a column. */
export function bandsOf(
  nodes: readonly LayeredNode[],
  edges: readonly LayeredEdge[],
  count: number,
  gap: number,
): ReadonlyMap<string, number> {
  const near = neighboursOf(nodes, edges);
  const owner = ownersOfLeaves(nodes, near);
  const stems = walk(nodes, near, owner, gap);
  const bands = new Map<string, number>();
  let band = 0;
  const cuts = cutsOf(stems, count);
  stems.forEach(({ node }, at) => {
    while (cuts[band] !== undefined && at >= (cuts[band] ?? 0)) band += 1;
    bands.set(node.id, band);
  });
  gatherHubs(stems, near, bands);
  for (const [leaf, at] of owner) bands.set(leaf, bands.get(at) ?? 0);
  return bands;
}

/** The bands of before; what is new goes where most of its neighbours are. */
export function bandsAsBefore(
  nodes: readonly LayeredNode[],
  edges: readonly LayeredEdge[],
  before: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const near = neighboursOf(nodes, edges);
  const bands = new Map(nodes.flatMap(({ id }) => [[id, before.get(id)] as const]).filter(isPlaced));
  let waiting = nodes.filter(({ id }) => !bands.has(id));
  for (let found = true; found && waiting.length > 0;) {
    found = false;
    for (const { id } of waiting) {
      const most = commonest(
        (near.get(id) ?? []).flatMap((other) => bands.get(other) ?? []),
        0,
      );
      if (most === null) continue;
      bands.set(id, most);
      found = true;
    }
    waiting = waiting.filter(({ id }) => !bands.has(id));
  }
  const last = Math.max(0, ...bands.values());
  for (const { id } of waiting) bands.set(id, last);
  return bands;
}

const isPlaced = (entry: readonly [string, number | undefined]): entry is readonly [string, number] =>
  entry[1] !== undefined;

type Near = ReadonlyMap<string, readonly string[]>;

function neighboursOf(nodes: readonly LayeredNode[], edges: readonly LayeredEdge[]): Near {
  const near = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const { from, to } of edges) {
    if (from === to || !near.has(from) || !near.has(to)) continue;
    near.get(from)?.push(to);
    near.get(to)?.push(from);
  }
  return near;
}

/** What each thing with a single neighbour hangs on; of two that have only one another, the first hangs on the second. */
function ownersOfLeaves(nodes: readonly LayeredNode[], near: Near): ReadonlyMap<string, string> {
  const owner = new Map<string, string>();
  for (const { id } of nodes) {
    const [only, ...others] = new Set(near.get(id));
    if (only !== undefined && others.length === 0 && !owner.has(only)) owner.set(id, only);
  }
  return owner;
}

/** All that is no leaf, branch after branch, each part from the one with most neighbours. */
function walk(
  nodes: readonly LayeredNode[],
  near: Near,
  owner: ReadonlyMap<string, string>,
  gap: number,
): readonly Stem[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const leaves = new Map<string, number>();
  for (const [leaf, at] of owner) leaves.set(at, (leaves.get(at) ?? 0) + (byId.get(leaf)?.height ?? 0) + gap);
  const core = nodes.filter(({ id }) => !owner.has(id));
  const depths = new Map<string, number>();
  const children = new Map<string, LayeredNode[]>();
  const spread = (root: LayeredNode): void => {
    depths.set(root.id, 0);
    const queue = [root];
    for (const at of queue)
      for (const id of near.get(at.id) ?? []) {
        const other = byId.get(id);
        if (!other || owner.has(id) || depths.has(id)) continue;
        depths.set(id, (depths.get(at.id) ?? 0) + 1);
        const own = children.get(at.id);
        if (own) own.push(other);
        else children.set(at.id, [other]);
        queue.push(other);
      }
  };
  const degrees = new Map(
    core.map(({ id }) => [id, near.get(id)?.filter((other) => !owner.has(other)).length ?? 0]),
  );
  const degree = ({ id }: LayeredNode): number => degrees.get(id) ?? 0;
  const roots: LayeredNode[] = [];
  for (const node of core.toSorted((a, b) => degree(b) - degree(a)))
    if (!depths.has(node.id)) {
      roots.push(node);
      spread(node);
    }
  const stems: Stem[] = [];
  const stack = roots.toReversed();
  for (let node = stack.pop(); node; node = stack.pop()) {
    const below = children.get(node.id) ?? [];
    stems.push({
      node,
      depth: depths.get(node.id) ?? 0,
      weight: Math.max(leaves.get(node.id) ?? 0, below.length > 0 ? 0 : node.height + gap),
    });
    stack.push(...below.toReversed());
  }
  return stems;
}

/** Indexes of the first stems of the second band, the third and so on. */
function cutsOf(stems: readonly Stem[], count: number): readonly number[] {
  const total = stems.reduce((sum, { weight }) => sum + weight, 0);
  const cuts: number[] = [];
  let sum = 0;
  const starts = stems.map(({ weight }) => {
    const start = sum;
    sum += weight;
    return start;
  });
  for (let band = 1; band < count; band += 1) {
    const want = (band * total) / count;
    const off = (at: number): number => Math.abs((starts[at] ?? 0) - want);
    let best = -1;
    for (let at = (cuts.at(-1) ?? 0) + 1; at < stems.length; at += 1) {
      if ((starts[at] ?? 0) < want - (LEEWAY * total) / count) continue;
      const better =
        best < 0 ||
        (off(at) <= (LEEWAY * total) / count &&
          ((stems[at]?.depth ?? 0) < (stems[best]?.depth ?? 0) ||
            (stems[at]?.depth === stems[best]?.depth && off(at) < off(best))));
      if (better) best = at;
      if ((starts[at] ?? 0) > want + (LEEWAY * total) / count) break;
    }
    if (best >= 0) cuts.push(best);
  }
  return cuts;
}

/** What takes no height of its own goes to the band that most of its neighbours are in, among equals the one nearest to the middle. */
function gatherHubs(stems: readonly Stem[], near: Near, bands: Map<string, number>): void {
  const middle = Math.max(0, ...bands.values()) / 2;
  for (const { node, weight } of stems.toReversed()) {
    if (weight > 0) continue;
    const most = commonest(
      (near.get(node.id) ?? []).flatMap((id) => bands.get(id) ?? []),
      middle,
    );
    if (most !== null) bands.set(node.id, most);
  }
}

function commonest(bands: readonly number[], near: number): number | null {
  const counts = new Map<number, number>();
  for (const band of bands) counts.set(band, (counts.get(band) ?? 0) + 1);
  const [first] = [...counts].toSorted(
    ([a, countA], [b, countB]) => countB - countA || Math.abs(a - near) - Math.abs(b - near) || a - b,
  );
  return first?.[0] ?? null;
}
