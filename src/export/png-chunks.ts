/** PNG chunks: reading them from any octets, and putting one of ours before the end (PNG third edition, 5.3 and 11.3.3). */
import { strFromU8, strToU8 } from 'fflate';

export interface PngChunk {
  readonly type: string;
  readonly data: Uint8Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export const isPng = (octets: Uint8Array): boolean => SIGNATURE.every((value, at) => octets[at] === value);

/** Chunks in order up to the first that does not fit or whose check value is wrong; null if this is no PNG. */
export function readChunks(octets: Uint8Array): readonly PngChunk[] | null {
  if (!isPng(octets)) return null;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const crc = createCrc();
  const chunks: PngChunk[] = [];
  for (let at = SIGNATURE.length; at + 12 <= octets.length;) {
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > octets.length) break;
    const body = octets.subarray(at + 4, at + 8 + length);
    if (crc(body) !== view.getUint32(at + 8 + length)) break;
    const type = strFromU8(body.subarray(0, 4), true);
    chunks.push({ type, data: body.subarray(4) });
    if (type === 'IEND') break;
    at = end;
  }
  return chunks;
}

/** `png` with a chunk before its end; null if it is no PNG or has no end. */
export function withChunk(png: Uint8Array, chunk: PngChunk): Uint8Array | null {
  const end = endOf(png);
  if (end < 0) return null;
  const own = writeChunk(chunk);
  const joined = new Uint8Array(png.length + own.length);
  joined.set(png.subarray(0, end));
  joined.set(own, end);
  joined.set(png.subarray(end), end + own.length);
  return joined;
}

/** Offset of the IEND chunk. */
function endOf(png: Uint8Array): number {
  const chunks = readChunks(png);
  if (!chunks || chunks.at(-1)?.type !== 'IEND') return -1;
  return SIGNATURE.length + chunks.slice(0, -1).reduce((sum, { data }) => sum + 12 + data.length, 0);
}

export function writeChunk({ type, data }: PngChunk): Uint8Array {
  const octets = new Uint8Array(12 + data.length);
  const view = new DataView(octets.buffer);
  view.setUint32(0, data.length);
  octets.set(strToU8(type, true), 4);
  octets.set(data, 8);
  view.setUint32(8 + data.length, createCrc()(octets.subarray(4, 8 + data.length)));
  return octets;
}

/** International text: keyword, not compressed by PNG's own means, no language, UTF-8 text. */
export function internationalText(keyword: string, text: string): PngChunk {
  const head = strToU8(keyword, true);
  const body = strToU8(text);
  const data = new Uint8Array(head.length + 5 + body.length);
  data.set(head);
  data.set(body, head.length + 5);
  return { type: 'iTXt', data };
}

/** The text of an iTXt chunk with that keyword and without compression; null for any other chunk. */
export function readInternationalText({ type, data }: PngChunk, keyword: string): string | null {
  if (type !== 'iTXt') return null;
  const end = data.indexOf(0);
  if (end < 1 || end > 79 || strFromU8(data.subarray(0, end), true) !== keyword || data[end + 1] !== 0)
    return null;
  const language = data.indexOf(0, end + 3);
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1);
  return translated < 0 ? null : strFromU8(data.subarray(translated + 1));
}

/** CRC-32 of ISO 3309 as PNG uses it. */
export function createCrc(): (octets: Uint8Array) => number {
  const table = Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value;
  });
  return (octets) => {
    let crc = 0xffffffff;
    for (const octet of octets) crc = (table[(crc ^ octet) & 0xff] ?? 0) ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
  };
}
