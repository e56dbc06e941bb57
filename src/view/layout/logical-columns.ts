/** Which column each logical thing stands in: the nearer to the outside, the further to the right. */
import type { DiagramModel } from '../model.ts';

/** Column by id. Switches and routers take odd columns; ports stand left of their switch, localnets right of it. */
export function columnsOf(model: DiagramModel): ReadonlyMap<string, number> {
  const core = model
    .children(null)
    .filter(({ kind }) => kind === 'logical-switch' || kind === 'logical-router');
  const ids = new Set(core.map(({ id }) => id));
  const ownerOf = (id: string): string => {
    const node = model.node(id);
    return node?.kind === 'gateway-port' ? (node.parent ?? id) : id;
  };
  const near = new Map<string, string[]>();
  const outside = new Set<string>();
  const leaves: { readonly leaf: string; readonly at: string; readonly after: boolean }[] = [];
  for (const { kind, from, to } of model.edges) {
    if (kind !== 'logical') continue;
    const a = ownerOf(from);
    const b = ownerOf(to);
    if (ids.has(a) && ids.has(b)) {
      near.set(a, [...(near.get(a) ?? []), b]);
      near.set(b, [...(near.get(b) ?? []), a]);
      continue;
    }
    const [leaf, at] = ids.has(a) ? [b, a] : [a, b];
    const after = model.node(leaf)?.kind === 'localnet';
    if (after) outside.add(at);
    leaves.push({ leaf, at, after });
  }
  const columns = new Map<string, number>();
  for (const part of parts(
    core.map(({ id }) => id),
    near,
  )) {
    const sources = part.filter((id) => outside.has(id));
    const hub = part.toSorted((a, b) => weight(model, near, b) - weight(model, near, a))[0];
    const distance = distances(sources.length > 0 ? sources : hub === undefined ? [] : [hub], near);
    const furthest = Math.max(0, ...distance.values());
    for (const id of part) columns.set(id, 2 * (furthest - (distance.get(id) ?? 0)) + 1);
  }
  for (const { leaf, at, after } of leaves) columns.set(leaf, (columns.get(at) ?? 1) + (after ? 1 : -1));
  return columns;
}

/** Without an outside the thing with most neighbours is the end; a router before a switch. */
const weight = (model: DiagramModel, near: ReadonlyMap<string, readonly string[]>, id: string): number =>
  (near.get(id)?.length ?? 0) * 2 + (model.node(id)?.kind === 'logical-router' ? 1 : 0);

function parts(
  ids: readonly string[],
  near: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] {
  const seen = new Set<string>();
  const found: string[][] = [];
  for (const id of ids) {
    if (seen.has(id)) continue;
    const part: string[] = [];
    const queue = [id];
    seen.add(id);
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      part.push(at);
      for (const other of near.get(at) ?? [])
        if (!seen.has(other)) {
          seen.add(other);
          queue.push(other);
        }
    }
    found.push(part);
  }
  return found;
}

function distances(
  sources: readonly string[],
  near: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, number> {
  const distance = new Map(sources.map((id) => [id, 0]));
  let front = [...sources];
  for (let depth = 1; front.length > 0; depth += 1) {
    const next: string[] = [];
    for (const at of front)
      for (const other of near.get(at) ?? []) {
        if (distance.has(other)) continue;
        distance.set(other, depth);
        next.push(other);
      }
    front = next;
  }
  return distance;
}
