/** The one store of the page: the slices, and the only functions that change them. */
import { temporal } from 'zundo';
import { createStore } from 'zustand/vanilla';
import type { Subject } from '../../engine/protocol.ts';
import { breakpointKey, type Breakpoint, type StepLevel } from '../../view/index.ts';
import type { Lens } from './lenses.ts';
import type {
  ArrangementSlice,
  BgpView,
  ComposeDraft,
  DockTab,
  DocumentSlice,
  KeptCamera,
  OpenDialog,
  PictureWords,
  PlaybackSlice,
  PreferencesSlice,
  ShownRow,
  Slices,
  Theme,
  ViewportSlice,
} from './slices.ts';

export interface Actions {
  /** Takes over a document that was just opened, with what was saved of the page. */
  opened(
    document: DocumentSlice,
    page?: {
      readonly viewport?: Partial<ViewportSlice>;
      readonly arrangement?: Partial<ArrangementSlice>;
      readonly playback?: Partial<PlaybackSlice>;
      readonly selected?: Subject | null;
    },
  ): void;
  closed(): void;
  select(subject: Subject | null): void;
  pointAtOctets(octets: readonly [number, number] | null): void;
  /** Moves the playhead; `run` null means the newest run. */
  goTo(step: number, run?: number | null): void;
  setLevel(level: StepLevel): void;
  setPlaying(playing: boolean): void;
  setScrubbing(scrubbing: boolean): void;
  setLens(lens: Lens): void;
  openDialog(dialog: OpenDialog): void;
  closeDialog(): void;
  /** Lets the user choose an end of a packet; the composer opens again with it. */
  pick(end: 'from' | 'to', draft: ComposeDraft): void;
  showDock(tab: DockTab): void;
  /** Opens the logical trace with a microflow. */
  showMicroflow(microflow: string): void;
  setMicroflow(microflow: string): void;
  showInspector(tab: string): void;
  /** Opens a row in the database browser; null closes it. */
  showRow(row: ShownRow | null): void;
  showNarrow(tab: ViewportSlice['narrow']): void;
  showTerminal(host: string): void;
  showCapture(id: number): void;
  turnBranch(id: string): void;
  setFilter(text: string): void;
  showBgp(view: BgpView): void;
  setLeavesOut(leavesOut: boolean): void;
  /** Looks at a thing and what belongs to it; null for everything. */
  setFocus(focus: Subject | null): void;
  /** Takes down where the picture was left; null while all of it is shown. */
  leaveCamera(camera: KeptCamera | null): void;
  toggleKind(kind: string): void;
  unfold(id: string): void;
  collapse(id: string, on: boolean): void;
  /** Null: the thing goes where the layout puts it. */
  pin(lens: string, id: string, place: readonly [number, number] | null): void;
  unpinAll(lens: string): void;
  toggleBreakpoint(breakpoint: Breakpoint): void;
  /** Switches one off or on without forgetting it. */
  sleepBreakpoint(key: string, asleep: boolean): void;
  clearBreakpoints(): void;
  setTitle(title: string): void;
  setWatches(watches: readonly string[]): void;
  setTheme(theme: Theme): void;
  setFirstSteps(shown: boolean): void;
  setAround(words: Partial<PictureWords>): void;
  setSize(size: Partial<Pick<PreferencesSlice, 'explorerWidth' | 'inspectorWidth' | 'dockHeight'>>): void;
}

export type PageState = Slices & { readonly actions: Actions };

export const EMPTY_DOCUMENT: DocumentSlice = {
  source: null,
  title: '',
  pins: {},
  breakpoints: [],
  asleep: [],
  watches: [],
};

const START_VIEWPORT: ViewportSlice = {
  lens: 'overlay',
  dock: 'terminal',
  inspector: 'guide',
  row: null,
  narrow: 'guide',
  terminal: null,
  capture: null,
  microflow: null,
  bgp: null,
  turned: new Set(),
  dialog: null,
  picking: null,
  camera: null,
};

const START_ARRANGEMENT: ArrangementSlice = {
  filter: '',
  leavesOut: false,
  hidden: new Set(),
  unfolded: new Set(),
  collapsed: new Set(),
  opened: new Set(),
  focus: null,
};

const START_PLAYBACK: PlaybackSlice = { run: null, step: 0, level: 'hop', playing: false, scrubbing: false };

export const START_PREFERENCES: PreferencesSlice = {
  theme: 'system',
  explorerWidth: 232,
  inspectorWidth: 424,
  dockHeight: 224,
  around: { title: true, legend: true, footer: true },
  firstSteps: true,
};

const toggled = (set: ReadonlySet<string>, key: string, on = !set.has(key)): ReadonlySet<string> => {
  const next = new Set(set);
  if (on) next.add(key);
  else next.delete(key);
  return next;
};

const ARRANGED = [
  'filter',
  'leavesOut',
  'hidden',
  'unfolded',
  'collapsed',
  'opened',
  'focus',
] as const satisfies readonly (keyof ArrangementSlice)[];

const sameArrangement = (a: ArrangementSlice, b: ArrangementSlice): boolean =>
  ARRANGED.every((key) => a[key] === b[key]);

/** Undo covers the document and what of the picture is shown: pins, breakpoints, watches, the name; filter, legend, folds, focus. */
export function createPageStore(preferences: PreferencesSlice = START_PREFERENCES) {
  return createStore<PageState>()(
    temporal(
      (set) => {
        const viewport = (change: Partial<ViewportSlice>): void =>
          set((state) => ({ viewport: { ...state.viewport, ...change } }));
        const arrange = (change: (before: ArrangementSlice) => Partial<ArrangementSlice>): void =>
          set((state) => {
            const next = { ...state.arrangement, ...change(state.arrangement) };
            // What changes nothing is nothing to undo.
            return sameArrangement(next, state.arrangement) ? state : { arrangement: next };
          });
        const playback = (change: Partial<PlaybackSlice>): void =>
          set((state) => ({ playback: { ...state.playback, ...change } }));
        const document = (change: (before: DocumentSlice) => Partial<DocumentSlice>): void =>
          set((state) => ({ document: { ...state.document, ...change(state.document) } }));

        return {
          document: EMPTY_DOCUMENT,
          selection: { subject: null, octets: null },
          playback: START_PLAYBACK,
          viewport: START_VIEWPORT,
          arrangement: START_ARRANGEMENT,
          preferences,
          actions: {
            opened: (opened, page) =>
              set({
                document: opened,
                selection: { subject: page?.selected ?? null, octets: null },
                playback: { ...START_PLAYBACK, ...page?.playback },
                viewport: { ...START_VIEWPORT, ...page?.viewport },
                arrangement: { ...START_ARRANGEMENT, ...page?.arrangement },
              }),
            closed: () => set({ document: EMPTY_DOCUMENT }),
            select: (subject) =>
              set((state) => {
                const { picking } = state.viewport;
                if (picking && subject) {
                  const draft = { ...picking.draft, [picking.end]: subject };
                  const dialog = { kind: 'compose', draft } as const;
                  return { viewport: { ...state.viewport, picking: null, dialog } };
                }
                return {
                  selection: { ...state.selection, subject },
                  viewport: subject
                    ? { ...state.viewport, inspector: 'selected', narrow: 'selected' }
                    : state.viewport,
                };
              }),
            pointAtOctets: (octets) => set((state) => ({ selection: { ...state.selection, octets } })),
            goTo: (step, run) =>
              set((state) => ({
                playback: { ...state.playback, step, run: run === undefined ? state.playback.run : run },
                selection: state.selection.octets ? { ...state.selection, octets: null } : state.selection,
              })),
            setLevel: (level) => playback({ level }),
            setPlaying: (playing) => playback({ playing }),
            setScrubbing: (scrubbing) => playback({ scrubbing }),
            setLens: (lens) => viewport({ lens }),
            openDialog: (dialog) => viewport({ dialog, picking: null }),
            closeDialog: () => viewport({ dialog: null }),
            pick: (end, draft) => viewport({ dialog: null, picking: { end, draft } }),
            showDock: (dock) => viewport({ dock }),
            showMicroflow: (microflow) => viewport({ microflow, dock: 'ovn-trace', narrow: 'trace' }),
            setMicroflow: (microflow) => viewport({ microflow }),
            showInspector: (inspector) => viewport({ inspector }),
            showRow: (row) => viewport(row ? { row, inspector: 'tables', narrow: 'row' } : { row }),
            showNarrow: (narrow) => viewport({ narrow }),
            showTerminal: (terminal) => viewport({ terminal, dock: 'terminal', narrow: 'terminal' }),
            showCapture: (capture) => viewport({ capture, dock: 'capture' }),
            turnBranch: (id) =>
              set((state) => ({
                viewport: { ...state.viewport, turned: toggled(state.viewport.turned, id) },
              })),
            setFilter: (filter) => arrange(() => ({ filter })),
            showBgp: (view) =>
              set((state) => ({
                viewport: { ...state.viewport, bgp: { view, subject: state.selection.subject } },
              })),
            setLeavesOut: (leavesOut) => arrange(() => ({ leavesOut })),
            setFocus: (focus) => arrange(() => ({ focus })),
            leaveCamera: (camera) => viewport({ camera }),
            toggleKind: (kind) => arrange(({ hidden }) => ({ hidden: toggled(hidden, kind) })),
            unfold: (id) => arrange(({ unfolded }) => ({ unfolded: toggled(unfolded, id) })),
            collapse: (id, on) =>
              arrange(({ collapsed, opened }) => ({
                collapsed: toggled(collapsed, id, on),
                opened: toggled(opened, id, !on),
              })),
            pin: (lens, id, place) =>
              document(({ pins }) => {
                const { [id]: _before, ...others } = pins[lens] ?? {};
                return { pins: { ...pins, [lens]: place === null ? others : { ...others, [id]: place } } };
              }),
            unpinAll: (lens) => document(({ pins }) => ({ pins: { ...pins, [lens]: {} } })),
            toggleBreakpoint: (breakpoint) =>
              document(({ breakpoints, asleep }) => {
                const key = breakpointKey(breakpoint);
                const others = breakpoints.filter((other) => breakpointKey(other) !== key);
                return {
                  breakpoints: others.length < breakpoints.length ? others : [...breakpoints, breakpoint],
                  asleep: asleep.filter((other) => other !== key),
                };
              }),
            sleepBreakpoint: (key, on) =>
              document(({ asleep }) => ({
                asleep: on ? [...asleep, key] : asleep.filter((other) => other !== key),
              })),
            clearBreakpoints: () => document(() => ({ breakpoints: [], asleep: [] })),
            setTitle: (title) => document(() => ({ title })),
            setWatches: (watches) => document(() => ({ watches })),
            setTheme: (theme) => set((state) => ({ preferences: { ...state.preferences, theme } })),
            setFirstSteps: (firstSteps) =>
              set(({ preferences: before }) => ({ preferences: { ...before, firstSteps } })),
            setAround: (words) =>
              set(({ preferences: before }) => ({
                preferences: { ...before, around: { ...before.around, ...words } },
              })),
            setSize: (size) => set((state) => ({ preferences: { ...state.preferences, ...size } })),
          },
        };
      },
      {
        partialize: ({ document, arrangement }) => ({ document, arrangement }),
        equality: (a, b) => a.document === b.document && a.arrangement === b.arrangement,
        limit: 100,
      },
    ),
  );
}

export type PageStore = ReturnType<typeof createPageStore>;
