/** Which flows the packet's path goes through: of the run up to the playhead, or of the last described packet. */
import { useMemo } from 'react';
import type { Step } from '../../core/base/step.ts';
import { flowKey } from '../../engine/questions/bridge-flows.ts';
import { useLastTrace } from '../engine/questions.ts';
import { usePicture } from '../picture/PictureProvider.tsx';
import { parentIndex } from '../picture/step-index.ts';

/** The first eight digits of a logical flow's uuid are the cookie of its OpenFlow flows. */
const prefixOf = (cookie: string): string => cookie.replace(/^0x/, '').padStart(8, '0');

/** The deciding flows of a step and of all that led to it, in order. */
function openflowRows(steps: readonly Step[], index: number) {
  const path: Step[] = [];
  for (let at = index; at >= 0 && path.length <= steps.length; at = parentIndex(steps, at)) {
    const step = steps[at];
    if (!step) break;
    path.push(step);
  }
  return path
    .toReversed()
    .flatMap(({ because }) => because.flatMap((row) => (row.kind === 'openflow' ? [row] : [])));
}

/** Uuid prefixes of logical flows on the path, in its order. */
export function useLitLogical(): ReadonlySet<string> {
  const { steps, index } = usePicture();
  const trace = useLastTrace();
  return useMemo(() => {
    if (trace)
      return new Set(trace.nodes.flatMap(({ lflow }) => (lflow === null ? [] : [lflow.slice(0, 8)])));
    return new Set(openflowRows(steps, index).map(({ cookie }) => prefixOf(cookie)));
  }, [steps, index, trace]);
}

/** Flows of one bridge on the path up to the playhead, by `flowKey`. */
export function useLitFlows(host: string, bridge: string): ReadonlySet<string> {
  const { steps, index } = usePicture();
  return useMemo(
    () =>
      new Set(
        openflowRows(steps, index)
          .filter((row) => row.host === host && row.bridge === bridge)
          .map((row) => flowKey(row)),
      ),
    [steps, index, host, bridge],
  );
}
