/**
 * The diagram as an imperative object on a canvas: scene, camera, painting and the packet's motion meet here. No React.
 */
import type { DiagramModel, DiagramNode } from '../view/model.ts';
import type { Layout, Point } from '../view/layout/layout.ts';
import type { Playback } from '../view/playback.ts';
import { idlePlayback } from '../view/playback.ts';
import { buildScene, sceneGround, type SceneGround } from './build-scene.ts';
import { createCameraMotion } from './camera-motion.ts';
import { fitted, revealed, toScreen, toWorld, zoomed, type ViewportState } from './camera.ts';
import type { Viewport } from './canvas-pen.ts';
import { setBacking } from './canvas-size.ts';
import { listenToKeys } from './diagram-keys.ts';
import type { Diagram, DiagramCallbacks } from './diagram.ts';
import { hitTest, type HitTest } from './hit.ts';
import { LEVEL } from './levels.ts';
import { canvasMeasure, type Measure } from './measure.ts';
import { createMinimapCanvas } from './minimap-canvas.ts';
import { createMoving } from './moving.ts';
import { FADE_MS, onWay, STEP_MS, wayBetween } from './motion.ts';
import { createPacketOverlay } from './packet-overlay.ts';
import { listenToPointer, pointOf } from './pointer.ts';
import { noMarks, type PacketScene, type Scene, type SceneMarks } from './scene.ts';
import { createScrollingPen } from './scrolling.ts';
import { themeOf } from './theme.ts';

/** So long after the zoom has changed last it is at rest. */
const REST_MS = 160;

/** How much of a machine's top is its head, by which it is dragged. */
const HEAD = 28;

/**
 * `canvas` fills its positioned parent; `overlay` is an empty element laid exactly over it (pointer-events none),
 * which receives the packet, its callout and the focus ring. The canvas is focusable and has keys of its own.
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
  let picture: {
    readonly model: DiagramModel;
    readonly layout: Layout;
    readonly ground: SceneGround;
  } | null = null;
  let playback: Playback = idlePlayback;
  let marks: SceneMarks = noMarks;
  let scene: Scene | null = null;
  let hits: HitTest | null = null;
  let packet: { readonly shown: PacketScene; readonly way: readonly Point[]; readonly from: number } | null =
    null;
  let level = { k: 1, at: -FADE_MS };
  let frame = 0;
  /** The canvas no longer shows the scene as it is; while only the packet moves, it does. */
  let stale = true;
  /** The zoom that the canvas shows, and since when. */
  let painted = { k: 0, at: -REST_MS };
  let rest: ReturnType<typeof setTimeout> | undefined;
  let fitDue = true;
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
  const camera = createCameraMotion(canvas, {
    pannable: (event) => dragTarget(pointOf(canvas, event)) === null,
    onView: (view, before) => {
      const step = (k: number): number => Object.values(LEVEL).filter((from) => k >= from).length;
      if (step(view.k) > step(before.k)) level = { k: before.k, at: still.matches ? -FADE_MS : now() };
      callbacks.onViewport?.(view);
      request();
    },
    onMove: request,
  });
  const moveTo = (to: Pick<ViewportState, 'x' | 'y' | 'k'>, animate: boolean): void =>
    camera.moveTo(to, moves(animate));
  const minimap = createMinimapCanvas((at) => {
    const { width, height, k } = camera.view;
    moveTo({ k, x: width / 2 - at.x * k, y: height / 2 - at.y * k }, false);
  }, again);

  function ensureScene(): Scene | null {
    if (!scene && picture) scene = buildScene(picture.model, picture.layout, playback, marks, picture.ground);
    return scene;
  }

  function changed(): void {
    scene = null;
    request();
  }

  const full = (): Viewport => ({ ...camera.view, ratio: devicePixelRatio || 1 });

  function paint(): void {
    frame = 0;
    const time = now();
    camera.step(time);
    const { view } = camera;
    const ready = ensureScene();
    if (setBacking(canvas, view.width, view.height, devicePixelRatio || 1)) {
      stale = true;
      pen.forget();
    }
    if (!ready || view.width === 0) return;
    const alpha = Math.min(1, (time - level.at) / FADE_MS);
    const fade = (from: number): number => (from > level.k ? alpha : 1);
    if (stale) {
      const brief = painted.k !== view.k && time - painted.at < REST_MS;
      pen.paint(ready, full(), theme, { measure, fade, brief }, alpha === 1 && !brief);
      painted = { k: view.k, at: time };
      clearTimeout(rest);
      if (brief) rest = setTimeout(request, REST_MS);
    }
    stale = false;
    const way = packet?.way ?? [];
    const t = packet ? Math.min(1, (time - packet.from) / STEP_MS) : 1;
    const at = packet ? (way.length > 1 && t < 1 ? onWay(way, t) : packet.shown.at) : null;
    layer.setPacket(packet?.shown ?? null, view.k, measure);
    if (at) layer.place(at, view);
    showRing();
    if (moving.id !== null) moving.draw();
    if (picture) minimap.paint(picture, at, full(), theme);
    if (camera.moving || alpha < 1) request();
    else if (packet && way.length > 1 && t < 1) again();
  }

  function showRing(): void {
    const rect =
      marks.selected === null || !canvas.matches(':focus-visible')
        ? null
        : (picture?.layout.nodes.get(marks.selected) ?? null);
    layer.ring(rect, camera.view);
  }

  // --- gestures -----------------------------------------------------------------------------------------------------
  function hit(at: Point): string | null {
    const ready = ensureScene();
    if (!ready || !picture) return null;
    hits ??= hitTest(picture.model, picture.layout, ready.regions);
    return hits.at(toWorld(camera.view, at), camera.view.k);
  }

  const isBox = (kind: string): boolean => kind === 'machine' || kind === 'container';

  function movable(id: string | null): DiagramNode | null {
    if (!callbacks.onPin || !picture || id === null) return null;
    const node = picture.model.node(id);
    if (!node || node.parent !== null || node.kind === 'segment') return null;
    return isBox(node.kind) || picture.model.lens === 'logical' ? node : null;
  }

  /** What a drag from here would move: a machine by its head, a logical node anywhere. */
  function dragTarget(at: Point): string | null {
    const node = movable(hit(at));
    const rect = node && picture?.layout.nodes.get(node.id);
    if (!node || !rect || !picture) return null;
    if (!isBox(node.kind)) return node.id;
    const y = toWorld(camera.view, at).y - rect.y;
    const head = picture.layout.flipped.has(node.id) ? rect.height - y : y;
    return head >= 0 && head <= HEAD ? node.id : null;
  }

  const moving = createMoving({
    rectOf: (id) => picture?.layout.nodes.get(id),
    ghost: (rect) => layer.ghost(rect, camera.view),
    follow: (rect) => moveTo(revealed(camera.view, rect, 24), false),
    onMoving: (id) => callbacks.onMoving?.(id),
    onPin: (id, at) => callbacks.onPin?.(id, at),
  });

  listenToPointer(
    canvas,
    {
      hit,
      selected: () => {
        const rect = marks.selected === null ? undefined : picture?.layout.nodes.get(marks.selected);
        if (!rect || marks.selected === null) return null;
        moveTo(revealed(camera.view, rect, 24), false);
        const middle = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
        return { id: marks.selected, at: toScreen(camera.view, middle) };
      },
      place: (at) => {
        if (moving.id === null) return false;
        moving.to(toWorld(camera.view, at));
        return true;
      },
      dragTarget,
      rectOf: (id) => picture?.layout.nodes.get(id),
      toWorld: (at) => toWorld(camera.view, at),
      ghost: (rect) => layer.ghost(rect, camera.view),
      hover: (id) => {
        if (marks.hovered === id) return;
        marks = { ...marks, hovered: id };
        changed();
      },
    },
    callbacks,
    stop.signal,
  );
  canvas.addEventListener('focus', request, { signal: stop.signal });
  canvas.addEventListener('blur', request, { signal: stop.signal });

  const observer = new ResizeObserver(() => self.resize());
  observer.observe(canvas);
  if (canvas.tabIndex < 0) canvas.tabIndex = 0;

  const self: Diagram = {
    setScene: (model, layout) => {
      picture = { model, layout, ground: sceneGround(model, layout) };
      hits = null;
      scene = null;
      moving.end(false);
      // The packet keeps its place in the new picture without moving to it.
      const shown = ensureScene()?.packet ?? null;
      packet = shown && { shown, way: [], from: 0 };
      if (fitDue && camera.view.width > 0) self.fit(false);
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
      if (!picture || camera.view.width === 0) return;
      fitDue = false;
      moveTo(fitted(camera.view, picture.layout.bounds), animate);
    },
    reveal: (id, animate = true) => {
      const rect = picture?.layout.nodes.get(picture.model.drawn(id)?.id ?? id);
      if (rect) moveTo(revealed(camera.view, rect, 24), animate);
    },
    canMove: (id) => movable(id) !== null,
    startMoving: (id) => {
      if (movable(id) === null) return;
      canvas.focus();
      moving.start(id);
    },
    endMoving: (keep) => moving.end(keep),
    zoomBy: (factor) => {
      const { view } = camera;
      moveTo(zoomed(view, factor, { x: view.width / 2, y: view.height / 2 }), true);
    },
    zoomTo: (k) => self.zoomBy(k / camera.view.k),
    panBy: (x, y) => {
      const { view } = camera;
      moveTo({ k: view.k, x: view.x + x, y: view.y + y }, false);
    },
    viewport: () => camera.view,
    goal: () => camera.goal,
    setViewport: (next, animate = false) => {
      fitDue = false;
      moveTo(next, animate);
    },
    hit,
    resize: () => {
      const { clientWidth: width, clientHeight: height } = canvas;
      if (width === camera.view.width && height === camera.view.height) {
        request();
        return;
      }
      camera.resize(width, height);
      if (fitDue && picture) self.fit(false);
    },
    attachMinimap: (next) => minimap.attach(next),
    destroy: () => {
      stop.abort();
      clearTimeout(rest);
      observer.disconnect();
      cancelAnimationFrame(frame);
      camera.destroy();
      minimap.attach(null);
      layer.destroy();
    },
  };

  listenToKeys(
    canvas,
    {
      ...self,
      activate: () => {
        if (marks.selected !== null) callbacks.onActivate?.(marks.selected);
      },
      clear: () => callbacks.onSelect?.(null),
      grab: () => {
        // A port stands where its machine does.
        let node = marks.selected === null ? undefined : picture?.model.node(marks.selected);
        while (node && node.parent !== null) node = picture?.model.node(node.parent);
        if (node) self.startMoving(node.id);
      },
      moving,
    },
    stop.signal,
  );

  /** Pans only when the packet would leave the view. */
  function follow(at: Point): void {
    const around = { x: at.x - 20, y: at.y - 10, width: 40, height: 20 };
    const { view } = camera;
    const next = revealed(view, around, 32);
    if (Math.abs(next.x - view.x) + Math.abs(next.y - view.y) > 0.5) moveTo(next, true);
  }

  self.resize();
  return self;
}
