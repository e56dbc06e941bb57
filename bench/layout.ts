/**
 * The layouts of the lenses at three sizes, everything shown: time, and how good they are. Boxes of one box that overlap, labels
 * that run into each other or are struck by a line (at five zooms), links that cross, and what moves when a guest, a port or
 * a leaf is added. `[NODES ...]` for other sizes. `peers` has the layouts of other libraries.
 */
import { buildScene } from '../src/diagram/build-scene.ts';
import { collisions, struck } from '../src/diagram/fixtures/unreadable.ts';
import { tableMeasure } from '../src/diagram/measure.ts';
import { resolveScene } from '../src/diagram/resolve.ts';
import { noMarks } from '../src/diagram/scene.ts';
import type { WorldSnapshot } from '../src/engine/snapshot.ts';
import { largeWorld } from '../src/view/fixtures/chassis.ts';
import { fabric } from '../src/view/fixtures/routers.ts';
import { modelOptions } from '../src/view/fixtures/world.ts';
import {
  assignNetworks,
  diagramModel,
  idlePlayback,
  layoutDiagram,
  type DiagramModel,
  type Layout,
  type Lens,
} from '../src/view/index.ts';
import { overlaps, type Rect } from '../src/view/layout/rect.ts';
import { deploymentOf, modelOf } from './peers/graph.ts';
import { crossingsOf, movedBetween } from './peers/judge.ts';
import type { Places } from './peers/peer.ts';

const ZOOMS = [0.3, 0.5, 0.72, 1, 2];
const RUNS = 3;
const given = process.argv.slice(2).map(Number);
const SIZES = given.length > 0 ? given : [100, 300, 1000];

/** Everything open but the mesh of all tunnels. */
function shown(snapshot: WorldSnapshot, lens: Lens): DiagramModel {
  const networks = assignNetworks(snapshot, []);
  const closed = diagramModel(snapshot, modelOptions(networks, { lens }));
  const expanded = new Set(
    closed.nodes.flatMap(({ folds, parent }) =>
      folds && parent !== null && closed.node(parent)?.kind !== 'segment' ? [folds.expand] : [],
    ),
  );
  return diagramModel(snapshot, modelOptions(networks, { lens, expanded }));
}

/** Up to ten machines, and the same with one guest more in the second of them. */
function guests(lens: Lens, nodes: number): Edit {
  const machines = Math.min(10, Math.max(3, Math.round(nodes / 24)));
  const each = Math.round(nodes / machines / 3);
  const before = largeWorld(machines, each);
  const grown = largeWorld(machines, each + 1);
  const hosts = before.hosts.map((host, at) => (at === 1 ? (grown.hosts[at] ?? host) : host));
  return [shown(before, lens), shown({ ...before, hosts }, lens)];
}

/** A picture, and the same after a small edit. */
type Edit = readonly [DiagramModel, DiagramModel];

const SPINES = 4;
const LENSES: Readonly<Record<string, (nodes: number) => Edit>> = {
  physical: (nodes) => guests('physical', nodes),
  overlay: (nodes) => guests('overlay', nodes),
  logical: (nodes) => [modelOf(deploymentOf(nodes)), modelOf(deploymentOf(nodes + 1))],
  routing: (nodes) => {
    const leaves = Math.round(nodes / 2) - SPINES;
    return [shown(fabric(SPINES, leaves), 'routing'), shown(fabric(SPINES, leaves + 1), 'routing')];
  },
};

const middles = ({ nodes }: Layout): Places['nodes'] =>
  new Map([...nodes].map(([id, { x, y, width, height }]) => [id, [x + width / 2, y + height / 2]]));

/** Pairs of boxes within one box, those astride its edge apart. */
function overlapsIn({ nodes }: DiagramModel, layout: Layout): number {
  const groups = new Map<string, Rect[]>();
  for (const { id, parent, side } of nodes) {
    const rect = layout.nodes.get(id);
    const key = `${parent} ${side === 'inside'}`;
    if (rect) groups.set(key, [...(groups.get(key) ?? []), rect]);
  }
  let count = 0;
  for (const rects of groups.values())
    rects.forEach((one, at) => {
      for (const other of rects.slice(at + 1)) if (overlaps(one, other, -0.5)) count += 1;
    });
  return count;
}

console.log('                    nodes  links      time  boxes  labels  struck  crossings  moved');
for (const [lens, modelsOf] of Object.entries(LENSES))
  for (const size of SIZES) {
    const [model, more] = modelsOf(size);
    const times = Array.from({ length: RUNS }, () => {
      const start = performance.now();
      layoutDiagram(model, { pinned: new Map() });
      return performance.now() - start;
    });
    const layout = layoutDiagram(model, { pinned: new Map() });
    const after = layoutDiagram(more, { pinned: new Map(), before: layout });
    const scene = buildScene(model, layout, idlePlayback, noMarks);
    const pictures = ZOOMS.map((k) => resolveScene(scene, k, null, tableMeasure));
    const most = (faults: readonly number[]): string => String(Math.max(...faults));
    const routes = new Map(
      [...layout.edges].map(([id, { points }]) => [id, points.map(({ x, y }) => [x, y] as const)]),
    );
    console.log(
      `  ${lens.padEnd(16)}${String(model.nodes.length).padStart(7)}${String(model.edges.length).padStart(7)}` +
        `${`${Math.min(...times).toFixed(0)} ms`.padStart(10)}${String(overlapsIn(model, layout)).padStart(7)}` +
        `${most(pictures.map((marks) => collisions(marks).length)).padStart(8)}` +
        `${most(pictures.map((marks) => new Set(struck(marks)).size)).padStart(8)}` +
        `${String(crossingsOf(model.edges, { nodes: middles(layout), routes })).padStart(11)}` +
        `${String(movedBetween(middles(layout), middles(after))).padStart(7)}`,
    );
  }
