/** Paints what is in view of the timeline: lanes, marks, links, axis, playhead. */
import type { Theme } from '../../diagram/index.ts';
import type { TimelineModel } from '../../view/index.ts';
import { AXIS, markAt, markSpan, playheadAt } from './timeline-geometry.ts';

export interface TimelineView {
  readonly model: TimelineModel;
  /** The playhead's step. */
  readonly index: number;
  readonly pitch: number;
  readonly lane: number;
  /** How far it is scrolled. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  /** Steps at which a breakpoint stops. */
  readonly stops: ReadonlySet<number>;
  /** Spans of steps during which something was broken on purpose, both ends included. */
  readonly faults: readonly (readonly [number, number])[];
}

const TICK = 11;

export function paintTimeline(canvas: HTMLCanvasElement, view: TimelineView): void {
  const { model, index, pitch, lane: tall, left, top, width, height, theme } = view;
  const { colours, fontMono } = theme;
  const ratio = devicePixelRatio;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext('2d');
  if (!pen) return;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  const laneY = (lane: number): number => AXIS + (lane + 0.5) * tall - top;
  const now = model.markOf(index);
  const first = Math.max(0, markAt(model, left - 40, pitch) - 1);
  const last = Math.min(model.marks.length - 1, markAt(model, left + width + 40, pitch) + 1);

  pen.save();
  pen.beginPath();
  pen.rect(0, AXIS, width, height - AXIS);
  pen.clip();
  pen.strokeStyle = colours.border;
  pen.lineWidth = 1;
  model.lanes.forEach((lane, at) => {
    if (!lane.first || at === 0) return;
    const y = Math.round(AXIS + at * tall - top) - 0.5;
    pen.beginPath();
    pen.moveTo(0, y);
    pen.lineTo(width, y);
    pen.stroke();
  });

  pen.lineWidth = 1.25;
  for (const link of model.links) {
    if (link.to < first || link.from > last) continue;
    const from = model.marks[link.from];
    const to = model.marks[link.to];
    if (!from || !to) continue;
    const x1 = markSpan(from, pitch).to - left;
    const x2 = markSpan(to, pitch).from - left;
    const y1 = laneY(from.lane);
    const y2 = laneY(to.lane);
    const middle = x2 > x1 ? (x1 + x2) / 2 : x1 + 4;
    pen.strokeStyle = link.to <= now ? colours.accent : colours['border-strong'];
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.bezierCurveTo(middle, y1, middle, y2, x2, y2);
    pen.stroke();
  }

  pen.font = `10px ${fontMono}`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  for (let at = first; at <= last; at += 1) {
    const mark = model.marks[at];
    if (!mark) continue;
    const span = markSpan(mark, pitch);
    const x = span.from - left;
    const y = laneY(mark.lane);
    const past = at <= now;
    if (mark.kind === 'fold') {
      pen.fillStyle = colours['surface-3'];
      pen.beginPath();
      pen.roundRect(x, y - 8, span.to - span.from, 16, 3);
      pen.fill();
      pen.fillStyle = past ? colours['text-2'] : colours['text-3'];
      if (span.to - span.from >= 13)
        pen.fillText(String(mark.count), (span.from + span.to) / 2 - left, y + 0.5);
      continue;
    }
    pen.fillStyle = mark.dropped
      ? colours.drop
      : past
        ? mark.deciding
          ? colours.accent
          : colours['text-2']
        : colours['border-strong'];
    if (mark.dropped) drawDrop(pen, (span.from + span.to) / 2 - left, y);
    else pen.fillRect(Math.round(x), y - TICK / 2, 3, TICK);
  }
  for (const [from, to] of view.faults) {
    const begin = model.marks[model.markOf(from)];
    const end = model.marks[model.markOf(to)];
    if (!begin || !end) continue;
    const x1 = markSpan(begin, pitch).from - left;
    pen.fillStyle = colours.warn;
    pen.fillRect(x1, AXIS + 1, markSpan(end, pitch).to - left - x1, 2);
  }
  for (const stop of view.stops) {
    const mark = model.marks[model.markOf(stop)];
    if (!mark) continue;
    const x = playheadAt(mark, stop, pitch) - left;
    if (x < -8 || x > width + 8) continue;
    pen.fillStyle = colours.drop;
    pen.beginPath();
    pen.arc(x, laneY(mark.lane) - 8, 3, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.restore();

  paintAxis(pen, view);
  const mark = model.marks[now];
  if (mark) paintPlayhead(pen, view, playheadAt(mark, index, pitch) - left);
}

/** A drop keeps its octagon. */
function drawDrop(pen: CanvasRenderingContext2D, x: number, y: number): void {
  pen.beginPath();
  for (let corner = 0; corner < 8; corner += 1) {
    const angle = (corner + 0.5) * (Math.PI / 4);
    pen.lineTo(x + 5.5 * Math.cos(angle), y + 5.5 * Math.sin(angle));
  }
  pen.fill();
}

function paintAxis(
  pen: CanvasRenderingContext2D,
  { model, pitch, left, width, theme, index }: TimelineView,
): void {
  const { colours, fontMono } = theme;
  pen.fillStyle = colours.surface;
  pen.fillRect(0, 0, width, AXIS - 1);
  pen.fillStyle = colours.border;
  pen.fillRect(0, AXIS - 1, width, 1);
  pen.font = `10px ${fontMono}`;
  pen.textBaseline = 'middle';
  pen.textAlign = 'left';
  const mark = model.marks[model.markOf(index)];
  const head = mark ? playheadAt(mark, index, pitch) - left : -100;
  let free = -Infinity;
  for (const tick of model.ticks) {
    const x = (tick.x + 1) * pitch + pitch / 2 - left;
    if (x < -60) continue;
    if (x > width) break;
    pen.fillStyle = colours['border-strong'];
    pen.fillRect(Math.round(x), AXIS - 6, 1, 5);
    const size = pen.measureText(tick.text).width;
    // Labels step aside for one another and for the playhead.
    const start = Math.max(2, Math.min(x - 1, width - size - 4));
    if (start < free || (start < head + 24 && start + size > head - 24)) continue;
    pen.fillStyle = colours['text-3'];
    pen.fillText(tick.text, start, 10);
    free = start + size + 8;
  }
}

function paintPlayhead(
  pen: CanvasRenderingContext2D,
  { index, height, width, theme }: TimelineView,
  x: number,
): void {
  if (x < -20 || x > width + 20) return;
  const { colours, fontMono } = theme;
  pen.fillStyle = colours.accent;
  pen.fillRect(x - 0.75, AXIS - 8, 1.5, height - AXIS + 8);
  const text = String(index + 1);
  pen.font = `700 10px ${fontMono}`;
  const size = Math.max(28, pen.measureText(text).width + 12);
  const start = Math.max(0, Math.min(width - size, x - size / 2));
  pen.beginPath();
  pen.roundRect(start, 3, size, 16, 3);
  pen.fill();
  pen.fillStyle = colours['on-accent'];
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(text, start + size / 2, 11.5);
}
