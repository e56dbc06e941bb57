/** The minimap: machines as plates, the packet as a dot, the view as a frame. */
import type { DiagramModel } from '../view/model.ts';
import type { Layout } from '../view/layout/layout.ts';
import type { Point, Rect } from '../view/layout/rect.ts';
import { viewOf, type PenContext, type Viewport } from './canvas-pen.ts';
import type { Theme } from './theme.ts';

export interface MinimapPlan {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

const PAD = 3;

/** Where world points lie on a minimap of a size. */
export function minimapPlan(bounds: Rect, width: number, height: number): MinimapPlan {
  const k = Math.min(
    (width - 2 * PAD) / Math.max(1, bounds.width),
    (height - 2 * PAD) / Math.max(1, bounds.height),
  );
  return {
    k,
    x: (width - bounds.width * k) / 2 - bounds.x * k,
    y: (height - bounds.height * k) / 2 - bounds.y * k,
  };
}

export function paintMinimap(
  context: PenContext,
  size: { readonly width: number; readonly height: number; readonly ratio: number },
  picture: {
    readonly model: DiagramModel;
    readonly layout: Layout;
    readonly packet: Point | null;
    readonly viewport: Viewport;
  },
  theme: Theme,
): void {
  const { width, height, ratio } = size;
  const { model, layout, packet, viewport } = picture;
  const { k, x, y } = minimapPlan(layout.bounds, width, height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setLineDash([]);
  for (const node of model.children(null)) {
    const rect = layout.nodes.get(node.id);
    if (!rect) continue;
    context.beginPath();
    context.roundRect(
      rect.x * k + x,
      rect.y * k + y,
      Math.max(1.5, rect.width * k),
      Math.max(1.5, rect.height * k),
      1.5,
    );
    context.fillStyle = theme.colours[node.kind === 'segment' ? 'surface-2' : 'surface-3'];
    context.fill();
    context.strokeStyle = theme.colours['border-strong'];
    context.lineWidth = 1;
    context.stroke();
  }
  if (packet) {
    context.beginPath();
    context.arc(packet.x * k + x, packet.y * k + y, 2, 0, 2 * Math.PI);
    context.fillStyle = theme.colours.accent;
    context.fill();
  }
  const view = viewOf(viewport);
  const left = Math.max(1, view.x * k + x);
  const top = Math.max(1, view.y * k + y);
  context.beginPath();
  context.roundRect(
    left,
    top,
    Math.min(width - 1, (view.x + view.width) * k + x) - left,
    Math.min(height - 1, (view.y + view.height) * k + y) - top,
    2,
  );
  context.strokeStyle = theme.colours.accent;
  context.lineWidth = 1.25;
  context.stroke();
}
