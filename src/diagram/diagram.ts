/** What the page may do with a diagram, and what a diagram tells the page. */
import type { DiagramModel } from '../view/model.ts';
import type { Layout, Point } from '../view/layout/layout.ts';
import type { Playback } from '../view/playback.ts';
import type { ViewportState } from './camera.ts';
import type { SceneMarks } from './scene.ts';
import type { Theme } from './theme.ts';

export interface DiagramCallbacks {
  /** Click or tap; null on empty ground. */
  readonly onSelect?: (id: string | null) => void;
  /** Pointer over a thing (screen position in CSS pixels of the canvas), or null when it left. */
  readonly onHover?: (id: string | null, at: Point | null) => void;
  /** Double click, or Enter on the selection. A fold gives its `folds.expand` id through the model. */
  readonly onActivate?: (id: string) => void;
  /** After each change of the camera. */
  readonly onViewport?: (viewport: ViewportState) => void;
  /** A machine (by its head) or a logical node was dragged, or moved by keys, to here (top left, world units). */
  readonly onPin?: (id: string, at: Point) => void;
  /** A thing is moved by the arrow keys or the next click; null: that is over. */
  readonly onMoving?: (id: string | null) => void;
  /** Right click or long press. */
  readonly onMenu?: (id: string | null, at: Point) => void;
}

export interface Diagram {
  /** A new picture. The camera stays; the first one is fitted. */
  setScene(model: DiagramModel, layout: Layout): void;
  /** The packet moves from where it was (240 ms) when `animate`; else it is there at once. */
  setPlayback(playback: Playback, animate: boolean): void;
  setMarks(marks: Partial<Omit<SceneMarks, 'selected' | 'hovered'>>): void;
  setTheme(theme: Theme): void;
  select(id: string | null): void;
  /** Shows the whole picture, at most at 100 %. */
  fit(animate?: boolean): void;
  /** Brings a thing into view, moving as little as possible. */
  reveal(id: string, animate?: boolean): void;
  /** Whether the user can give a thing another place. */
  canMove(id: string): boolean;
  /** The arrow keys and the next click move it from now on; the canvas takes the focus. */
  startMoving(id: string): void;
  /** `keep` false: it stays where it was. */
  endMoving(keep: boolean): void;
  zoomBy(factor: number): void;
  zoomTo(k: number): void;
  panBy(x: number, y: number): void;
  viewport(): ViewportState;
  /** Where the camera will be when it rests: as `viewport` while it does. */
  goal(): Pick<ViewportState, 'x' | 'y' | 'k'>;
  /** At once unless `animate`. */
  setViewport(viewport: Pick<ViewportState, 'x' | 'y' | 'k'>, animate?: boolean): void;
  /** The id at a point of the canvas, CSS pixels. */
  hit(at: Point): string | null;
  /** Call when the canvas's CSS size or the device pixel ratio changed (a ResizeObserver is installed as well). */
  resize(): void;
  /** Paints the minimap into a small canvas of its own; again after every change until another canvas or null is given. */
  attachMinimap(canvas: HTMLCanvasElement | null): void;
  destroy(): void;
}
