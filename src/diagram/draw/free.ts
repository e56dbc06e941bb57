/** Where a label may stand without a line through it. */
import type { Layout } from '../../view/layout/layout.ts';
import type { Rect } from '../../view/layout/rect.ts';

/** Straight pieces of every edge, as boxes with a little air around. */
export function linePieces(layout: Layout): readonly Rect[] {
  const air = 3;
  const pieces: Rect[] = [];
  for (const { points } of layout.edges.values())
    points.forEach((point, index) => {
      const next = points[index + 1];
      if (!next) return;
      pieces.push({
        x: Math.min(point.x, next.x) - air,
        y: Math.min(point.y, next.y) - air,
        width: Math.abs(point.x - next.x) + 2 * air,
        height: Math.abs(point.y - next.y) + 2 * air,
      });
    });
  return pieces;
}

/** How much of `rect` is free, measured from its left or right side up to the first line in it. */
export function freeWidth(pieces: readonly Rect[], rect: Rect, from: 'left' | 'right'): number {
  let free = rect.width;
  const far = rect.x + rect.width;
  for (const piece of pieces) {
    if (piece.y >= rect.y + rect.height || piece.y + piece.height <= rect.y) continue;
    const end = piece.x + piece.width;
    if (piece.x >= far || end <= rect.x) continue;
    free = Math.min(free, Math.max(0, from === 'left' ? piece.x - rect.x : far - end));
  }
  return free;
}

/** The parts of `rect` that no line runs through, from left to right, each as high as `rect`. */
export function freeParts(pieces: readonly Rect[], rect: Rect): readonly Rect[] {
  const far = rect.x + rect.width;
  const met = pieces
    .filter((piece) => piece.y < rect.y + rect.height && piece.y + piece.height > rect.y)
    .toSorted((a, b) => a.x - b.x);
  const parts: Rect[] = [];
  let x = rect.x;
  for (const piece of met) {
    if (piece.x > x) parts.push({ ...rect, x, width: Math.min(piece.x, far) - x });
    x = Math.max(x, piece.x + piece.width);
  }
  if (far > x) parts.push({ ...rect, x, width: far - x });
  return parts.filter(({ width }) => width > 0);
}
