/** A long list of rows of one height, of which only those in view exist. The current one is kept in view without a second drawing. */
import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** Rows drawn beyond both edges of the view, so that scrolling finds them there. */
const BEYOND = 8;
/** The same of a list that follows a current row which is on its way: nobody scrolls it then. */
const BEYOND_ON_THE_WAY = 1;
/** Rows kept between the current one and an edge. */
const MARGIN = 2;

interface View {
  readonly top: number;
  readonly height: number;
  readonly current: number;
  readonly count: number;
}

interface FixedRows {
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Rows to draw, `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** Height of all of them. */
  readonly total: number;
}

/**
 * @param row height of a row in CSS pixels.
 * @param current row that comes into view when it or the number of rows changes.
 * @param isOnItsWay the current row changes with every frame.
 */
export function useFixedRows(
  count: number,
  row: number,
  current: number,
  isOnItsWay: boolean = false,
): FixedRows {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>({ top: 0, height: 0, current: -1, count: 0 });
  let shown = view;
  // Found while drawing, not after it: scrolling to a row would otherwise draw the list twice a step.
  if (view.height > 0 && (view.current !== current || view.count !== count)) {
    const top = bringIntoView(view, count, row, current);
    shown = { ...view, top, current, count };
    setView(shown);
  }
  const { top } = shown;
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = top;
  }, [top, count]);

  const read = useCallback((): void => {
    const element = scroller.current;
    if (!element) return;
    const next = { top: element.scrollTop, height: element.clientHeight };
    setView((before) =>
      before.top === next.top && before.height === next.height ? before : { ...before, ...next },
    );
  }, []);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    element.addEventListener('scroll', read, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', read);
    };
  }, [read]);

  const beyond = isOnItsWay ? BEYOND_ON_THE_WAY : BEYOND;
  return {
    scroller,
    from: Math.max(0, Math.floor(top / row) - beyond),
    to: Math.min(count, Math.ceil((top + shown.height) / row) + beyond),
    total: count * row,
  };
}

function bringIntoView({ top, height }: View, count: number, row: number, current: number): number {
  const margin = Math.min(MARGIN * row, Math.max(0, (height - row) / 2));
  const least = (current + 1) * row + margin - height;
  const most = current * row - margin;
  const wanted = Math.min(Math.max(top, least), most);
  return Math.max(0, Math.min(Math.max(0, count * row - height), Math.round(wanted)));
}
