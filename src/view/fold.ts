/** Which of many alike things are shown, and which fold into one mark with their count. */
import type { ModelBuild } from './model-parts.ts';

/**
 * Shows all when the fold is open or they fit; else those that must be kept, then the first ones up to the limit.
 * One more than the limit is shown too: a fold of one thing takes as much room as the thing.
 */
export function foldSplit<T>(
  build: ModelBuild,
  fold: string,
  items: readonly T[],
  idsOf: (item: T) => readonly string[],
  limit: number = build.limit,
): { readonly shown: ReadonlySet<T>; readonly folded: readonly T[] } {
  if (items.length <= limit + 1 || build.options.expanded.has(fold))
    return { shown: new Set(items), folded: [] };
  const kept = items.filter((item) => idsOf(item).some((id) => build.options.keep.has(id)));
  const shown = new Set(kept);
  for (const item of items) {
    if (shown.size >= limit) break;
    shown.add(item);
  }
  return { shown, folded: items.filter((item) => !shown.has(item)) };
}
