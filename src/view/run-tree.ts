/** A run's steps as the tree that they form, with the journey, the tunnel and the place that each belongs to. */
import type { Step } from '../core/base/step.ts';

/** Where a packet is, as a debugger counts it: a namespace, a bridge, a kernel, or the underlay while in a tunnel. */
export interface Place {
  /** '' for the underlay. */
  readonly host: string;
  readonly part: string;
}

export interface RunTree {
  readonly steps: readonly Step[];
  /** Index of the step that it follows from, or -1. */
  readonly parentOf: (index: number) => number;
  readonly childrenOf: (index: number) => readonly number[];
  /** Index of the step that began this journey: an origination, or a step without parent. */
  readonly journeyOf: (index: number) => number;
  /** The steps of the journey that began with this step, ascending. */
  readonly membersOf: (begin: number) => readonly number[];
  /** The encapsulation that the packet is in after this step: index of its `encapsulated` step, or -1. */
  readonly tunnelOf: (index: number) => number;
  /** Null for the kernel's work on a packet that is in a tunnel: on its way, nowhere in particular. */
  readonly placeOf: (index: number) => Place | null;
  readonly isDescendant: (index: number, ancestor: number) => boolean;
}

/** Cost: one pass. Parents always come before their children; a parent outside `steps` counts as none. */
export function runTree(steps: readonly Step[]): RunTree {
  const indexOf = new Map<number, number>();
  const parents = new Int32Array(steps.length).fill(-1);
  const journeys = new Int32Array(steps.length);
  const tunnels = new Int32Array(steps.length).fill(-1);
  const children: number[][] = [];
  const members = new Map<number, number[]>();
  steps.forEach((step, index) => {
    const cause = step.parent === null ? -1 : (indexOf.get(step.parent) ?? -1);
    const parent = step.what.kind === 'resolved' ? waitingFor(step, cause) : cause;
    indexOf.set(step.id, index);
    children.push([]);
    parents[index] = parent;
    if (parent >= 0) children[parent]?.push(index);
    const begins = parent < 0 || step.what.kind === 'originated';
    const journey = begins ? index : (journeys[parent] ?? index);
    journeys[index] = journey;
    if (begins) members.set(index, [index]);
    else members.get(journey)?.push(index);
    const before = begins ? -1 : (tunnels[parent] ?? -1);
    tunnels[index] = tunnelAfter(step, index, before);
  });

  /** What a resolved address sets free is the packet that was queued for it, not the question that was asked meanwhile. */
  function waitingFor(step: Step, cause: number): number {
    for (let root = cause < 0 ? -1 : (journeys[cause] ?? -1); root >= 0;) {
      const before = parents[root] ?? -1;
      const queued = steps[before];
      const same = queued?.where.host === step.where.host && queued.where.namespace === step.where.namespace;
      if (before < 0) break;
      if (queued?.what.kind === 'queued' && same) return before;
      root = journeys[before] ?? -1;
    }
    return cause;
  }

  /** Leaves one level: the tunnel that was open when the current one began. */
  function tunnelAfter(step: Step, index: number, before: number): number {
    if (step.what.kind === 'encapsulated') return index;
    if (step.what.kind !== 'decapsulated' || before < 0) return before;
    const outer = parents[before] ?? -1;
    return outer < 0 ? -1 : (tunnels[outer] ?? -1);
  }

  const parentOf = (index: number): number => parents[index] ?? -1;
  const childrenOf = (index: number): readonly number[] => children[index] ?? [];
  const tunnelOf = (index: number): number => tunnels[index] ?? -1;

  const placeOf = (index: number): Place | null => {
    const step = steps[index];
    if (!step) return null;
    const { host, namespace, bridge, device } = step.where;
    // An output names the device only: it is the bridge's own doing.
    if (step.what.kind === 'output' && bridge === undefined) return placeOf(parentOf(index));
    const kindOf = (other: number): string => steps[other]?.what.kind ?? '';
    const inside =
      tunnelOf(index) >= 0 ||
      step.what.kind === 'decapsulated' ||
      (step.what.kind === 'received' && kindOf(parentOf(index)) === 'decapsulated') ||
      (step.what.kind === 'sent' && childrenOf(index).some((child) => kindOf(child) === 'encapsulated'));
    if (inside && bridge === undefined && (namespace ?? '') === '') {
      const leaves =
        step.what.kind === 'sent' && childrenOf(index).some((child) => steps[child]?.where.host !== host);
      return leaves ? { host: '', part: 'underlay' } : null;
    }
    if (bridge !== undefined) return { host, part: bridge };
    const onBridge =
      step.what.kind === 'bridged' || step.what.kind === 'flooded' || step.what.kind === 'learned';
    if (onBridge && device !== undefined) return { host, part: device };
    return { host, part: namespace === undefined || namespace === '' ? 'kernel' : namespace };
  };

  return {
    steps,
    parentOf,
    childrenOf,
    tunnelOf,
    placeOf,
    journeyOf: (index) => journeys[index] ?? index,
    membersOf: (begin) => members.get(begin) ?? [],
    isDescendant: (index, ancestor) => {
      let at = index;
      while (at > ancestor) at = parentOf(at);
      return at === ancestor;
    },
  };
}

export const samePlace = (a: Place | null, b: Place | null): boolean =>
  a !== null && b !== null && a.host === b.host && a.part === b.part;

/** The last place before `index` on its way from the root of its journey. */
export function placeBefore(tree: RunTree, index: number): Place | null {
  const begin = tree.journeyOf(index);
  for (let at = index; at !== begin;) {
    at = tree.parentOf(at);
    if (at < 0) return null;
    const place = tree.placeOf(at);
    if (place) return place;
  }
  return null;
}

/** Does a step bring the packet to another place? True at the beginning of a journey. */
export function isArrival(tree: RunTree, index: number): boolean {
  const place = tree.placeOf(index);
  return place !== null && (tree.journeyOf(index) === index || !samePlace(place, placeBefore(tree, index)));
}

/** Index of the `index`-th step's own journey's last step. */
export function journeyEnd(tree: RunTree, index: number): number {
  const journey = tree.journeyOf(index);
  let last = index;
  for (let at = index; at < tree.steps.length; at += 1) if (tree.journeyOf(at) === journey) last = at;
  return last;
}
