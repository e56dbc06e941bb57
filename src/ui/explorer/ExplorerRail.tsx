/** The explorer folded away: one button a group, each opens the tree at that group. */
import { IconButton } from '../controls/IconButton.tsx';
import type { GlyphName } from '../glyphs/glyphs.table.tsx';
import { useCaptures } from '../engine/queries.ts';
import { useWorld } from '../picture/PictureProvider.tsx';

interface ExplorerRailProps {
  readonly open: boolean;
  /** The group to begin at, or null for none in particular. */
  readonly onOpen: (open: boolean, group: string | null) => void;
}

export function ExplorerRail({ open, onOpen }: ExplorerRailProps) {
  const { snapshot } = useWorld();
  const captures = useCaptures();
  const groups: readonly {
    readonly id: string;
    readonly text: string;
    readonly glyph: GlyphName;
    readonly count: number;
  }[] = [
    { id: 'machines', text: 'Machines', glyph: 'host', count: snapshot.hosts.length },
    {
      id: 'logical',
      text: 'Logical',
      glyph: 'lswitch',
      count: (snapshot.logical?.switches.length ?? 0) + (snapshot.logical?.routers.length ?? 0),
    },
    { id: 'overlay', text: 'Overlay', glyph: 'geneve', count: snapshot.tunnels.length },
    { id: 'captures', text: 'Captures', glyph: 'packet', count: captures.length },
  ];
  return (
    <div className="explorer-rail">
      <IconButton
        glyph="menu"
        label={open ? 'Hide the explorer' : 'Show the explorer'}
        aria-expanded={open}
        onClick={() => onOpen(!open, null)}
      />
      <i />
      {groups
        .filter(({ count }) => count > 0)
        .map(({ id, text, glyph }) => (
          <IconButton
            key={id}
            glyph={glyph}
            label={`Explorer, ${text}`}
            onClick={() => onOpen(true, `group:${id}`)}
          />
        ))}
    </div>
  );
}
