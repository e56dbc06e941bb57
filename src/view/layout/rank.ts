/** Rows of a container: how far each item is above the NICs, and the order in a row that keeps wires from crossing. */
import { TOP, type Item, type Net } from './item.ts';

/** Sets `rank`: one more than the highest thing that hangs under it; doors are 0. Loops are cut where they are found. */
export function rankItems(items: readonly Item[], nets: readonly Net[]): void {
  const below = new Map<Item, Item[]>();
  for (const { upper, lower } of nets) {
    if (!upper.item || !lower.item) continue;
    const list = below.get(upper.item);
    if (list) list.push(lower.item);
    else below.set(upper.item, [lower.item]);
  }
  const visiting = new Set<Item>();
  const rankOf = (item: Item): number => {
    if (item.rank > 0) return item.rank;
    if (visiting.has(item)) return 0;
    visiting.add(item);
    const under = (below.get(item) ?? []).filter((other) => other.rank < TOP);
    item.rank = 1 + Math.max(0, ...under.map(rankOf));
    visiting.delete(item);
    return item.rank;
  };
  for (const item of items) rankOf(item);
}

/** Guests in one row before a second one is opened above it. */
const MOST_IN_FIRST_ROW = 10;
const PER_ROW = 8;

/**
 * Spreads many small boxes of the first row over several: what is wired to those above passes between those below. Machines
 * without their inside count as such where no tubes run between them.
 */
export function stackGuests(items: readonly Item[], tubes: boolean): void {
  const isSmall = ({ node }: Item): boolean =>
    node?.kind === 'namespace' ||
    node?.kind === 'fold' ||
    (!tubes && (node?.kind === 'machine' || node?.kind === 'container') && node.collapsed);
  const guests = items.filter((item) => item.rank === TOP && isSmall(item));
  if (guests.length <= MOST_IN_FIRST_ROW) return;
  const rows = Math.ceil(guests.length / PER_ROW);
  guests.forEach((item, index) => (item.rank = TOP + rows - 1 - Math.floor(index / PER_ROW)));
}

export interface RankedRow {
  readonly key: number;
  readonly row: Item[];
}

/** Rows from top to bottom, bars before boxes of the same rank, with rooms for edges that pass a row. */
export function orderRows(items: readonly Item[], nets: readonly Net[]): readonly RankedRow[] {
  const keys = [...new Set(items.map(({ rank }) => rank))].sort((a, b) => b - a);
  const rows: RankedRow[] = [];
  for (const key of keys) {
    const own = items.filter(({ rank }) => rank === key);
    for (const [index, bar] of own.filter(({ form }) => form === 'bar').entries())
      rows.push({ key: key + 0.5 - index / 1000, row: [bar] });
    const boxes = own.filter(({ form }) => form !== 'bar');
    if (boxes.length > 0) rows.push({ key, row: boxes });
  }
  addPasses(rows, nets);
  sweep(rows, nets);
  return rows;
}

function addPasses(rows: readonly RankedRow[], nets: readonly Net[]): void {
  const rowOf = new Map<Item, number>();
  rows.forEach(({ row }, index) => {
    for (const item of row) rowOf.set(item, index);
  });
  for (const net of nets) {
    const from = net.upper.item ? (rowOf.get(net.upper.item) ?? 0) : 0;
    const to = net.lower.item ? (rowOf.get(net.lower.item) ?? 0) : rows.length;
    for (let index = from + 1; index < to; index += 1) {
      const row = rows[index]?.row;
      if (!row || row[0]?.form === 'bar') continue;
      const pass: Item = {
        id: `pass:${net.edge.id}/${index}`,
        form: 'pass',
        node: null,
        inner: null,
        rank: 0,
        order: row.length,
        x: 0,
        width: 10,
        height: 0,
        stretch: false,
        topChips: [],
        bottomChips: [],
      };
      row.push(pass);
      net.passes.push(pass);
    }
  }
}

/** Two sweeps of the barycentre rule, down then up; ties keep the model's order. The first row never moves. */
function sweep(rows: readonly RankedRow[], nets: readonly Net[]): void {
  const chains = nets.map((net) =>
    [net.upper.item, ...net.passes, net.lower.item].filter((item): item is Item => item !== null),
  );
  const position = new Map<Item, number>();
  // Rooms stand where their edges come from; boxes share the row among themselves.
  const number = (): void => {
    for (const { row } of rows) {
      const boxes = row.filter(({ form }) => form !== 'pass');
      boxes.forEach((item, index) => position.set(item, (index + 0.5) / boxes.length));
    }
  };
  number();
  const arrange = (
    row: Item[],
    neighbours: (chain: readonly Item[], at: number) => Item | undefined,
  ): void => {
    const centre = new Map<Item, number>();
    for (const item of row) {
      const near: number[] = [];
      for (const chain of chains) {
        const at = chain.indexOf(item);
        const other = at < 0 ? undefined : neighbours(chain, at);
        if (other) near.push(position.get(other) ?? 0);
      }
      centre.set(
        item,
        near.length === 0 ? (position.get(item) ?? 0) : near.reduce((a, b) => a + b, 0) / near.length,
      );
    }
    row.sort((a, b) => (centre.get(a) ?? 0) - (centre.get(b) ?? 0) || a.order - b.order);
    row.forEach((item, index) => position.set(item, (index + 0.5) / row.length));
  };
  for (const { row } of rows.slice(1)) arrange(row, (chain, at) => chain[at - 1]);
  // What users see keeps its order.
  for (const { key, row } of rows.slice(1, -1).toReversed())
    if (key < TOP) arrange(row, (chain, at) => chain[at + 1]);
  for (const { row } of rows.slice(1)) arrange(row, (chain, at) => chain[at - 1]);
}
