/** The breakpoints that are on, and where they stop in the run in view. */
import { useMemo } from 'react';
import { breakpointKey, stopsOf, type Breakpoint, type PacketMatches } from '../../view/index.ts';
import { usePacketMatches } from '../engine/queries.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import { usePage } from '../store/StoreProvider.tsx';

export interface Breakpoints {
  /** Those that stop a run. */
  readonly awake: readonly Breakpoint[];
  readonly matches: PacketMatches;
  /** What is wrong with a packet's filter, by its text. */
  readonly problems: ReadonlyMap<string, string>;
}

export function useBreakpoints(): Breakpoints {
  const { run } = useWorld();
  const all = usePage((state) => state.document.breakpoints);
  const asleep = usePage((state) => state.document.asleep);
  const filters = useMemo(
    () => [...new Set(all.flatMap((one) => (one.kind === 'packet' ? [one.filter] : [])))],
    [all],
  );
  const { matches, problems } = usePacketMatches(run?.id ?? null, filters);
  return useMemo(
    () => ({ awake: all.filter((one) => !asleep.includes(breakpointKey(one))), matches, problems }),
    [all, asleep, matches, problems],
  );
}

/** Every step of the run at which something stops it. */
export function useStops(): ReadonlySet<number> {
  const { tree } = useWorld();
  const { awake, matches } = useBreakpoints();
  return useMemo(
    () => new Set(awake.flatMap((breakpoint) => stopsOf(tree, breakpoint, matches))),
    [tree, awake, matches],
  );
}
