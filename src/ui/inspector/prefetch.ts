/** Steps beside the playhead are asked for ahead, so that a step shows at once. */
import { useEffect } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { stepDetailOptions } from '../engine/queries.ts';
import { useSession, useWorldAge } from '../engine/SessionProvider.tsx';
import { usePage } from '../store/StoreProvider.tsx';

const AHEAD = 4;
const BEHIND = 2;
/** Keys that are held down ask for nothing in between, nor does a scrub. */
const PAUSE = 60;

export function usePrefetch(run: number | null, index: number, length: number): void {
  const session = useSession();
  const queries = useQueryClient();
  const { epoch } = useWorldAge();
  const scrubbing = usePage((state) => state.playback.scrubbing);
  useEffect(() => {
    if (scrubbing || run === null || index < 0) return;
    const timer = setTimeout(() => {
      for (let step = Math.max(0, index - BEHIND); step <= Math.min(length - 1, index + AHEAD); step += 1)
        if (step !== index) void queries.prefetchQuery(stepDetailOptions(session, epoch, run, step));
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [session, queries, epoch, run, index, length, scrubbing]);
}
