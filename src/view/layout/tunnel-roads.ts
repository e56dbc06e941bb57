/**
 * What a tunnel runs over where no band is under it: from NIC to NIC over cables, bridges and the machines between, found in
 * the model before anything has a place. Tunnels of a mesh all run to the thing in their midst.
 */
import type { DiagramEdge, DiagramModel } from '../model.ts';

/** A thing on the way, and the edge that leads on from it; null where the next thing holds it, or is held by it, and at the end. */
export interface Hop {
  readonly node: string;
  readonly edge: DiagramEdge | null;
}

/** By the tunnel's id, from its `from` on; of a mesh's to what is in its midst. */
export type TunnelRoads = ReadonlyMap<string, readonly Hop[]>;

/** Of a mesh with more ends than this only some are asked for its midst. */
const ASKED = 40;

export function tunnelRoads(model: DiagramModel): TunnelRoads {
  const bands = new Set(
    model
      .children(null)
      .filter(({ kind }) => kind === 'segment')
      .map(({ id }) => id),
  );
  const loose = model.edges.filter(
    ({ kind, segment }) =>
      kind === 'tunnel' && !(segment !== null && bands.has(`segment:${encodeURIComponent(segment)}`)),
  );
  const roads = new Map<string, readonly Hop[]>();
  if (loose.length === 0) return roads;
  const ways = waysOf(model);
  const meshes = new Map<string, { readonly edge: DiagramEdge; readonly start: string }[]>();
  for (const edge of loose) {
    const start = stationOf(model, edge, edge.from);
    if (start === null) continue;
    if (model.node(edge.to)?.kind === 'fold') {
      meshes.set(edge.to, [...(meshes.get(edge.to) ?? []), { edge, start }]);
      continue;
    }
    const end = stationOf(model, edge, edge.to);
    const road = end === null ? null : between(model, ways, start, end);
    if (road) roads.set(edge.id, road);
  }
  for (const ends of meshes.values()) {
    const midst = midstOf(
      model,
      ways,
      ends.map(({ start }) => start),
    );
    if (midst === null) continue;
    const found = ends.map(({ start }) => search(model, ways, start, midst, [machineOver(model, start)]));
    // One picture for the whole mesh.
    if (found.some((road) => road === null || road.length < 2)) continue;
    ends.forEach(({ edge }, index) => roads.set(edge.id, found[index] ?? []));
  }
  return roads;
}

type Ways = ReadonlyMap<string, readonly Hop[]>;

/** Ways out of each thing; the hop's node is where it leads. */
function waysOf(model: DiagramModel): Ways {
  const ways = new Map<string, Hop[]>();
  const add = (from: string, hop: Hop): void => {
    const list = ways.get(from);
    if (list) list.push(hop);
    else ways.set(from, [hop]);
  };
  const join = (a: string, b: string, edge: DiagramEdge | null): void => {
    add(a, { node: b, edge });
    add(b, { node: a, edge });
  };
  for (const edge of model.edges) {
    const { kind, from, to, members } = edge;
    const carries = kind !== 'tunnel' && kind !== 'stem' && kind !== 'control' && kind !== 'bgp';
    if (carries && members.length === 0) join(from, to, edge);
  }
  for (const { id, parent, side } of model.nodes) {
    const holder = parent === null ? undefined : model.node(parent);
    if (!holder) continue;
    const bridge = holder.kind === 'linux-bridge' || holder.kind === 'ovs-bridge';
    if (bridge || (holder.collapsed && side !== 'inside')) join(id, holder.id, null);
  }
  return ways;
}

/** The NIC by which a tunnel leaves the machine that holds `end`. */
function stationOf(model: DiagramModel, { via }: DiagramEdge, end: string): string | null {
  const machine = machineOver(model, end);
  return via.find((id) => machineOver(model, id) === machine) ?? null;
}

/** The machine that a thing is in, which may itself be a guest. */
function machineOver(model: DiagramModel, id: string): string {
  let at = model.node(id);
  while (at && at.kind !== 'machine' && at.kind !== 'container')
    at = at.parent === null ? undefined : model.node(at.parent);
  return at?.id ?? '';
}

/** The shortest way that does not lead through `closed` machines; of equal ones the first in the model's order. */
function search(
  model: DiagramModel,
  ways: Ways,
  start: string,
  end: string,
  closed: readonly string[],
): readonly Hop[] | null {
  const from = new Map<string, Origin | null>([[start, null]]);
  const queue = [start];
  for (const at of queue) {
    if (at === end) return unwind(from, at);
    if (at !== start && closed.includes(machineOver(model, at))) continue;
    for (const { node, edge } of ways.get(at) ?? []) {
      if (from.has(node)) continue;
      from.set(node, { before: at, edge });
      queue.push(node);
    }
  }
  return null;
}

const between = (model: DiagramModel, ways: Ways, a: string, b: string): readonly Hop[] | null =>
  search(model, ways, a, b, [machineOver(model, a), machineOver(model, b)]);

interface Origin {
  readonly before: string;
  readonly edge: DiagramEdge | null;
}

function unwind(from: ReadonlyMap<string, Origin | null>, end: string): readonly Hop[] {
  const hops: Hop[] = [{ node: end, edge: null }];
  for (let step = from.get(end); step; step = from.get(step.before))
    hops.unshift({ node: step.before, edge: step.edge });
  return hops;
}

/** What all ends of a mesh are nearest to, on the way between the first of them and another. */
function midstOf(model: DiagramModel, ways: Ways, stations: readonly string[]): string | null {
  const [first, ...others] = stations.slice(0, ASKED);
  if (first === undefined) return null;
  const counts = new Map<string, number>();
  let all = 0;
  for (const other of others) {
    const road = between(model, ways, first, other);
    if (!road) return null;
    all += 1;
    for (const { node } of road.slice(1, -1)) counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  const [midst] = [...counts].toSorted((a, b) => b[1] - a[1]);
  return midst && midst[1] === all ? midst[0] : null;
}
