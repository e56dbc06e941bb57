/** The timeline: one lane a machine and part, steps in order, runs of stages that changed nothing folded to one mark. */
import { placeBefore, type Place, type RunTree } from './run-tree.ts';
import { stepGroups } from './step-groups.ts';
import { offsetText } from './step-text.ts';
import type { StepLevel } from './stepping.ts';

interface TimelineLane {
  readonly key: string;
  /** '' for the underlay. */
  readonly host: string;
  /** `kernel`, a namespace, a bridge, or `underlay`. */
  readonly part: string;
  /** First lane of its machine: the machine's name is written here. */
  readonly first: boolean;
}

export interface TimelineMark {
  readonly kind: 'tick' | 'fold';
  readonly lane: number;
  /** In columns from the left; a tick is 1 wide, a fold `width`. */
  readonly x: number;
  readonly width: number;
  /** Index range of steps, both ends included. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly deciding: boolean;
  readonly dropped: boolean;
}

export interface TimelineModel {
  readonly lanes: readonly TimelineLane[];
  readonly marks: readonly TimelineMark[];
  /** Curves from one lane to another: indices into `marks`. */
  readonly links: readonly { readonly from: number; readonly to: number }[];
  /** Axis labels where time jumps: `+164 µs`. */
  readonly ticks: readonly { readonly x: number; readonly text: string }[];
  /** Columns in all. */
  readonly width: number;
  /** Index of the mark that holds a step, or -1. */
  readonly markOf: (stepIndex: number) => number;
}

/** Columns: between ticks of a lane, extra when the lane changes, of a fold, between axis labels. */
const GAP = 1;
const LANE_GAP = 2;
const FOLD_WIDTH = 4;
const LABEL_WIDTH = 7;

/** Lanes in order of first visit, machines kept together. `level` `action` shows every step, the others fold. */
export function timelineModel(tree: RunTree, level: StepLevel): TimelineModel {
  const { steps } = tree;
  const groups = stepGroups(tree, level);
  const lanes = laneTable(
    tree,
    groups.map(({ from }) => from),
  );
  const marks: TimelineMark[] = [];
  const links: { from: number; to: number }[] = [];
  const ticks: { x: number; text: string }[] = [];
  const markOfStep = new Int32Array(steps.length).fill(-1);
  const start = steps[0]?.time ?? 0;
  let x = 0;
  let labelled = Number.NEGATIVE_INFINITY;
  for (const group of groups) {
    const lane = lanes.indexOf(laneOf(tree, group.from));
    const before = marks.at(-1);
    if (before) x = before.x + before.width + (before.lane === lane ? GAP : LANE_GAP);
    const width = group.folded ? FOLD_WIDTH : 1;
    const index = marks.length;
    marks.push({
      kind: group.folded ? 'fold' : 'tick',
      lane,
      x,
      width,
      from: group.from,
      to: group.to,
      count: group.count,
      deciding: group.deciding,
      dropped: group.dropped,
    });
    markOfStep.fill(index, group.from, group.to + 1);
    const cause = tree.parentOf(group.from);
    const from = cause < 0 ? -1 : (markOfStep[cause] ?? -1);
    if (from >= 0 && marks[from]?.lane !== lane) links.push({ from, to: index });
    const time = steps[group.from]?.time ?? start;
    const earlier = before ? (steps[before.to]?.time ?? time) : Number.NEGATIVE_INFINITY;
    if (time > earlier && x - labelled >= LABEL_WIDTH) {
      ticks.push({ x, text: offsetText(time - start) });
      labelled = x;
    }
  }
  const last = marks.at(-1);
  return {
    lanes: lanes.list,
    marks,
    links,
    ticks,
    width: last ? last.x + last.width : 0,
    markOf: (stepIndex) => markOfStep[stepIndex] ?? -1,
  };
}

/** A step without a place of its own belongs to the kernel of its machine. */
function laneOf(tree: RunTree, index: number): Place {
  const place = tree.placeOf(index);
  if (place) return place;
  const host = tree.steps[index]?.where.host ?? placeBefore(tree, index)?.host ?? '';
  return { host, part: 'kernel' };
}

const keyOf = ({ host, part }: Place): string => `${encodeURIComponent(host)}/${part}`;

interface LaneTable {
  readonly list: readonly TimelineLane[];
  readonly indexOf: (place: Place) => number;
}

/** The underlay stands under the machine from which a packet first entered it. */
function afterSource(
  tree: RunTree,
  indices: readonly number[],
  hosts: ReadonlyMap<string, ReadonlyMap<string, Place>>,
): readonly ReadonlyMap<string, Place>[] {
  const names = [...hosts.keys()].filter((name) => name !== '');
  const first = indices.find((index) => laneOf(tree, index).host === '');
  if (first !== undefined) names.splice(names.indexOf(tree.steps[first]?.where.host ?? '') + 1, 0, '');
  return names.flatMap((name) => hosts.get(name) ?? []);
}

/** Machines in order of first visit, and inside a machine its parts in order of first visit. */
function laneTable(tree: RunTree, indices: readonly number[]): LaneTable {
  const hosts = new Map<string, Map<string, Place>>();
  for (const index of indices) {
    const place = laneOf(tree, index);
    const parts = hosts.get(place.host) ?? new Map<string, Place>();
    hosts.set(place.host, parts);
    if (!parts.has(place.part)) parts.set(place.part, place);
  }
  const list: TimelineLane[] = [];
  for (const parts of afterSource(tree, indices, hosts)) {
    let first = true;
    for (const place of parts.values()) {
      list.push({ key: keyOf(place), host: place.host, part: place.part, first });
      first = false;
    }
  }
  const order = new Map(list.map(({ key }, index) => [key, index]));
  return { list, indexOf: (place) => order.get(keyOf(place)) ?? -1 };
}
