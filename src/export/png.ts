/** The picture as a PNG file, painted by the same pen as the screen, with the document in a text chunk. */
import { canvasMeasure } from '../diagram/measure.ts';
import { paintMarks } from '../diagram/canvas-pen.ts';
import { packDocument, toBase64 } from './document-text.ts';
import { layOutSheet, type ExportOptions, type Picture } from './picture.ts';
import { internationalText, withChunk } from './png-chunks.ts';
import { KEYWORD } from './read-exported.ts';
import { groundColour } from './svg.ts';

/** Beyond this a canvas fails in one browser or another. */
const LONGEST_SIDE = 16_384;
const MOST_PIXELS = 120_000_000;

/** A PNG file through a canvas of `scale` pixels a CSS pixel. Rejects with a `RangeError` when the canvas would be too large. */
export async function exportPng(
  picture: Picture,
  { theme, ground, scale }: ExportOptions & { readonly scale: 1 | 2 | 3 | 4 },
): Promise<Uint8Array> {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d canvas');
  const measure = canvasMeasure(context, theme);
  const sheet = layOutSheet(picture, measure);
  const width = Math.ceil(sheet.width * scale);
  const height = Math.ceil(sheet.height * scale);
  if (Math.max(width, height) > LONGEST_SIDE || width * height > MOST_PIXELS)
    throw new RangeError(`${width} × ${height} pixels are too many for one picture`);
  canvas.width = width;
  canvas.height = height;
  const fill = groundColour(ground, theme);
  if (fill !== null) {
    context.fillStyle = fill;
    context.fillRect(0, 0, width, height);
  }
  for (const { x, y, marks, clip } of sheet.groups) {
    context.save();
    context.setTransform(scale, 0, 0, scale, x * scale, y * scale);
    if (clip) {
      context.beginPath();
      context.rect(clip.x, clip.y, clip.width, clip.height);
      context.clip();
    }
    paintMarks(context, marks, theme, { measure });
    context.restore();
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new RangeError('the picture is too large for this browser');
  const png = new Uint8Array(await blob.arrayBuffer());
  const packed = picture.document === null ? null : packDocument(picture.document);
  if (packed === null) return png;
  return withChunk(png, internationalText(KEYWORD, toBase64(packed))) ?? png;
}
