/** What the lines and colours mean: only what occurs. Each entry can be switched off, and what it stands for steps back. */
import { memo, useMemo } from 'react';
import { legendOf, type LegendEntry } from '../../view/index.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { legendKey } from './dimmed.ts';
import { LegendSample } from './LegendSample.tsx';
import { usePicture, useWorld } from './PictureProvider.tsx';

const FIXED: ReadonlySet<LegendEntry['kind']> = new Set(['past', 'ahead', 'dropped']);

export function Legend() {
  const { model, playback } = usePicture();
  const entries = useMemo(() => legendOf(model, playback), [model, playback]);
  return entries.length > 0 && <LegendList entries={entries} />;
}

interface LegendListProps {
  readonly entries: readonly LegendEntry[];
}

/** Most steps change nothing of it. */
const sameEntries = (a: LegendListProps, b: LegendListProps): boolean =>
  a.entries.length === b.entries.length &&
  a.entries.every((entry, at) => {
    const other = b.entries[at];
    return other?.kind === entry.kind && other.text === entry.text && other.network === entry.network;
  });

const LegendList = memo(function LegendList({ entries }: LegendListProps) {
  const { networks } = useWorld();
  const hidden = usePage((state) => state.arrangement.hidden);
  const { toggleKind } = useActions();
  return (
    <ul className="legend floating" aria-label="Legend">
      {entries.map((entry) => {
        const key = legendKey(entry, networks);
        const sample = (
          <LegendSample
            kind={entry.kind}
            network={entry.network === null ? null : (networks[entry.network] ?? null)}
          />
        );
        return (
          <li key={key + entry.text}>
            {FIXED.has(entry.kind) || (entry.kind === 'network' && entry.network === null) ? (
              <span className="legend-entry">
                {sample}
                <span className="legend-text">{entry.text}</span>
              </span>
            ) : (
              <button
                type="button"
                className="legend-entry legend-button"
                aria-pressed={!hidden.has(key)}
                title={hidden.has(key) ? `Bring ${entry.text} forward again` : `Dim ${entry.text}`}
                onClick={() => toggleKind(key)}
              >
                {sample}
                <span className="legend-text">{entry.text}</span>
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}, sameEntries);
