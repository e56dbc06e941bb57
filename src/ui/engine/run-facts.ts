/** What the engine tells of a run for its breakpoints and watches: packets that filters let through, fields along the way. */
import { useMemo } from 'react';
import {
  keepPreviousData,
  useQueries,
  useQuery,
  useQueryClient,
  type QueryClient,
  type UseQueryOptions,
} from '@tanstack/react-query';
import type { Result } from '../../core/base/result.ts';
import type { Step } from '../../core/base/step.ts';
import { fieldTrack, type FieldTrack, type FieldTracks, type PacketMatches } from '../../view/index.ts';
import { failureOf, placedMessage } from './session.ts';
import { useSession, useWorldAge } from './SessionProvider.tsx';

/** A run as it is by now; null: the names and filters alone are looked at. */
interface GrowingRun {
  readonly epoch: number;
  readonly run: number | null;
  /** How many steps it has so far. */
  readonly count: number;
}

/** A question about a run, asked anew when the run has grown; what was known of the same run stays meanwhile. */
export function growingQuery<T>(
  client: QueryClient,
  kind: 'field' | 'match',
  { epoch, run, count }: GrowingRun,
  text: string,
  ask: (signal: AbortSignal) => Promise<readonly T[]>,
) {
  const whole = [kind, epoch, run, text];
  return {
    queryKey: [...whole, count],
    queryFn: ({ signal }) => ask(signal),
    placeholderData: () =>
      client.getQueriesData<readonly T[]>({ queryKey: whole }).findLast(([, data]) => data)?.[1],
    enabled: epoch > 0,
    retry: false,
  } satisfies UseQueryOptions<readonly T[]>;
}

interface Answer<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly isPlaceholderData: boolean;
}

/** Whether the answers are those for the run as it is by now; a refusal is one. */
const combined = <T>(all: readonly Answer<T>[]) => ({
  answers: all.map(({ data, error }) => ({ data, error })),
  isKnown: all.every(({ isPending, isPlaceholderData }) => !isPending && !isPlaceholderData),
});

/** What fields of packets hold along the run whose steps these are; without a run, whether there are such fields. */
export function useFieldTracks(
  run: number | null,
  steps: readonly Step[],
  names: readonly string[],
): { readonly tracks: FieldTracks; readonly isKnown: boolean } {
  const session = useSession();
  const client = useQueryClient();
  const { epoch } = useWorldAge();
  const { answers, isKnown } = useQueries({
    queries: names.map((field) =>
      growingQuery(client, 'field', { epoch, run, count: steps.length }, field, (signal) =>
        session.call('fieldReadings', { run, field }, { signal }),
      ),
    ),
    combine: combined,
  });
  return useMemo(() => {
    const tracks = new Map<string, Result<FieldTrack, string>>();
    answers.forEach(({ data, error }, at) => {
      const name = names[at] ?? '';
      if (data) tracks.set(name, { ok: true, value: fieldTrack(steps, data) });
      else if (error) tracks.set(name, { ok: false, error: failureOf(error).message });
    });
    return { tracks, isKnown };
  }, [answers, isKnown, names, steps]);
}

/** Steps of a run that display filters let through, by the filter's text; a filter that is refused has its problem. */
export function usePacketMatches(
  run: number | null,
  count: number,
  filters: readonly string[],
): {
  readonly matches: PacketMatches;
  readonly problems: ReadonlyMap<string, string>;
  readonly isKnown: boolean;
} {
  const session = useSession();
  const client = useQueryClient();
  const { epoch } = useWorldAge();
  const { answers, isKnown } = useQueries({
    queries: filters.map((filter) =>
      growingQuery(client, 'match', { epoch, run, count }, filter, (signal) =>
        session.call('matchSteps', { run, filter }, { signal }),
      ),
    ),
    combine: combined,
  });
  return useMemo(() => {
    const matches = new Map<string, ReadonlySet<number>>();
    const problems = new Map<string, string>();
    answers.forEach(({ data, error }, at) => {
      const filter = filters[at] ?? '';
      if (data) matches.set(filter, new Set(data));
      if (error) problems.set(filter, placedMessage(error));
    });
    return { matches, problems, isKnown };
  }, [answers, isKnown, filters]);
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
