/** The diagram's keys while the canvas has the focus: arrows pan, + - zoom, 0 fits, Enter opens what is selected, Escape lets go of it. */
import type { Diagram } from './diagram.ts';

/** CSS pixels. */
const PAN = 48;

export interface KeyTarget extends Pick<Diagram, 'panBy' | 'zoomBy' | 'fit'> {
  activate(): void;
  clear(): void;
}

/** Until `signal`. */
export function listenToKeys(canvas: HTMLCanvasElement, target: KeyTarget, signal: AbortSignal): void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = PAN * (event.shiftKey ? 4 : 1);
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
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  canvas.addEventListener('keydown', onKey, { signal });
}
