/** The keyboard of a tree, as the ARIA practices describe it: a pure step from row and key to what is to be done. */
import type { ExplorerRow } from './explorer-rows.ts';

export type TreeMove =
  | { readonly kind: 'go'; readonly to: number }
  | { readonly kind: 'turn'; readonly at: number }
  | { readonly kind: 'open-siblings'; readonly at: number }
  | { readonly kind: 'choose'; readonly at: number }
  | { readonly kind: 'menu'; readonly at: number };

const parentOf = (rows: readonly ExplorerRow[], at: number): number => {
  const level = rows[at]?.level ?? 1;
  for (let up = at - 1; up >= 0; up -= 1) if ((rows[up]?.level ?? 0) < level) return up;
  return at;
};

/** The next row after `at`, going round, whose name begins with `letters`. */
function byLetters(rows: readonly ExplorerRow[], at: number, letters: string): number {
  const wanted = letters.toLowerCase();
  const from = letters.length === 1 ? 1 : 0;
  for (let by = from; by < rows.length + from; by += 1) {
    const to = (at + by) % rows.length;
    if (rows[to]?.name.toLowerCase().startsWith(wanted)) return to;
  }
  return at;
}

/** Null for keys that a tree does not take. `letters` is what was typed lately, this key included. */
export function treeKey(
  rows: readonly ExplorerRow[],
  at: number,
  key: string,
  shift: boolean,
  letters: string,
  page: number,
): TreeMove | null {
  const row = rows[at];
  if (!row) return null;
  const go = (to: number): TreeMove => ({ kind: 'go', to: Math.max(0, Math.min(rows.length - 1, to)) });
  switch (key) {
    case 'ArrowDown':
      return go(at + 1);
    case 'ArrowUp':
      return go(at - 1);
    case 'Home':
      return go(0);
    case 'End':
      return go(rows.length - 1);
    case 'PageDown':
      return go(at + page);
    case 'PageUp':
      return go(at - page);
    case 'ArrowRight':
      if (row.open === null) return go(at);
      return row.open ? go(at + 1) : { kind: 'turn', at };
    case 'ArrowLeft':
      return row.open ? { kind: 'turn', at } : go(parentOf(rows, at));
    case 'Enter':
    case ' ':
      return { kind: 'choose', at };
    case '*':
      return { kind: 'open-siblings', at };
    case 'ContextMenu':
      return { kind: 'menu', at };
    case 'F10':
      return shift ? { kind: 'menu', at } : null;
  }
  if (letters !== '' && key.length === 1) return go(byLetters(rows, at, letters));
  return null;
}
