/** What steps back in the picture: by the filter, by the legend, and around the thing that is looked at. */
import { useMemo } from 'react';
import { dimmedAround, dimmedBy, subjectId } from '../../view/index.ts';
import { usePage } from '../store/StoreProvider.tsx';
import { relatedTo } from '../subjects/related.ts';
import { dimmedByLegend } from './dimmed.ts';
import { usePlaybackIf, useWorld } from './PictureProvider.tsx';

interface Dimmed {
  /** Of the filter alone; its error has a place in the text. */
  readonly filtered: ReturnType<typeof dimmedBy>;
  /** Ids of nodes and edges. */
  readonly dimmed: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

/** The same on the screen and in a file of it. */
export function useDimmed(): Dimmed {
  const { snapshot, model } = useWorld();
  const filter = usePage((state) => state.arrangement.filter);
  const hidden = usePage((state) => state.arrangement.hidden);
  const focus = usePage((state) => state.arrangement.focus);
  // Drawn anew with a step only where something steps back by where the packet is.
  const playback = usePlaybackIf(filter.trim() !== '' || hidden.size > 0);
  const filtered = useMemo(() => dimmedBy(filter, model, playback), [filter, model, playback]);
  const dimmed = useMemo(() => {
    const byLegend = dimmedByLegend(hidden, model, playback);
    const byFilter = filtered.ok ? filtered.value : NOTHING;
    const byFocus = focus ? dimmedAround(subjectId(focus), relatedTo(focus, snapshot), model) : NOTHING;
    if (byLegend.size === 0 && byFocus.size === 0) return byFilter.size === 0 ? NOTHING : byFilter;
    return new Set([...byFilter, ...byLegend, ...byFocus]);
  }, [filtered, hidden, model, playback, focus, snapshot]);
  return { filtered, dimmed };
}
