/**
 * What a tunnel runs over where no band is under it: from NIC to NIC over cables, bridges and the machines between, found in
 * the model before anything has a place. Tunnels of a mesh all run to the thing in their midst. Those whose whole way is one
 * Linux bridge of the machine that holds both ends stand over that bridge, side by side.
 */
import type { DiagramEdge, DiagramModel } from '../model.ts';
import { machineOf } from './cables.ts';

/** A thing on the way, and the edge that leads on from it; null where the next thing holds it, or is held by it, and at the end. */
export interface Hop {
  readonly node: string;
  readonly edge: DiagramEdge | null;
}

export interface TunnelRoads {
  /** By the tunnel's id, from its `from` on; of a mesh's to what is in its midst. */
  readonly roads: ReadonlyMap<string, readonly Hop[]>;
  /** By the tunnel's id: the Linux bridge that is its whole way. */
  readonly bars: ReadonlyMap<string, string>;
}

/** Of a mesh with more ends than this only some are asked for its midst. */
const ASKED = 40;

/** Where a tunnel leaves a machine: its NIC and, where that is told, the cable. */
interface Station {
  readonly nic: string;
  readonly cable: string | null;
}

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
  const bars = new Map<string, string>();
  if (loose.length === 0) return { roads, bars };
  const ways = waysOf(model);
  const meshes = new Map<string, { readonly edge: DiagramEdge; readonly start: Station | null }[]>();
  for (const edge of loose) {
    const start = stationOf(model, edge, edge.from);
    if (model.node(edge.to)?.kind === 'fold') {
      const own = { edge, start };
      const ends = meshes.get(edge.to);
      if (ends) ends.push(own);
      else meshes.set(edge.to, [own]);
      continue;
    }
    const end = stationOf(model, edge, edge.to);
    const road = start === null || end === null ? null : between(model, ways, start, end);
    const bar = road && onlyBar(model, road);
    if (bar !== null) bars.set(edge.id, bar);
    else if (road) roads.set(edge.id, road);
  }
  for (const ends of meshes.values()) {
    const starts = ends.flatMap(({ start }) => start ?? []);
    // One picture for the whole mesh.
    if (starts.length < ends.length) continue;
    const midst = midstOf(model, ways, starts);
    if (midst === null) continue;
    const found = starts.map((start) =>
      search(model, ways, start, { nic: midst, cable: null }, [overNic(model, start)]),
    );
    if (found.some((road) => road === null || road.length < 2)) continue;
    const inBar = found.every((road) => road !== null && onlyBar(model, road) === midst);
    ends.forEach(({ edge }, index) =>
      inBar ? bars.set(edge.id, midst) : roads.set(edge.id, found[index] ?? []),
    );
  }
  return { roads, bars };
}

/** The Linux bridge over which a road leads, if that is all there is between the cables of its ends, in one machine. */
function onlyBar(model: DiagramModel, road: readonly Hop[]): string | null {
  const passed = road.filter(({ node }) => model.node(node)?.side === 'inside');
  const [bar] = passed;
  if (!bar || passed.length > 1 || model.node(bar.node)?.kind !== 'linux-bridge') return null;
  const machine = machineOf(model, bar.node);
  return road.every(({ node }) => machineOf(model, node) === machine) ? bar.node : null;
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
function stationOf(model: DiagramModel, { via, cables }: DiagramEdge, end: string): Station | null {
  const machine = machineOver(model, end);
  // Of machines that one plate stands for, the plate is the door.
  const nic =
    via.find((id) => machineOver(model, id) === machine) ?? (model.node(end)?.folds ? end : undefined);
  if (nic === undefined) return null;
  const cable = cables.find((id) => {
    const edge = model.edge(id);
    return edge !== undefined && (edge.from === nic || edge.to === nic);
  });
  return { nic, cable: cable ?? null };
}

/** The machine that a thing is in, which may itself be a guest. */
function machineOver(model: DiagramModel, id: string): string {
  let at = model.node(id);
  while (at && at.kind !== 'machine' && at.kind !== 'container')
    at = at.parent === null ? undefined : model.node(at.parent);
  return at?.id ?? '';
}

const overNic = (model: DiagramModel, { nic }: Station): string => machineOver(model, nic);

/** The shortest way that does not lead through `closed` machines; of equal ones the first in the model's order. */
function search(
  model: DiagramModel,
  ways: Ways,
  start: Station,
  end: Station,
  closed: readonly string[],
): readonly Hop[] | null {
  const from = new Map<string, Origin | null>([[start.nic, null]]);
  const queue = [start.nic];
  for (const at of queue) {
    if (at === end.nic) return unwind(from, at);
    if (at !== start.nic && closed.includes(machineOver(model, at))) continue;
    for (const { node, edge } of ways.get(at) ?? []) {
      // A chip that stands for several NICs has many cables: only the tunnel's own is its way.
      const strays =
        (at === start.nic && start.cable !== null && edge?.id !== start.cable) ||
        (node === end.nic && end.cable !== null && edge?.id !== end.cable);
      if (strays || from.has(node)) continue;
      from.set(node, { before: at, edge });
      queue.push(node);
    }
  }
  return null;
}

const between = (model: DiagramModel, ways: Ways, a: Station, b: Station): readonly Hop[] | null =>
  search(model, ways, a, b, [overNic(model, a), overNic(model, b)]);

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

/** What is nearest to all ends of a mesh together; of equal ones what most lines meet in. */
function midstOf(model: DiagramModel, ways: Ways, stations: readonly Station[]): string | null {
  const asked = stations.slice(0, ASKED);
  const sums = new Map<string, { count: number; sum: number }>();
  for (const station of asked) {
    for (const [node, far] of distances(model, ways, station)) {
      const own = sums.get(node);
      if (own) {
        own.count += 1;
        own.sum += far;
      } else sums.set(node, { count: 1, sum: far });
    }
  }
  let best: string | null = null;
  const rank = (node: string): readonly [number, number] => [
    sums.get(node)?.sum ?? 0,
    -(ways.get(node)?.length ?? 0),
  ];
  const ends = new Set(stations.map(({ nic }) => nic));
  for (const [node, { count }] of sums) {
    if (count < asked.length || ends.has(node)) continue;
    const [sum, lines] = rank(node);
    const [least, most] = best === null ? [Infinity, 0] : rank(best);
    if (sum < least || (sum === least && lines < most)) best = node;
  }
  return best;
}

/** How many hops it is from a station to all that it reaches without going back through its own machine. */
function distances(model: DiagramModel, ways: Ways, { nic, cable }: Station): ReadonlyMap<string, number> {
  const far = new Map([[nic, 0]]);
  const own = machineOver(model, nic);
  for (const [at, hops] of far) {
    if (at !== nic && machineOver(model, at) === own) continue;
    for (const { node, edge } of ways.get(at) ?? [])
      if (!far.has(node) && (at !== nic || cable === null || edge?.id === cable)) far.set(node, hops + 1);
  }
  return far;
}
