/** The diagram as a graph on which a packet can move: along edges, and between a box and what sits astride it. */
import type { DiagramEdge, DiagramModel } from './model.ts';

/** One move: along an edge, or (edge null) from a chip into its box or back. */
interface Move {
  readonly edge: string | null;
  readonly to: string;
}

export interface RoadMap {
  /** Shortest way, fewest edges first, then in model order; null when there is none within a few moves. */
  readonly way: (from: string, to: string) => readonly Move[] | null;
  /** The tube that a tunnel of the snapshot is drawn as. */
  readonly tubeOf: (tunnel: string) => DiagramEdge | undefined;
}

/** A packet whose steps lie further apart than this has left out too much to guess its way. */
const FURTHEST = 9;

export function roadMap(model: DiagramModel): RoadMap {
  const moves = new Map<string, Move[]>();
  const add = (from: string, edge: string | null, to: string): void => {
    const list = moves.get(from);
    if (list) list.push({ edge, to });
    else moves.set(from, [{ edge, to }]);
  };
  const tubes = new Map<string, DiagramEdge>();
  for (const edge of model.edges) {
    if (edge.kind === 'tunnel' && edge.members.length > 0) {
      for (const member of edge.members) tubes.set(member, edge);
      continue;
    }
    if (edge.kind === 'control' || edge.kind === 'stem') continue;
    add(edge.from, edge.id, edge.to);
    add(edge.to, edge.id, edge.from);
  }
  for (const node of model.nodes) {
    const parent = node.parent === null ? undefined : model.node(node.parent);
    // A NIC is a door of its machine, but the way inside leads over what is wired to it.
    const door =
      node.side !== 'inside' &&
      parent !== undefined &&
      parent.kind !== 'machine' &&
      parent.kind !== 'container';
    if (!door) continue;
    add(node.id, null, parent.id);
    add(parent.id, null, node.id);
  }
  return { way: (from, to) => shortest(moves, from, to), tubeOf: (tunnel) => tubes.get(tunnel) };
}

function shortest(
  moves: ReadonlyMap<string, readonly Move[]>,
  from: string,
  to: string,
): readonly Move[] | null {
  if (from === to) return [];
  const cameBy = new Map<string, { readonly move: Move; readonly from: string }>();
  let front = [from];
  const seen = new Set(front);
  for (let depth = 0; depth < FURTHEST && front.length > 0; depth += 1) {
    const next: string[] = [];
    for (const at of front)
      for (const move of moves.get(at) ?? []) {
        if (seen.has(move.to)) continue;
        seen.add(move.to);
        cameBy.set(move.to, { move, from: at });
        if (move.to === to) return back(cameBy, from, to);
        next.push(move.to);
      }
    front = next;
  }
  return null;
}

function back(
  cameBy: ReadonlyMap<string, { readonly move: Move; readonly from: string }>,
  from: string,
  to: string,
): readonly Move[] {
  const way: Move[] = [];
  for (let at = to; at !== from;) {
    const step = cameBy.get(at);
    if (!step) return [];
    way.unshift(step.move);
    at = step.from;
  }
  return way;
}
