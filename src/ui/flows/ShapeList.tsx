/** Flows folded into those that look at the same fields and do the same kinds of things. */
import { useRef } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { FlowsRequest } from '../../engine/questions/bridge-flows.ts';
import { Busy } from '../controls/Busy.tsx';
import { Empty } from '../controls/Empty.tsx';
import { useQuestion } from '../engine/questions.ts';

const ROW = 38;

interface ShapeListProps {
  readonly request: Pick<FlowsRequest, 'host' | 'bridge' | 'filter' | 'search'>;
  /** Lists the flows of one shape. */
  readonly onOpen: (key: string) => void;
}

export function ShapeList({ request, onOpen }: ShapeListProps) {
  const scroller = useRef<HTMLUListElement>(null);
  const { data } = useQuestion('flowShapes', request);
  const shapes = data?.shapes ?? [];
  // oxlint-disable-next-line react/incompatible-library -- the compiler leaves this component alone, as it should
  const virtual = useVirtualizer({
    count: shapes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  if (!data) return <Busy text="Folding flows" part={null} />;
  if (data.error !== '') return <Empty text={`ovs-ofctl: ${data.error}`} />;
  return (
    <ul ref={scroller} className="shapes scroll" aria-label="Shapes of flows">
      <li aria-hidden="true" style={{ height: virtual.getTotalSize() }} />
      {virtual.getVirtualItems().map((item) => {
        const shape = shapes[item.index];
        if (!shape) return null;
        return (
          <li key={shape.key} className="shape" style={{ top: item.start, height: ROW }}>
            <button
              type="button"
              onClick={() => onOpen(shape.key)}
              aria-label={`${shape.count} flows of table ${shape.table}: ${shape.match || 'any packet'}`}
            >
              <span className="block-count">
                {shape.count}
                <i aria-hidden="true">×</i>
              </span>
              <span className="shape-table">
                {shape.table} {shape.stage}
              </span>
              <span className="shape-text">
                <code>{shape.match || 'any packet'}</code>
                <code className="card-action">→ {shape.actions}</code>
              </span>
              <span className="shape-packets">{shape.packets.toLocaleString('en')} packets</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
