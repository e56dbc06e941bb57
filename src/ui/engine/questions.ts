/** What the panes ask about rows, each as one hook. Keys carry the world's epoch, and its version where the answer can change. */
import {
  keepPreviousData,
  queryOptions,
  useQueries,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';
import { useState } from 'react';
import type { CallName, EngineCalls } from '../../engine/protocol.ts';
import type { FlowsPage, FlowsRequest } from '../../engine/questions/bridge-flows.ts';
import type { LogicalTraceAnswer } from '../../engine/questions/logical-trace.ts';
import type { QuestionCalls } from '../../engine/questions.ts';
import { useSession, useWorldAge } from './SessionProvider.tsx';

type Asked = keyof QuestionCalls & CallName;

/**
 * The answer to a question, asked again when the world has changed; the old answer stands until the new one is there.
 * Null asks nothing.
 */
export function useQuestion<Name extends Asked>(
  name: Name,
  ask: EngineCalls[Name]['ask'],
  enabled = true,
): UseQueryResult<EngineCalls[Name]['answer']> {
  const session = useSession();
  const { epoch, version } = useWorldAge();
  const found: UseQueryResult<unknown> = useQuery({
    queryKey: [name, epoch, ask, version],
    queryFn: ({ signal }): Promise<unknown> => session.call(name, ask, { signal }),
    enabled: epoch > 0 && enabled,
    placeholderData: (previous: unknown, query) =>
      JSON.stringify(query?.queryKey[2]) === JSON.stringify(ask) ? previous : undefined,
  });
  return found as UseQueryResult<EngineCalls[Name]['answer']>;
}

/** What a northbound row makes, how much of a long search is done (null: none is under way), and how to stop it. */
export function useMadeFlows(ask: EngineCalls['explain']['ask']) {
  const session = useSession();
  const client = useQueryClient();
  const { epoch, version } = useWorldAge();
  const [percent, setPercent] = useState<number | null>(null);
  const queryKey = ['explain', epoch, ask, version];
  const found = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      setPercent(null);
      const onProgress = (done: number): void => setPercent(done);
      return session.call('explain', ask, { signal, onProgress });
    },
    enabled: epoch > 0,
    retry: false,
  });
  return { ...found, percent, stop: () => void client.cancelQueries({ queryKey }) };
}

/** Why not, of a step: recorded once, so it never grows old. */
export function useWhyNot(run: number | null, step: number, enabled: boolean) {
  const session = useSession();
  const { epoch } = useWorldAge();
  return useQuery({
    queryKey: ['whyNot', epoch, run, step],
    queryFn: ({ signal }) => session.call('whyNot', { run: run ?? -1, step }, { signal }),
    enabled: epoch > 0 && run !== null && enabled,
  });
}

/** Flows are asked for in pages of this many. */
export const FLOW_PAGE = 200;

/** The first page alone. */
export const FIRST_FLOWS: readonly number[] = [0];

/** Pages of a bridge's flows by their offsets. */
export function useFlowPages(
  request: Omit<FlowsRequest, 'offset' | 'limit'>,
  offsets: readonly number[],
): ReadonlyMap<number, FlowsPage> {
  const session = useSession();
  const { epoch, version } = useWorldAge();
  return useQueries({
    queries: offsets.map((offset) =>
      queryOptions({
        queryKey: ['flows', epoch, version, request, offset],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          session.call('flows', { ...request, offset, limit: FLOW_PAGE }, { signal }),
        enabled: epoch > 0 && request.bridge !== '',
        placeholderData: keepPreviousData,
      }),
    ),
    combine: (answers) => {
      const pages = new Map<number, FlowsPage>();
      answers.forEach((answer, index) => {
        const offset = offsets[index];
        if (answer.data && offset !== undefined) pages.set(offset, answer.data);
      });
      return pages;
    },
  });
}

/** Where the last trace made by the form is kept for the other panes. */
export const lastTraceKey = (epoch: number): readonly unknown[] => ['last logical trace', epoch];

/** The last trace made by the form, null before the first. */
export function useLastTrace(): LogicalTraceAnswer | null {
  const { epoch } = useWorldAge();
  const { data } = useQuery<LogicalTraceAnswer | null>({
    queryKey: lastTraceKey(epoch),
    queryFn: () => null,
    enabled: false,
    gcTime: Number.POSITIVE_INFINITY,
  });
  return data ?? null;
}
