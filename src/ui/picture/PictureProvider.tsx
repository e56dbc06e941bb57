/** What the diagram shows, worked out once and shared by every panel that speaks of it: model, layout, playback, colours. */
import {
  createContext,
  startTransition,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import type { Step } from '../../core/base/step.ts';
import type { RunSummary } from '../../engine/protocol.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import {
  diagramModel,
  dimmedBy,
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
import { useRunSteps, useRuns, useSnapshot } from '../engine/queries.ts';
import { useWorldAge } from '../engine/SessionProvider.tsx';
import type { LayoutMode } from '../shell/layout-mode.ts';
import { usePage } from '../store/StoreProvider.tsx';
import { drawnLens } from '../store/lenses.ts';
import { createNetworkMemory } from './network-memory.ts';
import { createLayoutMemory } from './layout-memory.ts';
import { machinesToLeaveOut } from './off-path.ts';
import { createTileChoice } from './tile-choice.ts';
import { createRevealSlot, RevealContext } from './reveal.ts';

/** What does not change with a step. */
export interface WorldView {
  readonly snapshot: WorldSnapshot;
  readonly networks: readonly Network[];
  readonly model: DiagramModel;
  /** Nodes that the filter left out of `model`. */
  readonly leftOut: number;
  readonly layout: Layout;
  readonly runs: readonly RunSummary[];
  /** The run in view: the chosen one, else the newest. */
  readonly run: RunSummary | null;
}

export interface Picture extends WorldView {
  readonly playback: Playback;
  readonly steps: readonly Step[];
  readonly tree: RunTree;
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
  if (!snapshot) return null;
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
  // A command that sent nothing has no steps to show.
  const runs = useMemo(() => all.filter((other) => other.steps > 0), [all]);
  const chosen = usePage((state) => state.playback.run);
  const run = runs.find((other) => other.id === chosen) ?? runs.at(-1) ?? null;
  const { steps } = useRunSteps(run);
  const wanted = usePage((state) => state.playback.step);
  const index = steps.length === 0 ? -1 : Math.min(wanted, steps.length - 1);

  const lens = usePage((state) => drawnLens(state.viewport.lens));
  const besideTable = usePage((state) => state.viewport.lens !== drawnLens(state.viewport.lens));
  const expanded = usePage((state) => state.viewport.unfolded);
  const userCollapsed = usePage((state) => state.viewport.collapsed);
  const userOpened = usePage((state) => state.viewport.opened);
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
      }),
    [snapshot, lens, networks, expanded, collapsed, keep, hidden, mode],
  );
  const tree = useMemo(() => runTree(steps), [steps]);
  const filter = usePage((state) => (state.viewport.leavesOut ? state.viewport.filter : ''));
  const model = useMemo(() => {
    if (filter.trim() === '') return whole;
    // Of the whole path, wherever the playhead is: the picture must not change with a step.
    const out = dimmedBy(filter, whole, playerOf(whole, tree)(steps.length - 1));
    return out.ok ? leaveOut(whole, out.value) : whole;
  }, [whole, filter, tree, steps]);
  const pinned = useMemo(
    () => new Map(Object.entries(places).map(([id, [x, y]]) => [id, { x, y }])),
    [places],
  );
  const [arranged] = useState(createLayoutMemory);
  const layout = useMemo(
    () => arranged.lay(model, pinned, `${epoch} ${lens} ${mode}`),
    [arranged, model, pinned, epoch, lens, mode],
  );
  const player = useMemo(() => playerOf(model, tree), [model, tree]);
  const playback = useMemo(() => player(index), [player, index]);
  const world = useMemo(
    () => ({
      snapshot,
      networks,
      model,
      leftOut: whole.nodes.length - model.nodes.length,
      layout,
      runs,
      run,
    }),
    [snapshot, networks, model, whole, layout, runs, run],
  );
  const picture = useMemo(
    () => ({ ...world, playback, steps, tree, index }),
    [world, playback, steps, tree, index],
  );
  const [reveal] = useState(createRevealSlot);
  return (
    <WorldContext value={world}>
      <PictureContext value={picture}>
        <RevealContext value={reveal}>{children}</RevealContext>
      </PictureContext>
    </WorldContext>
  );
}

/** How often panels that trail are drawn while the playhead is dragged, in milliseconds. */
const TRAIL = 100;

/** For panels that are read, not watched: while the playhead is dragged they follow it a few times a second. */
export function TrailingPicture({ children }: { readonly children: ReactNode }) {
  const picture = usePicture();
  const scrubbing = usePage((state) => state.playback.scrubbing);
  const [held, setHeld] = useState<Picture | null>(null);
  const latest = useRef(picture);
  useLayoutEffect(() => {
    latest.current = picture;
  }, [picture]);
  if (scrubbing && held === null) setHeld(picture);
  if (!scrubbing && held !== null) setHeld(null);
  useEffect(() => {
    if (!scrubbing) return;
    const timer = setInterval(() => startTransition(() => setHeld(latest.current)), TRAIL);
    return () => clearInterval(timer);
  }, [scrubbing]);
  return <PictureContext value={scrubbing ? (held ?? picture) : picture}>{children}</PictureContext>;
}

/** The world and its picture, for what need not follow each step. */
export function useWorld(): WorldView {
  const world = useContext(WorldContext);
  if (!world) throw new Error('useWorld outside PictureProvider');
  return world;
}

/** The picture in view, with the playhead. */
export function usePicture(): Picture {
  const picture = useContext(PictureContext);
  if (!picture) throw new Error('usePicture outside PictureProvider');
  return picture;
}
