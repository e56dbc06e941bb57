/** How many flows are listed, and the ways to list those of the packet's path alone, or all again. */
import type { FlowsRequest } from '../../engine/questions/bridge-flows.ts';
import { Button } from '../controls/Button.tsx';
import { FIRST_FLOWS, useFlowPages } from '../engine/questions.ts';

interface FlowCountProps {
  readonly request: Omit<FlowsRequest, 'offset' | 'limit'>;
  /** Flows of the bridge that the packet met. */
  readonly onPath: number;
  readonly onOnlyPath: (only: boolean) => void;
  readonly onAllShapes: () => void;
}

export function FlowCount({ request, onPath, onOnlyPath, onAllShapes }: FlowCountProps) {
  const total = useFlowPages(request, FIRST_FLOWS).get(0)?.total;
  const isOnlyPath = request.only !== null;
  return (
    <div className="tables-count flow-count">
      <output>
        {total === undefined ? '…' : total.toLocaleString('en')} {total === 1 ? 'flow' : 'flows'}
        {request.shape !== null && ' of one shape'}
        {isOnlyPath && " on the packet's path"}
      </output>
      {request.shape !== null && <Button onClick={onAllShapes}>All shapes</Button>}
      {(isOnlyPath || onPath > 0) && (
        <Button aria-pressed={isOnlyPath} onClick={() => onOnlyPath(!isOnlyPath)}>
          {isOnlyPath ? 'All flows' : `Only the ${onPath} on the packet's path`}
        </Button>
      )}
    </div>
  );
}
