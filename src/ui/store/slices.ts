/** The page's own state by slice. Nothing here can be derived, and nothing that the engine answers is copied here. */
import type { Subject } from '../../engine/protocol.ts';
import type { PacketKind, PacketOptions } from '../compose/packet-kinds.ts';
import type { Breakpoint, StepLevel } from '../../view/index.ts';
import type { LayoutMode } from '../shell/layout-mode.ts';
import type { Lens } from './lenses.ts';

export type DockTab = 'trace' | 'terminal' | 'capture' | 'ovn-trace' | 'pipeline' | 'flows' | 'bgp';

/** A row of a database, to be shown in the browser. */
export interface ShownRow {
  readonly database: string;
  readonly table: string;
  readonly uuid: string;
}

/** Where the document came from. */
export type Source =
  | { readonly kind: 'scenario'; readonly id: string }
  | { readonly kind: 'files'; readonly names: readonly string[] };

/** What is saved with the world and can be undone. */
export interface DocumentSlice {
  readonly source: Source | null;
  readonly title: string;
  /** Pinned places by lens, then by the thing's id in the diagram. */
  readonly pins: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>>;
  readonly breakpoints: readonly Breakpoint[];
  /** Keys of breakpoints that are off for now. */
  readonly asleep: readonly string[];
  /** Field names whose value is followed along the path. */
  readonly watches: readonly string[];
}

interface SelectionSlice {
  readonly subject: Subject | null;
  /** Octets that the pointer or the focus is on, `[offset, size]`. */
  readonly octets: readonly [number, number] | null;
}

export interface PlaybackSlice {
  /** Null: the newest run. */
  readonly run: number | null;
  readonly step: number;
  readonly level: StepLevel;
  readonly playing: boolean;
  /** The playhead is being dragged: nothing eases. */
  readonly scrubbing: boolean;
}

/** A packet that is being composed. */
export interface ComposeDraft {
  readonly kind: PacketKind;
  /** Null for the likely one. */
  readonly from: Subject | null;
  /** A thing or an address; null for the likely one. */
  readonly to: Subject | string | null;
  readonly options?: PacketOptions;
}

/** The dialog above the page, if any. */
export type OpenDialog =
  | { readonly kind: 'palette' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'open' }
  | { readonly kind: 'export' }
  | { readonly kind: 'share' }
  | { readonly kind: 'compose'; readonly draft: ComposeDraft }
  | {
      readonly kind: 'capture';
      readonly host: string | null;
      readonly namespace: string;
      readonly device: string | null;
    };

/** Instead of a capture's id: the packets of all of them. */
export const ALL_CAPTURES = -1;

/** What the BGP pane can show. */
export type BgpView = 'road' | 'table' | 'session' | 'messages' | 'changes';

/** The point of a lens's picture that is in the middle of its pane, and the zoom. Pages of another width have another picture. */
export interface KeptCamera {
  readonly lens: Lens;
  readonly mode: LayoutMode;
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

/** What of the picture is shown: saved with the document, and can be undone. */
export interface ArrangementSlice {
  /** An expression; what does not hold it is dimmed, or left out of the picture. */
  readonly filter: string;
  readonly leavesOut: boolean;
  /** Legend entries that are switched off: what they stand for is dimmed. */
  readonly hidden: ReadonlySet<string>;
  /** Folds of the picture and of the page that are open. */
  readonly unfolded: ReadonlySet<string>;
  /** Machines that the user folded to tiles, and those that they opened: the others follow the room that there is. */
  readonly collapsed: ReadonlySet<string>;
  readonly opened: ReadonlySet<string>;
  /** The thing that is looked at with what belongs to it; the rest steps back. */
  readonly focus: Subject | null;
}

export interface ViewportSlice {
  readonly lens: Lens;
  readonly dock: DockTab;
  readonly inspector: string;
  /** The row that the database browser shows. */
  readonly row: ShownRow | null;
  /** The one panel shown on a narrow page. */
  readonly narrow: 'packet' | 'why' | 'trace' | 'terminal' | 'selected' | 'row' | 'bgp' | 'guide';
  readonly terminal: string | null;
  readonly capture: number | null;
  /** What was typed into the logical trace; null for its example. */
  readonly microflow: string | null;
  /** What the BGP pane was asked to show, and what was selected then; null: what fits the selection. */
  readonly bgp: { readonly view: BgpView; readonly subject: Subject | null } | null;
  /** Branches of the explorer that were opened or closed by hand: each is the other way than it starts. */
  readonly turned: ReadonlySet<string>;
  readonly dialog: OpenDialog | null;
  /** Where the user left the picture; null while all of it is shown. */
  readonly camera: KeptCamera | null;
  /** The next thing that is selected becomes an end of the packet. */
  readonly picking: { readonly end: 'from' | 'to'; readonly draft: ComposeDraft } | null;
}

export type Theme = 'system' | 'light' | 'dark';

/** What stands around an exported picture: its title above, legend and last line below. */
export interface PictureWords {
  readonly title: boolean;
  readonly legend: boolean;
  readonly footer: boolean;
}

export interface PreferencesSlice {
  readonly theme: Theme;
  readonly explorerWidth: number;
  readonly inspectorWidth: number;
  readonly dockHeight: number;
  /** Words around an exported picture. */
  readonly around: PictureWords;
  /** What to do first is told over the picture. */
  readonly firstSteps: boolean;
}

export interface Slices {
  readonly document: DocumentSlice;
  readonly selection: SelectionSlice;
  readonly playback: PlaybackSlice;
  readonly viewport: ViewportSlice;
  readonly arrangement: ArrangementSlice;
  readonly preferences: PreferencesSlice;
}
