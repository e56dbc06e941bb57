/** Text as outlines: each letter's shape once, and uses of it, so that a file looks the same wherever its fonts are missing. */
import { FONTS } from '../diagram/measure.ts';
import type { Mark } from '../diagram/resolve.ts';
import { escapeXml, number } from '../diagram/svg-pen.ts';
import type { Theme } from '../diagram/theme.ts';
import type { LetterShapes } from './letter-shapes.ts';

/** Where a line through a text runs and how thick it is, in the shapes' units. */
const STRIKE = { y: -290, height: 60 };

/** Writes texts as uses of letters, and remembers which letters those were. */
export class OutlinedText {
  readonly #letters: LetterShapes;
  readonly #used = new Map<string, string>();

  constructor(letters: LetterShapes) {
    this.#letters = letters;
  }

  /** What the text says stays in the file, for those who hear it. */
  write(mark: Extract<Mark, { kind: 'text' }>, theme: Theme): string {
    const { family, size, weight } = FONTS[mark.font];
    let before = '';
    const uses: string[] = [];
    for (const letter of mark.text) {
      const shape = this.#letters.shape(letter, mark.font);
      if (shape !== '') {
        const id = `${family}${weight}-${letter.codePointAt(0)?.toString(16)}`;
        this.#used.set(id, shape);
        uses.push(`<use href="#${id}" x="${number(this.#letters.advance(before, mark.font))}"/>`);
      }
      before += letter;
    }
    const strike = mark.strike
      ? `<rect y="${STRIKE.y}" width="${number(this.#letters.advance(mark.text, mark.font))}" height="${STRIKE.height}"/>`
      : '';
    return `<g role="img" aria-label="${escapeXml(mark.text)}" fill="${theme.colours[mark.colour]}" transform="translate(${number(mark.x)} ${number(mark.y)}) scale(${size / 1000})">${uses.join('')}${strike}</g>`;
  }

  /** The letters that were used. */
  definitions(): string {
    const paths = [...this.#used].map(([id, shape]) => `<path id="${id}" fill-rule="evenodd" d="${shape}"/>`);
    return paths.length === 0 ? '' : `<defs>\n${paths.join('\n')}\n</defs>`;
  }
}
