/** One row of the explorer. */
import { memo } from 'react';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { ExplorerRow } from './explorer-rows.ts';

interface ExplorerItemProps {
  readonly row: ExplorerRow;
  /** Its place among the rows. */
  readonly at: number;
  readonly top: number;
  readonly height: number;
  readonly selected: boolean;
  readonly active: boolean;
  readonly onPath: 'past' | 'ahead' | null;
  readonly broken: boolean;
  /** What the picture shows beside the name. */
  readonly words: string;
  /** Token number of its network's colour. */
  readonly colour: number | null;
}

/** Takes no events itself: the tree around it does, by `data-at`. */
export const ExplorerItem = memo(function ExplorerItem(props: ExplorerItemProps) {
  const { row, at, top, height, selected, active, onPath, broken, words, colour } = props;
  return (
    <div
      id={`row-${row.id}`}
      role="treeitem"
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.size}
      aria-expanded={row.open ?? undefined}
      aria-selected={selected}
      aria-label={[
        row.name,
        row.note,
        row.down ? 'down' : '',
        onPath ? 'on the path' : '',
        broken ? 'stops here' : '',
      ]
        .filter((part) => part !== '')
        .join(', ')}
      // oxlint-disable-next-line jsx-a11y/role-supports-aria-props -- of ARIA 1.3; an element for each description would be a second tree
      aria-description={words || undefined}
      data-at={at}
      data-active={active || undefined}
      className={`explorer-row${row.kind === 'group' ? ' explorer-group' : ''}${row.down ? ' explorer-down' : ''}`}
      style={{ top, height, paddingLeft: row.kind === 'group' ? 6 : 12 + (row.level - 2) * 14 }}
    >
      {row.open === null ? (
        <i className="explorer-space" />
      ) : (
        <span className="explorer-turn" data-turn>
          <Glyph name={row.open ? 'chevd' : 'chev'} size={12} className="quiet" />
        </span>
      )}
      {row.glyph && (
        <span
          className="explorer-glyph"
          style={colour === null ? undefined : { color: `var(--net-${colour}-text)` }}
        >
          <Glyph name={row.glyph} size={14} />
        </span>
      )}
      <span className="explorer-name">{row.name}</span>
      {onPath && <i className={`explorer-dot${onPath === 'ahead' ? ' explorer-dot-ahead' : ''}`} />}
      {broken && <i className="explorer-dot explorer-dot-break" />}
      <span className="explorer-note">{row.note}</span>
    </div>
  );
});
