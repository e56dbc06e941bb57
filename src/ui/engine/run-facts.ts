/** What the engine tells of a run for its breakpoints and watches: packets that filters let through, fields along the way. */
import { useMemo } from 'react';
import { keepPreviousData, queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import type { Result } from '../../core/base/result.ts';
import type { Step } from '../../core/base/step.ts';
import { fieldTrack, type FieldTrack, type FieldTracks, type PacketMatches } from '../../view/index.ts';
import { failureOf, placedMessage } from './session.ts';
import { useSession, useWorldAge } from './SessionProvider.tsx';

/** What fields of packets hold along the run whose steps these are; without a run, whether there are such fields. */
export function useFieldTracks(
  run: number | null,
  steps: readonly Step[],
  names: readonly string[],
): FieldTracks {
  const session = useSession();
  const { epoch } = useWorldAge();
  const answers = useQueries({
    queries: names.map((field) =>
      queryOptions({
        queryKey: ['field', epoch, run, field, steps.length],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          session.call('fieldReadings', { run, field }, { signal }),
        enabled: epoch > 0,
        retry: false,
      }),
    ),
    combine: (all) => all.map(({ data, error }) => ({ data, error })),
  });
  return useMemo(() => {
    const tracks = new Map<string, Result<FieldTrack, string>>();
    answers.forEach(({ data, error }, at) => {
      const name = names[at] ?? '';
      if (data) tracks.set(name, { ok: true, value: fieldTrack(steps, data) });
      else if (error) tracks.set(name, { ok: false, error: failureOf(error).message });
    });
    return tracks;
  }, [answers, names, steps]);
}

/** Steps of a run that display filters let through, by the filter's text; a filter that is refused has its problem. */
export function usePacketMatches(
  run: number | null,
  filters: readonly string[],
): { readonly matches: PacketMatches; readonly problems: ReadonlyMap<string, string> } {
  const session = useSession();
  const { epoch } = useWorldAge();
  const answers = useQueries({
    queries: filters.map((filter) =>
      queryOptions({
        queryKey: ['match', epoch, run, filter],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          session.call('matchSteps', { run, filter }, { signal }),
        enabled: epoch > 0,
        retry: false,
      }),
    ),
    combine: (all) => all.map(({ data, error }) => ({ data, error })),
  });
  return useMemo(() => {
    const matches = new Map<string, ReadonlySet<number>>();
    const problems = new Map<string, string>();
    answers.forEach(({ data, error }, at) => {
      const filter = filters[at] ?? '';
      if (data) matches.set(filter, new Set(data));
      if (error) problems.set(filter, placedMessage(error));
    });
    return { matches, problems };
  }, [answers, filters]);
}

/** Names of the stages that tables stand for; undefined until they are known. */
export function useStageNames(): readonly string[] | undefined {
  const session = useSession();
  const { epoch, version } = useWorldAge();
  return useQuery({
    queryKey: ['stages', epoch, version],
    queryFn: ({ signal }) => session.call('stageNames', null, { signal }),
    enabled: epoch > 0,
    placeholderData: keepPreviousData,
  }).data;
}
