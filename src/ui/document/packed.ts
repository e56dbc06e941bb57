/** A document inside an address: JSON, deflated, in base64url. */
import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import type { HopscopeDocument } from '../../engine/document.ts';

/** Longest address that is offered for sharing; above it, an exported file is the way. */
export const LONGEST_LINK = 30_000;

/** Octets as base64url without padding. */
function toBase64Url(octets: Uint8Array): string {
  let text = '';
  for (let at = 0; at < octets.length; at += 0x8000)
    text += String.fromCharCode(...octets.subarray(at, at + 0x8000));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
    letter.charCodeAt(0),
  );
}

export function packDocument(document: HopscopeDocument): string {
  return toBase64Url(deflateSync(strToU8(JSON.stringify(document)), { level: 9 }));
}

/** Null when the text is not a packed document; its content is checked by `readDocument`. */
export function unpackDocument(data: string): unknown {
  try {
    return JSON.parse(strFromU8(inflateSync(fromBase64Url(data))));
  } catch {
    return null;
  }
}
