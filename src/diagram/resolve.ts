/**
 * Scene at one zoom: the list of marks that a pen makes, in scaled coordinates (world times zoom, CSS pixels), back to
 * front. Both pens draw from this list, so canvas and file cannot differ.
 */
import { overlaps, type Point, type Rect } from '../view/layout/rect.ts';
import { placeBlock, type PlacedGlyph, type PlacedText } from './block.ts';
import { LEVEL } from './levels.ts';
import { FONTS, type Measure } from './measure.ts';
import type { PacketScene, PathCommand, Scene, Shape, Stroke, Tag } from './scene.ts';
import type { ColourToken } from './theme.ts';

export interface PenStroke {
  readonly colour: ColourToken;
  readonly width: number;
  readonly dash: readonly number[];
  readonly round: boolean;
}

export type Mark =
  | {
      readonly kind: 'rect';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly radius: number;
      readonly fill: ColourToken | null;
      readonly stroke: PenStroke | null;
    }
  | {
      readonly kind: 'path';
      readonly commands: readonly PathCommand[];
      readonly fill: ColourToken | null;
      readonly stroke: PenStroke | null;
    }
  | {
      readonly kind: 'circle';
      readonly x: number;
      readonly y: number;
      readonly radius: number;
      readonly fill: ColourToken | null;
      readonly stroke: PenStroke | null;
    }
  | PlacedText
  | PlacedGlyph;

/** Everything of `scene` that touches `view` (world; null for all) at zoom `k`; while the zoom changes in `brief`. */
export function resolveScene(
  scene: Scene,
  k: number,
  view: Rect | null,
  measure: Measure,
  brief = false,
): readonly Mark[] {
  const marks: Mark[] = [];
  const taken: Rect[] = [];
  for (const shape of scene.shapes) {
    if (k < shape.from || (brief && shape.fine) || (view && !inView(shape, view, k))) continue;
    resolveShape(shape, k, measure, taken, brief, marks);
  }
  return marks;
}

/** Asked of every shape in every frame of a zoom: nothing is made for the answer. */
function inView(shape: Shape, view: Rect, k: number): boolean {
  switch (shape.kind) {
    case 'rect':
      return overlaps(view, shape.rect, 4 / k);
    case 'path':
      // The reach gives a level or upright line, which has no area of its own, one.
      return overlaps(view, shape.bounds, 12 / k);
    case 'block':
      return (
        overlaps(view, shape.block.rect, 60 / k) ||
        (shape.block.others?.some((rect) => overlaps(view, rect, 60 / k)) ?? false)
      );
    case 'circle':
      return isNear(view, shape.at, 12 / k);
    case 'tag':
      // Those some way off count too: whether one is drawn depends on those beside it, and must not change while panning.
      return isNear(view, shape.tag.at, 400 / k);
  }
}

const isNear = ({ x, y, width, height }: Rect, at: Point, reach: number): boolean =>
  at.x > x - reach && at.x < x + width + reach && at.y > y - reach && at.y < y + height + reach;

function resolveShape(
  shape: Shape,
  k: number,
  measure: Measure,
  taken: Rect[],
  brief: boolean,
  marks: Mark[],
): void {
  switch (shape.kind) {
    case 'rect': {
      const { rect } = shape;
      const stroke = penStroke(shape.stroke, k, brief);
      if (!stroke && shape.fill === null) return;
      marks.push({
        kind: 'rect',
        x: rect.x * k,
        y: rect.y * k,
        width: rect.width * k,
        height: rect.height * k,
        radius: cornerOf(shape.radius, Math.min(rect.height, rect.width) * k, k, brief),
        fill: shape.fill,
        stroke,
      });
      return;
    }
    case 'path':
      marks.push({
        kind: 'path',
        commands: scaled(shape.commands, k),
        fill: shape.fill,
        stroke: penStroke(shape.stroke, k, brief),
      });
      return;
    case 'circle':
      marks.push({
        kind: 'circle',
        x: shape.at.x * k,
        y: shape.at.y * k,
        radius: k < 0.7 ? shape.radius * 0.7 : shape.radius,
        fill: shape.fill,
        stroke: penStroke(shape.stroke, k, brief),
      });
      return;
    case 'block':
      marks.push(...placeBlock(shape.block, k, measure));
      return;
    case 'tag':
      marks.push(...resolveTag(shape.tag, k, measure, taken));
  }
}

/** Boxes too small for a corner to be seen have none: they are far cheaper to draw. */
function cornerOf(radius: number, size: number, k: number, brief: boolean): number {
  // What is round is known by it while there is anything in it.
  const isRound = radius * k >= size / 2 - 0.01;
  const corner =
    size < (isRound ? EMPTY_BELOW : SQUARE_BELOW) ? 0 : Math.min(radius * Math.max(k, 0.5), size / 2);
  return brief && corner < LEAST_BRIEF ? 0 : corner;
}

/** CSS pixels. */
const SQUARE_BELOW = 14;
const EMPTY_BELOW = 12;
/** Corners smaller than this are not drawn while the zoom changes. CSS pixels. */
const LEAST_BRIEF = 2.5;

/** Far away, where there are many, and while the zoom changes, thin lines are of one pixel: such cost a third of wider ones. CSS pixels. */
const HAIR = 1;
const THIN = 1.5;

function penStroke(stroke: Stroke | null, k: number, brief: boolean): PenStroke | null {
  if (!stroke || stroke.width <= 0) return null;
  // Far away a tube is a line: its walls never meet. Before that it is a little wider than it is, to be seen under its cable.
  const least = stroke.width > 10 ? 2.5 : stroke.width > 8 ? 1 : 2;
  const width = stroke.tube
    ? Math.max(
        least,
        stroke.width * Math.min(stroke.width > 8 ? Math.max(k, Math.min(0.7, k * 1.3)) : k, 1.6),
      )
    : (brief || k < LEVEL.names) && stroke.width <= THIN
      ? Math.min(stroke.width, HAIR)
      : stroke.width;
  return { colour: stroke.colour, width, dash: stroke.dash ?? [], round: stroke.round ?? false };
}

function scaled(commands: readonly PathCommand[], k: number): readonly PathCommand[] {
  return commands.map((command): PathCommand => {
    switch (command[0]) {
      case 'M':
        return ['M', command[1] * k, command[2] * k];
      case 'L':
        return ['L', command[1] * k, command[2] * k];
      case 'Q':
        return ['Q', command[1] * k, command[2] * k, command[3] * k, command[4] * k];
      case 'C':
        return [
          'C',
          command[1] * k,
          command[2] * k,
          command[3] * k,
          command[4] * k,
          command[5] * k,
          command[6] * k,
        ];
      case 'Z':
        return command;
    }
  });
}

const line = (colour: ColourToken, width: number): PenStroke => ({ colour, width, dash: [], round: false });

/** A tag needs its room, and the place must be free of other tags. */
function resolveTag(tag: Tag, k: number, measure: Measure, taken: Rect[]): readonly Mark[] {
  const x = tag.at.x * k + tag.offset.x;
  const y = tag.at.y * k + tag.offset.y;
  const text = tag.text === '' ? 0 : measure(tag.text, tag.font);
  const round = tag.form === 'badge' || tag.form === 'glyph';
  const width = round ? 16 : text + 16;
  const height = round ? 16 : 18;
  const box: Rect = { x: x - width / 2, y: y - height / 2, width, height };
  if (tag.room * k < width + (tag.form === 'badge' ? 2 : 16)) return [];
  if (tag.form === 'pill' && taken.some((other) => overlaps(box, other, 4))) return [];
  taken.push(box);
  const { size } = FONTS[tag.font];
  const label: PlacedText = {
    kind: 'text',
    text: tag.text,
    x: x - text / 2,
    y: y + size * 0.355,
    width: text,
    font: tag.font,
    colour: tag.colour,
    strike: false,
    from: 0,
  };
  switch (tag.form) {
    case 'badge':
      return [
        {
          kind: 'circle',
          x,
          y,
          radius: 8,
          fill: tag.fill,
          stroke: line(tag.stroke, tag.fill === 'surface' ? 1.25 : 1.5),
        },
        label,
      ];
    case 'glyph':
      return [
        { kind: 'circle', x, y, radius: 8, fill: tag.fill, stroke: null },
        { kind: 'glyph', glyph: tag.glyph, x: x - 7, y: y - 7, size: 14, colour: tag.colour, from: 0 },
      ];
    case 'pill':
      return [{ kind: 'rect', ...box, radius: 9, fill: tag.fill, stroke: line(tag.stroke, 1) }, label];
    case 'callout':
      return [{ kind: 'rect', ...box, radius: 3, fill: tag.fill, stroke: null }, label];
  }
}

const PACKET_SIZE = { width: 36, height: 18 } as const;
const SMALL_PACKET = { width: 28, height: 12 } as const;

/** The packet and its callout about the origin, in CSS pixels: a ground that parts it from what is under it, bands, edge. */
export function packetMarks(packet: PacketScene, k: number, measure: Measure): readonly Mark[] {
  const { width, height } = packet.small ? SMALL_PACKET : PACKET_SIZE;
  const scale = width / PACKET_SIZE.width;
  const left = -width / 2;
  const top = -height / 2;
  const marks: Mark[] = [
    {
      kind: 'rect',
      x: left - 2.5,
      y: top - 2.5,
      width: width + 5,
      height: height + 5,
      radius: 5,
      fill: 'surface',
      stroke: null,
    },
  ];
  let x = left;
  packet.bands.forEach(({ width: full, fill }, index) => {
    const own = full * scale;
    const first = index === 0;
    const last = index === packet.bands.length - 1;
    marks.push({
      kind: 'path',
      commands: band(x, top, own, height, first ? 3 : 0, last ? 3 : 0),
      fill,
      stroke: null,
    });
    x += own;
  });
  marks.push({
    kind: 'rect',
    x: left,
    y: top,
    width,
    height,
    radius: 3,
    fill: null,
    stroke: line('accent', 2),
  });
  if (packet.callout !== '' && k >= LEVEL.ports) {
    const text = measure(packet.callout, 'mono');
    const box = { x: -(text + 12) / 2, y: 15, width: text + 12, height: 18 };
    marks.push(
      {
        kind: 'path',
        commands: [
          ['M', 0, height / 2 + 1],
          ['L', 0, 15],
        ],
        fill: null,
        stroke: line('accent', 1.5),
      },
      { kind: 'rect', ...box, radius: 3, fill: 'accent', stroke: null },
      {
        kind: 'text',
        text: packet.callout,
        x: -text / 2,
        y: 15 + 9 + 10 * 0.355,
        width: text,
        font: 'mono',
        colour: 'on-accent',
        strike: false,
        from: 0,
      },
    );
  }
  return marks;
}

/** A rectangle with its left and right corners rounded or not. */
function band(
  x: number,
  y: number,
  width: number,
  height: number,
  left: number,
  right: number,
): readonly PathCommand[] {
  const far = x + width;
  const low = y + height;
  return [
    ['M', x + left, y],
    ['L', far - right, y],
    ['Q', far, y, far, y + right],
    ['L', far, low - right],
    ['Q', far, low, far - right, low],
    ['L', x + left, low],
    ['Q', x, low, x, low - left],
    ['L', x, y + left],
    ['Q', x, y, x + left, y],
    ['Z'],
  ];
}
