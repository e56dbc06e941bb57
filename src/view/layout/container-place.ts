/** Where things stand along the rows of a container: each as nearly under what it is joined to as its row allows. */
import type { ArrangeOptions } from './container.ts';
import { endX, TOP, type Chip, type Item, type Net } from './item.ts';
import { packRow, spreadRow } from './pack.ts';

/** Free width between the items of a row; tiles of a narrow page need what there is for their names. */
const ITEM_GAP = { usual: 12, narrow: 6 } as const;
export const gapIn = (row: readonly Item[], compact: boolean): number =>
  ITEM_GAP[compact && row.every(({ node }) => node?.collapsed) ? 'narrow' : 'usual'];
/** From jack to jack. */
const JACK_GAP = 12;

export function placeRow(
  row: readonly Item[],
  key: number,
  low: number,
  high: number,
  nets: readonly Net[],
  options: ArrangeOptions,
): void {
  const between = gapIn(row, options.model.compact);
  const spare = (): number =>
    high - low - row.reduce((sum, { width }) => sum + width, 0) - between * (row.length - 1);
  const elastic = row.filter(({ stretch }) => stretch);
  if (elastic.length === 0)
    for (const item of row)
      if (item.node?.kind === 'device') reach(item, nets, item.width + Math.max(0, spare()));
  const free = spare();
  if (elastic.length > 0 && free > 0) for (const item of elastic) item.width += free / elastic.length;
  const wants = row.map((item) => ({ width: item.width, want: wantedX(item, nets) - item.width / 2 }));
  const lefts =
    elastic.length > 0
      ? running(row, low, between)
      : key >= TOP
        ? spreadRow(
            row.map(({ width }) => width),
            between,
            low,
            high,
          )
        : packRow(
            wants.map(({ width, want }) => ({
              width,
              want: Number.isNaN(want) ? (low + high - width) / 2 : want,
            })),
            between,
            low,
            high,
          );
  row.forEach((item, index) => {
    item.x = lefts[index] ?? low;
    if (item.form === 'bar') return;
    placeChips(item, nets, options);
    spreadEnds(item, nets);
  });
}

/** A device under several ports is as wide as they stand apart, so that their wires are straight. */
function reach(item: Item, nets: readonly Net[], most: number): void {
  const above = nets.flatMap(({ lower, upper, passes }) => {
    const at = lower.item === item && passes.length === 0 ? endX(upper) : null;
    return at && 'x' in at ? [at.x] : [];
  });
  if (above.length > 1)
    item.width = Math.min(most, Math.max(item.width, Math.max(...above) - Math.min(...above) + 56));
}

function running(row: readonly Item[], low: number, gap: number): readonly number[] {
  let x = low;
  return row.map(({ width }) => {
    const at = x;
    x += width + gap;
    return at;
  });
}

/** Wires that come down on one box from outside its width share its edge in their order, 12 px apart. */
function spreadEnds(item: Item, nets: readonly Net[]): void {
  const own = nets.flatMap((net) => {
    if (net.lower.item !== item || net.lower.chip || net.lower.dx !== null || net.invisible) return [];
    const pass = net.passes.at(-1);
    const at = pass ? { x: pass.x + pass.width / 2 } : endX(net.upper);
    return 'x' in at ? [{ end: net.lower, want: at.x }] : [];
  });
  if (own.length < 2) return;
  own.sort((a, b) => a.want - b.want);
  const margin = Math.min(10, item.width / 2);
  const packed = packRow(
    own.map(({ want }) => ({ width: 0, want })),
    12,
    item.x + margin,
    item.x + item.width - margin,
  );
  own.forEach(({ end }, index) => (end.at = packed[index] ?? null));
}

/** Mean of what an item hangs under, NaN when nothing above it is joined to it. */
function wantedX(item: Item, nets: readonly Net[]): number {
  const above: number[] = [];
  for (const net of nets) {
    const upper = net.passes.at(-1);
    if (net.lower.item === item || net.passes.includes(item)) {
      const own = net.passes.indexOf(item);
      const from = own > 0 ? net.passes[own - 1] : own === 0 ? undefined : upper;
      const at = from ? { x: from.x + from.width / 2 } : endX(net.upper);
      above.push('x' in at ? at.x : (at.low + at.high) / 2);
    }
  }
  return above.length === 0 ? Number.NaN : above.reduce((a, b) => a + b, 0) / above.length;
}

const CHIP_GAP = 8;
const CHIP_INSET = 5;

function placeChips(item: Item, nets: readonly Net[], { mirrored, remoteOrder }: ArrangeOptions): void {
  const low = item.x + CHIP_INSET;
  const high = item.x + item.width - CHIP_INSET;
  const wanted = new Map<Chip, number>();
  for (const net of nets) {
    if (!net.lower.chip || net.lower.item !== item) continue;
    const pass = net.passes.at(-1);
    const at = pass ? { x: pass.x + pass.width / 2 } : endX(net.upper);
    const { chip } = net.lower;
    // Under a wide box the chip keeps to the outer side, and leaves the middle to the bridge's name.
    wanted.set(chip, 'x' in at ? at.x : mirrored ? at.high - chip.width / 2 : at.low + chip.width / 2);
  }
  const tops = item.topChips.toSorted((a, b) => (wanted.get(a) ?? Infinity) - (wanted.get(b) ?? Infinity));
  let next = mirrored
    ? high - tops.reduce((sum, { width }) => sum + width + CHIP_GAP, -CHIP_GAP)
    : low + CHIP_INSET;
  const packed = packRow(
    tops.map((chip) => {
      const want = (wanted.get(chip) ?? next + chip.width / 2) - chip.width / 2;
      next = want + chip.width + CHIP_GAP;
      return { width: chip.width, want };
    }),
    CHIP_GAP,
    low + CHIP_INSET,
    high - CHIP_INSET,
  );
  tops.forEach((chip, index) => (chip.x = (packed[index] ?? low) + chip.width / 2));
  // Tunnel ports in the order of the machines that they lead to, so that tubes do not cross; uplinks after them.
  const rank = (chip: Chip): number => remoteOrder(chip.node.id) ?? 10_000;
  const bottoms = item.bottomChips.toSorted((a, b) => rank(a) - rank(b));
  const lefts = spreadRow(
    bottoms.map(({ width }) => width),
    CHIP_GAP,
    low,
    high,
  );
  bottoms.forEach((chip, index) => (chip.x = (lefts[index] ?? low) + chip.width / 2));
}

/** NICs under what they carry; those that carry nothing spread over the free width. */
export function placeDoors(doors: readonly Chip[], nets: readonly Net[], low: number, high: number): void {
  const wants = new Map<Chip, number>();
  for (const door of doors) {
    const above: number[] = [];
    const own = nets.filter(({ lower, upper }) => lower.chip === door && upper.item?.form !== 'bar');
    // Tubes are broad: the NIC stands under the device that they come from, and wires give way.
    const tubes = own.filter(({ invisible }) => invisible);
    for (const net of tubes.length > 0 ? tubes : own) {
      const pass = net.passes.at(-1);
      const at = pass ? { x: pass.x + pass.width / 2 } : endX(net.upper);
      above.push('x' in at ? at.x : (at.low + at.high) / 2);
    }
    if (above.length > 0) wants.set(door, above.reduce((a, b) => a + b, 0) / above.length);
  }
  const even = spreadRow(
    doors.map(({ width }) => width),
    10,
    low,
    high,
  );
  doors.forEach((door, index) => (door.x = wants.get(door) ?? (even[index] ?? low) + door.width / 2));
  const order = doors.toSorted((a, b) => a.x - b.x);
  const lefts = packRow(
    order.map(({ width, x }) => ({ width, want: x - width / 2 })),
    10,
    low,
    high,
  );
  order.forEach((door, index) => (door.x = (lefts[index] ?? low) + door.width / 2));
}

/** A bar's jacks stand where their wires come down, never two in one place; the bar reaches over all of them. */
export function settleBars(bars: readonly Item[], nets: readonly Net[], high: number): void {
  for (const bar of bars) {
    bar.width = high - bar.x;
    const wired = bar.topChips.flatMap((chip) => {
      const net = nets.find(({ lower, upper }) => lower.chip === chip || upper.chip === chip);
      if (!net) return [];
      const room = net.lower.chip === chip ? net.passes.at(-1) : net.passes[0];
      const at = room
        ? { x: room.x + room.width / 2 }
        : endX(net.lower.chip === chip ? net.upper : net.lower);
      return [{ chip, want: 'x' in at ? at.x : (at.low + at.high) / 2 }];
    });
    wired.sort((a, b) => a.want - b.want);
    const centres = packRow(
      wired.map(({ want }) => ({ width: 0, want })),
      JACK_GAP,
      bar.x,
      high,
    );
    wired.forEach(({ chip }, index) => (chip.x = centres[index] ?? high));
  }
}
