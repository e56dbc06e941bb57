/** Which machines of a picture are tiles. What was chosen for a picture stays while one works on it: nothing folds by itself. */
import type { Step } from '../../core/base/step.ts';
import type { WorldSnapshot } from '../../engine/snapshot.ts';
import { fitsReadably, machinesToTile, tilesToOpen, type Lens, type Network } from '../../view/index.ts';
import type { LayoutMode } from '../shell/layout-mode.ts';

/** Of the picture's pane, about, in each form of the page. CSS pixels. */
const ROOM: Readonly<Record<LayoutMode, { readonly width: number; readonly height: number }>> = {
  wide: { width: 760, height: 560 },
  medium: { width: 640, height: 460 },
  narrow: { width: 370, height: 400 },
};

/** Beside a table the picture is low. */
const BESIDE_TABLE = { width: 1, height: 0.5 } as const;

interface PictureKind {
  readonly snapshot: WorldSnapshot;
  /** Of the world: another number is another world. */
  readonly epoch: number;
  readonly lens: Lens;
  readonly mode: LayoutMode;
  readonly besideTable: boolean;
  readonly networks: readonly Network[];
}

export interface TileChoice {
  /** Ids of the machines that start as tiles: none where the whole picture can be read. */
  readonly tiles: (picture: PictureKind) => ReadonlySet<string>;
  /** Those of `tiles` that a run opens. */
  readonly openedBy: (
    picture: PictureKind,
    tiles: ReadonlySet<string>,
    run: { readonly id: number; readonly steps: readonly Step[] },
    keep: ReadonlySet<string>,
  ) => ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

export function createTileChoice(): TileChoice {
  const fits = createMemory<boolean>();
  const opened = createMemory<ReadonlySet<string>>();
  const optionsOf = ({ lens, networks, mode, besideTable }: PictureKind) => ({
    lens,
    networks,
    expanded: NOTHING,
    collapsed: NOTHING,
    keep: NOTHING,
    hidden: NOTHING,
    compact: mode === 'narrow',
    low: besideTable,
  });
  const keyOf = ({ lens, mode, besideTable, snapshot }: PictureKind): string =>
    `${lens} ${mode} ${besideTable} ${snapshot.hosts.length}`;
  const roomFor = ({ mode, besideTable }: PictureKind) => ({
    width: ROOM[mode].width * (besideTable ? BESIDE_TABLE.width : 1),
    height: ROOM[mode].height * (besideTable ? BESIDE_TABLE.height : 1),
  });
  return {
    tiles: (picture) =>
      fits(picture.epoch, keyOf(picture), () =>
        fitsReadably(picture.snapshot, optionsOf(picture), roomFor(picture)),
      )
        ? NOTHING
        : machinesToTile(picture.snapshot),
    openedBy: (picture, tiles, { id, steps }, keep) =>
      // A run that goes on is looked at again when it has become twice as long.
      opened(picture.epoch, `${keyOf(picture)} ${id} ${Math.ceil(Math.log2(steps.length + 1))}`, () =>
        tilesToOpen(
          picture.snapshot,
          { ...optionsOf(picture), collapsed: tiles, keep },
          roomFor(picture),
          steps,
        ),
      ),
  };
}

/** Remembers answers about one world; those about the one before are forgotten. */
function createMemory<T>(): (epoch: number, key: string, answer: () => T) => T {
  const known = new Map<string, T>();
  let world = Number.NaN;
  return (epoch, key, answer) => {
    if (epoch !== world) known.clear();
    world = epoch;
    const before = known.get(key);
    if (before !== undefined) return before;
    const fresh = answer();
    known.set(key, fresh);
    return fresh;
  };
}
