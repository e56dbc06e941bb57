/** Mounts the diagram's controller and feeds it; React draws only the controls above it. */
import { memo, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { createDiagram, themeOf, type Diagram } from '../../diagram/index.ts';
import { subjectId, subjectOf, type DiagramModel, type Point } from '../../view/index.ts';
import { useSession, useWorldAge } from '../engine/SessionProvider.tsx';
import { useServices } from '../shell/Services.tsx';
import { useThemeInForce } from '../shell/theme.ts';
import type { LayoutMode } from '../shell/layout-mode.ts';
import type { Lens } from '../store/lenses.ts';
import type { MenuTarget } from '../subjects/SubjectMenu.tsx';
import { useActions, usePage, usePageStore } from '../store/StoreProvider.tsx';
import { faultyIds } from '../faults/faulty.ts';
import { useFaults } from '../faults/use-faults.ts';
import {
  cameraAt,
  fitCamera,
  isInView,
  middleOf,
  sameCamera,
  sameKept,
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

/** What the picture is of: while that stays the camera does too. */
interface DrawnAs {
  readonly epoch: number;
  readonly lens: Lens;
  readonly mode: LayoutMode;
  readonly framed: string;
}

const sameDrawn = (a: DrawnAs | null, b: DrawnAs): boolean =>
  a?.epoch === b.epoch && a.lens === b.lens && a.mode === b.mode && a.framed === b.framed;

/** How long the camera has to stand before its place is taken down, in milliseconds. */
const REST = 100;

export const DiagramCanvas = memo(function DiagramCanvas({
  mode,
  dimmed,
  lit = NOT_LIT,
  onMenu,
}: DiagramCanvasProps) {
  const { model, layout, snapshot } = useWorld();
  const session = useSession();
  const { epoch } = useWorldAge();
  const { opener } = useServices();
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
  const drawnAs = useRef<DrawnAs | null>(null);
  const latest = useRef<DiagramModel>(model);
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const [zoom, setZoom] = useState(1);
  const [away, setAway] = useState(false);
  const [moving, setMoving] = useState<string | null>(null);
  const [hover, setHover] = useState<{ readonly id: string; readonly at: Point } | null>(null);
  useEffect(() => {
    latest.current = model;
  }, [model]);

  useEffect(() => {
    if (!canvas.current || !overlay.current) return;
    const element = canvas.current;
    const leave = (): void => {
      clearTimeout(resting.current);
      resting.current = undefined;
      const place = drawnAs.current;
      // A picture that has nothing in it yet was not left anywhere, and one of another document says nothing of this.
      if (place?.epoch !== session.age().epoch) return;
      // One that is on its way is kept where it will rest.
      const goal = made.goal();
      const { width, height } = made.viewport();
      const kept = sameCamera(fitted.current, goal)
        ? null
        : {
            lens: place.lens,
            mode: place.mode,
            ...middleOf(goal, { clientWidth: width, clientHeight: height }),
          };
      if (!sameKept(store.getState().viewport.camera, kept)) actions.leaveCamera(kept);
    };
    const stopSettling = opener.beforeKeeping(leave);
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
        setAway(!sameCamera(fitted.current, viewport));
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
      stopSettling();
      if (resting.current !== undefined) {
        leave();
        void opener.save();
      }
      diagram.current = null;
      drawnAs.current = null;
      made.destroy();
    };
  }, [actions, store, session, opener, revealSlot, onMenu]);

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
      fitted.current = to;
      made.setViewport(to, smooth);
    },
    [layout, model, framed, mode],
  );

  useEffect(() => {
    const made = diagram.current;
    if (!made) return;
    const untouched = sameCamera(fitted.current, made.goal());
    made.setScene(model, layout);
    setDrawn({ diagram: made, model });
    const before = drawnAs.current;
    const now: DrawnAs = { epoch, lens, mode, framed: framed === null ? '' : subjectId(framed) };
    const { camera } = store.getState().viewport;
    const pane = canvas.current;
    // A document comes back as it was left; another lens, or a page of another width, begins with all of its picture.
    const returns = before?.epoch !== epoch && camera?.lens === lens && camera.mode === mode;
    if (returns && pane && isInView(layout.bounds, camera, pane)) {
      fitted.current = null;
      made.setViewport(cameraAt(camera, pane));
    } else if (untouched || !sameDrawn(before, now)) fit(false);
    if (model.nodes.length > 0) drawnAs.current = now;
  }, [model, layout, epoch, lens, mode, framed, fit, store]);

  // A picture that nobody has moved stays whole when its panel changes its size.
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (diagram.current && sameCamera(fitted.current, diagram.current.goal())) fit(false);
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
        away={away}
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
