/** A segment of the underlay: a band with a bus, its name at the lower left. */
import type { DiagramNode } from '../../view/model.ts';
import type { Rect } from '../../view/layout/rect.ts';
import type { Run } from '../block.ts';
import { BUS_NAMES, LEVEL } from '../levels.ts';
import type { Shape } from '../scene.ts';
import { styleOf, type Picture } from '../style.ts';
import { blockShape, boxShape, lineShape } from './box.ts';
import { freeParts } from './free.ts';
import { nameRun, textRun } from './rows.ts';

/** `jacks`: where cables reach the bus; `bus` its y; `lines`: what no text may lie on. */
export function segmentShapes(
  picture: Picture,
  node: DiagramNode,
  rect: Rect,
  bus: number,
  jacks: readonly number[],
  lines: readonly Rect[],
): { readonly ground: readonly Shape[]; readonly bus: readonly Shape[] } {
  const style = styleOf(picture, node, { fill: 'surface-2', edge: 'border' });
  const low = jacks.length === 0 ? rect.x + 20 : Math.min(...jacks) - 18;
  const high = jacks.length === 0 ? rect.x + rect.width - 20 : Math.max(...jacks) + 18;
  const places = namePlaces(lines, rect, bus, { low, high });
  const [first = rect, ...others] = places;
  const corner = lastPart(freeParts(lines, underBus(rect, bus)), rect);
  return {
    ground: [
      boxShape(node.id, rect, 6, style),
      label(
        node.id,
        first,
        others,
        'left',
        nameRun(node, 'mono', { ...style, text: 'text-2' }, withoutSubnet(node.name)),
        BUS_NAMES,
      ),
      ...(corner
        ? [label(node.id, corner, [], 'right', textRun(node.trail, 'mono', style, 'text-3'), LEVEL.ports)]
        : []),
    ],
    bus: [
      lineShape(
        node.id,
        { x: low, y: bus },
        { x: high, y: bus },
        {
          colour: picture.marks.selected === node.id ? 'accent' : 'border-ctl',
          width: 5,
          round: true,
          tube: true,
        },
      ),
    ],
  };
}

const LABEL = 22;
const CLEAR = 4;
/** Kept for the second label, at the right end under the bus: as wide as it is at the least zoom at which it is written. */
const CORNER = 130;

const withoutSubnet = (name: string): string => name.replace(/ [\da-f.:]+\/\d+$/, '');

/** Between the bus and the band's edge, as much as there is: far away a text needs all of it. */
const underBus = (rect: Rect, bus: number): Rect => ({
  ...rect,
  y: bus + CLEAR,
  height: Math.max(LABEL, rect.y + rect.height - bus - CLEAR - 1),
});

/** Where the name may stand, best first: at the lower left, left of the bus, anywhere under it, over it, right of it. */
function namePlaces(
  lines: readonly Rect[],
  rect: Rect,
  bus: number,
  { low, high }: { readonly low: number; readonly high: number },
): readonly Rect[] {
  const under = freeParts(lines, { ...underBus(rect, bus), width: rect.width - CORNER });
  const whole = { y: rect.y + 1, height: rect.height - 2 };
  const left = freeParts(lines, { ...whole, x: rect.x, width: low - CLEAR - rect.x });
  const over = { ...whole, height: bus - CLEAR - whole.y };
  const right = freeParts(lines, { ...over, x: high + CLEAR, width: rect.x + rect.width - high - CLEAR });
  const above = freeParts(lines, { ...rect, ...over });
  const beyond = freeParts(lines, {
    ...whole,
    x: high + CLEAR,
    width: Math.max(0, rect.x + rect.width - CORNER - high - CLEAR),
  });
  return [
    ...under.slice(0, 1),
    ...left.slice(0, 1),
    ...under.slice(1),
    ...left.slice(1),
    ...right,
    ...above,
    ...beyond,
  ];
}

/** The part that reaches the band's right end, up to its middle. */
function lastPart(parts: readonly Rect[], rect: Rect): Rect | undefined {
  const last = parts.at(-1);
  const end = rect.x + rect.width;
  if (!last || last.x + last.width < end - 1) return undefined;
  const x = Math.max(last.x, rect.x + rect.width / 2, end - CORNER);
  return { ...last, x, width: end - x };
}

const label = (
  owner: string,
  rect: Rect,
  others: readonly Rect[],
  align: 'left' | 'right',
  run: Run,
  from: number,
): Shape =>
  blockShape(owner, {
    rect,
    others,
    padX: 12,
    padY: 2,
    align,
    valign: 'middle',
    rows: [{ runs: [run], trail: null, height: 14, from }],
  });

export function jackShape(owner: string, x: number, y: number, onPath: boolean): Shape {
  return {
    kind: 'circle',
    owner,
    from: LEVEL.names,
    at: { x, y },
    radius: 3.5,
    fill: 'surface',
    stroke: { colour: onPath ? 'accent' : 'border-ctl', width: 1.5 },
  };
}
