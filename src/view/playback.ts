/** Where a run has been up to the playhead, where it will go, and what the packet looks like now: in the diagram's terms. */
import type { Step } from '../core/base/step.ts';
import { packetOf, type Packet } from './packet.ts';
import { tracePaths, type PathPiece } from './path.ts';
import { roadMap } from './road.ts';
import { isArrival, type RunTree } from './run-tree.ts';
import type { DiagramModel } from './model.ts';
import { dropText } from './step-text.ts';
import { stripsOf, type Strip } from './strip.ts';
import { subjectId } from './subject-id.ts';
export type { PathPiece } from './path.ts';
export type { Strip } from './strip.ts';

export interface Playback {
  readonly index: number;
  readonly step: Step | null;
  /** Each branch of the journey that the playhead is in; a flood has several. */
  readonly branches: readonly (readonly PathPiece[])[];
  /** Nodes and edges of the journey. `past` once its step is at or before the playhead. */
  readonly marks: ReadonlyMap<string, 'past' | 'ahead'>;
  /** Tables visited, by bridge id. */
  readonly strips: ReadonlyMap<string, Strip>;
  /** Numbered hops: the pieces of `branches[branch]` from `from` to before `to` belong to the hop. */
  readonly badges: readonly HopBadge[];
  readonly packet: Packet | null;
  /** Tunnels that the journey uses: network index and what to write on the tube, by edge id. */
  readonly tunnels: ReadonlyMap<string, { readonly network: number | null; readonly label: string }>;
  /** Where the packet died at or before the current step. */
  readonly drop: { readonly node: string; readonly text: string } | null;
}

interface HopBadge {
  readonly number: number;
  readonly branch: number;
  /** Piece indices: `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly past: boolean;
}

/** Nothing runs. */
export const idlePlayback: Playback = {
  index: -1,
  step: null,
  branches: [],
  marks: new Map(),
  strips: new Map(),
  badges: [],
  packet: null,
  tunnels: new Map(),
  drop: null,
};

/** A journey (from one origination to its deliveries) laid on the diagram: the same for each of its steps. */
interface Journey {
  /** Step indices, ascending. */
  readonly members: readonly number[];
  readonly paths: ReturnType<typeof tracePaths>;
  readonly tunnels: Playback['tunnels'];
}

/**
 * What the diagram shows at each step of a run. Each journey is laid on `model` once, when the playhead first comes to it.
 * Steps whose place is not in the model take the packet nowhere: it stays at the last place that is drawn, unless their whole
 * machine is left out of the routing lens.
 */
export function playerOf(model: DiagramModel, tree: RunTree): (index: number) => Playback {
  const roads = roadMap(model);
  const journeys = new Map<number, Journey>();
  const journeyAt = (index: number): Journey => {
    const begin = tree.journeyOf(index);
    const known = journeys.get(begin);
    if (known) return known;
    const members = tree.membersOf(begin);
    const paths = tracePaths(model, roads, tree, members);
    const journey = { members, paths, tunnels: tunnelsOf(model, tree, paths.tubes) };
    journeys.set(begin, journey);
    return journey;
  };
  return (index) => {
    const step = tree.steps[index];
    return step ? playbackAt(model, tree, journeyAt(index), step, index) : idlePlayback;
  };
}

function playbackAt(
  model: DiagramModel,
  tree: RunTree,
  { members, paths, tunnels }: Journey,
  step: Step,
  index: number,
): Playback {
  const marks = new Map<string, 'past' | 'ahead'>();
  for (const branch of paths.branches)
    for (const piece of branch) {
      const id = piece.kind === 'node' ? piece.node : piece.edge;
      if (piece.step <= index) marks.set(id, 'past');
      else if (!marks.has(id)) marks.set(id, 'ahead');
    }
  return {
    index,
    step,
    branches: paths.branches,
    marks,
    strips: stripsByBridge(model, tree, members, index),
    badges: badgesOf(tree, paths.branches[0] ?? [], index),
    packet: packetOf(model, tree, paths, index),
    tunnels,
    drop: dropOf(tree, paths.placeOf, members, index),
  };
}

function stripsByBridge(
  model: DiagramModel,
  tree: RunTree,
  members: readonly number[],
  index: number,
): ReadonlyMap<string, Strip> {
  const strips = stripsOf(tree, members, index);
  const byId = new Map<string, Strip>();
  for (const [key, strip] of strips) {
    const [host = '', ...bridge] = key.split('/');
    const id = subjectId({ kind: 'bridge', host: decodeURIComponent(host), bridge: bridge.join('/') });
    if (model.node(id)) byId.set(id, strip);
  }
  return byId;
}

/** A hop leads from one place to the next; what the kernel does on a tunnel's way belongs to the hop that it is part of. */
function badgesOf(tree: RunTree, branch: readonly PathPiece[], index: number): readonly HopBadge[] {
  const badges: HopBadge[] = [];
  let current = -1;
  branch.forEach((piece, at) => {
    const arrival = arrivalOf(tree, piece.step);
    if (arrival === null || tree.journeyOf(arrival) === arrival) return;
    const before = badges.at(-1);
    if (arrival === current && before) badges[badges.length - 1] = { ...before, to: at + 1 };
    else badges.push({ number: badges.length + 1, branch: 0, from: at, to: at + 1, past: arrival <= index });
    current = arrival;
  });
  return badges;
}

/** The arrival that a step is, or is on the way to; null for a step inside a place. */
function arrivalOf(tree: RunTree, step: number): number | null {
  if (isArrival(tree, step)) return step;
  if (tree.placeOf(step) !== null) return null;
  for (let at = step + 1; at < tree.steps.length; at += 1)
    if (tree.journeyOf(at) === tree.journeyOf(step) && isArrival(tree, at) && tree.isDescendant(at, step))
      return at;
  return null;
}

function tunnelsOf(
  model: DiagramModel,
  tree: RunTree,
  tubes: ReadonlyMap<string, number>,
): Playback['tunnels'] {
  const tunnels = new Map<string, { network: number | null; label: string }>();
  for (const [edge, encapsulated] of tubes) {
    const what = tree.steps[encapsulated]?.what;
    if (what?.kind !== 'encapsulated') continue;
    const [, ingress, egress] = /(\d+)\D+(\d+)/.exec(what.metadata) ?? [];
    const keys = egress === undefined ? '' : `, ${ingress} → ${egress}`;
    tunnels.set(edge, {
      network: model.networkOfTunnelKey(what.vni, what.protocol),
      label: `${what.protocol} VNI ${what.vni}${keys}`,
    });
  }
  return tunnels;
}

function dropOf(
  tree: RunTree,
  placeOf: (index: number) => string | null,
  members: readonly number[],
  index: number,
): Playback['drop'] {
  for (const at of members.toReversed()) {
    if (at > index) continue;
    const what = tree.steps[at]?.what;
    if (what?.kind !== 'dropped') continue;
    // A copy that died earlier (a flood's) is not what the playhead is about.
    if (at !== index && !tree.isDescendant(index, at)) continue;
    const node = placeOf(at);
    return node === null ? null : { node, text: dropText(what.reason) };
  }
  return null;
}
