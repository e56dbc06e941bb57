/** What the diagram shows, worked out once and shared by every panel that speaks of it: model, layout, playback, colours. */
import {
  createContext,
  startTransition,
  use,
  useContext,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { Step } from '../../core/base/step.ts';
import type { RunSummary } from '../../engine/protocol.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import {
  diagramModel,
  dimmedBy,
  idlePlayback,
  idsOfRun,
  leaveOut,
  playerOf,
  runTree,
  subjectId,
  type DiagramModel,
  type Layout,
  type Network,
  type Playback,
  type RunTree,
} from '../../view/index.ts';
import { stepDetailOptions, useRunSteps, useRuns, useSnapshot } from '../engine/queries.ts';
import { useSession, useWorldAge } from '../engine/SessionProvider.tsx';
import type { LayoutMode } from '../shell/layout-mode.ts';
import { usePage } from '../store/StoreProvider.tsx';
import { drawnLens } from '../store/lenses.ts';
import { createNetworkMemory } from './network-memory.ts';
import { machinesToLeaveOut } from './off-path.ts';
import { createTileChoice } from './tile-choice.ts';
import { createRevealSlot, RevealContext } from './reveal.ts';
import { createRunWatch } from './run-watch.ts';
import { useArranged } from './use-arranged.ts';

/** What does not change with a step. */
export interface WorldView {
  readonly snapshot: WorldSnapshot;
  readonly networks: readonly Network[];
  readonly model: DiagramModel;
  /** Nodes that the filter left out of `model`. */
  readonly leftOut: number;
  readonly layout: Layout;
  /** Nothing is in `model` yet: it is large, and being laid out. */
  readonly arranging: boolean;
  readonly runs: readonly RunSummary[];
  /** The run in view: the chosen one, else the newest. */
  readonly run: RunSummary | null;
  /** Whether the engine has told which runs there are. */
  readonly runsTold: boolean;
  /** Those of its steps that have arrived. */
  readonly steps: readonly Step[];
  readonly tree: RunTree;
}

export interface Picture extends WorldView {
  readonly playback: Playback;
  /** The playhead, within the steps that have arrived. */
  readonly index: number;
}

const WorldContext = createContext<WorldView | null>(null);
const PictureContext = createContext<Picture | null>(null);
const NOTHING: ReadonlySet<string> = new Set();
const NO_PLACES: Readonly<Record<string, readonly [number, number]>> = {};

/** Needs an open world; shows nothing before its first snapshot. */
export function PictureProvider({
  mode,
  children,
}: {
  readonly mode: LayoutMode;
  readonly children: ReactNode;
}) {
  const snapshot = useSnapshot();
  // The panels are built between other work: the snapshot comes at a moment of its own and would have them built at once.
  const begun = useDeferredValue(snapshot !== null);
  if (!snapshot || !begun) return null;
  return (
    <PictureOf snapshot={snapshot} mode={mode}>
      {children}
    </PictureOf>
  );
}

function PictureOf({
  snapshot,
  mode,
  children,
}: {
  readonly snapshot: WorldSnapshot;
  readonly mode: LayoutMode;
  readonly children: ReactNode;
}) {
  const { epoch } = useWorldAge();
  const all = useRuns();
  const runsTold = all !== undefined;
  // A command that sent nothing has no steps to show.
  const runs = useMemo(() => (all ?? []).filter((other) => other.steps > 0), [all]);
  const chosen = usePage((state) => state.playback.run);
  const run = runs.find((other) => other.id === chosen) ?? runs.at(-1) ?? null;
  const { steps } = useRunSteps(run);

  const lens = usePage((state) => drawnLens(state.viewport.lens));
  const besideTable = usePage((state) => state.viewport.lens !== drawnLens(state.viewport.lens));
  const expanded = usePage((state) => state.arrangement.unfolded);
  const userCollapsed = usePage((state) => state.arrangement.collapsed);
  const userOpened = usePage((state) => state.arrangement.opened);
  const subject = usePage((state) => state.selection.subject);
  const places = usePage((state) => state.document.pins[lens] ?? NO_PLACES);

  const [memory] = useState(createNetworkMemory);
  const networks = useMemo(() => memory.assign(snapshot, epoch), [memory, snapshot, epoch]);
  const onPath = useMemo(() => idsOfRun(steps), [steps]);
  const keep = useMemo(
    () => (subject ? new Set([...onPath, subjectId(subject)]) : onPath),
    [onPath, subject],
  );
  const [choice] = useState(createTileChoice);
  const offPath = useMemo(
    () => (steps.length === 0 ? null : machinesToLeaveOut(snapshot.hosts, steps)),
    [steps, snapshot],
  );
  /** What the user said of a machine counts; else the room that there is, and what a run passes through. */
  const collapsed = useMemo(() => {
    const kind = { snapshot, epoch, lens, mode, besideTable, networks };
    const tiles = choice.tiles(kind);
    const folded = new Set([...tiles, ...(mode === 'medium' && offPath ? offPath : [])]);
    if (run && steps.length > 0 && tiles.size > 0)
      for (const id of choice.openedBy(kind, tiles, { id: run.id, steps }, onPath)) folded.delete(id);
    for (const id of userOpened) folded.delete(id);
    for (const id of userCollapsed) folded.add(id);
    return folded;
  }, [
    choice,
    snapshot,
    epoch,
    lens,
    mode,
    besideTable,
    networks,
    offPath,
    run,
    steps,
    onPath,
    userCollapsed,
    userOpened,
  ]);

  // A narrow page has room for the machines of the run alone.
  const hidden = mode === 'narrow' && offPath ? offPath : NOTHING;
  const whole = useMemo(
    () =>
      diagramModel(snapshot, {
        lens,
        networks,
        expanded,
        collapsed,
        keep,
        hidden,
        compact: mode === 'narrow',
        low: besideTable,
      }),
    [snapshot, lens, networks, expanded, collapsed, keep, hidden, mode, besideTable],
  );
  const tree = useMemo(() => runTree(steps), [steps]);
  const filter = usePage((state) => (state.arrangement.leavesOut ? state.arrangement.filter : ''));
  const wanted = useMemo(() => {
    if (filter.trim() === '') return whole;
    // Of the whole path, wherever the playhead is: the picture must not change with a step.
    const out = dimmedBy(filter, whole, playerOf(whole, tree)(steps.length - 1));
    return out.ok ? leaveOut(whole, out.value) : whole;
  }, [whole, filter, tree, steps]);
  const pinned = useMemo(
    () => new Map(Object.entries(places).map(([id, [x, y]]) => [id, { x, y }])),
    [places],
  );
  const { model, layout, arranging } = useArranged(wanted, pinned, `${lens} ${mode} ${besideTable}`, epoch);
  const leftOut = whole.nodes.length - wanted.nodes.length;
  const world = useMemo(
    () => ({
      snapshot,
      networks,
      model,
      leftOut,
      layout,
      arranging,
      runs,
      run,
      runsTold,
      steps,
      tree,
    }),
    [snapshot, networks, model, leftOut, layout, arranging, runs, run, runsTold, steps, tree],
  );
  const [reveal] = useState(createRevealSlot);
  return (
    <WorldContext value={world}>
      <Playhead>
        <RevealContext value={reveal}>{children}</RevealContext>
      </Playhead>
    </WorldContext>
  );
}

/** All that a step draws anew begins here: what is above knows nothing of the playhead. */
function Playhead({ children }: { readonly children: ReactNode }) {
  const world = useWorld();
  const { model, tree, steps } = world;
  const wanted = usePage((state) => state.playback.step);
  const index = steps.length === 0 ? -1 : Math.min(wanted, steps.length - 1);
  const player = useMemo(() => playerOf(model, tree), [model, tree]);
  const picture = useMemo(() => ({ ...world, playback: player(index), index }), [world, player, index]);
  return <PictureContext value={picture}>{children}</PictureContext>;
}

/** Panels that trail are drawn at least this often while the playhead is on its way, and no sooner than `LEAST`, in milliseconds. */
const TRAIL = 320;
const LEAST = 120;
/** A playhead that has not moved for so long rests, in milliseconds. */
const REST = 64;
/** A frame, in milliseconds: panels that trail take turns, so that no two are drawn in one. */
const TURN = 16;

/**
 * For panels that are read, not watched: they follow a single step a moment later, and the playhead on its way (dragged, or
 * by a key that is held down) a few times a second and as soon as it rests. `turn`: panels on the page at the same time have
 * different ones, from 0. One inside another waits for that.
 */
export function TrailingPicture({
  turn,
  detail = false,
  children,
}: {
  readonly turn: number;
  /** The panels tell of the step's detail: they are drawn once it is there. */
  readonly detail?: boolean;
  readonly children: ReactNode;
}) {
  const picture = usePicture();
  const session = useSession();
  const queries = useQueryClient();
  const { epoch } = useWorldAge();
  const [shown, setShown] = useState(picture);
  const drawn = useRef(-TRAIL);
  useEffect(() => {
    if (picture === shown) return;
    const since = performance.now() - drawn.current;
    const due = Math.max(0, LEAST - since, Math.min(REST, TRAIL - since));
    const draw = (): void => {
      const begun = performance.now();
      drawn.current = begun;
      // One that is overtaken while it waits is not drawn any more.
      const show = (): void => {
        if (drawn.current === begun) startTransition(() => setShown(picture));
      };
      const { run, index } = picture;
      if (detail && run)
        void queries.prefetchQuery(stepDetailOptions(session, epoch, run.id, index)).then(show);
      else show();
    };
    const timer = setTimeout(draw, due + turn * TURN);
    return () => clearTimeout(timer);
  }, [picture, shown, turn, detail, session, queries, epoch]);
  // Of another run, or of a world that has changed, nothing old is shown.
  const trails = shown.steps === picture.steps && shown.model === picture.model;
  return <PictureContext value={trails ? shown : picture}>{children}</PictureContext>;
}

/** The world and its picture, for what need not follow each step. */
export function useWorld(): WorldView {
  const world = useContext(WorldContext);
  if (!world) throw new Error('useWorld outside PictureProvider');
  return world;
}

/** Whether the panel that asks still shows a step that the playhead has left. */
export function useTrails(): boolean {
  const { steps, index } = usePicture();
  return usePage(({ playback }) => steps.length > 0 && Math.min(playback.step, steps.length - 1) !== index);
}

/** Calls `tell` when the run in view becomes another one while the document is open. */
export function useRunNews(tell: () => void): void {
  const { run, runsTold } = useWorld();
  const { epoch } = useWorldAge();
  const [watch] = useState(createRunWatch);
  const id = runsTold ? (run?.id ?? null) : undefined;
  const latest = useRef(tell);
  useEffect(() => {
    latest.current = tell;
  });
  useEffect(() => {
    if (watch(epoch, id)) latest.current();
  }, [watch, epoch, id]);
}

/** The playback where it is needed; else what plays nothing, and no step draws the caller anew. */
export function usePlaybackIf(needed: boolean): Playback {
  const picture = needed ? use(PictureContext) : null;
  return picture?.playback ?? idlePlayback;
}

/** The picture in view, with the playhead. */
export function usePicture(): Picture {
  const picture = useContext(PictureContext);
  if (!picture) throw new Error('usePicture outside PictureProvider');
  return picture;
}
