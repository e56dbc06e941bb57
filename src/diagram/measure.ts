/** Text widths: by a canvas in the page, by a fixed table for layout, tests and export without a page. */
import { tableWidth } from '../view/layout/text-width.ts';
import type { Theme } from './theme.ts';

/** The few text styles of the diagram. Sizes are CSS pixels on screen, at every zoom. */
export type FontKey = 'title' | 'label' | 'name' | 'name-inner' | 'mono' | 'mono-strong' | 'sub' | 'number';

export interface FontSpec {
  readonly family: 'ui' | 'mono';
  readonly size: number;
  readonly weight: 400 | 600;
}

export const FONTS: Readonly<Record<FontKey, FontSpec>> = {
  title: { family: 'ui', size: 14, weight: 600 },
  label: { family: 'ui', size: 11, weight: 400 },
  name: { family: 'ui', size: 13, weight: 600 },
  'name-inner': { family: 'ui', size: 11.5, weight: 600 },
  mono: { family: 'mono', size: 10, weight: 400 },
  'mono-strong': { family: 'mono', size: 10, weight: 600 },
  sub: { family: 'ui', size: 10, weight: 400 },
  number: { family: 'ui', size: 10, weight: 600 },
};

/** Width in pixels of `text` in a style. */
export type Measure = (text: string, font: FontKey) => number;

/** From the fixed table: the same everywhere. */
export const tableMeasure: Measure = (text, font) => tableWidth(text, FONTS[font]);

/** CSS font shorthand. */
export function cssFont(font: FontKey, theme: Theme): string {
  const { family, size, weight } = FONTS[font];
  return `${weight} ${size}px ${family === 'ui' ? theme.fontUi : theme.fontMono}`;
}

/** By the context's own fonts, remembered per text. */
export function canvasMeasure(context: CanvasRenderingContext2D, theme: Theme): Measure {
  // A map for each style: a key made of both would have to be put together at each of thousands of questions a frame.
  const known = new Map<FontKey, Map<string, number>>();
  return (text, font) => {
    let widths = known.get(font);
    if (!widths) known.set(font, (widths = new Map()));
    const before = widths.get(text);
    if (before !== undefined) return before;
    context.save();
    context.font = cssFont(font, theme);
    const { width } = context.measureText(text);
    context.restore();
    if (widths.size > 20_000) widths.clear();
    widths.set(text, width);
    return width;
  };
}
