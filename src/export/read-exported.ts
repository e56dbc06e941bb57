/** Finds the document in a file of ours: SVG, PNG or JSON. Everything in such a file may be hostile. */
import { strFromU8 } from 'fflate';
import type { Result } from '../core/base/result.ts';
import type { HopscopeDocument } from '../engine/document.ts';
import { fromBase64, LARGEST_EMBEDDED, parseJson, unpackDocument } from './document-text.ts';
import { isPng, readChunks, readInternationalText } from './png-chunks.ts';

/** Name of the text in a PNG, and of the element in an SVG. */
export const KEYWORD = 'Hopscope document';
export const NAMESPACE = 'urn:hopscope:document:1';

const LARGEST_FILE = 80_000_000;

/** The document in an SVG or PNG file of ours, or the JSON file itself. Hostile input gives an error, never an exception. */
export function readExported(octets: Uint8Array, name: string): Result<HopscopeDocument> {
  if (octets.length > LARGEST_FILE) return { ok: false, error: `${name} is too large` };
  if (isPng(octets)) return readPng(octets, name);
  const start = octets.subarray(0, 512);
  const first = start.find((octet) => octet > 0x20 && octet < 0x80);
  if (first === 0x7b) return parseJson(octets);
  if (first === 0x3c) return readSvg(octets, name);
  return { ok: false, error: `${name} is neither a picture nor a document of Hopscope` };
}

function readPng(octets: Uint8Array, name: string): Result<HopscopeDocument> {
  for (const chunk of readChunks(octets) ?? []) {
    const text = readInternationalText(chunk, KEYWORD);
    if (text !== null) return unpackText(text, name);
  }
  return { ok: false, error: `${name} holds no Hopscope document` };
}

/** No XML parser: the element is found by its name and holds nothing but base64, so nothing in the file is ever interpreted. */
function readSvg(octets: Uint8Array, name: string): Result<HopscopeDocument> {
  const text = strFromU8(octets, true);
  const at = text.indexOf(`xmlns="${NAMESPACE}"`);
  const open = at < 0 ? -1 : text.indexOf('>', at);
  const close = open < 0 ? -1 : text.indexOf('<', open);
  if (close < 0) return { ok: false, error: `${name} holds no Hopscope document` };
  return unpackText(text.slice(open + 1, close).trim(), name);
}

function unpackText(text: string, name: string): Result<HopscopeDocument> {
  const packed = text.length > LARGEST_EMBEDDED * 1.4 ? null : fromBase64(text);
  if (!packed) return { ok: false, error: `the document in ${name} is damaged` };
  return unpackDocument(packed);
}
