/** Mounts the diagram's controller and feeds it; React draws only the controls above it. */
import { memo, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { createDiagram, themeOf, type Diagram } from '../../diagram/index.ts';
import { subjectId, subjectOf, type DiagramModel, type Point } from '../../view/index.ts';
import { useWorldAge } from '../engine/SessionProvider.tsx';
import { useThemeInForce } from '../shell/theme.ts';
import type { LayoutMode } from '../shell/layout-mode.ts';
import type { MenuTarget } from '../subjects/SubjectMenu.tsx';
import { useActions, usePage, usePageStore } from '../store/StoreProvider.tsx';
import { faultyIds } from '../faults/faulty.ts';
import { useFaults } from '../faults/use-faults.ts';
import {
  cameraAt,
  fitCamera,
  glide,
  isInView,
  middleOf,
  sameCamera,
  type Camera,
  type Margins,
} from './camera.ts';
import { HoverTip } from './HoverTip.tsx';
import { drawnIds, NOT_LIT, type Lit } from './lit.ts';
import { usePicture, useWorld } from './PictureProvider.tsx';
import { RevealContext } from './reveal.ts';
import { MovingBanner } from './MovingBanner.tsx';
import { ZoomControls } from './ZoomControls.tsx';

const MARGINS: Readonly<Record<LayoutMode, Margins>> = {
  // A legend of two rows.
  wide: { side: 16, bottom: 78 },
  medium: { side: 16, bottom: 52 },
  narrow: { side: 12, bottom: 12 },
};

interface DiagramCanvasProps {
  readonly mode: LayoutMode;
  readonly dimmed: ReadonlySet<string>;
  /** What a table beside the drawing lights up and marks. */
  readonly lit?: Lit;
  readonly onMenu: (target: MenuTarget | null) => void;
}

/** What the diagram shows. */
interface Drawn {
  readonly diagram: Diagram;
  readonly model: DiagramModel;
}

/** How long the camera has to stand before its place is taken down, in milliseconds. */
const REST = 100;

export const DiagramCanvas = memo(function DiagramCanvas({
  mode,
  dimmed,
  lit = NOT_LIT,
  onMenu,
}: DiagramCanvasProps) {
  const { model, layout, snapshot } = useWorld();
  const { epoch } = useWorldAge();
  const theme = useThemeInForce();
  const actions = useActions();
  const store = usePageStore();
  const selected = usePage((state) => (state.selection.subject ? subjectId(state.selection.subject) : null));
  const breakpoints = usePage((state) => state.document.breakpoints);
  const lens = usePage((state) => state.viewport.lens);
  const pins = usePage((state) => state.document.pins[state.viewport.lens]);
  const { lasting } = useFaults();
  const revealSlot = useContext(RevealContext);

  const canvas = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLDivElement>(null);
  const minimap = useRef<HTMLCanvasElement>(null);
  const diagram = useRef<Diagram | null>(null);
  /** The camera after the last fit: while it is still there, the picture may be fitted again by itself. */
  const fitted = useRef<Camera | null>(null);
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const gliding = useRef<() => void>(() => undefined);
  const shown = useRef('');
  const latest = useRef<DiagramModel>(model);
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const [zoom, setZoom] = useState(1);
  const [moving, setMoving] = useState<string | null>(null);
  const [hover, setHover] = useState<{ readonly id: string; readonly at: Point } | null>(null);
  useEffect(() => {
    latest.current = model;
  }, [model]);

  useEffect(() => {
    if (!canvas.current || !overlay.current) return;
    const element = canvas.current;
    const leave = (): void => {
      // A picture that has nothing in it yet was not left anywhere.
      if (shown.current === '') return;
      const view = made.viewport();
      const { lens: of } = store.getState().viewport;
      actions.leaveCamera(sameCamera(fitted.current, view) ? null : { lens: of, ...middleOf(view, element) });
    };
    const made = createDiagram(element, overlay.current, {
      onSelect: (id) => {
        const subject =
          id === null
            ? null
            : (latest.current.node(id)?.subject ?? latest.current.edge(id)?.subject ?? subjectOf(id));
        actions.select(subject);
      },
      onActivate: (id) => {
        const node = latest.current.node(id);
        if (node?.folds) actions.unfold(node.folds.expand);
        else if (node?.kind === 'machine' || node?.kind === 'container')
          actions.collapse(id, !node.collapsed);
      },
      onHover: (id, at) => setHover(id !== null && at !== null ? { id, at } : null),
      onViewport: (viewport) => {
        setZoom(viewport.k);
        clearTimeout(resting.current);
        resting.current = setTimeout(leave, REST);
      },
      onPin: (id, at) =>
        actions.pin(store.getState().viewport.lens, id, [Math.round(at.x / 4) * 4, Math.round(at.y / 4) * 4]),
      onMoving: setMoving,
      onMenu: (id, at) => {
        const box = element.getBoundingClientRect();
        onMenu(id === null ? null : { id, x: box.left + at.x, y: box.top + at.y });
      },
    });
    diagram.current = made;
    made.attachMinimap(minimap.current);
    revealSlot.offer({
      reveal: (id) => made.reveal(id, true),
      canMove: made.canMove,
      move: made.startMoving,
      area: () => {
        const { x, y, k } = made.viewport();
        return { x: -x / k, y: -y / k, width: element.clientWidth / k, height: element.clientHeight / k };
      },
    });
    return () => {
      revealSlot.offer(null);
      gliding.current();
      clearTimeout(resting.current);
      diagram.current = null;
      shown.current = '';
      made.destroy();
    };
  }, [actions, store, revealSlot, onMenu]);

  useEffect(() => diagram.current?.setTheme(themeOf(document.documentElement)), [theme]);

  const framed = lit.frame;
  /** The whole picture, clear of what floats on it; or the thing that it is drawn for. */
  const fit = useCallback(
    (smooth: boolean, what: 'frame' | 'whole' = 'frame') => {
      const made = diagram.current;
      const element = canvas.current;
      if (!made || !element) return;
      const thing = framed === null || what === 'whole' ? undefined : model.drawn(subjectId(framed))?.id;
      const bounds = layout.nodes.get(thing ?? '') ?? layout.bounds;
      const to = fitCamera(bounds, element.clientWidth, element.clientHeight, MARGINS[mode]);
      gliding.current();
      fitted.current = to;
      if (smooth) gliding.current = glide(made, to);
      else made.setViewport(to);
    },
    [layout, model, framed, mode],
  );

  useEffect(() => {
    const made = diagram.current;
    if (!made) return;
    const untouched = sameCamera(fitted.current, made.viewport());
    made.setScene(model, layout);
    setDrawn({ diagram: made, model });
    const picture = `${epoch} ${lens} ${mode} ${framed === null ? '' : subjectId(framed)}`;
    const { camera } = store.getState().viewport;
    const pane = canvas.current;
    // A document comes back as it was left; another lens begins with all of its picture.
    const returns = !shown.current.startsWith(`${epoch} `) && camera?.lens === lens;
    if (returns && pane && isInView(layout.bounds, camera, pane)) {
      fitted.current = null;
      made.setViewport(cameraAt(camera, pane));
    } else if (shown.current !== picture || untouched) fit(false);
    if (model.nodes.length > 0) shown.current = picture;
  }, [model, layout, epoch, lens, mode, framed, fit, store]);

  // A picture that nobody has moved stays whole when its panel changes its size.
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (diagram.current && sameCamera(fitted.current, diagram.current.viewport())) fit(false);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [fit]);

  useEffect(() => {
    diagram.current?.setMarks({
      dimmed,
      breakpoints: new Set(
        breakpoints.flatMap((breakpoint) => (breakpoint.kind === 'device' ? [breakpoint.id] : [])),
      ),
      pinned: new Set(Object.keys(pins ?? {})),
      faulty: new Set([...faultyIds(lasting, model), ...drawnIds(lit.broken, model)]),
      lit: new Set(drawnIds(lit.things ?? [], model)),
    });
  }, [dimmed, lit, breakpoints, pins, lasting, model]);

  useEffect(() => diagram.current?.select(selected), [selected]);

  const machines = snapshot.hosts.map((host) => host.name).join(', ');
  return (
    <>
      <canvas
        ref={canvas}
        className="picture-canvas"
        // oxlint-disable-next-line jsx-a11y/no-interactive-element-to-noninteractive-role -- it takes arrows and zoom keys itself
        role="application"
        aria-roledescription="diagram"
        aria-label={`${lens} diagram${machines === '' ? '' : ` of ${machines}`}. Arrows pan, plus and minus zoom, 0 fits, M moves what is selected. The explorer holds the same things as a tree.`}
        tabIndex={0}
      />
      <div ref={overlay} className="picture-overlay" />
      <PacketFeed drawn={drawn} />
      <ZoomControls
        mode={mode}
        zoom={zoom}
        onZoom={(factor) => diagram.current?.zoomBy(factor)}
        onFull={() => diagram.current?.zoomTo(1)}
        onFit={() => fit(true, 'whole')}
        minimap={minimap}
      />
      {moving !== null && (
        <MovingBanner
          name={model.node(moving)?.name ?? ''}
          onEnd={(keep) => {
            diagram.current?.endMoving(keep);
            canvas.current?.focus();
          }}
        />
      )}
      {hover && mode !== 'narrow' && <HoverTip id={hover.id} at={hover.at} />}
    </>
  );
});

/** Tells the diagram where the packet is; nothing else of it is drawn anew with a step. */
function PacketFeed({ drawn }: { readonly drawn: Drawn | null }) {
  const { playback, model } = usePicture();
  const scrubbing = usePage((state) => state.playback.scrubbing);
  useEffect(() => {
    // Its places are those of one model.
    if (drawn?.model === model) drawn.diagram.setPlayback(playback, !scrubbing);
  }, [drawn, model, playback, scrubbing]);
  return null;
}
