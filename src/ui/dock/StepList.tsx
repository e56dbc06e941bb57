/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a list of thousands of rows, of which only those in view exist */
/** The steps as a list: number, where, table and stage, what came of it. */
import { memo, useState, type KeyboardEvent } from 'react';
import { useStops } from '../commands/use-breakpoints.ts';
import { useStepper } from '../commands/use-stepper.ts';
import { useFixedRows } from '../controls/fixed-rows.ts';
import { usePicture } from '../picture/PictureProvider.tsx';
import { useActions, usePage, usePageStore } from '../store/StoreProvider.tsx';
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

export const StepList = memo(function StepList({ rows }: { readonly rows: readonly StepRow[] }) {
  const { index } = usePicture();
  const { goTo } = useActions();
  const { step } = useStepper();
  const store = usePageStore();
  const current = rowOf(rows, index);
  const scrubbing = usePage((state) => state.playback.scrubbing);
  const { scroller, from, to, total } = useFixedRows(rows.length, ROW, current, scrubbing);
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

  const go = (to: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (row) goTo(row.from);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    // From where the playhead is, which the list may not have come to yet.
    const here = rowOf(rows, store.getState().playback.step);
    const menuHere = (): void => {
      const box = document.getElementById(`step-row-${current}`)?.getBoundingClientRect();
      if (box) openMenu(current, box.left + 48, box.bottom);
    };
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(here + 1),
      ArrowUp: () => go(here - 1),
      PageDown: () => go(here + 10),
      PageUp: () => go(here - 10),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      Enter: () => step('into'),
      ContextMenu: menuHere,
      ...(event.shiftKey ? { F10: menuHere } : {}),
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
        <div role="presentation" style={{ height: total, position: 'relative' }}>
          {rows.slice(from, to).map((row, offset) => {
            const at = from + offset;
            const tone = at === current ? 'current' : at > current ? `${row.tone} step-row-ahead` : row.tone;
            return (
              <div
                // A row that leaves the view is written over by one that comes into it.
                key={at % (to - from)}
                id={`step-row-${at}`}
                role="option"
                aria-selected={at === current}
                aria-posinset={at + 1}
                aria-setsize={rows.length}
                aria-label={`${row.number}, ${row.host} ${row.where}, ${row.stage}, ${row.result}${stopIn(row) ? ', breakpoint' : ''}`}
                className={`step-row step-row-${tone}${stopIn(row) ? ' step-row-stop' : ''}`}
                data-at={at}
                style={{ top: at * ROW }}
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
});
