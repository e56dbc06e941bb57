/**
 * Machines over the underlay. Up to five stand in one row; more, and those for which a row is too wide, stand in two rows
 * that face each other, the lower one mirrored, so that every NIC looks at the cables between them. The machine that runs the databases is in the middle.
 */
import type { DiagramModel, DiagramNode } from '../model.ts';
import { STRIP_TOP } from './bridge-name.ts';
import { arrangeContainer, rowTopsOf, type Arranged, type ArrangeOptions } from './container.ts';
import { snapEnds } from './ends.ts';
import { barLanesHeight } from './bar-lanes.ts';
import type { Layout, LayoutOptions, LayoutSink, Route } from './layout.ts';
import { bottom, clamp, right, unionOf, type Point, type Rect } from './rect.ts';
import { gapOf, lowerStart, upperStart, widthOf, type RowStart } from './row-starts.ts';
import { layTunnelRoads } from './tunnel-lines.ts';
import { tunnelRoads, type TunnelRoads } from './tunnel-roads.ts';
import { innerLanesHeight, layUnderlay } from './underlay.ts';

const TO_UNDERLAY = { full: 34, compact: 18, low: 18 } as const;
const MOST_IN_A_ROW = { full: 5, compact: 2, low: 10 } as const;

/** The widest gap that is left so that a machine need not move. */
const HOLE = 200;

interface Places {
  readonly pinned: ReadonlyMap<string, Point>;
  /** In the picture before. */
  readonly stood: ReadonlyMap<string, Rect>;
}

interface RowOfMachines {
  readonly machines: readonly DiagramNode[];
  readonly arranged: readonly Arranged[];
  readonly height: number;
  /** Of the machines without their inside. */
  readonly brief: number;
  readonly tops: (machine: Arranged) => ReadonlyMap<number, number>;
}

/** The pane that pictures are looked at in, as `logical.ts` has it. */
const PANE = {
  full: { aspect: 4 / 3, width: 700 },
  compact: { aspect: 1, width: 360 },
  low: { aspect: 3.4, width: 700 },
} as const;
/** How many times larger the picture must be seen for machines to go into the lower row: at first, and when they stand above already. */
const WORTH_A_ROW = { fresh: 1.05, known: 1.5 } as const;

export function layoutMachines(model: DiagramModel, given: LayoutOptions): Layout {
  const options = { ...given, roads: tunnelRoads(model) };
  const size = model.compact ? 'compact' : model.low ? 'low' : 'full';
  const machines = model.children(null).filter(({ kind }) => kind === 'machine' || kind === 'container');
  const most = MOST_IN_A_ROW[size];
  const usual = machines.length <= most ? machines.length : Math.ceil(machines.length / 2);
  const { before, pinned } = options;
  const known = before && machines.some(({ id }) => before.nodes.has(id));
  const stood = known ? machines.filter(({ id }) => !before.flipped.has(id)).length : usual;
  const first = layoutRows(model, options, known ? clamp(stood, 1, usual) : usual);
  const { aspect, width } = PANE[size];
  const paneFor = ({ bounds }: Layout): number => Math.max(width, bounds.width, bounds.height * aspect);
  // A row that is much wider than the pane leaves the room under it empty.
  let best = first;
  const isWide = first.bounds.width > Math.max(width, first.bounds.height * aspect);
  // What the user placed stays in its picture.
  const least = isWide && usual === machines.length && pinned.size === 0 ? usual / 2 : usual;
  for (let upper = usual - 1; upper >= least; upper -= 1) {
    if (upper === stood && known) continue;
    const other = layoutRows(model, { ...options, before: null }, upper);
    if (paneFor(best) > WORTH_A_ROW[known && best === first ? 'known' : 'fresh'] * paneFor(other))
      best = other;
  }
  const upper = machines.filter(({ id }) => !best.flipped.has(id)).length;
  if (paneFor(best) <= width * SAME) return best;
  const shrinks = (paneFor(best) / width) * ROOM_SPARE;
  // As far as the picture is too high for its pane anyway.
  for (const room of ROOMS.filter((_, index) => (ROOMS[index + 1] ?? 1) < shrinks)) {
    const wider = layoutRows(model, options, upper, room);
    if (paneFor(wider) <= paneFor(best) * SAME) return wider;
  }
  return best;
}

/** How much wider than at 100 % names get room in a picture that is seen smaller: in steps, so that a small edit does not move all. */
const ROOMS = [2, 1.5, 1.25] as const;
/** Panes are a little smaller than they are thought to be. */
const ROOM_SPARE = 1.12;
/** Of a picture that is no larger to speak of. */
const SAME = 1.05;

/** `count` machines in the first row, the others in a second one; names get `room` times their width. */
function layoutRows(
  model: DiagramModel,
  { pinned, before, roads }: LayoutOptions & { readonly roads: TunnelRoads },
  count: number,
  room = 1,
): Layout {
  const nodes = new Map<string, Rect>();
  const edges = new Map<string, Route>();
  const sink: LayoutSink = {
    node: (id, rect) => void nodes.set(id, rect),
    edge: (id, points, extra = {}) => void edges.set(id, { points, radius: 10, stops: [], ...extra }),
  };
  const size = model.compact ? 'compact' : model.low ? 'low' : 'full';
  const rows = rowsOf(model, count);
  const order = new Map(rows.flat().map(({ id }, index) => [id, index]));
  const [upper, lower] = rows.map((row) => arrangeRow(model, row, order, room, roads));
  const flipped = new Set<string>();
  const places: Places = { pinned, stood: before?.nodes ?? new Map() };
  const widest = Math.max(...[upper, lower].map((row) => (row ? widthOf(model, row) : 0)));
  if (upper)
    placeRow(model, sink, upper, { ...upperStart(model, upper, widest), y: 0 }, places, false, flipped);
  const machineRects = (): readonly Rect[] => rows.flat().flatMap(({ id }) => nodes.get(id) ?? []);
  const top = Math.max(0, ...machineRects().map(bottom)) + TO_UNDERLAY[size];
  const frameOf = (): { x: number; width: number; top: number; middle: number } => {
    const { x, width } = unionOf(machineRects());
    return { x, width, top, middle: top };
  };
  if (lower) {
    // How high the bands get does not depend on the lower row's y: a first pass far below tells it.
    const far = { node: sink.node, edge: (): void => {} };
    const start = lowerStart(model, nodes, lower, widest, roads);
    placeRow(model, sink, lower, { ...start, y: top + 10_000 }, places, true, flipped);
    const low = layUnderlay(model, far, nodes, frameOf(), roads);
    placeRow(model, sink, lower, { ...start, y: low + TO_UNDERLAY[size] }, places, true, flipped);
  }
  layUnderlay(model, sink, nodes, frameOf(), roads);
  snapEnds(model, nodes, edges);
  layTunnelRoads(model, roads, nodes, edges);
  const all: Rect[] = [...nodes.values()];
  for (const { points } of edges.values())
    for (const { x, y } of points) all.push({ x, y, width: 0, height: 0 });
  return {
    bounds: unionOf(all),
    nodes,
    edges,
    strips: stripsOf(model, nodes),
    mirrored: mirroredBridges(model, rows),
    flipped,
  };
}

function stripsOf(model: DiagramModel, nodes: ReadonlyMap<string, Rect>): ReadonlyMap<string, Rect> {
  const strips = new Map<string, Rect>();
  const inset = model.compact ? 8 : 10;
  for (const { id, kind } of model.nodes) {
    const rect = nodes.get(id);
    if (kind !== 'ovs-bridge' || !rect) continue;
    strips.set(id, {
      x: rect.x + inset,
      y: rect.y + (model.compact ? 24 : STRIP_TOP),
      width: rect.width - 2 * inset,
      height: 20,
    });
  }
  return strips;
}

/** Model order in one or two rows, `count` in the first; machines that run OVN's databases in the middle of the first, unknown ones last. */
function rowsOf(model: DiagramModel, count: number): readonly (readonly DiagramNode[])[] {
  const machines = model.children(null).filter(({ kind }) => kind === 'machine' || kind === 'container');
  const central = machines.filter(({ id }) => model.hostsDatabase(id));
  const rest = machines.filter((machine) => !central.includes(machine));
  const others = [
    ...rest.filter(({ state }) => state !== 'unknown'),
    ...rest.filter(({ state }) => state === 'unknown'),
  ];
  const middle = central.length < others.length;
  if (!middle) {
    const all = [...central, ...others];
    return [all.slice(0, count), all.slice(count)].filter((row) => row.length > 0);
  }
  const first = others.slice(0, count - central.length);
  const half = Math.floor(first.length / 2);
  return [
    [...first.slice(0, half), ...central, ...first.slice(half)],
    others.slice(count - central.length),
  ].filter((row) => row.length > 0);
}

function arrangeRow(
  model: DiagramModel,
  machines: readonly DiagramNode[],
  order: ReadonlyMap<string, number>,
  room: number,
  roads: TunnelRoads,
): RowOfMachines {
  const machineOf = (id: string): number | null => {
    for (let at = model.node(id); at; at = at.parent === null ? undefined : model.node(at.parent)) {
      const index = order.get(at.id);
      if (index !== undefined) return index;
    }
    return null;
  };
  const tunnels = model.edges.filter(({ kind }) => kind === 'tunnel');
  const tubes = new Map<string, number>();
  // Those on one cable lie in one another.
  for (const { id, via } of tunnels)
    for (const nic of new Set(via))
      tubes.set(nic, roads.roads.has(id) ? (tubes.get(nic) ?? 1) : (tubes.get(nic) ?? 0) + 1);
  const cables = new Map<string, number>();
  for (const { segment, from, to } of model.edges)
    if (segment !== null) for (const end of [from, to]) cables.set(end, (cables.get(end) ?? 0) + 1);
  const remotes = new Map<string, number>();
  for (const wire of model.edges) {
    if (wire.kind !== 'wire' || wire.members.length === 0) continue;
    const tunnel = tunnels.find(({ members }) => members.some((member) => wire.members.includes(member)));
    if (!tunnel) continue;
    const far = machineOf(tunnel.from) === machineOf(wire.from) ? tunnel.to : tunnel.from;
    const index = machineOf(far);
    if (index !== null) remotes.set(wire.from, index);
  }
  const hubs = new Set(
    tunnels.flatMap(({ id, to }) => {
      const hub = model.node(to)?.kind === 'fold' ? roads.roads.get(id)?.at(-1)?.node : undefined;
      return hub === undefined ? [] : [hub, model.node(hub)?.parent ?? hub];
    }),
  );
  const arranged = machines.map((machine, index) => {
    const options: ArrangeOptions = {
      model,
      tubesAt: (nic) => tubes.get(nic) ?? 0,
      cablesAt: (chip) => cables.get(chip) ?? 0,
      remoteOrder: (port) => remotes.get(port) ?? null,
      mirrored: isMirrored(index, machines.length),
      tunnelled: tunnels.length > 0,
      innerLanes: (id) => innerLanesHeight(model, id, roads),
      barLanes: (id) => barLanesHeight(model, id, roads),
      meetsIn: (id) => hubs.has(id),
      room,
    };
    return arrangeContainer(machine, options);
  });
  return { machines, arranged, ...commonRows(arranged) };
}

const isMirrored = (index: number, count: number): boolean => index >= count / 2 && count > 1;

function mirroredBridges(
  model: DiagramModel,
  rows: readonly (readonly DiagramNode[])[],
): ReadonlySet<string> {
  const mirrored = new Set<string>();
  for (const row of rows)
    row.forEach(({ id }, index) => {
      if (!isMirrored(index, row.length)) return;
      for (const child of model.children(id)) if (child.kind === 'ovs-bridge') mirrored.add(child.id);
    });
  return mirrored;
}

/** Rows of equal rank on one line in every open machine, and all open ones of one height. */
function commonRows(all: readonly Arranged[]): Pick<RowOfMachines, 'tops' | 'height' | 'brief'> {
  const machines = all.filter(({ node }) => !node.collapsed);
  const brief = Math.max(0, ...all.filter(({ node }) => node.collapsed).map(({ height }) => height));
  const [only] = machines;
  if (!only) return { tops: rowTopsOf, height: brief, brief };
  // One machine alone keeps its own rows.
  if (machines.length === 1) return { tops: rowTopsOf, height: Math.max(brief, only.height), brief };
  const head = Math.max(...machines.map((machine) => machine.head));
  const foot = Math.max(...machines.map((machine) => machine.foot));
  const rows = new Map<number, { gap: number; height: number }>();
  for (const machine of machines)
    for (const { key, gap, height } of machine.rows) {
      const row = rows.get(key) ?? { gap: 0, height: 0 };
      rows.set(key, { gap: Math.max(row.gap, gap), height: Math.max(row.height, height) });
    }
  const tops = new Map<number, number>();
  let y = head;
  const keys = [...rows.keys()].sort((a, b) => b - a);
  keys.forEach((key, index) => {
    const row = rows.get(key);
    if (!row) return;
    y += index === 0 ? 0 : Math.max(row.gap, 12);
    tops.set(key, y);
    y += row.height;
  });
  const common = y + foot;
  return {
    tops: (machine) => (machine.node.collapsed ? rowTopsOf(machine) : tops),
    height: Math.max(brief, common),
    brief,
  };
}

function placeRow(
  model: DiagramModel,
  sink: LayoutSink,
  row: RowOfMachines,
  start: RowStart & Point,
  { pinned, stood }: Places,
  flip: boolean,
  flipped: Set<string>,
): void {
  // Without its inside a machine is low: it stands at the cables.
  const heightOf = ({ node }: Arranged): number => (node.collapsed ? row.brief : row.height);
  const taken = row.arranged.flatMap((inner): Rect[] => {
    const at = pinned.get(inner.node.id);
    return at ? [{ ...at, width: inner.width, height: heightOf(inner) }] : [];
  });
  let { x } = start;
  for (const inner of row.arranged) {
    const { width } = inner;
    const height = heightOf(inner);
    let at = pinned.get(inner.node.id);
    if (!at) {
      // Where it stood, unless that leaves a hole or one before it has grown.
      const old = stood.get(inner.node.id)?.x ?? x;
      const wanted = old >= x && old - x < HOLE ? old : x;
      at = {
        x: freeFrom({ x: wanted, y: start.y, width, height }, taken, gapOf(model)),
        y: flip ? start.y : start.y + row.height - height,
      };
      x = at.x + width + start.gap;
    }
    inner.emit(
      flip ? upsideDown(model, sink, at.y, height, flipped) : sink,
      at.x,
      at.y,
      height,
      row.tops(inner),
    );
  }
}

/** Writes with y mirrored inside a machine, and notes whose head is now at the bottom. */
function upsideDown(
  model: DiagramModel,
  sink: LayoutSink,
  y: number,
  height: number,
  flipped: Set<string>,
): LayoutSink {
  const mirror = (value: number): number => 2 * y + height - value;
  return {
    node: (id, rect) => {
      sink.node(id, { ...rect, y: mirror(rect.y + rect.height) });
      const kind = model.node(id)?.kind;
      if (kind === 'machine' || kind === 'container' || kind === 'namespace' || kind === 'vrf')
        flipped.add(id);
    },
    edge: (id, points, extra) =>
      sink.edge(
        id,
        points.map((point) => ({ x: point.x, y: mirror(point.y) })),
        extra,
      ),
  };
}

/** The first x from `wanted.x` on where nothing pinned is in the way. */
function freeFrom(wanted: Rect, taken: readonly Rect[], gap: number): number {
  let { x } = wanted;
  for (let guard = 0; guard <= taken.length; guard += 1) {
    const hit = taken.find(
      (rect) =>
        rect.x < x + wanted.width + 12 &&
        x < right(rect) + 12 &&
        rect.y < bottom(wanted) &&
        bottom(rect) > wanted.y,
    );
    if (!hit) return x;
    x = right(hit) + gap;
  }
  return x;
}
