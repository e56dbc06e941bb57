/** What a screen reader hears of changes that a key made elsewhere on the page. */
import type { Fault } from '../../engine/protocol.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { breakpointKey, type Breakpoint, type StepLevel } from '../../view/index.ts';
import { faultText } from '../faults/fault-words.ts';
import { breakpointWords } from '../inspector/breakpoint-text.ts';
import { LENSES, type Lens } from '../store/lenses.ts';

export interface Heard {
  readonly lens: Lens;
  readonly level: StepLevel;
  readonly breakpoints: readonly Breakpoint[];
  readonly faults: readonly Fault[];
  /** Things that the user has given a place in the lens in view. */
  readonly pinned: number;
}

const added = <Item>(before: readonly Item[], now: readonly Item[], key: (item: Item) => string): Item[] => {
  const keys = new Set(before.map(key));
  return now.filter((item) => !keys.has(key(item)));
};

/** A sentence for each change from `before` to `now`; empty where nothing is to be said. */
export function spokenChanges(before: Heard, now: Heard, snapshot: WorldSnapshot): string {
  const words: string[] = [];
  const stop = (breakpoint: Breakpoint): string => {
    const { kind, text } = breakpointWords(breakpoint, snapshot);
    return `${kind}, ${text}`;
  };
  const fault = (one: Fault): string => faultText(one, snapshot);
  if (before.lens !== now.lens)
    words.push(`${LENSES.find(({ lens }) => lens === now.lens)?.text ?? now.lens} lens`);
  else if (before.pinned !== now.pinned)
    words.push(now.pinned > before.pinned ? 'Kept at its new place' : 'The layout places it again');
  if (before.level !== now.level) words.push(`Steps by ${now.level}`);
  for (const one of added(before.breakpoints, now.breakpoints, breakpointKey))
    words.push(`Stops at ${stop(one)}`);
  for (const one of added(now.breakpoints, before.breakpoints, breakpointKey))
    words.push(`Stops no more at ${stop(one)}`);
  for (const one of added(before.faults, now.faults, fault)) words.push(`Broken: ${fault(one)}`);
  for (const one of added(now.faults, before.faults, fault)) words.push(`Mended: ${fault(one)}`);
  return words.join('. ');
}
