/**
 * The diagram's keys while the canvas has the focus: arrows pan, + - zoom, 0 fits, Enter opens what is selected, Escape lets go of it,
 * M moves it. While a thing moves, arrows are its steps, Enter keeps its place and Escape puts it back.
 */
import type { Diagram } from './diagram.ts';
import type { Moving } from './moving.ts';

/** CSS pixels. */
const PAN = 48;
/** Of a thing that moves, world units. */
const STEP = 16;
/** So many times further with Shift. */
const FAR = 4;

export interface KeyTarget extends Pick<Diagram, 'panBy' | 'zoomBy' | 'fit'> {
  activate(): void;
  clear(): void;
  /** Starts to move what is selected. */
  grab(): void;
  readonly moving: Pick<Moving, 'id' | 'by' | 'end'>;
}

/** Until `signal`. */
export function listenToKeys(canvas: HTMLCanvasElement, target: KeyTarget, signal: AbortSignal): void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const times = event.shiftKey ? FAR : 1;
    const far = PAN * times;
    const step = STEP * times;
    const { moving } = target;
    const movingKeys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => moving.by(-step, 0),
      ArrowRight: () => moving.by(step, 0),
      ArrowUp: () => moving.by(0, -step),
      ArrowDown: () => moving.by(0, step),
      Enter: () => moving.end(true),
      m: () => moving.end(true),
      Escape: () => moving.end(false),
    };
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => target.panBy(far, 0),
      ArrowRight: () => target.panBy(-far, 0),
      ArrowUp: () => target.panBy(0, far),
      ArrowDown: () => target.panBy(0, -far),
      '+': () => target.zoomBy(1.25),
      '=': () => target.zoomBy(1.25),
      '-': () => target.zoomBy(0.8),
      '0': () => target.fit(true),
      Enter: () => target.activate(),
      Escape: () => target.clear(),
      m: () => target.grab(),
    };
    const act = (moving.id === null ? undefined : movingKeys[event.key]) ?? keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  canvas.addEventListener('keydown', onKey, { signal });
}
