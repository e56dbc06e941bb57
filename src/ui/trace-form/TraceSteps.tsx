/* oxlint-disable jsx-a11y/prefer-tag-over-role -- only steps in view exist, and they are placed by hand: a select cannot be */
/** The steps of a trace as a tree: tables with the flow that matched, what they did, and where the packet ended. */
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { LogicalTraceNode } from '../../engine/questions/logical-trace.ts';
import { Button } from '../controls/Button.tsx';
import { MadeBy } from '../database/MadeBy.tsx';
import { useQuestion } from '../engine/questions.ts';
import { NearMisses } from '../why/NearMisses.tsx';
import { useActions } from '../store/StoreProvider.tsx';

const ROW = 20;
const INDENT = 10;
/** Deeper steps stand no further in. */
const DEEPEST = 12;

export function TraceSteps({ nodes }: { readonly nodes: readonly LogicalTraceNode[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  // At a drop one wants to know why; it is where a trace is opened.
  const start = useMemo(() => {
    const drop = nodes.findLastIndex((node) => node.drop);
    return drop >= 0 ? drop : nodes.length - 1;
  }, [nodes]);
  const [chosen, setChosen] = useState(start);
  // oxlint-disable-next-line react/incompatible-library -- the compiler leaves this component alone, as it should
  const virtual = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    // A little above the step that one wants to see.
    initialOffset: Math.max(0, (start - 3) * ROW),
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -nodes.length, End: nodes.length }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(nodes.length - 1, chosen + by));
    setChosen(to);
    virtual.scrollToIndex(to, { align: 'auto' });
  };
  const node = nodes[chosen];
  return (
    <div className="trace-steps">
      <div
        ref={scroller}
        className="trace-tree scroll"
        role="listbox"
        aria-label="Steps of the trace"
        tabIndex={0}
        aria-activedescendant={chosen < 0 ? undefined : `trace-node-${chosen}`}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const at =
            event.target instanceof Element
              ? event.target.closest<HTMLElement>('[data-at]')?.dataset['at']
              : undefined;
          if (at !== undefined) setChosen(Number(at));
        }}
      >
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const one = nodes[item.index];
            if (!one) return null;
            return (
              <div
                key={item.key}
                id={`trace-node-${item.index}`}
                role="option"
                aria-selected={item.index === chosen}
                data-at={item.index}
                title={one.text}
                className={`trace-node trace-node-${one.kind}${one.drop ? ' trace-node-drop' : ''}`}
                style={{ top: item.start, paddingLeft: 8 + INDENT * Math.min(DEEPEST, one.depth) }}
              >
                {one.text}
              </div>
            );
          })}
        </div>
      </div>
      {node && <NodeDetail key={chosen} node={node} at={chosen} />}
    </div>
  );
}

function NodeDetail({ node, at }: { readonly node: LogicalTraceNode; readonly at: number }) {
  const { showRow } = useActions();
  const misses = useQuestion('traceWhyNot', { node: at }, node.drop || node.kind === 'table');
  const { lflow } = node;
  return (
    <section
      className="trace-node-detail scroll"
      aria-label="The chosen step"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus
      tabIndex={0}
    >
      {node.stage !== '' && <h3>{node.stage}</h3>}
      <code>{node.text}</code>
      {lflow !== null && (
        <>
          <MadeBy uuid={lflow} />
          <Button onClick={() => showRow({ database: 'OVN_Southbound', table: 'Logical_Flow', uuid: lflow })}>
            Show the logical flow
          </Button>
        </>
      )}
      {misses.data && (
        <>
          <h4>{node.drop ? 'Nearly let it pass' : 'Nearly matched as well'}</h4>
          <NearMisses label="Near misses" misses={misses.data} />
        </>
      )}
    </section>
  );
}
