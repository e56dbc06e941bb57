/** Model, layout and playback to a scene: back to front, underlay, machines, tubes, boxes, wires, path, chips, marks. */
import type { DiagramEdge, DiagramModel, DiagramNode } from '../view/model.ts';
import type { Layout } from '../view/layout/layout.ts';
import { centreX, right, type Rect } from '../view/layout/rect.ts';
import type { Playback } from '../view/playback.ts';
import { chipShapes, foldShapes } from './draw/chip.ts';
import { linePieces } from './draw/free.ts';
import { countPills, edgeShapes, tubeShapes, vniPills } from './draw/edge.ts';
import { barShapes, jackNames, jackShapes } from './draw/linux-bridge.ts';
import {
  cardShapes,
  gatewayPortShapes,
  localnetShapes,
  logicalBoxShapes,
  logicalPortShapes,
} from './draw/logical.ts';
import { machineShapes } from './draw/machine.ts';
import { namespaceShapes, vrfShapes } from './draw/namespace.ts';
import { bridgeShapes, stripShapes } from './draw/ovs-bridge.ts';
import { journeyShapes, packetScene } from './draw/journey.ts';
import { markShapes } from './draw/marks.ts';
import { programShapes } from './draw/program.ts';
import { sessionShapes } from './draw/session.ts';
import { jackShape, segmentShapes } from './draw/segment.ts';
import { tubeCounts } from './draw/tube-counts.ts';
import { PLATE } from './levels.ts';
import type { Region, Scene, SceneMarks, Shape } from './scene.ts';
import type { Picture } from './style.ts';
import type { ColourToken } from './theme.ts';

/** Back to front. */
const LAYERS = [
  'ground',
  'cables',
  'machines',
  'tubes around',
  'buses',
  'tubes',
  'boxes',
  'lines',
  'path',
  'cells',
  'chips',
  'marks',
] as const;
type Layer = (typeof LAYERS)[number];

/** What of a scene is the same at every step, worked out once for those that build many. */
export interface SceneGround {
  readonly pieces: readonly Rect[];
  readonly plate: (shape: Shape) => Shape;
}

export const sceneGround = (model: DiagramModel, layout: Layout): SceneGround => ({
  pieces: linePieces(layout),
  plate: plated(model),
});

/** Pure: the same arguments give the same scene. `ground` is that of `model` and `layout`. */
export function buildScene(
  model: DiagramModel,
  layout: Layout,
  playback: Playback,
  marks: SceneMarks,
  { pieces, plate }: SceneGround = sceneGround(model, layout),
): Scene {
  const picture: Picture = { model, playback, marks };
  const layers: Record<Layer, Shape[]> = {
    ground: [],
    cables: [],
    machines: [],
    'tubes around': [],
    buses: [],
    tubes: [],
    boxes: [],
    lines: [],
    path: [],
    cells: [],
    chips: [],
    marks: [],
  };
  const regions: Region[] = [];
  for (const node of model.nodes) {
    const rect = layout.nodes.get(node.id);
    if (!rect) continue;
    const { layer, shapes } = shapesOf(picture, layout, pieces, node, rect);
    layers[layer].push(...shapes);
    regions.push({ id: node.id, rect: pickRect(node, rect), depth: depthOf(model, node) });
    if (node.kind === 'segment') addBus(picture, layout, pieces, node, rect, layers);
    const strip = layout.strips.get(node.id);
    if (strip) layers.cells.push(...stripShapes(picture, node, strip));
  }
  const tubes = [];
  for (const edge of model.edges) {
    const route = layout.edges.get(edge.id);
    if (!route) continue;
    layers.marks.push(...countPills(model, edge, route));
    if (edge.kind === 'tunnel') {
      tubes.push({ edge, route });
      layers.marks.push(...vniPills(picture, edge, route));
    }
    // Under the path lies nothing: dots on a line would not read as dots.
    else if (playback.marks.has(edge.id) && edge.kind !== 'trunk' && edge.kind !== 'access') continue;
    else if (edge.segment !== null && !isGuestCable(model, edge))
      layers.cables.push(
        ...edgeShapes(picture, edge, route, model.node(edge.to)?.kind === 'segment' ? 'surface-2' : 'canvas'),
      );
    else
      layers[edge.segment === null ? 'lines' : 'buses'].push(
        ...edgeShapes(picture, edge, route, groundOf(model, edge.from, edge.to)),
      );
  }
  layers.marks.push(...tubeCounts(model, layout, tubes));
  layers['tubes around'].push(
    ...tubeShapes(
      picture,
      tubes.filter(({ route }) => route.onCables),
    ),
  );
  layers.tubes.push(
    ...tubeShapes(
      picture,
      tubes.filter(({ route }) => !route.onCables),
    ),
  );
  const journey = journeyShapes(picture, layout);
  layers.path.push(...journey.lines);
  layers.marks.push(...journey.tags, ...markShapes(picture, layout));
  return {
    bounds: layout.bounds,
    shapes: LAYERS.flatMap((layer) => layers[layer]).map(plate),
    regions,
    packet: packetScene(picture, layout),
  };
}

/** What lies inside a machine without guests, or inside a guest, is left out when the machine is a plate; what leads out of it stays. */
function plated(model: DiagramModel): (shape: Shape) => Shape {
  const isMachine = (node: DiagramNode): boolean => node.kind === 'machine' || node.kind === 'container';
  const hasGuests = new Set(
    model.nodes.flatMap((node) => (isMachine(node) && node.parent !== null ? [node.parent] : [])),
  );
  /** The plate that hides `id`: an outermost machine without guests, else the guest of one; null for a plate itself. */
  const plateOf = (id: string): string | null => {
    const around: DiagramNode[] = [];
    for (let at = model.node(id); at; at = at.parent === null ? undefined : model.node(at.parent))
      if (isMachine(at)) around.unshift(at);
    const [outermost, guest] = around;
    const plate = outermost && hasGuests.has(outermost.id) ? guest : outermost;
    return plate === undefined || plate.id === id ? null : plate.id;
  };
  const inside = new Set(model.nodes.filter(({ id }) => plateOf(id) !== null).map(({ id }) => id));
  for (const { id, from, to } of model.edges) {
    const plate = plateOf(from);
    if (plate !== null && plate === plateOf(to)) inside.add(id);
  }
  return (shape) => (inside.has(shape.owner) && shape.from < PLATE ? { ...shape, from: PLATE } : shape);
}

function shapesOf(
  picture: Picture,
  layout: Layout,
  pieces: readonly Rect[],
  node: DiagramNode,
  rect: Rect,
): { readonly layer: Layer; readonly shapes: readonly Shape[] } {
  const { model } = picture;
  switch (node.kind) {
    case 'machine':
    case 'container':
      return { layer: 'machines', shapes: machineShapes(picture, node, rect, layout) };
    case 'namespace':
      return {
        layer: 'boxes',
        shapes: namespaceShapes(picture, node, rect, layout.flipped.has(node.id), pieces),
      };
    case 'vrf':
      return {
        layer: 'boxes',
        shapes: vrfShapes(picture, node, rect, layout.flipped.has(node.id), pieces),
      };
    case 'ovs-bridge':
      return { layer: 'boxes', shapes: bridgeShapes(picture, node, rect, layout.mirrored.has(node.id)) };
    case 'linux-bridge': {
      const ends = model.edges.flatMap((edge) => {
        const route = layout.edges.get(edge.id);
        const end =
          edge.from === node.id ? route?.points[0] : edge.to === node.id ? route?.points.at(-1) : undefined;
        return end ? [end.x] : [];
      });
      const jacks = model.children(node.id).flatMap(({ id }) => {
        const jack = layout.nodes.get(id);
        return jack ? [centreX(jack)] : [];
      });
      const all = [...ends, ...jacks];
      const label = Math.min(
        right(rect) - 30,
        all.length === 0 ? rect.x + 90 : Math.max(rect.x + 60, Math.min(...all) - 18),
      );
      const open = ends.map((x): Shape => jackShape(node.id, x, rect.y + rect.height / 2, false));
      return {
        layer: 'buses',
        shapes: [
          ...barShapes(picture, node, rect, label, all),
          ...jackNames(picture, layout, node, pieces),
          ...open,
        ],
      };
    }
    case 'port':
      return model.node(node.parent ?? '')?.kind === 'linux-bridge'
        ? { layer: 'chips', shapes: jackShapes(picture, node, rect) }
        : { layer: 'chips', shapes: chipShapes(picture, node, rect) };
    case 'device':
    case 'nic':
      return { layer: 'chips', shapes: chipShapes(picture, node, rect) };
    case 'fold':
      return { layer: 'chips', shapes: foldShapes(picture, node, rect) };
    case 'program':
    case 'database':
      return { layer: 'boxes', shapes: programShapes(picture, node, rect) };
    case 'speaker':
      // A session of another speaker that passes goes behind it.
      return { layer: 'chips', shapes: programShapes(picture, node, rect) };
    case 'session':
      return { layer: 'chips', shapes: sessionShapes(picture, node, rect, layout.mirrored.has(node.id)) };
    case 'segment':
      return { layer: 'ground', shapes: [] };
    case 'logical-switch':
    case 'logical-router': {
      const gateways = model.children(node.id).flatMap(({ id }) => layout.nodes.get(id) ?? []);
      return { layer: 'boxes', shapes: logicalBoxShapes(picture, node, rect, gateways) };
    }
    case 'logical-port':
      return { layer: 'chips', shapes: logicalPortShapes(picture, node, rect) };
    case 'localnet':
      return { layer: 'chips', shapes: localnetShapes(picture, node, rect) };
    case 'gateway-port':
      return { layer: 'chips', shapes: gatewayPortShapes(picture, node, rect) };
    case 'card':
      return { layer: 'chips', shapes: cardShapes(picture, node, rect) };
  }
}

function addBus(
  picture: Picture,
  layout: Layout,
  pieces: readonly Rect[],
  node: DiagramNode,
  rect: Rect,
  layers: Record<Layer, Shape[]>,
): void {
  const jacks: { readonly x: number; readonly y: number; readonly onPath: boolean }[] = [];
  for (const edge of picture.model.edges) {
    const end = edge.to === node.id ? layout.edges.get(edge.id)?.points.at(-1) : undefined;
    if (end) jacks.push({ ...end, onPath: picture.playback.marks.get(edge.id) === 'past' });
  }
  const bus = jacks[0]?.y ?? rect.y + rect.height - 30;
  const shapes = segmentShapes(
    picture,
    node,
    rect,
    bus,
    jacks.map(({ x }) => x),
    pieces,
  );
  layers.ground.push(...shapes.ground);
  // The bus lies over the cables that end on it and under the jacks.
  layers.lines.push(...shapes.bus, ...jacks.map(({ x, y, onPath }) => jackShape(node.id, x, y, onPath)));
}

/** A cable to a guest lies inside the machine that the guest runs in. */
function isGuestCable(model: DiagramModel, { from, to }: DiagramEdge): boolean {
  const outer = (id: string): string => {
    let at = model.node(id);
    while (at && at.parent !== null) at = model.node(at.parent);
    return at?.id ?? '';
  };
  return outer(from) === outer(to);
}

/** What lies behind a wire between two things: the box that both are in. */
function groundOf(model: DiagramModel, from: string, to: string): ColourToken {
  const chain = (id: string): readonly DiagramNode[] => {
    const list: DiagramNode[] = [];
    for (let at = model.node(id); at; at = at.parent === null ? undefined : model.node(at.parent))
      list.push(at);
    return list;
  };
  const others = new Set(chain(to).map(({ id }) => id));
  const common = chain(from).find(({ id }) => others.has(id));
  return common ? 'surface' : 'canvas';
}

/** Small things get a larger region: 4 px more on each side than they are drawn. */
function pickRect(node: DiagramNode, rect: Rect): Rect {
  const small = node.side !== 'inside' || rect.height < 24;
  const by = small ? 3 : 0;
  return { x: rect.x - by, y: rect.y - by, width: rect.width + 2 * by, height: rect.height + 2 * by };
}

function depthOf(model: DiagramModel, node: DiagramNode): number {
  let depth = 0;
  for (let at: DiagramNode | undefined = node; at && at.parent !== null; at = model.node(at.parent))
    depth += 1;
  return depth + (node.side === 'inside' ? 0 : 1);
}
