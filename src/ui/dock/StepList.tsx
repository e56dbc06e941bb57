/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a list of thousands of rows, of which only those in view exist */
/** The steps as a list: number, where, table and stage, what came of it. */
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useStops } from '../commands/use-breakpoints.ts';
import { useStepper } from '../commands/use-stepper.ts';
import { usePicture } from '../picture/PictureProvider.tsx';
import { useActions } from '../store/StoreProvider.tsx';
import type { StepRow } from '../../view/index.ts';
import { StepMenu, type StepMenuTarget } from './StepMenu.tsx';

const ROW = 18;

/** Index of the row that holds a step; rows are in order. */
function rowOf(rows: readonly StepRow[], index: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((rows[middle]?.from ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function StepList({ rows }: { readonly rows: readonly StepRow[] }) {
  const { index } = usePicture();
  const { goTo } = useActions();
  const { step } = useStepper();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    scrollPaddingStart: ROW * 2,
    scrollPaddingEnd: ROW * 2,
  });
  const current = rowOf(rows, index);
  const stops = useStops();
  const [menu, setMenu] = useState<StepMenuTarget | null>(null);
  const stopIn = (row: StepRow): boolean => {
    for (let at = row.from; at <= row.to; at += 1) if (stops.has(at)) return true;
    return false;
  };
  const openMenu = (at: number, x: number, y: number): void => {
    const row = rows[at];
    if (row) setMenu({ step: row.from, x, y });
  };
  useEffect(() => {
    if (rows.length > 0) virtual.scrollToIndex(current, { align: 'auto' });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the virtualizer is the same object
  }, [current, rows]);

  const go = (to: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (row) goTo(row.from);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(current + 1),
      ArrowUp: () => go(current - 1),
      PageDown: () => go(current + 10),
      PageUp: () => go(current - 10),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      Enter: () => step('into'),
      ContextMenu: () => {
        const box = document.getElementById(`step-row-${current}`)?.getBoundingClientRect();
        if (box) openMenu(current, box.left + 48, box.bottom);
      },
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  return (
    <div className="step-list">
      <div className="step-row step-row-head" aria-hidden="true">
        <span>#</span>
        <span>where</span>
        <span>table, stage</span>
        <span>result</span>
      </div>
      <div
        ref={scroller}
        className="step-rows scroll"
        role="listbox"
        aria-label="Steps"
        tabIndex={0}
        aria-activedescendant={rows.length > 0 ? `step-row-${current}` : undefined}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const at =
            event.target instanceof Element
              ? event.target.closest<HTMLElement>('[data-at]')?.dataset['at']
              : undefined;
          if (at !== undefined) go(Number(at));
        }}
        onDoubleClick={() => step('into')}
        onContextMenu={(event) => {
          const at =
            event.target instanceof Element
              ? event.target.closest<HTMLElement>('[data-at]')?.dataset['at']
              : undefined;
          if (at === undefined) return;
          event.preventDefault();
          openMenu(Number(at), event.clientX, event.clientY);
        }}
      >
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const tone =
              item.index === current
                ? 'current'
                : item.index > current
                  ? `${row.tone} step-row-ahead`
                  : row.tone;
            return (
              <div
                key={item.key}
                id={`step-row-${item.index}`}
                role="option"
                aria-selected={item.index === current}
                aria-posinset={item.index + 1}
                aria-setsize={rows.length}
                aria-label={`${row.number}, ${row.host} ${row.where}, ${row.stage}, ${row.result}${stopIn(row) ? ', breakpoint' : ''}`}
                className={`step-row step-row-${tone}${stopIn(row) ? ' step-row-stop' : ''}`}
                data-at={item.index}
                style={{ top: item.start }}
              >
                <span>{row.number}</span>
                <span>{row.where}</span>
                <span title={row.stage}>{row.stage}</span>
                <span title={row.result}>{row.result}</span>
              </div>
            );
          })}
        </div>
      </div>
      <StepMenu target={menu} onClose={() => setMenu(null)} />
    </div>
  );
}
