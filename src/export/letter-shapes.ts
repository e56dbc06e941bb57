/** Shapes of letters in the fonts of this browser: each is painted large, once, and its outline traced. */
import { FONTS, type FontKey } from '../diagram/measure.ts';
import type { Theme } from '../diagram/theme.ts';
import { traceLetter } from './letter-trace.ts';

/** Letters of the diagram's fonts, in thousandths of the font size, y downwards from the baseline. */
export interface LetterShapes {
  /** Its outline as SVG path data, to be filled by the even-odd rule; '' for one that leaves no mark. */
  shape(letter: string, font: FontKey): string;
  /** Where a text that long ends, as the browser sets it. */
  advance(text: string, font: FontKey): number;
}

/** Pixels of the font size at which letters are painted. */
const SIZE = 256;
const UNITS = 1000 / SIZE;

/** Throws where no canvas can be had. */
export function canvasLetters(theme: Theme): LetterShapes {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no 2d canvas');
  const shapes = new Map<string, string>();
  const styled = (font: FontKey): string => {
    const { family, weight } = FONTS[font];
    return `${weight} ${SIZE}px ${family === 'ui' ? theme.fontUi : theme.fontMono}`;
  };
  const traced = (letter: string, style: string): string => {
    context.font = style;
    const box = context.measureText(letter);
    const left = Math.ceil(box.actualBoundingBoxLeft) + 2;
    const top = Math.ceil(box.actualBoundingBoxAscent) + 2;
    canvas.width = Math.max(1, left + Math.ceil(box.actualBoundingBoxRight) + 2);
    canvas.height = Math.max(1, top + Math.ceil(box.actualBoundingBoxDescent) + 2);
    // Another size forgets the font.
    context.font = style;
    context.fillText(letter, left, top);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const coverage = Array.from({ length: canvas.width * canvas.height }, (_, at) => data[4 * at + 3] ?? 0);
    return traceLetter(coverage, canvas.width, canvas.height)
      .map((ring) => `M${ring.map(([x, y]) => `${units(x - left)} ${units(y - top)}`).join('L')}Z`)
      .join('');
  };
  return {
    shape(letter, font) {
      const style = styled(font);
      const key = `${style}\n${letter}`;
      const before = shapes.get(key);
      if (before !== undefined) return before;
      const shape = traced(letter, style);
      shapes.set(key, shape);
      return shape;
    },
    advance(text, font) {
      context.font = styled(font);
      return context.measureText(text).width * UNITS;
    },
  };
}

const units = (pixels: number): string => String(Math.round(pixels * UNITS * 10) / 10);
