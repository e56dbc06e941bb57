/** Lines between things, by kind. A line that crosses others leaves a gap of 1 px around itself in those under it. */
import type { DiagramEdge, DiagramModel } from '../../view/model.ts';
import type { Route } from '../../view/layout/layout.ts';
import type { Point } from '../../view/layout/rect.ts';
import { LEVEL, STRIPES } from '../levels.ts';
import { boundsOf, lengthOf, rounded, slice } from '../polyline.ts';
import type { Shape, Stroke } from '../scene.ts';
import { isDimmed, networkTokens, type Picture } from '../style.ts';
import type { ColourToken } from '../theme.ts';

export function pathShape(
  owner: string,
  points: readonly Point[],
  radius: number,
  stroke: Stroke,
  from = 0,
): Shape {
  return {
    kind: 'path',
    owner,
    from,
    commands: rounded(points, radius),
    bounds: boundsOf(points),
    fill: null,
    stroke,
  };
}

const isEdgeDimmed = (picture: Picture, { id, from, to }: DiagramEdge): boolean =>
  picture.marks.dimmed.has(id) || isDimmed(picture, from) || isDimmed(picture, to);

/** Both ends are on the way that is lit. */
const isEdgeLit = ({ marks }: Picture, { id, from, to }: DiagramEdge): boolean =>
  marks.lit.has(id) || (marks.lit.has(from) && marks.lit.has(to));

const WIDTH: Readonly<Record<DiagramEdge['kind'], number>> = {
  cable: 1.5,
  veth: 1.25,
  internal: 1.25,
  patch: 1.25,
  trunk: 2,
  access: 2,
  tunnel: 11,
  wire: 1.25,
  logical: 1.25,
  bgp: 1.75,
  stem: 1.25,
  control: 1.25,
};

/** Of a BGP session's line and mark. */
export const SESSION_COLOUR: Readonly<Record<DiagramEdge['state'], ColourToken>> = {
  up: 'ok',
  waiting: 'warn',
  down: 'border-ctl',
  failed: 'drop',
  unknown: 'unknown',
};

/** Shapes of one edge, tunnels excepted. `ground` is what lies behind it, for the gap. */
export function edgeShapes(
  picture: Picture,
  edge: DiagramEdge,
  route: Route,
  ground: ColourToken,
): readonly Shape[] {
  const { model } = picture;
  const dimmed = isEdgeDimmed(picture, edge);
  const grey: ColourToken = dimmed ? 'border-strong' : 'border-ctl';
  const selected = picture.marks.selected === edge.id;
  const net = networkTokens(model, edge.networks[0] ?? null);
  const down = edge.state === 'down' || edge.state === 'failed';
  const lit = isEdgeLit(picture, edge);
  // While one way is lit, lines besides it say nothing of their networks.
  const coloured = (edge.kind === 'access' || edge.kind === 'trunk') && picture.marks.lit.size === 0;
  const colour: ColourToken =
    selected || lit
      ? 'accent'
      : edge.kind === 'bgp' && !dimmed
        ? SESSION_COLOUR[edge.state]
        : coloured && net
          ? net.stroke
          : grey;
  const width = WIDTH[edge.kind] + (selected ? 0.75 : 0);
  const dash =
    edge.kind === 'patch' || edge.state === 'waiting'
      ? [6, 3]
      : down
        ? [1, 3]
        : coloured
          ? (net?.dash ?? [])
          : [];
  const stroke: Stroke = { colour, width, ...(dash.length > 0 ? { dash } : {}) };
  const from =
    edge.kind === 'stem' || edge.kind === 'control'
      ? LEVEL.ports
      : edge.kind === 'wire' || edge.kind === 'internal' || edge.kind === 'veth'
        ? LEVEL.names
        : 0;
  const isBand = edge.kind === 'trunk' && coloured && edge.networks.length > 1;
  const shapes: Shape[] = [
    // Where everything is small a gap of a pixel says nothing.
    {
      ...(isBand
        ? pathShape(
            edge.id,
            // What it ends on is not parted by it.
            slice(route.points, BAND_END, lengthOf(route.points) - BAND_END),
            route.radius,
            { colour: ground, width: 2 * Math.ceil(edge.networks.length / 2) * STRIPE.pitch + 2, tube: true },
            Math.max(from, LEVEL.names),
          )
        : pathShape(
            edge.id,
            route.points,
            route.radius,
            { colour: ground, width: width + 2 },
            Math.max(from, LEVEL.names),
          )),
      fine: true,
    },
  ];
  if (isBand) shapes.push(...trunk(picture, edge, route, from));
  else if (edge.cut.length > 0) shapes.push(...cutShapes(edge.id, route, stroke, from));
  else shapes.push(pathShape(edge.id, route.points, route.radius, stroke, from));
  if (edge.kind === 'veth' || edge.kind === 'internal') {
    const [first] = route.points;
    const last = route.points.at(-1);
    for (const end of [first, last])
      if (end)
        shapes.push({
          kind: 'circle',
          owner: edge.id,
          from: LEVEL.ports,
          at: end,
          radius: 2.25,
          fill: 'surface',
          stroke: { colour: grey, width: 1.25 },
        });
  }
  if (edge.kind === 'control') shapes.push(...arrowHead(edge, route, grey));
  return shapes;
}

/** How many cables a line stands for, on its longest level piece; nothing for a single cable, or where a chip at its end says it. */
export function countPills(
  model: DiagramModel,
  { id, from, to, label, kind, segment }: DiagramEdge,
  { points }: Route,
): readonly Shape[] {
  if (label === '' || segment === null || kind === 'tunnel') return [];
  if ([from, to].some((end) => label === `${model.node(end)?.folds?.count ?? 0} cables`)) return [];
  return [pill(id, label, points, LEVEL.names)];
}

/** On the longest level piece of a line. */
function pill(owner: string, text: string, points: readonly Point[], from: number): Shape {
  let best = { at: points[0] ?? { x: 0, y: 0 }, room: 0 };
  points.forEach((point, index) => {
    const before = points[index - 1];
    const room = before && Math.abs(before.y - point.y) < 0.5 ? Math.abs(before.x - point.x) : 0;
    if (before && room > best.room) best = { at: { x: (before.x + point.x) / 2, y: point.y }, room };
  });
  return {
    kind: 'tag',
    owner,
    from,
    tag: {
      form: 'pill',
      ...best,
      offset: { x: 0, y: 0 },
      text,
      font: 'sub',
      fill: 'canvas',
      stroke: 'border',
      colour: 'text-2',
      glyph: '',
    },
  };
}

/** Which network an idle tunnel carries, if it is a single one: on the longest level piece of its tube. One in use says more. */
export function vniPills(picture: Picture, { id, label }: DiagramEdge, { points }: Route): readonly Shape[] {
  // Its type alone says nothing new.
  if (!label.includes(' ') || picture.playback.tunnels.has(id)) return [];
  return [pill(id, label, points, LEVEL.ports)];
}

/** From stripe to stripe, and of one, world units: at half size each is still told from the next. */
const STRIPE = { pitch: 7, width: 4 } as const;
/** From the end of a band of stripes to the end of the ground behind it, world units. */
const BAND_END = 8;

/** Parallel lines, one a VLAN; the first of the list, native, in the middle. From further away they would run into one: there a plain line stands for them. */
function trunk(picture: Picture, edge: DiagramEdge, route: Route, from: number): readonly Shape[] {
  const stripes = edge.networks.flatMap((network, index): readonly Shape[] => {
    // On the jack, then on its left, on its right, further left ...
    const off = Math.ceil(index / 2) * (index % 2 === 0 ? 1 : -1) * STRIPE.pitch;
    const net = networkTokens(picture.model, network);
    const own: Route = { ...route, points: shifted(route.points, off) };
    const stroke: Stroke = {
      colour: net?.stroke ?? 'border-ctl',
      width: STRIPE.width,
      tube: true,
      ...(net && net.dash.length > 0 ? { dash: net.dash } : {}),
    };
    return edge.cut.includes(index)
      ? cutShapes(edge.id, own, stroke, Math.max(from, STRIPES))
      : [pathShape(edge.id, own.points, own.radius, stroke, Math.max(from, STRIPES))];
  });
  const plain = { colour: 'border-ctl', width: 2 } as const;
  return [pathShape(edge.id, route.points, route.radius, plain, from), ...stripes];
}

/** Half the length of the bar across a line where a network ends. */
const BAR = 5;

/** A network that does not pass: its line stops half way at a red bar and goes on as dotted grey. */
function cutShapes(owner: string, { points, radius }: Route, stroke: Stroke, from: number): readonly Shape[] {
  const [near, far] = halves(points);
  const at = near.at(-1);
  const before = near.at(-2);
  if (!at || !before) return [];
  const upright = Math.abs(at.x - before.x) < Math.abs(at.y - before.y);
  const bar = upright
    ? [
        { x: at.x - BAR, y: at.y },
        { x: at.x + BAR, y: at.y },
      ]
    : [
        { x: at.x, y: at.y - BAR },
        { x: at.x, y: at.y + BAR },
      ];
  return [
    pathShape(owner, far, radius, { colour: 'border-ctl', width: stroke.width, dash: [1, 3] }, from),
    pathShape(owner, near, radius, stroke, from),
    pathShape(owner, bar, 0, { colour: 'drop', width: 2.5, round: true }, from),
  ];
}

/** A line in two at half its length. */
function halves(points: readonly Point[]): readonly [readonly Point[], readonly Point[]] {
  const lengthOf = (index: number): number => {
    const [a, b] = [points[index - 1], points[index]];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  };
  let left = points.reduce((sum, _, index) => sum + lengthOf(index), 0) / 2;
  for (let index = 1; index < points.length; index += 1) {
    const [a, b] = [points[index - 1], points[index]];
    const length = lengthOf(index);
    if (!a || !b || length === 0) continue;
    if (left <= length) {
      const part = left / length;
      const middle = { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
      return [
        [...points.slice(0, index), middle],
        [middle, ...points.slice(index)],
      ];
    }
    left -= length;
  }
  return [points, []];
}

/** Shifted sideways: upright pieces by `off` in x, level ones in y. */
function shifted(points: readonly Point[], off: number): readonly Point[] {
  return points.map((point, index) => {
    const near = [points[index - 1], points[index + 1]];
    const upright = near.some((other) => other && Math.abs(other.x - point.x) < 0.5);
    const level = near.some((other) => other && Math.abs(other.y - point.y) < 0.5);
    return { x: point.x + (upright ? off : 0), y: point.y + (level ? off : 0) };
  });
}

function arrowHead(edge: DiagramEdge, { points }: Route, colour: ColourToken): readonly Shape[] {
  const end = points.at(-1);
  const before = points.at(-2);
  if (!end || !before) return [];
  const side = end.x >= before.x ? -1 : 1;
  const tip = [
    { x: end.x + side * 4, y: end.y - 3 },
    { x: end.x + side, y: end.y },
    { x: end.x + side * 4, y: end.y + 3 },
  ];
  return [pathShape(edge.id, tip, 0, { colour, width: 1.25 }, LEVEL.ports)];
}

/** Tubes: all walls first, then all bodies, so that joints are clean. */
export function tubeShapes(
  picture: Picture,
  edges: readonly { readonly edge: DiagramEdge; readonly route: Route }[],
): readonly Shape[] {
  const walls: Shape[] = [];
  const bodies: Shape[] = [];
  // Those in use lie over the idle ones.
  const order = edges.toSorted(
    (a, b) =>
      Number(picture.playback.tunnels.has(a.edge.id)) - Number(picture.playback.tunnels.has(b.edge.id)),
  );
  for (const { edge, route } of order) {
    const use = picture.playback.tunnels.get(edge.id);
    const net = use ? networkTokens(picture.model, use.network) : null;
    const dimmed = isEdgeDimmed(picture, edge);
    const selected = picture.marks.selected === edge.id;
    const down = edge.state === 'down' || edge.state === 'failed';
    const wall: ColourToken = selected
      ? 'accent'
      : down
        ? 'drop'
        : // Between routers a tunnel carries no network of its own.
          (net?.stroke ?? (use ? 'accent' : dimmed ? 'border-strong' : 'border-ctl'));
    const own = use ? bodies : walls;
    own.push(
      pathShape(edge.id, route.points, route.radius, {
        colour: wall,
        width: 11,
        tube: true,
        ...(down ? { dash: [5, 3] } : {}),
      }),
    );
    bodies.push(
      pathShape(edge.id, route.points, route.radius, {
        colour: net?.fill ?? (down ? 'drop-soft' : use ? 'accent-soft' : 'surface-3'),
        width: 9,
        tube: true,
      }),
    );
  }
  return [...walls, ...bodies];
}
