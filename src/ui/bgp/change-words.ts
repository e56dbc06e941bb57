/** What followed a deed, in words: the verdict, how long it took, and what can be told in one line. */
import type { ChangedPrefix, Consequences } from '../../engine/questions/what-changed.ts';

const MILLISECOND = 1e6;
const SECOND = 1e9;
const MINUTE = 60 * SECOND;

/** `50 ms`, `8.2 s`, `3 min 1 s` */
export function durationText(nanoseconds: number): string {
  if (nanoseconds < SECOND) return `${Math.round(nanoseconds / MILLISECOND)} ms`;
  if (nanoseconds < 2 * MINUTE) return `${(nanoseconds / SECOND).toFixed(1)} s`;
  const minutes = Math.floor(nanoseconds / MINUTE);
  return `${minutes} min ${Math.round((nanoseconds - minutes * MINUTE) / SECOND)} s`;
}

interface Verdict {
  readonly kind: 'whole' | 'broken' | 'calm';
  readonly text: string;
}

/** Whether all is whole again after a deed, and after how long. */
export function verdictOf({ at, gone, moved, gateways, lost, missing, whole }: Consequences): Verdict {
  if (missing > 0)
    return { kind: 'broken', text: `not whole: ${missing} ${missing === 1 ? 'prefix' : 'prefixes'} missing` };
  if (lost.some(({ next }) => next === null)) return { kind: 'broken', text: 'packets do not arrive' };
  if (whole !== null) return { kind: 'whole', text: `whole again after ${durationText(whole - at)}` };
  return gone.length + moved.length + gateways.length > 0
    ? { kind: 'whole', text: 'nothing withdrawn or lost' }
    : { kind: 'calm', text: 'nothing followed' };
}

/** Prefixes of which the same is told at the same speaker. */
export interface ToldTogether<Told> {
  readonly speaker: string;
  readonly text: string;
  readonly at: number;
  readonly all: readonly Told[];
}

/** In the order of the first of each. */
export function together<Told extends ChangedPrefix>(told: readonly Told[]): readonly ToldTogether<Told>[] {
  const groups = new Map<string, { speaker: string; text: string; at: number; all: Told[] }>();
  for (const one of told) {
    const { speaker, text, at } = one;
    const key = `${speaker} ${text}`;
    const group = groups.get(key);
    if (group) group.all.push(one);
    else groups.set(key, { speaker, text, at, all: [one] });
  }
  return [...groups.values()];
}

/** `ICMP echo replies` */
export const pluralOf = (kind: string): string =>
  kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`;
