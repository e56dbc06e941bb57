/** The road of the packet: solid so far, dotted to come, numbered at each hop, named on its tunnel; and the packet itself. */
import type { Layout } from '../../view/layout/layout.ts';
import { bottom, contains, overlaps, right, type Point, type Rect } from '../../view/layout/rect.ts';
import { tidyThroughTips } from '../../view/layout/ends.ts';
import { distance, lengthOf, pointAt, slice } from '../polyline.ts';
import type { PathPiece } from '../../view/playback.ts';
import { stretchesOf, type Stretch } from '../road-line.ts';
import type { PacketScene, Shape, Tag } from '../scene.ts';
import { networkTokens, type Picture } from '../style.ts';
import { LEVEL } from '../levels.ts';
import { pathShape } from './edge.ts';

const PAST = { colour: 'accent', width: 2.5, round: true } as const;
const AHEAD = { colour: 'accent', width: 2, round: true, dash: [0.5, 5] } as const;
/** How far along its next edge a packet that was just sent is drawn. */
const LEAVING = 0.2;
const RADIUS = 10;

interface Roads {
  readonly past: readonly (readonly Point[])[];
  readonly ahead: readonly (readonly Point[])[];
  /** Where the packet is: the end of the newest road. */
  readonly head: Point | null;
  readonly trail: readonly Point[];
}

export function journeyShapes(
  picture: Picture,
  layout: Layout,
): { readonly lines: readonly Shape[]; readonly tags: readonly Shape[] } {
  const roads = roadsOf(picture, layout);
  const lines: Shape[] = [];
  for (const points of roads.ahead) lines.push(pathShape('', points, RADIUS, AHEAD));
  for (const points of roads.past) lines.push(pathShape('', points, RADIUS, PAST));
  return { lines, tags: [...badges(picture, layout), ...tunnelPills(picture, layout)] };
}

/** Stretches joined to long lines, so that dashes and corners run through. */
function roadsOf(picture: Picture, layout: Layout): Roads {
  const { model, playback } = picture;
  const past: (readonly Point[])[] = [];
  const ahead: (readonly Point[])[] = [];
  let head: Point | null = null;
  let trail: readonly Point[] = [];
  let newest = -1;
  for (const branch of playback.branches) {
    const stretches = stretchesOf(model, layout, playback, branch);
    const split = splitAt(picture, stretches);
    for (const line of joined(split.past)) past.push(line);
    for (const line of joined(split.ahead)) ahead.push(line);
    const last = split.past.at(-1);
    const step = Math.max(
      ...branch.filter((piece) => piece.step <= playback.index).map((piece) => piece.step),
      -1,
    );
    if (step <= newest) continue;
    newest = step;
    const line = joined(split.past).at(-1);
    head = last?.points.at(-1) ?? split.ahead[0]?.points[0] ?? null;
    trail = line ?? (head ? [head] : []);
  }
  return { past, ahead, head, trail };
}

/** Past and to come; a packet that was just sent has gone a little way on its next edge. */
function splitAt(
  { playback }: Picture,
  stretches: readonly Stretch[],
): { readonly past: readonly Stretch[]; readonly ahead: readonly Stretch[] } {
  const past = stretches.filter(({ step }) => step <= playback.index);
  const ahead = stretches.filter(({ step }) => step > playback.index);
  const at = playback.packet?.at;
  const place = at?.kind === 'edge' ? ahead.findIndex(({ edge }) => edge === at.edge) : -1;
  const next = ahead[place];
  if (!next || at?.kind !== 'edge') return { past, ahead };
  const length = lengthOf(next.points);
  const gone = Math.min(length * LEAVING, length / 2);
  return {
    past: [...past, ...ahead.slice(0, place), { ...next, points: slice(next.points, 0, gone) }],
    ahead: [{ ...next, points: slice(next.points, gone, length) }, ...ahead.slice(place + 1)],
  };
}

function joined(stretches: readonly Stretch[]): readonly (readonly Point[])[] {
  const lines: Point[][] = [];
  for (const { points } of stretches) {
    const [first] = points;
    const line = lines.at(-1);
    const end = line?.at(-1);
    if (!first) continue;
    if (line && end && distance(first, end) < 0.5) line.push(...points.slice(1));
    else lines.push([...points]);
  }
  return lines.map((line) => tidyThroughTips(line)).filter((line) => line.length > 1);
}

const BADGE = 16;
/** A line this long has room for a badge and is still seen as a line. */
const LONG = 40;

interface Spot {
  readonly middle: Point;
  readonly offset: Point;
  readonly length: number;
}

/** A number on each hop's line, as far along as there is room for it. */
function badges(picture: Picture, layout: Layout): readonly Shape[] {
  const { model, playback } = picture;
  const [branch] = playback.branches;
  // Hops are between devices: in the logical network their numbers would mean nothing.
  if (!branch || model.compact || model.lens === 'logical') return [];
  const stretches = stretchesOf(model, layout, playback, branch).filter(({ edge }) => edge !== '');
  const chips = [...layout.nodes].filter(([id]) => model.node(id)?.side !== 'inside').map(([, rect]) => rect);
  const taken: Spot[] = [];
  const at = ({ middle, offset }: Spot): Point => ({ x: middle.x + offset.x, y: middle.y + offset.y });
  return playback.badges.flatMap(({ number, from, to, past }): Shape[] => {
    const pieces = stretches
      .filter(({ piece }) => piece >= from && piece < to)
      .flatMap(({ points }) => straightParts(points, chips));
    const beside = besideChip(picture, layout, branch.slice(from, to));
    const candidates = [
      ...pieces.filter(({ length }) => length >= LONG).toReversed(),
      ...(beside ? [beside] : []),
      ...pieces.filter(({ length }) => length >= BADGE + 4 && length < LONG).toReversed(),
    ];
    // A packet may come back the way it went: its hops then share the road, not the spot.
    const spot = candidates.find((one) => taken.every((other) => distance(at(one), at(other)) > BADGE + 4));
    if (spot) taken.push(spot);
    if (!spot) return [];
    const tag: Tag = {
      form: 'badge',
      at: spot.middle,
      offset: spot.offset,
      text: String(number),
      font: 'number',
      fill: past ? 'accent' : 'surface',
      stroke: past ? 'surface' : 'accent',
      colour: past ? 'on-accent' : 'accent',
      room: spot.length,
      glyph: '',
    };
    return [{ kind: 'tag', owner: '', from: LEVEL.names, tag }];
  });
}

/** Straight pieces of a line, cut where chips lie over them. */
function straightParts(points: readonly Point[], chips: readonly Rect[]): readonly Spot[] {
  const parts: Spot[] = [];
  for (let index = 1; index < points.length; index += 1) {
    let a = points[index - 1];
    let b = points[index];
    if (!a || !b) continue;
    const box = {
      x: Math.min(a.x, b.x) - 1,
      y: Math.min(a.y, b.y),
      width: Math.abs(a.x - b.x) + 2,
      height: Math.abs(a.y - b.y),
    };
    for (const chip of chips) {
      if (!overlaps(box, chip) || Math.abs(a.x - b.x) > 0.5) continue;
      // A chip at an end of an upright piece: the piece begins at its edge.
      if (a.y >= chip.y - 1 && a.y <= bottom(chip) + 1) a = { x: a.x, y: b.y > a.y ? bottom(chip) : chip.y };
      else if (b.y >= chip.y - 1 && b.y <= bottom(chip) + 1)
        b = { x: b.x, y: a.y > b.y ? bottom(chip) : chip.y };
    }
    parts.push({
      middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
      offset: { x: 0, y: 0 },
      length: distance(a, b),
    });
  }
  return parts;
}

/** On the edge of the bridge, next to the chip that the hop leads over, if no other chip stands there. */
function besideChip({ model }: Picture, layout: Layout, pieces: readonly PathPiece[]): Spot | undefined {
  for (const piece of pieces) {
    for (const id of piece.kind === 'edge' ? [piece.to, piece.from] : [piece.node]) {
      const node = model.node(id);
      const rect = layout.nodes.get(id);
      const box = layout.nodes.get(node?.parent ?? '');
      if (node?.kind !== 'port' || node.side === 'inside' || !rect || !box) continue;
      const others = model
        .children(node.parent)
        .flatMap((other) => (other.id === id ? [] : (layout.nodes.get(other.id) ?? [])));
      for (const side of layout.mirrored.has(node.parent ?? '') ? [-1, 1] : [1, -1]) {
        const edge = side > 0 ? right(rect) : rect.x;
        const room: Rect = { x: side > 0 ? edge + 2 : edge - 26, y: rect.y, width: 24, height: rect.height };
        if (
          room.x < box.x + 2 ||
          right(room) > right(box) - 2 ||
          others.some((other) => overlaps(room, other))
        )
          continue;
        return {
          middle: { x: edge, y: rect.y + rect.height / 2 },
          offset: { x: side * 14, y: 0 },
          length: 24,
        };
      }
    }
  }
  return undefined;
}

/** What a tunnel in use carries, on the level part of its tube, well ahead of where the packet comes in. */
function tunnelPills(picture: Picture, layout: Layout): readonly Shape[] {
  const shapes: Shape[] = [];
  for (const [edge, { network, label }] of picture.playback.tunnels) {
    const route = layout.edges.get(edge);
    const travel = picture.playback.branches
      .flat()
      .find((piece) => piece.kind === 'edge' && piece.edge === edge);
    if (!route || travel?.kind !== 'edge') continue;
    let best: { a: Point; b: Point; length: number } | null = null;
    for (let index = 1; index < route.points.length; index += 1) {
      const a = route.points[index - 1];
      const b = route.points[index];
      if (a && b && Math.abs(a.y - b.y) < 0.5 && distance(a, b) > (best?.length ?? 0))
        best = { a, b, length: distance(a, b) };
    }
    if (!best) continue;
    const forward = picture.model.edge(edge)?.from === travel.from;
    const share = forward ? 0.72 : 0.28;
    const net = networkTokens(picture.model, network);
    const at = { x: best.a.x + (best.b.x - best.a.x) * share, y: best.a.y };
    const tag: Tag = {
      form: 'pill',
      at,
      offset: { x: 0, y: 0 },
      text: label,
      font: 'mono',
      fill: 'surface',
      stroke: net?.stroke ?? 'border-ctl',
      colour: 'text',
      room: 2 * (Math.min(share, 1 - share) * best.length - 12),
      glyph: '',
    };
    shapes.push({ kind: 'tag', owner: edge, from: LEVEL.ports, tag });
  }
  return shapes;
}

const PACKET_WIDTH = 36;
const LEAST_BAND = 4;

/** The packet as its own octets: widths in proportion to the layers' sizes, none too thin to see. */
export function packetScene(picture: Picture, layout: Layout): PacketScene | null {
  const { playback, model } = picture;
  if (!playback.packet) return null;
  const { head, trail } = roadsOf(picture, layout);
  const at = spotOf(picture, layout, head, trail);
  if (!at) return null;
  const total = playback.packet.bands.reduce((sum, { size }) => sum + size, 0);
  const net = networkTokens(model, playback.packet.network);
  const free = PACKET_WIDTH - LEAST_BAND * playback.packet.bands.length;
  const onEdge = playback.packet.at.kind === 'edge';
  return {
    at: at.point,
    trail: [...trail, at.point],
    bands: playback.packet.bands.map(({ role, size }) => ({
      width: LEAST_BAND + (free * size) / Math.max(1, total),
      fill: role === 'outer' ? 'accent' : role === 'tunnel' ? (net?.stroke ?? 'border-ctl') : 'surface',
    })),
    callout: onEdge && !model.compact ? playback.packet.text : '',
    small: at.small,
  };
}

/** On an edge: there. On a strip: under its cell. At a chip: on the road just before it, not over its name. In a box: at its door. */
function spotOf(
  picture: Picture,
  layout: Layout,
  head: Point | null,
  trail: readonly Point[],
): { readonly point: Point; readonly small: boolean } | null {
  const at = picture.playback.packet?.at;
  if (!at) return null;
  if (at.kind === 'edge') return head ? { point: head, small: false } : null;
  const rect = layout.nodes.get(at.node);
  const node = picture.model.node(at.node);
  if (!rect || !node) return null;
  // In the logical network names fill the boxes: the packet stands outside, on its road.
  if (head && picture.model.lens === 'logical')
    return {
      point: { x: head.x < rect.x + rect.width / 2 ? rect.x - 18 : right(rect) + 18, y: head.y },
      small: true,
    };
  const strip = layout.strips.get(at.node);
  if (strip && head) return { point: { x: head.x, y: bottom(strip) + 11 }, small: true };
  if (!head) return { point: { x: right(rect), y: rect.y + rect.height / 2 }, small: true };
  const chip = node.side !== 'inside' || node.kind === 'device';
  return { point: chip ? beforeChip(rect, trail) : head, small: true };
}

/** Back along the road until the packet no longer touches the chip; beside the chip when the road is too short. */
function beforeChip(rect: Rect, trail: readonly Point[]): Point {
  const total = lengthOf(trail);
  const near: Rect = { x: rect.x - 14, y: rect.y - 9, width: rect.width + 28, height: rect.height + 18 };
  for (let back = 0; back <= Math.min(total, 60); back += 1) {
    const point = pointAt(trail, total - back);
    if (!contains(near, point)) return point;
  }
  return { x: right(rect) + 16, y: rect.y + rect.height / 2 };
}
