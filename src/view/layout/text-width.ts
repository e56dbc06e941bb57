/** Text widths from a fixed table, so that layout is the same on every machine. */
import { ADVANCES, OTHER_ADVANCES } from './text-width.table.ts';

export interface FontMetric {
  readonly family: 'ui' | 'mono';
  readonly size: number;
  readonly weight: 400 | 600;
}

/** Every character of the monospace stack is this wide, in parts of the font size (the widest of the stack). */
const MONO_ADVANCE = 0.602;

/** Width in pixels. Characters that are not in the table count as one em. */
export function tableWidth(text: string, { family, size, weight }: FontMetric): number {
  if (family === 'mono') return Array.from(text).length * size * MONO_ADVANCE;
  const table: readonly number[] = weight === 600 ? ADVANCES.bold : ADVANCES.regular;
  let sum = 0;
  for (const character of text)
    sum += table[character.charCodeAt(0) - 32] ?? OTHER_ADVANCES[character] ?? 1000;
  return (sum * size) / 1000;
}

/** Fonts of the layout: the diagram's own. */
export const NAME: FontMetric = { family: 'ui', size: 13, weight: 600 };
export const INNER_NAME: FontMetric = { family: 'ui', size: 11.5, weight: 600 };
export const MONO: FontMetric = { family: 'mono', size: 10, weight: 400 };
export const SUB: FontMetric = { family: 'ui', size: 10, weight: 400 };
