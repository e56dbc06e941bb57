/* oxlint-disable jsx-a11y/prefer-tag-over-role -- only rows in view exist, and they are placed by hand: a table cannot be */
/** Flows of a bridge, only those in view on the page; counters as heat; the chosen one in full with what it comes from. */
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { flowKey, type FlowRow, type FlowsRequest } from '../../engine/questions/bridge-flows.ts';
import { Busy } from '../controls/Busy.tsx';
import { Empty } from '../controls/Empty.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { MadeBy } from '../database/MadeBy.tsx';
import { FIRST_FLOWS, FLOW_PAGE, useFlowPages } from '../engine/questions.ts';

const ROW = 20;

interface FlowListProps {
  readonly request: Omit<FlowsRequest, 'offset' | 'limit'>;
  readonly lit: ReadonlySet<string>;
}

/** How warm a counter is among the others: 0 to 4. */
const heat = (packets: number, most: number): number =>
  packets === 0 || most === 0 ? 0 : 1 + Math.floor((3 * Math.log1p(packets)) / Math.log1p(most));

export function FlowList({ request, lit }: FlowListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState(-1);
  const [offsets, setOffsets] = useState(FIRST_FLOWS);
  const pages = useFlowPages(request, offsets);
  const first = pages.get(0);
  const total = first?.total ?? 0;
  // oxlint-disable-next-line react/incompatible-library -- the compiler leaves this component alone, as it should
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    // The head stands over the first row, and stays there.
    scrollMargin: ROW,
    scrollPaddingStart: ROW,
    onChange: (instance) => {
      const items = instance.getVirtualItems();
      const from = Math.floor((items[0]?.index ?? 0) / FLOW_PAGE) * FLOW_PAGE;
      const to = Math.floor((items.at(-1)?.index ?? 0) / FLOW_PAGE) * FLOW_PAGE;
      const wanted = [0];
      for (let offset = from; offset <= to; offset += FLOW_PAGE) if (offset > 0) wanted.push(offset);
      if (wanted.join() !== offsets.join()) setOffsets(wanted);
    },
  });
  const rowAt = (at: number): FlowRow | undefined => {
    const offset = Math.floor(at / FLOW_PAGE) * FLOW_PAGE;
    return pages.get(offset)?.rows[at - offset];
  };
  const stepFor: Readonly<Record<string, number>> = useMemo(
    () => ({ ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -total, End: total }),
    [total],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = stepFor[event.key];
    if (step === undefined || total === 0) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(total - 1, Math.max(chosen, step > 0 ? -1 : 0) + step));
    setChosen(to);
    virtual.scrollToIndex(to, { align: 'auto' });
  };
  if (!first) return <Busy text="Reading flows" part={null} />;
  if (first.error !== '') return <Empty text={`ovs-ofctl: ${first.error}`} />;
  const open = chosen < 0 ? undefined : rowAt(chosen);
  return (
    <div className="flow-body">
      <div className="flow-table">
        <div
          ref={scroller}
          className="flow-grid scroll"
          role="grid"
          aria-label="Flows"
          aria-rowcount={total + 1}
          aria-colcount={5}
          tabIndex={0}
          aria-activedescendant={chosen < 0 ? undefined : `flow-${chosen}`}
          onKeyDown={onKeyDown}
          onClick={(event) => {
            const at =
              event.target instanceof Element
                ? event.target.closest<HTMLElement>('[data-at]')?.dataset['at']
                : undefined;
            if (at !== undefined) setChosen(Number(at));
          }}
        >
          <div className="flow-row flow-row-head" role="row" aria-rowindex={1}>
            <span role="columnheader">table</span>
            <span role="columnheader">priority</span>
            <span role="columnheader">packets</span>
            <span role="columnheader">match</span>
            <span role="columnheader">actions</span>
          </div>
          <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rowAt(item.index);
              const isLit = row !== undefined && lit.has(flowKey(row));
              return (
                <div
                  key={item.key}
                  id={`flow-${item.index}`}
                  role="row"
                  aria-rowindex={item.index + 2}
                  aria-selected={item.index === chosen}
                  data-at={item.index}
                  className={`flow-row${isLit ? ' flow-lit' : ''}`}
                  style={{ position: 'absolute', top: item.start - ROW }}
                >
                  <span role="gridcell" title={row?.stage}>
                    {row?.table ?? '…'} {row?.stage && <em>{row.stage}</em>}
                  </span>
                  <span role="gridcell">{row?.priority}</span>
                  <span
                    role="gridcell"
                    className={row ? `heat-${heat(row.packets, first.mostPackets)}` : undefined}
                  >
                    {row?.packets}
                  </span>
                  <span role="gridcell">{row?.match === '' ? 'any packet' : row?.match}</span>
                  <span role="gridcell">
                    {row?.actions}
                    {isLit && <span className="visually-hidden">, on the path</span>}
                  </span>
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {open && <FlowDetail row={open} onClose={() => setChosen(-1)} />}
    </div>
  );
}

function FlowDetail({ row, onClose }: { readonly row: FlowRow; readonly onClose: () => void }) {
  const text = `cookie=${row.cookie}, table=${row.table}, n_packets=${row.packets}, n_bytes=${row.bytes}, priority=${row.priority}${row.match === '' ? '' : `,${row.match}`} actions=${row.actions}`;
  return (
    <section className="flow-detail" aria-label="The chosen flow">
      <header>
        <h3>
          Table {row.table}
          {row.stage !== '' && `, ${row.stage}`}
        </h3>
        <IconButton
          glyph="copy"
          size={14}
          label="Copy this flow"
          onClick={() => void navigator.clipboard?.writeText(text)}
        />
        <IconButton glyph="cross" size={14} label="Close this flow" onClick={onClose} />
      </header>
      <div
        className="scroll"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus
        tabIndex={0}
      >
        <p className="quiet">
          priority {row.priority}, cookie {row.cookie}, {row.packets} packets, {row.bytes} octets
        </p>
        <code>{row.match || 'any packet'}</code>
        <code className="card-action">→ {row.actions}</code>
        {row.cookie !== '0x0' && <MadeBy uuid={row.cookie.replace(/^0x/, '').padStart(8, '0')} />}
      </div>
    </section>
  );
}
