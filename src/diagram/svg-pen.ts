/** The pen that writes marks as SVG: text is text, no foreignObject, colours by class so that a file is small and can be edited. */
import { glyphParts, glyphStroke } from './glyphs.table.ts';
import { FONTS, type FontKey } from './measure.ts';
import type { Mark, PenStroke } from './resolve.ts';
import type { PathCommand } from './scene.ts';
import type { Theme } from './theme.ts';

/** Two decimals at most: what an eye at 800 % could see. */
export const number = (value: number): string => String(Math.round(value * 100) / 100);

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for XML; characters that XML cannot hold become the replacement character. */
export function escapeXml(text: string): string {
  let plain = '';
  for (const character of text) plain += isXml(character.codePointAt(0) ?? 0) ? character : '\ufffd';
  return plain.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** XML 1.0, production 2: no controls but tab and line ends, no half of a surrogate pair. */
const isXml = (point: number): boolean =>
  point === 0x9 ||
  point === 0xa ||
  point === 0xd ||
  (point >= 0x20 && point < 0xd800) ||
  (point > 0xdfff && point !== 0xfffe && point !== 0xffff);

/** How a text is written. */
export type TextWriter = (mark: Extract<Mark, { kind: 'text' }>, theme: Theme) => string;

/** Marks as SVG elements, one a line. */
export function marksToSvg(marks: readonly Mark[], theme: Theme, writeText: TextWriter = plainText): string {
  return marks.map((mark) => markToSvg(mark, theme, writeText)).join('\n');
}

/** Text as text, in the font of its class. */
export const plainText: TextWriter = (mark, theme) => {
  const strike = mark.strike ? ' text-decoration="line-through"' : '';
  return `<text class="hop-${mark.font}" x="${number(mark.x)}" y="${number(mark.y)}" fill="${theme.colours[mark.colour]}"${strike}>${escapeXml(mark.text)}</text>`;
};

function markToSvg(mark: Mark, theme: Theme, writeText: TextWriter): string {
  switch (mark.kind) {
    case 'rect': {
      const radius = mark.radius > 0 ? ` rx="${number(mark.radius)}"` : '';
      return `<rect x="${number(mark.x)}" y="${number(mark.y)}" width="${number(mark.width)}" height="${number(mark.height)}"${radius}${paint(mark.fill, mark.stroke, theme)}/>`;
    }
    case 'circle':
      return `<circle cx="${number(mark.x)}" cy="${number(mark.y)}" r="${number(mark.radius)}"${paint(mark.fill, mark.stroke, theme)}/>`;
    case 'path':
      return `<path d="${pathData(mark.commands)}"${paint(mark.fill, mark.stroke, theme)}/>`;
    case 'text':
      return writeText(mark, theme);
    case 'glyph': {
      const colour = theme.colours[mark.colour];
      const parts = glyphParts(mark.glyph)
        .map(
          ({ d, filled, weight }) =>
            `<path d="${d}"${filled ? ` fill="${colour}"` : ''}${weight ? ` stroke-width="${number(glyphStroke(mark.size) * weight)}"` : ''}/>`,
        )
        .join('');
      const scale = String(Math.round((mark.size / 24) * 10_000) / 10_000);
      return `<g transform="translate(${number(mark.x)} ${number(mark.y)}) scale(${scale})" fill="none" stroke="${colour}" stroke-width="${number(glyphStroke(mark.size))}" stroke-linecap="round" stroke-linejoin="round">${parts}</g>`;
    }
  }
}

function pathData(commands: readonly PathCommand[]): string {
  return commands.map(([letter, ...values]) => letter + values.map(number).join(' ')).join('');
}

function paint(fill: keyof Theme['colours'] | null, stroke: PenStroke | null, theme: Theme): string {
  const filled = ` fill="${fill === null ? 'none' : theme.colours[fill]}"`;
  if (!stroke) return filled;
  const dash = stroke.dash.length > 0 ? ` stroke-dasharray="${stroke.dash.map(number).join(' ')}"` : '';
  const cap = stroke.round ? ' stroke-linecap="round"' : '';
  return `${filled} stroke="${theme.colours[stroke.colour]}" stroke-width="${number(stroke.width)}"${dash}${cap} stroke-linejoin="round"`;
}

/** The classes that texts use, named so that they mean nothing to a page around them. */
export function fontStyles(theme: Theme): string {
  return (Object.keys(FONTS) as FontKey[])
    .map((key) => {
      const { family, size, weight } = FONTS[key];
      return `.hop-${key}{font:${weight} ${size}px ${family === 'ui' ? theme.fontUi : theme.fontMono}}`;
    })
    .join('');
}
