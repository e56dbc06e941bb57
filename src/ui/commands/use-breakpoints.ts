/** The breakpoints that are on, and where they stop in the run in view. */
import { useMemo } from 'react';
import { breakpointKey, fieldsNamed, stopsOf, type Breakpoint, type RunFacts } from '../../view/index.ts';
import { useFieldTracks, usePacketMatches } from '../engine/run-facts.ts';
import { useWorld } from '../picture/PictureProvider.tsx';
import { usePage } from '../store/StoreProvider.tsx';

export interface Breakpoints {
  /** Those that stop a run. */
  readonly awake: readonly Breakpoint[];
  readonly facts: RunFacts;
  /** Whether the facts are those of the run as it is by now: before, something might be passed that stops. */
  readonly isKnown: boolean;
  /** What is wrong with a packet's filter, by its text. */
  readonly problems: ReadonlyMap<string, string>;
}

export function useBreakpoints(): Breakpoints {
  const all = usePage((state) => state.document.breakpoints);
  const asleep = usePage((state) => state.document.asleep);
  const { facts, isKnown, problems } = useRunFacts(all);
  return useMemo(
    () => ({ awake: all.filter((one) => !asleep.includes(breakpointKey(one))), facts, isKnown, problems }),
    [all, asleep, facts, isKnown, problems],
  );
}

/** What the engine has to tell for breakpoints to stop the run in view; also what is wrong with each that the engine reads. */
export function useRunFacts(breakpoints: readonly Breakpoint[]): Omit<Breakpoints, 'awake'> {
  const { run, steps, tree } = useWorld();
  const filters = useMemo(
    () => [...new Set(breakpoints.flatMap((one) => (one.kind === 'packet' ? [one.filter] : [])))],
    [breakpoints],
  );
  const names = useMemo(
    () => [
      ...new Set(
        breakpoints.flatMap((one) =>
          one.kind === 'field' ? [one.field] : one.kind === 'expression' ? fieldsNamed(one.text, tree) : [],
        ),
      ),
    ],
    [breakpoints, tree],
  );
  const packets = usePacketMatches(run?.id ?? null, steps.length, filters);
  const fields = useFieldTracks(run?.id ?? null, steps, names);
  return useMemo(
    () => ({
      facts: { matches: packets.matches, fields: fields.tracks },
      isKnown: packets.isKnown && fields.isKnown,
      problems: packets.problems,
    }),
    [packets, fields],
  );
}

/** Every step of the run at which something stops it. */
export function useStops(): ReadonlySet<number> {
  const { tree } = useWorld();
  const { awake, facts } = useBreakpoints();
  return useMemo(
    () => new Set(awake.flatMap((breakpoint) => stopsOf(tree, breakpoint, facts))),
    [tree, awake, facts],
  );
}
