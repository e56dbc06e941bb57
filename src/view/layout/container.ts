/**
 * The inside of a machine or namespace: rows from what users see (guests, namespaces, programs) down to the NICs that sit
 * astride its lower edge, each thing as nearly under what it is joined to as it can be.
 */
import type { DiagramModel, DiagramNode } from '../model.ts';
import { shownName } from '../shown-name.ts';
import { channelNets, routeChannel, type ChannelPlan } from './channel.ts';
import { orderRows, rankItems, stackGuests } from './rank.ts';
import { gatherItems, gatherNets } from './gather.ts';
import { TOP, type Chip, type Item, type Net } from './item.ts';
import { gapIn, placeDoors, placeRow, settleBars } from './container-place.ts';
import type { LayoutSink } from './layout.ts';
import { BOX_HEAD, DATABASE_HEIGHT, headWidth, machineHead, NIC_HEIGHT } from './sizes.ts';
import { MONO, tableWidth } from './text-width.ts';
import { CUFF, PILL } from './tunnel-lines.ts';

export interface Row {
  /** Rank, for machines side by side to agree on heights. */
  readonly key: number;
  readonly items: readonly Item[];
  readonly height: number;
  /** Free space above the row. */
  readonly gap: number;
}

export interface Arranged {
  readonly node: DiagramNode;
  readonly width: number;
  readonly rows: readonly Row[];
  readonly doors: readonly Chip[];
  /** From the top edge to the first row. */
  readonly head: number;
  /** From the last row to the lower edge. */
  readonly foot: number;
  readonly height: number;
  /** Centre of a door from the left edge, by node id. */
  readonly doorX: (node: string) => number | undefined;
  /** Writes rectangles and routes at a position; `rowTops` are offsets from the top edge by row key. */
  readonly emit: (
    sink: LayoutSink,
    x: number,
    y: number,
    height: number,
    rowTops: ReadonlyMap<number, number>,
  ) => void;
}

export interface ArrangeOptions {
  readonly model: DiagramModel;
  /** Tubes that pass a NIC, so that it is wide enough. */
  readonly tubesAt: (nic: string) => number;
  /** Cables that end at a chip which stands for several NICs. */
  readonly cablesAt: (chip: string) => number;
  /** Order of the machine at a tunnel port's far end, or null. */
  readonly remoteOrder: (port: string) => number | null;
  /** Right half of the picture: chips to the right, names to the left. */
  readonly mirrored: boolean;
  readonly tunnelled: boolean;
  /** Height to keep free under the guests of a machine for tubes between them. */
  readonly innerLanes: (machine: string) => number;
  /** Height to keep free over a Linux bridge for tubes that run over it. */
  readonly barLanes: (bar: string) => number;
  /** Does a mesh of tunnels meet at this machine? Its pill then stands in it. */
  readonly meetsIn: (machine: string) => boolean;
  /** How many times its width a name gets. */
  readonly room: number;
}

const PAD = { full: 10, compact: 13 } as const;
const ROW_GAP = { full: 23, low: 10 } as const;
/** The same goes for the names of bars. */
const NAME_SLACK = { full: 1.36, compact: 1.6 } as const;
/** A tile's texts still fit when the picture is fitted smaller than it is: they keep their size on screen. */
const TILE_SLACK = 1.3;
/** On a narrow page, where tiles stand beside machines that hold many. */
const LONE_SLACK = 1.7;
const TILE_LINE = 20;
/** A short name of a NIC (ens3) is read at half size. */
const SHORT_NIC = 60;
/** Longer ones up to this width as well. */
const READ_NIC = 110;
/** Between cables that tubes may lie on. */
const TUBE_PITCH = 15;
/** Of a tile's NICs. */
const TILE_NIC_HEIGHT = 28;
const TILE_WIDTH = { full: 150, compact: 120 } as const;
/** The rank of what stands above even the guests. */
const LONE = TOP + 900;
/** A jack that hangs on nothing needs room for its name. */
const JACK_PITCH = 56;
/** On a narrow page it has none. */
const JACK_ONLY = 16;

export function arrangeContainer(node: DiagramNode, options: ArrangeOptions): Arranged {
  const { model } = options;
  const pad = model.compact ? PAD.compact : PAD.full;
  const machine = node.kind === 'machine' || node.kind === 'container';
  const items = gatherItems(node, options, arrangeContainer);
  const doors = doorsOf(node, options);
  const nets = gatherNets(node, model, items, doors);
  rankItems(items, nets);
  const bars = items.filter(({ form }) => form === 'bar');
  // A bridge that no line leads to stands above all: no line passes it there, and it needs no column beside the others.
  const lone = bars.filter(
    (bar) => !nets.some(({ upper, lower }) => upper.item === bar || lower.item === bar),
  );
  for (const bar of lone) bar.rank = LONE;
  stackGuests(items, options.tunnelled);
  const ranked = orderRows(items, nets);
  // Names of Linux bridges stand in a column of their own, so that no wire runs through them.
  const names =
    bars.length === 0
      ? 0
      : Math.max(...bars.map(({ node: bar }) => (bar ? headWidth(bar) : 0))) *
          NAME_SLACK[model.compact ? 'compact' : 'full'] +
        4;
  const loose = bars.map((bar) => {
    const chips = bar.topChips.filter(
      (chip) => !nets.some(({ upper, lower }) => upper.chip === chip || lower.chip === chip),
    );
    // Where nothing else is in the row there is room for the whole of each name.
    const widest = Math.max(0, ...chips.map((chip) => tableWidth(chip.node.name, MONO)));
    return {
      bar,
      chips,
      pitch: model.compact
        ? JACK_ONLY
        : Math.max(JACK_PITCH, lone.includes(bar) ? widest * NAME_SLACK.compact + 16 : 0),
    };
  });
  const columnFor = (some: readonly Item[]): number =>
    some.length === 0
      ? 0
      : names +
        Math.max(...loose.map(({ bar, chips, pitch }) => (some.includes(bar) ? pitch * chips.length : 0)));
  const column = columnFor(bars.filter((bar) => !lone.includes(bar)));
  const heading =
    headWidth(node, model.compact) *
    (node.collapsed
      ? Math.max(model.compact && node.parent === null ? LONE_SLACK : TILE_SLACK, options.room)
      : options.room);
  const least = node.collapsed
    ? TILE_WIDTH[model.compact ? 'compact' : 'full']
    : machine
      ? model.compact
        ? 166
        : 150
      : 104;
  const rowWidth = (row: readonly Item[]): number =>
    row.reduce((sum, { width }) => sum + width, 0) + gapIn(row, model.compact) * Math.max(0, row.length - 1);
  const doorsWidth = doors.reduce((sum, { width }) => sum + width + 10, 0) + 10;
  const widest = Math.max(...ranked.map(({ row }) => rowWidth(row)), doorsWidth - 2 * pad, 0);
  const inner = Math.max(heading - 2 * pad, least - 2 * pad, widest + column, columnFor(lone));
  const firstRow = ranked.findIndex(({ key }) => key < LONE);

  const rows: Row[] = [];
  ranked.forEach(({ key, row }, index) => {
    placeRow(row, key, pad + (row[0]?.form === 'bar' ? 0 : column), pad + inner, nets, options);
    const above = ranked[index - 1]?.row ?? [];
    const lanes = index === firstRow + 1 ? options.innerLanes(node.id) : 0;
    const gap =
      index === 0
        ? 0
        : lanes +
          Math.max(0, ...row.map(({ id, form }) => (form === 'bar' ? options.barLanes(id) : 0))) +
          ROW_GAP[model.low ? 'low' : 'full'] +
          (above.some(({ bottomChips }) => bottomChips.length > 0) ? 9 : 0) +
          (row.some(({ topChips }) => topChips.length > 0) ? 9 : 0);
    rows.push({ key, items: row, height: Math.max(0, ...row.map(({ height }) => height)), gap });
  });
  placeDoors(doors, nets, pad, pad + inner);
  settleBars(bars, nets, pad + inner);
  for (const { chips, pitch } of loose)
    chips.forEach((chip, index) => (chip.x = pad + names + 16 + pitch * index));

  const plans = channelNets(rows, nets);
  const spaced = rows.map((row, index) => ({
    ...row,
    gap: row.gap + Math.max(0, (plans[index]?.tracks ?? 0) - 2) * 8,
  }));
  const head = machine
    ? machineHead(model, node) * (node.collapsed ? TILE_SLACK : 1) +
      headLines(node, model.low) +
      (rows.length > 0 ? 8 : 4)
    : BOX_HEAD + 4;
  const foot = footOf(node, doors, rows, options) + Math.max(0, (plans[rows.length]?.tracks ?? 0) - 2) * 8;
  const height = head + spaced.reduce((sum, row) => sum + row.gap + row.height, 0) + foot;
  return {
    node,
    width: inner + 2 * pad,
    rows: spaced,
    doors,
    head,
    foot,
    height,
    doorX: (id) => doors.find((door) => door.node.id === id)?.x,
    emit: (sink, x, y, total, rowTops) =>
      emit({ node, rows: spaced, doors, nets, plans, width: inner + 2 * pad }, sink, x, y, total, rowTops),
  };
}

/** A low picture says in its tiles only what they are called, on two rows if need be. */
const LOW_NAME = 10;

const headLines = (node: DiagramNode, low: boolean): number =>
  node.kind === 'machine' || node.kind === 'container'
    ? node.lines.length *
      (node.collapsed ? (low ? LOW_NAME / Math.max(1, node.lines.length) : TILE_LINE) : 14)
    : 0;

function footOf(
  node: DiagramNode,
  doors: readonly Chip[],
  rows: readonly Row[],
  { model, tunnelled, meetsIn }: ArrangeOptions,
): number {
  if (doors.length === 0) return rows.length === 0 ? 4 : 10;
  if (rows.length === 0)
    return node.collapsed ? TILE_NIC_HEIGHT / 2 + 8 + (meetsIn(node.id) ? PILL + 2 * CUFF : 0) : 16;
  const machine = node.kind === 'machine' || node.kind === 'container';
  if (model.compact) return 24;
  return machine &&
    tunnelled &&
    rows.some(({ items }) => items.some(({ node: item }) => item?.kind === 'device'))
    ? 62
    : NIC_HEIGHT / 2 + ROW_GAP[model.low ? 'low' : 'full'];
}

/** Row keys to offsets from the container's top edge. */
export function rowTopsOf({ head, rows }: Pick<Arranged, 'head' | 'rows'>): ReadonlyMap<number, number> {
  const tops = new Map<number, number>();
  let y = head;
  for (const { key, gap, height } of rows) {
    y += gap;
    tops.set(key, y);
    y += height;
  }
  return tops;
}

function doorsOf(node: DiagramNode, { model, tubesAt, cablesAt, tunnelled }: ArrangeOptions): Chip[] {
  const height = node.collapsed ? TILE_NIC_HEIGHT : NIC_HEIGHT;
  return model
    .children(node.id)
    .filter(({ side }) => side === 'bottom')
    .map((door) => {
      const chip =
        door.kind === 'fold'
          ? Math.max(door.name.length * 6 + 24, cablesAt(door.id) * (tunnelled ? TUBE_PITCH : 9) + 12)
          : 0;
      const width = Math.max(
        chip,
        SHORT_NIC,
        Math.ceil(Math.min(150, shownName(door.name).length * 6.02 + (door.lead === '' ? 0 : 10) + 24)),
        Math.ceil(Math.min(READ_NIC, shownName(door.name).length * 11.6 + 4)),
        tubesAt(door.id) * 16 + 14,
      );
      return { node: door, width: model.compact ? Math.max(56, width) : width, height, x: 0 };
    });
}

interface Emitted {
  readonly node: DiagramNode;
  readonly rows: readonly Row[];
  readonly doors: readonly Chip[];
  readonly nets: readonly Net[];
  readonly plans: readonly ChannelPlan[];
  readonly width: number;
}

function emit(
  box: Emitted,
  sink: LayoutSink,
  x: number,
  y: number,
  height: number,
  rowTops: ReadonlyMap<number, number>,
): void {
  sink.node(box.node.id, { x, y, width: box.width, height });
  const top = (row: Row): number => y + (rowTops.get(row.key) ?? 0);
  for (const row of box.rows)
    for (const item of row.items) {
      if (!item.node) continue;
      // Boxes of a row stand on one line with their upper edges; northd stands level between its databases.
      const lower = item.form === 'box' && (item.node.kind === 'program' || item.node.kind === 'speaker');
      const dy = lower ? Math.max(0, (Math.min(row.height, DATABASE_HEIGHT) - item.height) / 2) : 0;
      const at = { x: x + item.x, y: top(row) + dy, width: item.width, height: item.height };
      // Tiles side by side are of one height, so that their NICs stand on one line.
      if (item.inner) {
        const own = item.inner.node.collapsed ? row.height : at.height;
        item.inner.emit(sink, at.x, at.y, own, rowTopsOf(item.inner));
      } else sink.node(item.id, at);
      for (const chip of item.topChips)
        sink.node(chip.node.id, {
          x: x + chip.x - chip.width / 2,
          y: (item.form === 'bar' ? at.y + at.height / 2 : at.y) - chip.height / 2,
          width: chip.width,
          height: chip.height,
        });
      for (const chip of item.bottomChips)
        sink.node(chip.node.id, {
          x: x + chip.x - chip.width / 2,
          y: at.y + at.height - chip.height / 2,
          width: chip.width,
          height: chip.height,
        });
    }
  for (const { node, x: centre, width, height: own } of box.doors)
    sink.node(node.id, { x: x + centre - width / 2, y: y + height - own / 2, width, height: own });
  const edges = box.rows.map((row) => ({ top: top(row), bottom: top(row) + row.height }));
  routeChannel(box.nets, box.plans, box.rows, edges, { x, bottom: y + height }, sink);
}
