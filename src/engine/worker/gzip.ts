/** gzip (RFC 1952) by the browser's own streams: documents carry their databases packed, and users keep them packed. */

/** Octets that an unpacked file may have: far above any database, far below what stops a tab. */
const MOST = 2 ** 30;

export class TooLarge extends Error {}

export const isGzip = (octets: Uint8Array): boolean => octets[0] === 0x1f && octets[1] === 0x8b;

export async function gzip(octets: Uint8Array): Promise<Uint8Array> {
  const stream = streamOf(octets).pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Rejects with `TooLarge` past 1 GiB, and with the browser's `TypeError` where the octets are cut or damaged. */
export async function gunzip(octets: Uint8Array): Promise<Uint8Array> {
  const reader = streamOf(octets).pipeThrough(new DecompressionStream('gzip')).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    size += part.value.length;
    if (size <= MOST) continue;
    await reader.cancel();
    throw new TooLarge();
  }
  const whole = new Uint8Array(size);
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

const streamOf = (octets: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new Blob([octets as Uint8Array<ArrayBuffer>]).stream();
