/** Fields of fixed width as printf(3) makes them: sizes count octets, not characters. */
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts';

const ASCII = /^[\0-\x7f]*$/;

/** The text cut to `most` octets and filled with blanks to `width`; `size` is that of the text itself. */
export function padEnd(
  text: string,
  width: number,
  most = Infinity,
): { readonly text: string; readonly size: number } {
  if (ASCII.test(text)) return { text: text.slice(0, most).padEnd(width), size: text.length };
  const octets = encodeUtf8(text);
  const cut = octets.length > most ? octets.subarray(0, most) : octets;
  return { text: decodeUtf8(cut) + ' '.repeat(Math.max(0, width - cut.length)), size: octets.length };
}

/** `%-WIDTH.MOSTs`. */
export const field = (text: string, width: number, most = Infinity): string => padEnd(text, width, most).text;
