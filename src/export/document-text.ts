/** A document as text inside another file: JSON, gzip, base64; and back, with limits at every step. */
import { gunzipSync, gzipSync, strFromU8, strToU8 } from 'fflate';
import type { Result } from '../core/base/result.ts';
import type { HopscopeDocument } from '../engine/document.ts';
import { parseDocument } from './document-schema.ts';

/** Octets of JSON that we unpack at most. */
const LARGEST_DOCUMENT = 64_000_000;
/** Octets packed that we embed in a picture at most: beyond it the file is no picture any more. */
export const LARGEST_EMBEDDED = 8_000_000;

/** Packed JSON, or null when it is too large to put into a picture. Two equal documents give equal octets. */
export function packDocument(document: HopscopeDocument): Uint8Array | null {
  const packed = gzipSync(strToU8(JSON.stringify(document)), { level: 9, mtime: 0 });
  return packed.length > LARGEST_EMBEDDED ? null : packed;
}

/** Whether a picture can carry the document. */
export const fitsPicture = (document: HopscopeDocument): boolean => packDocument(document) !== null;

/** From packed octets. The size that gzip claims is checked before anything is unpacked, and unpacking never exceeds it. */
export function unpackDocument(packed: Uint8Array): Result<HopscopeDocument> {
  if (packed.length > LARGEST_EMBEDDED) return { ok: false, error: 'the document in this file is too large' };
  if (packed.length < 18 || packed[0] !== 0x1f || packed[1] !== 0x8b)
    return { ok: false, error: 'the document in this file is damaged' };
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const claimed = view.getUint32(packed.length - 4, true);
  if (claimed > LARGEST_DOCUMENT) return { ok: false, error: 'the document in this file is too large' };
  let octets: Uint8Array;
  try {
    octets = gunzipSync(packed, { out: new Uint8Array(claimed) });
  } catch {
    return { ok: false, error: 'the document in this file is damaged' };
  }
  return parseJson(octets);
}

/** From plain JSON octets. */
export function parseJson(octets: Uint8Array): Result<HopscopeDocument> {
  if (octets.length > LARGEST_DOCUMENT) return { ok: false, error: 'the document is too large' };
  let value: unknown;
  try {
    value = JSON.parse(strFromU8(octets));
  } catch {
    return { ok: false, error: 'not a Hopscope document: no JSON' };
  }
  return parseDocument(value);
}

/** Standard base64, without help from the page so that it works in a worker and in tests alike. */
export function toBase64(octets: Uint8Array): string {
  let text = '';
  for (let at = 0; at < octets.length; at += 0x8000)
    text += String.fromCharCode(...octets.subarray(at, at + 0x8000));
  return btoa(text);
}

export function fromBase64(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
