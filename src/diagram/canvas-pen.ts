/** The pen that paints a scene on a canvas: culled to the view, crisp at the device's pixel ratio. */
import type { Rect } from '../view/layout/rect.ts';
import { glyphParts, glyphStroke } from './glyphs.table.ts';
import { cssFont, type FontKey, type Measure } from './measure.ts';
import { resolveScene, type Mark, type PenStroke } from './resolve.ts';
import type { Scene } from './scene.ts';
import type { Theme } from './theme.ts';

/** Screen = world * k + (x, y), CSS pixels; the canvas has `ratio` device pixels for one of them. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly k: number;
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

/** The part of a 2d context that the pen uses. */
export type PenContext = Pick<
  CanvasRenderingContext2D,
  | 'setTransform'
  | 'clearRect'
  | 'fillRect'
  | 'strokeRect'
  | 'rect'
  | 'clip'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'quadraticCurveTo'
  | 'bezierCurveTo'
  | 'closePath'
  | 'arc'
  | 'roundRect'
  | 'fill'
  | 'stroke'
  | 'fillText'
  | 'setLineDash'
  | 'save'
  | 'restore'
  | 'translate'
  | 'scale'
> & {
  fillStyle: CanvasRenderingContext2D['fillStyle'];
  strokeStyle: CanvasRenderingContext2D['strokeStyle'];
  lineWidth: number;
  lineCap: CanvasLineCap;
  lineJoin: CanvasLineJoin;
  font: string;
  globalAlpha: number;
  textBaseline: CanvasTextBaseline;
  textAlign: CanvasTextAlign;
};

export interface PaintOptions {
  readonly measure: Measure;
  /** Opacity of text that appears from a zoom on, while its level fades in or out; 1 when at rest. */
  readonly fade?: (from: number) => number;
  /** The zoom is changing: what is too fine to be missed meanwhile is left out, and lines are stroked together. */
  readonly brief?: boolean;
  /** Makes a path from SVG path data; injected for tests. */
  readonly pathOf?: (data: string) => Path2D;
}

/** The world rectangle that a viewport shows. */
export const viewOf = ({ x, y, k, width, height }: Viewport): Rect => ({
  x: -x / k,
  y: -y / k,
  width: width / k,
  height: height / k,
});

/** Paints the viewport anew: all of it, or `part` (CSS pixels of the canvas) and nothing outside. */
export function paintScene(
  context: PenContext,
  scene: Scene,
  viewport: Viewport,
  theme: Theme,
  options: PaintOptions,
  part?: Rect,
): void {
  const { x, y, k, ratio } = viewport;
  const area = part ?? { x: 0, y: 0, width: viewport.width, height: viewport.height };
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (part) {
    context.beginPath();
    context.rect(part.x, part.y, part.width, part.height);
    context.clip();
  }
  context.fillStyle = theme.colours.canvas;
  context.fillRect(area.x, area.y, area.width, area.height);
  const view = viewOf({ ...viewport, x: x - area.x, y: y - area.y, width: area.width, height: area.height });
  context.setTransform(ratio, 0, 0, ratio, devicePixels(x, ratio), devicePixels(y, ratio));
  paintMarks(context, resolveScene(scene, k, view, options.measure, options.brief), theme, options);
  context.restore();
}

/** Where the camera stands in whole device pixels, so that hairlines stay sharp. */
export const devicePixels = (at: number, ratio: number): number => Math.round(at * ratio);

/** Paints marks in the context's present coordinates. */
export function paintMarks(
  context: PenContext,
  marks: readonly Mark[],
  theme: Theme,
  options: PaintOptions,
): void {
  const pathOf = options.pathOf ?? ((data: string) => new Path2D(data));
  const glyphs = new Map<
    string,
    readonly { readonly path: Path2D; readonly filled: boolean; readonly weight: number }[]
  >();
  let font: FontKey | null = null;
  const setStroke = strokeSetter(context, theme);
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  context.lineJoin = 'round';
  /** Lines of one kind that wait to be stroked together. */
  let waiting: { readonly stroke: PenStroke; count: number } | null = null;
  const strokeWaiting = (): void => {
    if (!waiting) return;
    setStroke(waiting.stroke);
    context.stroke();
    waiting = null;
  };
  for (const mark of marks) {
    if (options.brief && mark.kind === 'path' && mark.fill === null && mark.stroke) {
      if (waiting && (waiting.count === TOGETHER || !isSame(waiting.stroke, mark.stroke))) strokeWaiting();
      if (!waiting) context.beginPath();
      waiting ??= { stroke: mark.stroke, count: 0 };
      waiting.count += 1;
      trace(context, mark);
      continue;
    }
    strokeWaiting();
    switch (mark.kind) {
      case 'text': {
        const alpha = options.fade?.(mark.from) ?? 1;
        if (alpha <= 0) break;
        if (font !== mark.font) context.font = cssFont(mark.font, theme);
        ({ font } = mark);
        context.globalAlpha = alpha;
        context.fillStyle = theme.colours[mark.colour];
        context.fillText(mark.text, mark.x, mark.y);
        if (mark.strike) context.fillRect(mark.x, mark.y - 3.5, mark.width, 1);
        context.globalAlpha = 1;
        break;
      }
      case 'glyph': {
        let parts = glyphs.get(mark.glyph);
        if (!parts) {
          parts = glyphParts(mark.glyph).map(({ d, filled, weight }) => ({
            path: pathOf(d),
            filled: filled ?? false,
            weight: weight ?? 1,
          }));
          glyphs.set(mark.glyph, parts);
        }
        context.save();
        context.globalAlpha = options.fade?.(mark.from) ?? 1;
        context.translate(mark.x, mark.y);
        context.scale(mark.size / 24, mark.size / 24);
        context.strokeStyle = theme.colours[mark.colour];
        context.fillStyle = theme.colours[mark.colour];
        context.lineCap = 'round';
        context.setLineDash([]);
        for (const { path, filled, weight } of parts) {
          context.lineWidth = glyphStroke(mark.size) * weight;
          if (filled) context.fill(path);
          context.stroke(path);
        }
        context.restore();
        break;
      }
      default:
        if (mark.kind === 'rect' && mark.radius === 0) {
          squareRect(context, mark, theme, setStroke);
          break;
        }
        context.beginPath();
        trace(context, mark);
        if (mark.fill !== null) {
          context.fillStyle = theme.colours[mark.fill];
          context.fill();
        }
        if (mark.stroke) {
          setStroke(mark.stroke);
          context.stroke();
        }
    }
  }
  strokeWaiting();
}

/** So many lines cost about half as much as one by one; more of them no less. */
const TOGETHER = 16;

const isSame = (a: PenStroke, b: PenStroke): boolean =>
  a.colour === b.colour &&
  a.width === b.width &&
  a.round === b.round &&
  a.dash.length === b.dash.length &&
  a.dash.every((length, at) => length === b.dash[at]);

/** A rectangle without corners needs no path. */
function squareRect(
  context: PenContext,
  mark: Extract<Mark, { kind: 'rect' }>,
  theme: Theme,
  setStroke: (stroke: PenStroke) => void,
): void {
  const { x, y, width, height, fill } = mark;
  if (fill !== null) {
    context.fillStyle = theme.colours[fill];
    context.fillRect(x, y, width, height);
  }
  if (!mark.stroke) return;
  setStroke(mark.stroke);
  context.strokeRect(x, y, width, height);
}

function trace(context: PenContext, mark: Exclude<Mark, { kind: 'text' | 'glyph' }>): void {
  switch (mark.kind) {
    case 'rect':
      context.roundRect(mark.x, mark.y, mark.width, mark.height, mark.radius);
      return;
    case 'circle':
      context.arc(mark.x, mark.y, mark.radius, 0, 2 * Math.PI);
      return;
    case 'path':
      for (const command of mark.commands) {
        switch (command[0]) {
          case 'M':
            context.moveTo(command[1], command[2]);
            break;
          case 'L':
            context.lineTo(command[1], command[2]);
            break;
          case 'Q':
            context.quadraticCurveTo(command[1], command[2], command[3], command[4]);
            break;
          case 'C':
            context.bezierCurveTo(command[1], command[2], command[3], command[4], command[5], command[6]);
            break;
          case 'Z':
            context.closePath();
        }
      }
  }
}

/** Tells the canvas how to stroke, but nothing that it has been told already: each telling is dear. */
function strokeSetter(context: PenContext, theme: Theme): (stroke: PenStroke) => void {
  let told: PenStroke | null = null;
  return (stroke) => {
    const { colour, width, dash, round } = stroke;
    if (told?.colour !== colour) context.strokeStyle = theme.colours[colour];
    if (told?.width !== width) context.lineWidth = width;
    if (told?.round !== round) context.lineCap = round ? 'round' : 'butt';
    if (!told || dash.length > 0 || told.dash.length > 0) context.setLineDash([...dash]);
    told = stroke;
  };
}
