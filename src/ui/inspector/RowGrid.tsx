/* oxlint-disable jsx-a11y/prefer-tag-over-role -- only rows in view exist, and they are placed by hand: a table cannot be */
/** Rows of one table, virtualised, with the chosen row's columns in full below. */
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Busy } from '../controls/Busy.tsx';
import { Empty } from '../controls/Empty.tsx';
import { useTablePages } from '../engine/queries.ts';

const PAGE = 100;
const ROW = 22;
const NARROWEST = 72;
const WIDEST = 260;
/** Monospace at 11 px. */
const CHARACTER = 6.65;

interface RowGridProps {
  readonly database: string;
  readonly table: string;
  readonly search: string;
  /** The uuid of the row that is shown in full; null for none. */
  readonly open: string | null;
  readonly onOpen: (uuid: string) => void;
}

export function RowGrid({ database, table, search, open, onOpen }: RowGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState(-1);
  const [offsets, setOffsets] = useState<readonly number[]>([0]);
  const request = useMemo(() => ({ database, table, search, limit: PAGE }), [database, table, search]);
  const pages = useTablePages(request, offsets);
  const first = pages.get(0);
  const total = first?.total ?? 0;
  // oxlint-disable-next-line react/incompatible-library -- the compiler leaves this component alone, as it should
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
    // The head stands over the first row, and stays there.
    scrollMargin: ROW,
    scrollPaddingStart: ROW,
    onChange: (instance) => {
      const items = instance.getVirtualItems();
      const from = Math.floor((items[0]?.index ?? 0) / PAGE) * PAGE;
      const to = Math.floor((items.at(-1)?.index ?? 0) / PAGE) * PAGE;
      const wanted = [0];
      for (let offset = from; offset <= to; offset += PAGE) if (offset > 0) wanted.push(offset);
      if (wanted.join() !== offsets.join()) setOffsets(wanted);
    },
  });
  // The uuid has a column of its own, in short.
  const columns = useMemo(
    () => (first?.columns ?? []).flatMap((name, at) => (name === '_uuid' ? [] : [{ name, at }])),
    [first],
  );
  // Widths come from the first page, so that nothing moves while scrolling.
  const template = useMemo(() => {
    if (!first) return '';
    const widths = columns.map(({ name, at }) => {
      const longest = Math.max(
        name.length,
        ...first.rows.slice(0, 40).map((row) => row.cells[at]?.length ?? 0),
      );
      return Math.min(WIDEST, Math.max(NARROWEST, Math.ceil(longest * CHARACTER) + 18));
    });
    return `76px ${widths.map((width) => `${width}px`).join(' ')}`;
  }, [first, columns]);
  const width = template.split(' ').reduce((sum, track) => sum + Number.parseInt(track, 10), 0);

  const rowAt = (at: number) => {
    const offset = Math.floor(at / PAGE) * PAGE;
    return pages.get(offset)?.rows[at - offset];
  };
  const choose = (at: number): void => {
    setChosen(at);
    const row = rowAt(at);
    if (row) onOpen(row.uuid);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 15,
      PageUp: -15,
      Home: -total,
      End: total,
    };
    const step = by[event.key];
    if (step === undefined || total === 0) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(total - 1, Math.max(chosen, step > 0 ? -1 : 0) + step));
    choose(to);
    virtual.scrollToIndex(to, { align: 'auto' });
  };

  if (!first) return <Busy text="Reading rows" part={null} />;
  if (first.error !== '') return <Empty text={first.error} />;
  if (total === 0)
    return (
      <Empty text={search === '' ? 'This table has no rows.' : `No row of ${table} holds “${search}”.`} />
    );
  return (
    <>
      <div
        ref={scroller}
        className="row-grid scroll"
        role="grid"
        aria-label={table}
        aria-rowcount={total + 1}
        aria-colcount={columns.length + 1}
        tabIndex={0}
        aria-activedescendant={chosen < 0 ? undefined : `grid-row-${chosen}`}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const at =
            event.target instanceof Element
              ? event.target.closest<HTMLElement>('[data-at]')?.dataset['at']
              : undefined;
          if (at !== undefined) choose(Number(at));
        }}
      >
        <div
          className="row-grid-head"
          role="row"
          aria-rowindex={1}
          style={{ gridTemplateColumns: template, width }}
        >
          <span role="columnheader">_uuid</span>
          {columns.map(({ name }) => (
            <span key={name} role="columnheader">
              {name}
            </span>
          ))}
        </div>
        <div role="presentation" style={{ height: virtual.getTotalSize(), width, position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rowAt(item.index);
            return (
              <div
                key={item.key}
                id={`grid-row-${item.index}`}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={open !== null && row?.uuid === open}
                data-at={item.index}
                className="row-grid-row"
                style={{ gridTemplateColumns: template, top: item.start - ROW, width }}
              >
                <span role="gridcell" title={row?.uuid}>
                  {row?.uuid.slice(0, 8) ?? '…'}
                </span>
                {columns.map(({ name, at }) => (
                  <span key={name} role="gridcell">
                    {row?.cells[at] ?? ''}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      <output className="tables-count">
        {total} {total === 1 ? 'row' : 'rows'}
      </output>
    </>
  );
}
