/**
 * The thin layer of real elements over the canvas: the packet with its callout, the focus ring, the ghost of a drag. The packet
 * is a picture of its own, so that the browser moves it without painting anything.
 */
import type { Point, Rect } from '../view/layout/rect.ts';
import { toScreen, type ViewportState } from './camera.ts';
import type { Measure } from './measure.ts';
import { packetMarks } from './resolve.ts';
import type { PacketScene } from './scene.ts';
import { fontStyles, marksToSvg } from './svg-pen.ts';
import type { Theme } from './theme.ts';

const SVG = 'http://www.w3.org/2000/svg';

export interface PacketOverlay {
  setTheme(theme: Theme): void;
  /** Redraws the packet's own picture; null hides it. */
  setPacket(packet: PacketScene | null, k: number, measure: Measure): void;
  /** Moves it: world point. */
  place(at: Point, viewport: ViewportState): void;
  /** A ring 2 px around a world rectangle; null hides it. */
  ring(rect: Rect | null, viewport: ViewportState): void;
  ghost(rect: Rect | null, viewport: ViewportState): void;
  destroy(): void;
}

export function createPacketOverlay(host: HTMLElement, theme: Theme): PacketOverlay {
  const layer = (): SVGSVGElement => {
    const made = document.createElementNS(SVG, 'svg');
    made.setAttribute('aria-hidden', 'true');
    made.style.position = 'absolute';
    made.style.inset = '0 auto auto 0';
    made.style.pointerEvents = 'none';
    return made;
  };
  const root = layer();
  root.setAttribute('width', '100%');
  root.setAttribute('height', '100%');
  root.style.overflow = 'hidden';
  const ghost = document.createElementNS(SVG, 'rect');
  const ring = document.createElementNS(SVG, 'rect');
  for (const rect of [ghost, ring]) {
    rect.setAttribute('fill', 'none');
    rect.setAttribute('visibility', 'hidden');
  }
  ghost.setAttribute('stroke-dasharray', '4 3');
  root.append(ghost, ring);
  const moving = layer();
  moving.setAttribute('data-part', 'packet');
  moving.setAttribute('width', '1');
  moving.setAttribute('height', '1');
  moving.style.overflow = 'visible';
  moving.style.willChange = 'transform';
  const style = document.createElementNS(SVG, 'style');
  const packet = document.createElementNS(SVG, 'g');
  moving.append(style, packet);
  host.append(root, moving);
  let current = theme;
  let shown = '';
  /** What the packet's picture was drawn from. */
  let drawn: { readonly of: PacketScene | null; readonly k: number; readonly theme: Theme } | null = null;
  const dress = (): void => {
    style.textContent = fontStyles(current);
    ring.setAttribute('stroke', current.colours.accent);
    ring.setAttribute('stroke-width', '2');
    ghost.setAttribute('stroke', current.colours.accent);
    ghost.setAttribute('stroke-width', '1.5');
  };
  dress();
  const frame = (element: SVGRectElement, rect: Rect | null, viewport: ViewportState, gap: number): void => {
    element.setAttribute('visibility', rect ? 'visible' : 'hidden');
    if (!rect) return;
    const { x, y } = toScreen(viewport, rect);
    element.setAttribute('x', String(x - gap));
    element.setAttribute('y', String(y - gap));
    element.setAttribute('width', String(rect.width * viewport.k + 2 * gap));
    element.setAttribute('height', String(rect.height * viewport.k + 2 * gap));
    element.setAttribute('rx', '5');
  };
  return {
    setTheme: (next) => {
      current = next;
      dress();
    },
    setPacket: (next, k, measure) => {
      if (drawn && drawn.of === next && drawn.k === k && drawn.theme === current) return;
      drawn = { of: next, k, theme: current };
      const picture = next ? marksToSvg(packetMarks(next, k, measure), current) : '';
      if (picture === shown) return;
      shown = picture;
      packet.innerHTML = picture;
    },
    place: (at, viewport) => {
      const { x, y } = toScreen(viewport, at);
      moving.style.transform = `translate(${Math.round(x * 100) / 100}px, ${Math.round(y * 100) / 100}px)`;
    },
    ring: (rect, viewport) => frame(ring, rect, viewport, 3),
    ghost: (rect, viewport) => frame(ghost, rect, viewport, 0),
    destroy: () => {
      root.remove();
      moving.remove();
    },
  };
}
