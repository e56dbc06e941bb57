/** What the panels ask of the engine, each as one hook. Keys carry the world's epoch, and its version where the answer can change. */
import { useMemo } from 'react';
import {
  keepPreviousData,
  queryOptions,
  useQueries,
  useQuery,
  type QueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';
import type { Step } from '../../core/base/step.ts';
import type {
  CaptureSummary,
  PacketList,
  PacketSource,
  RunSummary,
  ScenarioEntry,
  StepDetail,
  Subject,
  SubjectSection,
  TablePage,
  TableRequest,
  EngineCalls,
} from '../../engine/protocol.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import type { Session, WorldAge } from './session.ts';
import { useSession, useWorldAge } from './SessionProvider.tsx';

/** Steps are asked for in pages of this many. */
const STEP_PAGE = 500;

const NO_PROGRAMS: readonly string[] = [];
const NO_STEPS: readonly Step[] = [];

export function useScenarios(): UseQueryResult<readonly ScenarioEntry[]> {
  const session = useSession();
  return useQuery({
    queryKey: ['scenarios'],
    queryFn: ({ signal }) => session.call('scenarios', null, { signal }),
  });
}

/** Undefined until the engine has said how large a fabric may be. */
export function useFabricLimits(): EngineCalls['fabricLimits']['answer'] | undefined {
  const session = useSession();
  return useQuery({
    queryKey: ['fabricLimits'],
    queryFn: ({ signal }) => session.call('fabricLimits', null, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  }).data;
}

/** A scenario by its id; null for none. */
export function useScenario(id: string | null): ScenarioEntry | null {
  const session = useSession();
  const { data } = useQuery({
    queryKey: ['scenario', id],
    queryFn: ({ signal }) => session.call('scenario', { id: id ?? '' }, { signal }),
    enabled: id !== null,
  });
  return data ?? null;
}

/** Puts in a world that is known without asking. */
export function keepSnapshot(
  queries: QueryClient,
  { epoch, version }: WorldAge,
  snapshot: WorldSnapshot,
): void {
  queries.setQueryData(['snapshot', epoch, version], snapshot);
}

/** The world now; while a newer one is on its way, the one before. Null before any world is open. */
export function useSnapshot(): WorldSnapshot | null {
  const session = useSession();
  const { epoch, version } = useWorldAge();
  const { data } = useQuery({
    queryKey: ['snapshot', epoch, version],
    queryFn: ({ signal }) => session.call('snapshot', null, { signal }),
    placeholderData: keepPreviousData,
    enabled: epoch > 0,
  });
  return data ?? null;
}

/** Programs that the shells have. */
export function usePrograms(): readonly string[] {
  const session = useSession();
  const { data } = useQuery({
    queryKey: ['programs'],
    queryFn: ({ signal }) => session.call('programs', null, { signal }),
    staleTime: Infinity,
  });
  return data ?? NO_PROGRAMS;
}

/** Every run so far, oldest first; undefined until the engine has told those of the open document. */
export function useRuns(): readonly RunSummary[] | undefined {
  const session = useSession();
  const { epoch, version } = useWorldAge();
  const { data } = useQuery({
    queryKey: ['runs', epoch, version],
    queryFn: async ({ signal }) => ({ epoch, runs: await session.call('runs', null, { signal }) }),
    placeholderData: keepPreviousData,
    enabled: epoch > 0,
  });
  return data?.epoch === epoch ? data.runs : undefined;
}

/** The steps of a run as far as they have arrived, in order, and how many there will be. */
export function useRunSteps(run: RunSummary | null): {
  readonly steps: readonly Step[];
  readonly total: number;
} {
  const session = useSession();
  const { epoch } = useWorldAge();
  const total = run?.steps ?? 0;
  const pages = Array.from({ length: Math.ceil(total / STEP_PAGE) }, (_, page) => page);
  return useQueries({
    queries: pages.map((page) => {
      const from = page * STEP_PAGE;
      const to = Math.min(from + STEP_PAGE, total);
      return queryOptions({
        queryKey: ['steps', epoch, run?.id ?? -1, from, to],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          session.call('steps', { run: run?.id ?? -1, from, to }, { signal }),
        enabled: epoch > 0 && run !== null,
        placeholderData: keepPreviousData,
        // Steps never change: comparing old with new ones would cost more than the answer.
        structuralSharing: false,
      });
    }),
    combine: joinPages,
  }) as { readonly steps: readonly Step[]; readonly total: number };
}

/**
 * Pages up to the first that is still missing: a step's parents are always among them. Of a long run on its way as many as a
 * power of two: whoever works on the steps begins anew with each longer list.
 */
function joinPages(pages: readonly { readonly data?: readonly Step[] | undefined }[]): {
  readonly steps: readonly Step[];
  readonly total: number;
} {
  const first = pages[0]?.data;
  if (!first) return { steps: NO_STEPS, total: 0 };
  if (pages.length === 1) return { steps: first, total: first.length };
  const missing = pages.findIndex(({ data }) => !data);
  const ready = missing < 0 ? pages.length : 2 ** Math.floor(Math.log2(missing));
  const joined: Step[] = [];
  for (const { data } of pages.slice(0, ready)) for (const step of data ?? []) joined.push(step);
  return { steps: joined, total: joined.length };
}

/** One step with its headers, stack and deciding rows. Steps are recorded once, so the answer never grows old. */
export function stepDetailOptions(session: Session, epoch: number, run: number, step: number) {
  return queryOptions<StepDetail>({
    queryKey: ['step', epoch, run, step],
    queryFn: ({ signal }) => session.call('step', { run, step }, { signal }),
    gcTime: 5 * 60_000,
    structuralSharing: false,
  });
}

/** Detail of the step at the playhead; while it is on its way, the one shown before. */
export function useStepDetail(run: number | null, step: number): StepDetail | null {
  const session = useSession();
  const { epoch } = useWorldAge();
  const { data } = useQuery({
    ...stepDetailOptions(session, epoch, run ?? -1, step),
    enabled: epoch > 0 && run !== null,
    placeholderData: keepPreviousData,
  });
  return run === null ? null : (data ?? null);
}

/** Sections of the selected thing: a command and what it prints, now or as it was `at` a moment. */
export function useInspect(
  subject: Subject | null,
  at: { readonly run: number; readonly step: number } | null,
): UseQueryResult<readonly SubjectSection[]> {
  const session = useSession();
  const { epoch, version } = useWorldAge();
  return useQuery({
    queryKey: ['inspect', epoch, subject, version, at],
    queryFn: ({ signal }) => session.call('inspect', { subject: subject as Subject, at }, { signal }),
    enabled: epoch > 0 && subject !== null,
    placeholderData: (previous, query) => (query?.queryKey[2] === subject ? previous : undefined),
  });
}

export type DatabaseTables = readonly {
  readonly database: string;
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
}[];

export function useTables(): UseQueryResult<DatabaseTables> {
  const session = useSession();
  const { epoch, version } = useWorldAge();
  return useQuery({
    queryKey: ['tables', epoch, version],
    queryFn: ({ signal }) => session.call('tables', null, { signal }),
    enabled: epoch > 0,
    placeholderData: keepPreviousData,
  });
}

/** Pages of a table by their offsets, so that rows scrolled into view are asked for and no others. */
export function useTablePages(
  request: Omit<TableRequest, 'offset'>,
  offsets: readonly number[],
): ReadonlyMap<number, TablePage> {
  const session = useSession();
  const { epoch, version } = useWorldAge();
  return useQueries({
    queries: offsets.map((offset) =>
      queryOptions({
        queryKey: ['table', epoch, version, request.database, request.table, request.search, offset],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          session.call('table', { ...request, offset }, { signal }),
        enabled: epoch > 0 && request.table !== '',
      }),
    ),
    combine: (answers) => {
      const pages = new Map<number, TablePage>();
      answers.forEach((answer, index) => {
        const offset = offsets[index];
        if (answer.data && offset !== undefined) pages.set(offset, answer.data);
      });
      return pages;
    },
  });
}

export function useCaptures(): readonly CaptureSummary[] {
  const session = useSession();
  const { epoch, version } = useWorldAge();
  const { data } = useQuery({
    queryKey: ['captures', epoch, version],
    queryFn: ({ signal }) => session.call('captures', null, { signal }),
    enabled: epoch > 0,
    placeholderData: keepPreviousData,
  });
  return data ?? [];
}

/** Packets of a run or of captures, as far as the filter lets them through. */
export function usePackets(source: PacketSource, filter: string): UseQueryResult<PacketList> {
  const session = useSession();
  const { epoch, version } = useWorldAge();
  return useQuery({
    queryKey: ['packets', epoch, source, filter, version],
    queryFn: ({ signal }) => session.call('packets', { source, filter }, { signal }),
    enabled: epoch > 0,
    retry: false,
    placeholderData: keepPreviousData,
  });
}

/** A capture's packets as tcpdump prints them with `options`. */
export function useCaptureText(id: number | null, options: readonly string[]): string {
  const session = useSession();
  const { epoch, version } = useWorldAge();
  const { data } = useQuery({
    queryKey: ['capture', epoch, id, options, version],
    queryFn: ({ signal }) => session.call('captureText', { id: id ?? -1, options }, { signal }),
    enabled: epoch > 0 && id !== null,
    placeholderData: (previous, query) => (query?.queryKey[2] === id ? previous : undefined),
  });
  return data ?? '';
}

/** Lines typed since the scenario began, as `host line`, and how often each was. */
export function useTyped(): ReadonlyMap<string, number> {
  const session = useSession();
  const { epoch, version } = useWorldAge();
  const { data } = useQuery({
    queryKey: ['typed', epoch, version],
    queryFn: async ({ signal }) => {
      const { commands } = await session.call('document', { page: null }, { signal });
      return commands.flatMap((deed) => (deed.kind === 'typed' ? [`${deed.host} ${deed.line}`] : []));
    },
    enabled: epoch > 0,
    placeholderData: keepPreviousData,
  });
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const line of data ?? []) counts.set(line, (counts.get(line) ?? 0) + 1);
    return counts;
  }, [data]);
}
