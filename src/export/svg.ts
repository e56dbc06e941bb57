/** The picture as an SVG file that stands alone: text is text or outlines, colours are written out, nothing is loaded from elsewhere. */
import { escapeXml, fontStyles, marksToSvg, number, plainText, type TextWriter } from '../diagram/svg-pen.ts';
import { FONTS, tableMeasure } from '../diagram/measure.ts';
import type { Theme } from '../diagram/theme.ts';
import { packDocument, toBase64 } from './document-text.ts';
import type { LetterShapes } from './letter-shapes.ts';
import { OutlinedText } from './outlined-text.ts';
import { layOutSheet, type ExportOptions, type Group, type Picture } from './picture.ts';
import { NAMESPACE } from './read-exported.ts';

/** A whole SVG file: no foreignObject, geometry as on the canvas at 100 %. With `letters` its text is drawn in their shapes. */
export function exportSvg(
  picture: Picture,
  { theme, ground }: ExportOptions,
  letters: LetterShapes | null = null,
): string {
  const outlined = letters && new OutlinedText(letters);
  const writeText: TextWriter = outlined ? (mark, colours) => outlined.write(mark, colours) : plainText;
  const { width, height, groups } = layOutSheet(
    picture,
    letters ? (text, font) => (letters.advance(text, font) * FONTS[font].size) / 1000 : tableMeasure,
  );
  const fill = groundColour(ground, theme);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeXml(picture.name)}</title>`,
    picture.subtitle === '' ? '' : `<desc>${escapeXml(picture.subtitle)}</desc>`,
    metadata(picture),
    outlined ? '' : `<style>${escapeXml(fontStyles(theme)).replaceAll('&quot;', '"')}</style>`,
    fill === null ? '' : `<rect width="${width}" height="${height}" fill="${fill}"/>`,
    ...groups.map((group) => groupToSvg(group, theme, writeText)),
    outlined?.definitions() ?? '',
    '</svg>',
    '',
  ];
  return lines.filter((line, index) => line !== '' || index === lines.length - 1).join('\n');
}

function groupToSvg({ x, y, name, marks, clip }: Group, theme: Theme, writeText: TextWriter): string {
  const area = clip
    ? `<clipPath id="${name}-area"><rect x="${number(clip.x)}" y="${number(clip.y)}" width="${number(clip.width)}" height="${number(clip.height)}"/></clipPath>\n`
    : '';
  const inside = clip ? ` clip-path="url(#${name}-area)"` : '';
  return `<g id="${name}" transform="translate(${number(x)} ${number(y)})"${inside}>\n${area}${marksToSvg(marks, theme, writeText)}\n</g>`;
}

/** Leaves out a document that is too large for a picture. */
function metadata({ document }: Picture): string {
  const packed = document === null ? null : packDocument(document);
  return packed === null
    ? ''
    : `<metadata><document xmlns="${NAMESPACE}">${toBase64(packed)}</document></metadata>`;
}

export function groundColour(ground: ExportOptions['ground'], theme: Theme): string | null {
  if (ground === 'none') return null;
  return ground === 'white' ? '#ffffff' : theme.colours.canvas;
}
