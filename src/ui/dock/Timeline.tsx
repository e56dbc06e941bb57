/** The timeline: painted on a canvas for what is in view, worked like a slider. */
import {
  memo,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
} from 'react';
import { themeOf, type Theme } from '../../diagram/index.ts';
import { useStops } from '../commands/use-breakpoints.ts';
import { useStepper } from '../commands/use-stepper.ts';
import { stepPlace } from '../inspector/step-words.ts';
import { TrailingPicture, usePicture } from '../picture/PictureProvider.tsx';
import { faultSpans } from '../faults/fault-spans.ts';
import { useThemeInForce } from '../shell/theme.ts';
import { useActions, usePageStore } from '../store/StoreProvider.tsx';
import type { TimelineModel } from '../../view/index.ts';
import { paintTimeline } from './paint-timeline.ts';
import { AXIS, LABELS, laneHeight, markAt, markSpan, pitchFor, stepAt } from './timeline-geometry.ts';

const PAGE = 10;

export function Timeline({ model }: { readonly model: TimelineModel }) {
  const { steps, index, snapshot } = usePicture();
  const { goTo, setScrubbing, setPlaying } = useActions();
  const { step } = useStepper();
  const store = usePageStore();
  const stops = useStops();
  const faults = useMemo(() => faultSpans(snapshot.faults, steps), [snapshot, steps]);
  const theme = useThemeInForce();
  const scroller = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const range = useRef<HTMLInputElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  /** Kept beside React: a scroll paints, and draws nothing anew. */
  const scrolled = useRef({ left: 0, top: 0 });
  const paint = useRef<() => void>(() => undefined);
  const drag = useRef<{ left: number; frame: number; next: (() => void) | null }>({
    left: 0,
    frame: 0,
    next: null,
  });
  const look = useRef<{ readonly of: 'light' | 'dark'; readonly theme: Theme } | null>(null);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = (): void => setSize({ width: element.clientWidth, height: element.clientHeight });
    const follow = (): void => {
      const { left, top } = scrolled.current;
      if (left === element.scrollLeft && top === element.scrollTop) return;
      scrolled.current = { left: element.scrollLeft, top: element.scrollTop };
      paint.current();
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', follow, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', follow);
    };
  }, []);

  const room = Math.max(0, size.width - LABELS);
  const pitch = pitchFor(model.width, room);
  const whole = Math.max(room, Math.ceil((model.width + 2) * pitch));
  const lane = laneHeight(model.lanes.length, size.height);
  const height = AXIS + model.lanes.length * lane;

  useEffect(() => {
    // Colours are read from the page once a theme: reading them costs more than painting.
    if (look.current?.of !== theme) look.current = { of: theme, theme: themeOf(document.documentElement) };
    const colours = look.current.theme;
    paint.current = () => {
      if (canvas.current && room > 0)
        paintTimeline(canvas.current, {
          model,
          index,
          pitch,
          lane,
          ...scrolled.current,
          width: room,
          height: size.height,
          theme: colours,
          stops,
          faults,
        });
    };
    paint.current();
  }, [model, index, pitch, lane, size, room, theme, stops, faults]);

  // The playhead comes into view when it moves out of it.
  useLayoutEffect(() => {
    const element = scroller.current;
    const mark = model.marks[model.markOf(index)];
    if (!element || !mark || room === 0) return;
    const before = scrolled.current;
    const { from, to } = markSpan(mark, pitch);
    let { left, top } = before;
    if (from < left + 24) left = from - 80;
    else if (to > left + room - 24) left = to - room + 80;
    const laneTop = mark.lane * lane;
    if (laneTop < top) top = laneTop;
    else if (laneTop + lane + AXIS > top + size.height) top = laneTop + lane + AXIS - size.height;
    left = Math.round(Math.max(0, Math.min(LABELS + whole - size.width, left)));
    top = Math.round(Math.max(0, top));
    if (left !== before.left) element.scrollLeft = left;
    if (top !== before.top) element.scrollTop = top;
    scrolled.current = { left, top };
  }, [model, index, pitch, lane, room, whole, size]);

  const scrub = (event: PointerEvent): void => {
    const x = event.clientX - drag.current.left + scrolled.current.left;
    const go = (): void => goTo(stepAt(model, markAt(model, x, pitch), x, pitch));
    // The first of a frame at once, so that all of it is drawn in that frame; of those after it the last.
    if (drag.current.frame === 0) {
      go();
      drag.current.frame = requestAnimationFrame(() => {
        drag.current.frame = 0;
        drag.current.next?.();
        drag.current.next = null;
      });
    } else drag.current.next = go;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = model.markOf(Math.min(store.getState().playback.step, steps.length - 1));
    const jump = (by: number): void => {
      const mark = model.marks[Math.max(0, Math.min(model.marks.length - 1, at + by))];
      if (mark) goTo(mark.from);
    };
    const moves: Readonly<Record<string, () => void>> = {
      ArrowRight: () => step('over'),
      ArrowUp: () => step('over'),
      ArrowLeft: () => step('back'),
      ArrowDown: () => step('back'),
      PageUp: () => jump(PAGE),
      PageDown: () => jump(-PAGE),
      Home: () => step('start'),
      End: () => step('end'),
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    move();
  };
  return (
    <section
      ref={scroller}
      className="timeline scroll"
      aria-label="Timeline"
      onPointerDown={() => range.current?.focus({ preventScroll: true })}
    >
      <TrailingPicture turn={4}>
        <Range ref={range} onKeyDown={onKeyDown} />
      </TrailingPicture>
      <div className="timeline-whole" style={{ width: LABELS + whole, height }}>
        <Lanes lanes={model.lanes} lane={lane} />
        <canvas
          ref={canvas}
          className="timeline-canvas"
          style={{ left: LABELS, width: room, height: size.height, marginTop: -height }}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            setPlaying(false);
            setScrubbing(true);
            // Read once: reading it on the way makes the browser lay the page out in the middle of a frame.
            drag.current.left = event.currentTarget.getBoundingClientRect().left;
            scrub(event);
          }}
          onPointerMove={(event) => {
            if (event.currentTarget.hasPointerCapture(event.pointerId)) scrub(event);
          }}
          onPointerUp={() => setScrubbing(false)}
          onPointerCancel={() => setScrubbing(false)}
        />
      </div>
    </section>
  );
}

/** What is heard of the playhead; it is read, not watched, and painting it costs more than the lanes do. */
function Range({
  ref,
  onKeyDown,
}: {
  readonly ref: RefObject<HTMLInputElement | null>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}) {
  const { steps, index } = usePicture();
  const { goTo } = useActions();
  const store = usePageStore();
  const current = steps[index];
  return (
    <input
      ref={ref}
      type="range"
      className="timeline-range"
      aria-label="Timeline"
      min={1}
      max={steps.length}
      value={index + 1}
      aria-valuetext={current ? `step ${index + 1} of ${steps.length}, ${stepPlace(current)}` : 'no step'}
      onChange={(event) => {
        // What is shown here trails: it tells by how much one goes on, from where the playhead is.
        const by = Number(event.target.value) - 1 - index;
        const at = Math.min(store.getState().playback.step, steps.length - 1);
        goTo(Math.max(0, Math.min(steps.length - 1, at + by)));
      }}
      onKeyDown={onKeyDown}
    />
  );
}

/** The names of the lanes. */
const Lanes = memo(function Lanes({
  lanes,
  lane,
}: {
  readonly lanes: TimelineModel['lanes'];
  readonly lane: number;
}) {
  return (
    <div
      className="timeline-labels"
      style={{ width: LABELS, height: AXIS + lanes.length * lane }}
      aria-hidden="true"
    >
      <i className="timeline-corner" />
      {lanes.map(({ key, host, part, first }, at) => (
        <div
          key={key}
          className={first && at > 0 ? 'timeline-lane timeline-machine' : 'timeline-lane'}
          style={{ height: lane }}
        >
          <b title={host}>{first ? host || 'underlay' : ''}</b>
          <span title={part}>{host === '' ? '' : part}</span>
        </div>
      ))}
    </div>
  );
});
