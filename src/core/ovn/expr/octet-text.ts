/**
 * Text as the octets of its UTF-8 form, one character an octet. The lexer works on octets: outside strings each octet
 * of a non-ASCII character is an error of its own.
 */
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts';

const isAscii = (text: string): boolean => {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
};

/** `text` itself when it is ASCII. */
export function toOctetText(text: string): string {
  if (isAscii(text)) return text;
  return Array.from(encodeUtf8(text), (octet) => String.fromCharCode(octet)).join('');
}

/** The inverse of `toOctetText`; octets that are no UTF-8 become U+FFFD. */
export function fromOctetText(octets: string): string {
  return isAscii(octets) ? octets : decodeUtf8(Uint8Array.from(octets, (char) => char.charCodeAt(0)));
}
