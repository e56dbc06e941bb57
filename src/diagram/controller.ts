/**
 * The diagram as an imperative object on a canvas: gestures, hit tests, painting, the packet's motion. No React.
 * One reason for its length: it is the one place where all of the diagram's state meets.
 */
import { select, zoom, zoomIdentity, type D3ZoomEvent } from 'd3';
import type { DiagramModel } from '../view/model.ts';
import type { Layout, Point } from '../view/layout/layout.ts';
import type { Playback } from '../view/playback.ts';
import { idlePlayback } from '../view/playback.ts';
import { buildScene } from './build-scene.ts';
import { fitted, revealed, toWorld, zoomed, ZOOM_LEAST, ZOOM_MOST, type ViewportState } from './camera.ts';
import type { Viewport } from './canvas-pen.ts';
import { hitTest, type HitTest } from './hit.ts';
import { LEVEL } from './levels.ts';
import { canvasMeasure, type Measure } from './measure.ts';
import { setBacking } from './canvas-size.ts';
import { createMinimapCanvas } from './minimap-canvas.ts';
import { CAMERA_MS, ease, FADE_MS, onWay, STEP_MS, wayBetween } from './motion.ts';
import { createPacketOverlay } from './packet-overlay.ts';
import { noMarks, type PacketScene, type Scene, type SceneMarks } from './scene.ts';
import { createScrollingPen } from './scrolling.ts';
import { themeOf, type Theme } from './theme.ts';

export interface DiagramCallbacks {
  /** Click or tap; null on empty ground. */
  readonly onSelect?: (id: string | null) => void;
  /** Pointer over a thing (screen position in CSS pixels of the canvas), or null when it left. */
  readonly onHover?: (id: string | null, at: Point | null) => void;
  /** Double click, or Enter on the selection. A fold gives its `folds.expand` id through the model. */
  readonly onActivate?: (id: string) => void;
  /** After each change of the camera. */
  readonly onViewport?: (viewport: ViewportState) => void;
  /** A machine (by its head) or a logical node was dragged to here (top left, world units). */
  readonly onPin?: (id: string, at: Point) => void;
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
  zoomBy(factor: number): void;
  zoomTo(k: number): void;
  panBy(x: number, y: number): void;
  viewport(): ViewportState;
  setViewport(viewport: { readonly x: number; readonly y: number; readonly k: number }): void;
  /** The id at a point of the canvas, CSS pixels. */
  hit(at: Point): string | null;
  /** Call when the canvas's CSS size or the device pixel ratio changed (a ResizeObserver is installed as well). */
  resize(): void;
  /** Paints the minimap into a small canvas of its own; again after every change until another canvas or null is given. */
  attachMinimap(canvas: HTMLCanvasElement | null): void;
  destroy(): void;
}

const HEAD = 28;
const PAN = 48;

/**
 * `canvas` fills its positioned parent; `overlay` is an empty element laid exactly over it (pointer-events none),
 * which receives the packet, its callout and the focus ring. The canvas is focusable:
 * arrows pan, + - zoom, 0 fits, Enter activates, Escape clears the selection.
 */
export function createDiagram(
  canvas: HTMLCanvasElement,
  overlay: HTMLElement,
  callbacks: DiagramCallbacks,
): Diagram {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d canvas');
  const pen = createScrollingPen(context);
  const stop = new AbortController();
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let theme = themeOf(canvas);
  let measure: Measure = canvasMeasure(context, theme);
  let picture: { readonly model: DiagramModel; readonly layout: Layout } | null = null;
  let playback: Playback = idlePlayback;
  let marks: SceneMarks = noMarks;
  let scene: Scene | null = null;
  let hits: HitTest | null = null;
  let view: ViewportState = { x: 0, y: 0, k: 1, width: 0, height: 0 };
  let packet: { readonly shown: PacketScene; readonly way: readonly Point[]; readonly from: number } | null =
    null;
  let camera: {
    readonly from: ViewportState;
    readonly to: { x: number; y: number; k: number };
    readonly start: number;
  } | null = null;
  let level = { k: 1, at: -FADE_MS };
  let frame = 0;
  /** The canvas no longer shows the scene as it is; while only the packet moves, it does. */
  let stale = true;
  let fitDue = true;
  let drag: { readonly id: string; readonly grab: Point; at: Point; moved: boolean } | null = null;
  const layer = createPacketOverlay(overlay, theme);

  const now = (): number => performance.now();
  const moves = (wanted: boolean): boolean => wanted && !still.matches;

  // --- painting -----------------------------------------------------------------------------------------------------
  const again = (): void => {
    frame ||= requestAnimationFrame(paint);
  };
  const request = (): void => {
    stale = true;
    again();
  };
  const minimap = createMinimapCanvas(
    (at) =>
      moveTo({ k: view.k, x: view.width / 2 - at.x * view.k, y: view.height / 2 - at.y * view.k }, false),
    again,
  );

  function ensureScene(): Scene | null {
    if (!scene && picture) scene = buildScene(picture.model, picture.layout, playback, marks);
    return scene;
  }

  function changed(): void {
    scene = null;
    request();
  }

  const full = (): Viewport => ({ ...view, ratio: devicePixelRatio || 1 });

  function paint(): void {
    frame = 0;
    const time = now();
    stepCamera(time);
    const ready = ensureScene();
    if (setBacking(canvas, view.width, view.height, devicePixelRatio || 1)) {
      stale = true;
      pen.forget();
    }
    if (!ready || view.width === 0) return;
    const alpha = Math.min(1, (time - level.at) / FADE_MS);
    const fade = (from: number): number => (from > level.k ? alpha : 1);
    if (stale) pen.paint(ready, full(), theme, { measure, fade }, alpha === 1);
    stale = false;
    const way = packet?.way ?? [];
    const t = packet ? Math.min(1, (time - packet.from) / STEP_MS) : 1;
    const at = packet ? (way.length > 1 && t < 1 ? onWay(way, t) : packet.shown.at) : null;
    layer.setPacket(packet?.shown ?? null, view.k, measure);
    if (at) layer.place(at, view);
    showRing();
    if (picture) minimap.paint(picture, at, full(), theme);
    if (camera || alpha < 1) request();
    else if (packet && way.length > 1 && t < 1) again();
  }

  function showRing(): void {
    const rect =
      marks.selected === null || !canvas.matches(':focus-visible')
        ? null
        : (picture?.layout.nodes.get(marks.selected) ?? null);
    layer.ring(rect, view);
  }

  // --- camera -------------------------------------------------------------------------------------------------------
  const surface = select(canvas);
  const behaviour = zoom<HTMLCanvasElement, unknown>()
    .scaleExtent([ZOOM_LEAST, ZOOM_MOST])
    .filter((event: Event) => {
      if (event instanceof WheelEvent) return true;
      if (event.type === 'dblclick') return false;
      if (event instanceof MouseEvent)
        return event.button === 0 && !event.ctrlKey && dragTarget(pointOf(event)) === null;
      return true;
    })
    .wheelDelta(
      (event: WheelEvent) =>
        -event.deltaY *
        (event.deltaMode === 1 ? 0.05 : event.deltaMode ? 1 : 0.002) *
        (event.ctrlKey ? 8 : 1),
    )
    .on('zoom', ({ transform, sourceEvent }: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
      if (sourceEvent) camera = null;
      applyView({ ...view, x: transform.x, y: transform.y, k: transform.k });
    });
  surface.call(behaviour).on('dblclick.zoom', null);
  surface.style('touch-action', 'none');

  function applyView(next: ViewportState): void {
    const step = (k: number): number => Object.values(LEVEL).filter((from) => k >= from).length;
    if (step(next.k) > step(view.k)) level = { k: view.k, at: still.matches ? -FADE_MS : now() };
    view = next;
    callbacks.onViewport?.(view);
    request();
  }

  function jumpTo({ x, y, k }: { readonly x: number; readonly y: number; readonly k: number }): void {
    surface.call(behaviour.transform, zoomIdentity.translate(x, y).scale(k));
  }

  function moveTo(
    to: { readonly x: number; readonly y: number; readonly k: number },
    animate: boolean,
  ): void {
    if (!moves(animate)) {
      camera = null;
      jumpTo(to);
      return;
    }
    camera = { from: view, to, start: now() };
    request();
  }

  function stepCamera(time: number): void {
    if (!camera) return;
    const t = ease((time - camera.start) / CAMERA_MS);
    const { from, to } = camera;
    if (t >= 1) camera = null;
    const k = from.k * (to.k / from.k) ** t;
    // The point that is in the middle moves evenly while the zoom changes.
    const middle = (one: { x: number; y: number; k: number }): Point => ({
      x: (view.width / 2 - one.x) / one.k,
      y: (view.height / 2 - one.y) / one.k,
    });
    const a = middle(from);
    const b = middle(to);
    const at = { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
    jumpTo(t >= 1 ? to : { k, x: view.width / 2 - at.x * k, y: view.height / 2 - at.y * k });
  }

  // --- pointer ------------------------------------------------------------------------------------------------------
  function pointOf(event: { readonly clientX: number; readonly clientY: number }): Point {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  function hit(at: Point): string | null {
    const ready = ensureScene();
    if (!ready || !picture) return null;
    hits ??= hitTest(picture.model, picture.layout, ready.regions);
    return hits.at(toWorld(view, at), view.k);
  }

  /** What a drag from here would move: a machine by its head, a logical node anywhere. */
  function dragTarget(at: Point): string | null {
    if (!callbacks.onPin || !picture) return null;
    const id = hit(at);
    const node = id === null ? undefined : picture.model.node(id);
    const rect = node && picture.layout.nodes.get(node.id);
    if (!node || !rect || node.parent !== null || node.kind === 'segment') return null;
    if (node.kind !== 'machine' && node.kind !== 'container')
      return picture.model.lens === 'logical' ? node.id : null;
    const y = toWorld(view, at).y - rect.y;
    const head = picture.layout.flipped.has(node.id) ? rect.height - y : y;
    return head >= 0 && head <= HEAD ? node.id : null;
  }

  let pressed: { readonly at: Point; readonly time: number } | null = null;
  let menuTimer = 0;
  const listen = <Name extends keyof HTMLElementEventMap>(
    name: Name,
    handler: (event: HTMLElementEventMap[Name]) => void,
  ): void => canvas.addEventListener(name, handler, { signal: stop.signal });

  listen('pointerdown', (event) => {
    const at = pointOf(event);
    pressed = { at, time: now() };
    if (event.pointerType === 'touch' && callbacks.onMenu)
      menuTimer = window.setTimeout(() => callbacks.onMenu?.(hit(at), at), 550);
    const id = event.button === 0 && event.pointerType === 'mouse' ? dragTarget(at) : null;
    const rect = id === null ? undefined : picture?.layout.nodes.get(id);
    if (id === null || !rect) return;
    const world = toWorld(view, at);
    drag = {
      id,
      grab: { x: world.x - rect.x, y: world.y - rect.y },
      at: { x: rect.x, y: rect.y },
      moved: false,
    };
    canvas.setPointerCapture(event.pointerId);
  });

  listen('pointermove', (event) => {
    const at = pointOf(event);
    if (pressed && Math.hypot(at.x - pressed.at.x, at.y - pressed.at.y) > 4) {
      window.clearTimeout(menuTimer);
      if (drag) drag.moved = true;
    }
    if (drag?.moved) {
      const world = toWorld(view, at);
      // Positions on the 4-px grid.
      const snap = (value: number): number => Math.round(value / 4) * 4;
      drag.at = { x: snap(world.x - drag.grab.x), y: snap(world.y - drag.grab.y) };
      const rect = picture?.layout.nodes.get(drag.id);
      if (rect) layer.ghost({ ...rect, ...drag.at }, view);
      return;
    }
    if (event.buttons !== 0) return;
    hover(hit(at), at);
  });

  function hover(id: string | null, at: Point | null): void {
    if (at) canvas.style.cursor = dragTarget(at) === null ? (id === null ? 'grab' : 'pointer') : 'move';
    if (marks.hovered !== id) {
      marks = { ...marks, hovered: id };
      changed();
    }
    callbacks.onHover?.(id, id === null ? null : at);
  }

  listen('pointerup', () => {
    window.clearTimeout(menuTimer);
    const done = drag;
    drag = null;
    layer.ghost(null, view);
    if (done?.moved) callbacks.onPin?.(done.id, done.at);
  });
  listen('pointercancel', () => {
    window.clearTimeout(menuTimer);
    drag = null;
    layer.ghost(null, view);
  });
  listen('pointerleave', () => hover(null, null));
  listen('click', (event) => {
    const at = pointOf(event);
    const far = pressed && Math.hypot(at.x - pressed.at.x, at.y - pressed.at.y) > 4;
    if (!far) callbacks.onSelect?.(hit(at));
  });
  listen('dblclick', (event) => {
    const id = hit(pointOf(event));
    if (id !== null) callbacks.onActivate?.(id);
  });
  listen('contextmenu', (event) => {
    if (!callbacks.onMenu) return;
    event.preventDefault();
    const at = pointOf(event);
    callbacks.onMenu(hit(at), at);
  });
  listen('focus', request);
  listen('blur', request);
  listen('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 4 : 1;
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => self.panBy(PAN * far, 0),
      ArrowRight: () => self.panBy(-PAN * far, 0),
      ArrowUp: () => self.panBy(0, PAN * far),
      ArrowDown: () => self.panBy(0, -PAN * far),
      '+': () => self.zoomBy(1.25),
      '=': () => self.zoomBy(1.25),
      '-': () => self.zoomBy(0.8),
      '0': () => self.fit(true),
      Enter: () => marks.selected !== null && callbacks.onActivate?.(marks.selected),
      Escape: () => callbacks.onSelect?.(null),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  const observer = new ResizeObserver(() => self.resize());
  observer.observe(canvas);
  if (canvas.tabIndex < 0) canvas.tabIndex = 0;

  const self: Diagram = {
    setScene: (model, layout) => {
      picture = { model, layout };
      hits = null;
      scene = null;
      // The packet keeps its place in the new picture without moving to it.
      const shown = ensureScene()?.packet ?? null;
      packet = shown && { shown, way: [], from: 0 };
      if (fitDue && view.width > 0) self.fit(false);
      request();
    },
    setPlayback: (next, animate) => {
      playback = next;
      scene = null;
      const shown = ensureScene()?.packet ?? null;
      const way = shown && packet && moves(animate) ? wayBetween(packet.shown, shown) : null;
      packet = shown && { shown, way: way ?? [], from: now() };
      if (shown && !fitDue) follow(shown.at);
      request();
    },
    setMarks: (next) => {
      marks = { ...marks, ...next };
      changed();
    },
    setTheme: (next) => {
      theme = next;
      measure = canvasMeasure(context, theme);
      layer.setTheme(theme);
      request();
    },
    select: (id) => {
      if (marks.selected === id) return;
      marks = { ...marks, selected: id === null ? null : (picture?.model.drawn(id)?.id ?? id) };
      changed();
    },
    fit: (animate = true) => {
      if (!picture || view.width === 0) return;
      fitDue = false;
      moveTo(fitted(view, picture.layout.bounds), animate);
    },
    reveal: (id, animate = true) => {
      const rect = picture?.layout.nodes.get(picture.model.drawn(id)?.id ?? id);
      if (rect) moveTo(revealed(view, rect, 24), animate);
    },
    zoomBy: (factor) => moveTo(zoomed(view, factor, { x: view.width / 2, y: view.height / 2 }), true),
    zoomTo: (k) => self.zoomBy(k / view.k),
    panBy: (x, y) => moveTo({ k: view.k, x: view.x + x, y: view.y + y }, false),
    viewport: () => view,
    setViewport: (next) => {
      fitDue = false;
      camera = null;
      jumpTo(next);
    },
    hit,
    resize: () => {
      const { clientWidth: width, clientHeight: height } = canvas;
      if (width === view.width && height === view.height) {
        request();
        return;
      }
      // The middle stays the middle.
      const shift =
        view.width === 0 ? { x: 0, y: 0 } : { x: (width - view.width) / 2, y: (height - view.height) / 2 };
      view = { ...view, width, height };
      jumpTo({ k: view.k, x: view.x + shift.x, y: view.y + shift.y });
      if (fitDue && picture) self.fit(false);
    },
    attachMinimap: (next) => minimap.attach(next),
    destroy: () => {
      stop.abort();
      observer.disconnect();
      cancelAnimationFrame(frame);
      window.clearTimeout(menuTimer);
      surface.on('.zoom', null);
      minimap.attach(null);
      cancelAnimationFrame(frame);
      layer.destroy();
    },
  };

  /** Pans only when the packet would leave the view. */
  function follow(at: Point): void {
    const around = { x: at.x - 20, y: at.y - 10, width: 40, height: 20 };
    const next = revealed(view, around, 32);
    if (Math.abs(next.x - view.x) + Math.abs(next.y - view.y) > 0.5) moveTo(next, true);
  }

  self.resize();
  return self;
}
