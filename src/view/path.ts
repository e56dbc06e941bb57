/** The pieces of a journey: which nodes and edges of the diagram its steps lead over, branch by branch. */
import type { Step } from '../core/base/step.ts';
import type { DiagramEdge, DiagramModel } from './model.ts';
import type { RoadMap } from './road.ts';
import type { RunTree } from './run-tree.ts';
import { idsOfStep } from './step-subjects.ts';
import { subjectId } from './subject-id.ts';

/** A piece of the road: a node that was entered or an edge that was taken, and the index of the step that did so. */
export type PathPiece =
  | { readonly kind: 'node'; readonly node: string; readonly step: number }
  /** `from` and `to` are the ends in the direction of travel: nodes, which for a tunnel may be NICs on its way. */
  | {
      readonly kind: 'edge';
      readonly edge: string;
      readonly from: string;
      readonly to: string;
      readonly step: number;
    };

export interface Paths {
  readonly branches: readonly (readonly PathPiece[])[];
  /** The node at which the packet is after a step; null while it is nowhere in the picture. */
  readonly placeOf: (index: number) => string | null;
  /** The piece on which a step sends the packet off, if the next step is elsewhere. */
  readonly leavingBy: (index: number) => Extract<PathPiece, { kind: 'edge' }> | null;
  /** Tubes in use: edge id to the index of the step that encapsulated. */
  readonly tubes: ReadonlyMap<string, number>;
}

interface State {
  readonly node: string | null;
  readonly tube: DiagramEdge | null;
}

export function tracePaths(
  model: DiagramModel,
  road: RoadMap,
  tree: RunTree,
  members: readonly number[],
): Paths {
  const states = new Map<number, State>();
  const laid = new Map<number, readonly PathPiece[]>();
  const tubes = new Map<string, number>();
  const inside = new Set(members);
  for (const index of members) {
    const step = tree.steps[index];
    if (!step) continue;
    const before = inside.has(tree.parentOf(index)) ? (states.get(tree.parentOf(index)) ?? start) : start;
    const moved = advance(model, road, tree, index, before);
    if (moved.state.tube && step.what.kind === 'encapsulated') tubes.set(moved.state.tube.id, index);
    states.set(index, moved.state);
    laid.set(index, moved.pieces);
  }
  const childrenOf = (index: number): readonly number[] =>
    tree.childrenOf(index).filter((child) => inside.has(child));
  const firstEdge = (index: number): Extract<PathPiece, { kind: 'edge' }> | null => {
    for (const child of childrenOf(index)) {
      const found = (laid.get(child) ?? []).find((piece) => piece.kind === 'edge') ?? firstEdge(child);
      if (found?.kind === 'edge') return found;
    }
    return null;
  };
  return {
    branches: collect(members[0] ?? -1, childrenOf, (index) => laid.get(index) ?? []),
    placeOf: (index) => {
      const step = tree.steps[index];
      return step && isElsewhere(model, step) ? null : (states.get(index)?.node ?? null);
    },
    leavingBy: firstEdge,
    tubes,
  };
}

/** On a machine that the lens leaves out whole: between routers there is no picture of it, so it is not shown at the last of them. */
const isElsewhere = (model: DiagramModel, { where }: Step): boolean =>
  model.lens === 'routing' && !model.drawn(subjectId({ kind: 'host', host: where.host }));

const start: State = { node: null, tube: null };

/** Pieces in order, one list a branch; a branch begins with the node at which it parts from the one before. */
function collect(
  root: number,
  childrenOf: (index: number) => readonly number[],
  piecesOf: (index: number) => readonly PathPiece[],
): readonly (readonly PathPiece[])[] {
  const branches: PathPiece[][] = [];
  const leads = leadingSteps(root, childrenOf, piecesOf);
  const stack: {
    readonly index: number;
    readonly branch: PathPiece[] | null;
    readonly at: PathPiece | null;
  }[] = [{ index: root, branch: null, at: null }];
  while (stack.length > 0) {
    const top = stack.pop();
    if (!top || top.index < 0) continue;
    let { branch } = top;
    let at = top.at;
    const pieces = piecesOf(top.index);
    if (pieces.length > 0) {
      if (!branch) {
        branch = at ? [at] : [];
        branches.push(branch);
      }
      branch.push(...pieces);
      at = pieces.findLast(({ kind }) => kind === 'node') ?? at;
    }
    // The first child that leads anywhere goes on with the branch, so it must be on top of the stack.
    const children = childrenOf(top.index).filter((child) => leads.has(child));
    for (let place = children.length - 1; place >= 0; place -= 1)
      stack.push({ index: children[place] ?? -1, branch: place === 0 ? branch : null, at });
  }
  return branches;
}

/** Steps that move the packet or have one under them that does. */
function leadingSteps(
  root: number,
  childrenOf: (index: number) => readonly number[],
  piecesOf: (index: number) => readonly PathPiece[],
): ReadonlySet<number> {
  const order: number[] = [];
  const open = [root];
  for (let at = open.pop(); at !== undefined && at >= 0; at = open.pop()) {
    order.push(at);
    open.push(...childrenOf(at));
  }
  const leads = new Set<number>();
  for (const index of order.toReversed())
    if (piecesOf(index).length > 0 || childrenOf(index).some((child) => leads.has(child))) leads.add(index);
  return leads;
}

interface Advance {
  readonly state: State;
  readonly pieces: readonly PathPiece[];
}

function advance(model: DiagramModel, road: RoadMap, tree: RunTree, index: number, before: State): Advance {
  const step = tree.steps[index];
  if (!step) return { state: before, pieces: [] };
  const places = placesOf(model, tree, index);
  if (step.what.kind === 'encapsulated') {
    const tube = tubeFor(model, road, step);
    if (tube) {
      const end = nearEnd(model, tube, step.where.host);
      const first = go(road, before, end, index);
      return { state: { node: first.node, tube }, pieces: first.pieces };
    }
  }
  if (before.tube && before.node !== null)
    return advanceInTube(
      model,
      road,
      step,
      index,
      { node: before.node, tube: before.tube },
      places.at(-1) ?? null,
    );
  const pieces: PathPiece[] = [];
  let { node } = before;
  // Where the packet stands already, it need not enter again.
  for (const place of places.at(-1) === node ? [] : places) {
    const moved = go(road, { node, tube: null }, place, index);
    pieces.push(...moved.pieces);
    node = moved.node;
  }
  return { state: { node, tube: null }, pieces };
}

/** What a step leads over, in order; the last one is where it is. */
function placesOf(model: DiagramModel, tree: RunTree, index: number): readonly string[] {
  const step = tree.steps[index];
  if (!step) return [];
  const { where, what } = step;
  const shown = (id: string | null): readonly string[] => {
    const node = id === null ? undefined : model.drawn(id);
    return node && (node.collapsed || !isMachine(node)) ? [node.id] : [];
  };
  const bridge = where.bridge;
  if (where.table !== undefined && bridge !== undefined && model.lens !== 'logical') {
    // A table is in its bridge; the device that the step names is the port by which the packet came in.
    const port =
      where.device === undefined
        ? null
        : subjectId({ kind: 'port', host: where.host, bridge, port: where.device });
    return [...shown(port), ...shown(subjectId({ kind: 'bridge', host: where.host, bridge }))];
  }
  const own = drawnPlace(model, step);
  if (what.kind !== 'output') return own === null ? [] : [own];
  // The kernel's tunnel device serves many ports: which one it was shows where the packet is going.
  const tunnel = tunnelUnder(model, tree, index);
  return [...shown(tunnel), ...(own === null ? [] : [own])];
}

const isMachine = ({ kind }: { readonly kind: string }): boolean =>
  kind === 'machine' || kind === 'container';

/** The port of the tunnel that a step's packet is put into next, if it is. */
function tunnelUnder(model: DiagramModel, tree: RunTree, index: number): string | null {
  let at: number | undefined = index;
  for (let guard = 0; at !== undefined && guard < 6; guard += 1) {
    const step: Step | undefined = tree.steps[at];
    if (step?.what.kind === 'encapsulated') return model.tunnelFrom(step.where.host, step.what)?.port ?? null;
    at = tree.childrenOf(at)[0];
  }
  return null;
}

function advanceInTube(
  model: DiagramModel,
  road: RoadMap,
  step: Step,
  index: number,
  before: { readonly node: string; readonly tube: DiagramEdge },
  target: string | null,
): Advance {
  const { tube } = before;
  const stations = [tube.from, ...tube.via, tube.to];
  const along = (to: string): readonly PathPiece[] =>
    to === before.node
      ? []
      : [
          { kind: 'edge', edge: tube.id, from: before.node, to, step: index },
          { kind: 'node', node: to, step: index },
        ];
  if (step.what.kind === 'decapsulated') {
    const end = nearEnd(model, tube, step.where.host);
    const pieces = along(end);
    const rest = go(road, { node: end, tube: null }, target, index);
    return { state: { node: rest.node, tube: null }, pieces: [...pieces, ...rest.pieces] };
  }
  if (target !== null && stations.includes(target))
    return { state: { node: target, tube }, pieces: along(target) };
  if (step.what.kind === 'dropped' && target !== null) {
    const moved = go(road, { node: before.node, tube: null }, target, index);
    return { state: { node: moved.node, tube }, pieces: moved.pieces };
  }
  // The cable under the tube: shown as the tube.
  return { state: before, pieces: [] };
}

/** The tube's end on a machine; for the far machine, if it is drawn as a tile, the tile. */
function nearEnd(model: DiagramModel, tube: DiagramEdge, host: string): string {
  const id = subjectId({ kind: 'host', host });
  const within = (node: string): boolean => {
    for (let at: string | null = node; at !== null; at = model.node(at)?.parent ?? null)
      if (at === id) return true;
    return false;
  };
  return within(tube.to) && !within(tube.from) ? tube.to : tube.from;
}

function tubeFor(model: DiagramModel, road: RoadMap, { where, what }: Step): DiagramEdge | null {
  if (what.kind !== 'encapsulated') return null;
  const tunnel = model.tunnelFrom(where.host, what);
  return tunnel === null ? null : (road.tubeOf(tunnel.id) ?? null);
}

/** OVN keeps the datapath in the metadata: a step that sets it takes the packet to another switch or router. */
function datapathIn({ what }: Step): number | null {
  if (what.kind !== 'table' && what.kind !== 'action' && what.kind !== 'rewritten') return null;
  const change = what.changes.find(({ field }) => field === 'metadata');
  const key = change ? Number(change.after) : Number.NaN;
  return Number.isInteger(key) && key > 0 ? key : null;
}

/** The most particular thing of a step that is drawn; the machine itself only when it is a tile. */
function drawnPlace(model: DiagramModel, step: Step): string | null {
  const datapath = datapathIn(step);
  if (datapath !== null) {
    const id = model.datapathOf(datapath);
    if (id !== null) return model.drawn(id)?.id ?? null;
  }
  // Inside a pipeline the packet is in its datapath, whatever port it came in by.
  if (model.lens === 'logical' && step.where.table !== undefined) return null;
  for (const id of idsOfStep(step)) {
    const node = model.drawn(id);
    if (!node) continue;
    if (node.collapsed || !isMachine(node)) return node.id;
  }
  return null;
}

function go(
  road: RoadMap,
  before: State,
  target: string | null,
  index: number,
): { node: string | null; pieces: readonly PathPiece[] } {
  if (target === null || target === before.node) return { node: before.node, pieces: [] };
  const node: PathPiece = { kind: 'node', node: target, step: index };
  if (before.node === null) return { node: target, pieces: [node] };
  const way = road.way(before.node, target);
  // No way is drawn between the two: the packet is simply there.
  if (!way) return { node: target, pieces: [node] };
  const pieces: PathPiece[] = [];
  let at = before.node;
  for (const { edge, to } of way) {
    if (edge !== null) pieces.push({ kind: 'edge', edge, from: at, to, step: index });
    pieces.push({ kind: 'node', node: to, step: index });
    at = to;
  }
  return { node: target, pieces };
}
