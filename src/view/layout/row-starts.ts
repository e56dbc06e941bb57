/** Where the two rows of machines begin: with edges on one line where they are about as wide, and clear of one another's lines. */
import type { DiagramModel, DiagramNode } from '../model.ts';
import type { Arranged } from './container.ts';
import { centreX, clamp, type Rect } from './rect.ts';
import type { TunnelRoads } from './tunnel-roads.ts';

const MACHINE_GAP = { full: 25, compact: 34 } as const;
/** A row at least this part of the other's width is spread to the same width; a shorter one stands in the middle. */
const SAME_WIDTH = 0.7;
/** A lower row up to this part of the upper one's width stands where its cables are straight. */
const SHORT_ROW = 0.5;
/** How far the lower row may stand to the right, and in which steps, so that its lines pass those of the upper row. */
const SHIFT = { most: 72, step: 8 } as const;
/** What each tube of a NIC takes on either side of it, and a cable. */
const LINE_ROOM = { tube: 8, cable: 3 } as const;

interface Row {
  readonly machines: readonly DiagramNode[];
  readonly arranged: readonly Arranged[];
}

export interface RowStart {
  readonly x: number;
  /** From machine to machine. */
  readonly gap: number;
}

export const gapOf = (model: DiagramModel): number =>
  model.compact ? MACHINE_GAP.compact : MACHINE_GAP.full;

export const widthOf = (model: DiagramModel, { arranged }: Row): number =>
  arranged.reduce((sum, { width }) => sum + width + gapOf(model), -gapOf(model));

/** The upper of two rows, or the only one. */
export function upperStart(model: DiagramModel, row: Row, widest: number): RowStart {
  const width = widthOf(model, row);
  const usual = gapOf(model);
  if (width < widest * SAME_WIDTH) return { x: (widest - width) / 2, gap: usual };
  return { x: 0, gap: usual + (widest - width) / Math.max(1, row.arranged.length - 1) };
}

/** The lower row, when the upper one has its place. */
export function lowerStart(
  model: DiagramModel,
  nodes: ReadonlyMap<string, Rect>,
  lower: Row,
  widest: number,
  roads: TunnelRoads,
): RowStart {
  const { x: middle, gap } = upperStart(model, lower, widest);
  const x = middle === 0 ? 0 : shortStart(model, nodes, lower, widest, middle);
  return { x: x + shiftOf(model, nodes, lower, { x, gap }, roads), gap };
}

/**
 * The least shift of the lower row by which the fewest of its lines stand on lines of the upper row. Cables to the bus of one
 * band may meet there; tubes of the lower row pass it.
 */
function shiftOf(
  model: DiagramModel,
  nodes: ReadonlyMap<string, Rect>,
  lower: Row,
  { x, gap }: RowStart,
  roads: TunnelRoads,
): number {
  const tubes = new Map<string, number>();
  for (const { id, kind, via } of model.edges)
    if (kind === 'tunnel' && !roads.roads.has(id) && !roads.bars.has(id))
      for (const nic of new Set(via)) tubes.set(nic, (tubes.get(nic) ?? 0) + 1);
  const wired = new Map<string, Set<string>>();
  for (const { segment, kind, from, to } of model.edges)
    if (segment !== null && kind !== 'tunnel')
      for (const end of [from, to]) wired.set(end, (wired.get(end) ?? new Set()).add(segment));
  const roomOf = (nic: string): number => LINE_ROOM.tube * (tubes.get(nic) ?? 0) + LINE_ROOM.cable;
  interface Line {
    readonly nic: string;
    readonly x: number;
  }
  const bands = new Map(
    model
      .children(null)
      .filter(({ kind }) => kind === 'segment')
      .map(({ id }, index) => [id, index]),
  );
  const bandOf = (segment: string): number => bands.get(`segment:${encodeURIComponent(segment)}`) ?? -1;
  /** Cables turn above all bands: a line from below runs as far as there, or to its bus; one from above to its own. */
  const overlap = (below: string, above: string): boolean =>
    [...(wired.get(below) ?? [])].some((segment) =>
      [...(wired.get(above) ?? [])].some(
        (other) => other !== segment && (bandOf(segment) < 0 || bandOf(other) > bandOf(segment)),
      ),
    );
  const meet = (one: Line, other: Line, shift: number): boolean => {
    const passes = (tubes.get(one.nic) ?? 0) > 0;
    const room = passes ? roomOf(one.nic) + roomOf(other.nic) : 2 * LINE_ROOM.cable;
    return Math.abs(one.x + shift - other.x) < room && (passes || overlap(one.nic, other.nic));
  };
  const under = new Set(lower.arranged.flatMap(({ doors }) => doors.map(({ node }) => node.id)));
  const above = [...wired.keys()].flatMap((id): Line[] => {
    const rect = model.node(id)?.kind === 'segment' || under.has(id) ? undefined : nodes.get(id);
    const parent = model.node(model.node(id)?.parent ?? '')?.parent;
    return rect && parent === null ? [{ nic: id, x: centreX(rect) }] : [];
  });
  let left = x;
  const below = lower.arranged.flatMap(({ doors, width }) => {
    const own = doors.flatMap(({ node, x: centre }): Line[] =>
      wired.has(node.id) ? [{ nic: node.id, x: left + centre }] : [],
    );
    left += width + gap;
    return own;
  });
  let best = { shift: 0, met: Number.POSITIVE_INFINITY };
  for (let shift = 0; shift <= SHIFT.most && best.met > 0; shift += SHIFT.step) {
    const met = below.reduce((sum, one) => sum + above.filter((other) => meet(one, other, shift)).length, 0);
    if (met < best.met) best = { shift, met };
  }
  return best.shift;
}

/** Where a lower row begins that is less wide than the upper one: a short one under what it is joined to. */
function shortStart(
  model: DiagramModel,
  nodes: ReadonlyMap<string, Rect>,
  lower: Row,
  most: number,
  middle: number,
): number {
  const width = widthOf(model, lower);
  if (width > most * SHORT_ROW) return middle;
  const own = new Set(lower.machines.map(({ id }) => id));
  const isLower = (id: string): boolean => {
    for (let at = model.node(id); at; at = at.parent === null ? undefined : model.node(at.parent))
      if (own.has(at.id)) return true;
    return false;
  };
  const joins = model.edges.filter(({ segment, kind }) => segment !== null && kind !== 'tunnel');
  const reached = new Set(
    joins.filter(({ from, to }) => isLower(from) || isLower(to)).map(({ segment }) => segment),
  );
  const xs = joins
    .filter(({ segment }) => reached.has(segment))
    .flatMap(({ from, to }) => [from, to])
    .flatMap((id) => {
      const rect = model.node(id)?.kind === 'segment' || isLower(id) ? undefined : nodes.get(id);
      return rect ? [centreX(rect)] : [];
    });
  if (xs.length === 0) return middle;
  return clamp(xs.reduce((a, b) => a + b, 0) / xs.length - width / 2, 0, most - width);
}
