/** HTTP/1.x messages as far as proxies and small servers read them (RFC 9112). */
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts';

export interface HttpHead {
  readonly startLine: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Octets of the head, its empty line included. */
  readonly size: number;
}

const END = '\r\n\r\n';
const HEAD_LIMIT = 65_536;

/** The head at the beginning of `octets`; undefined while it is not whole, null when it is no HTTP. */
export function readHead(octets: Uint8Array): HttpHead | undefined | null {
  const text = decodeUtf8(octets.subarray(0, HEAD_LIMIT));
  const end = text.indexOf(END);
  if (end < 0) return octets.length >= HEAD_LIMIT ? null : undefined;
  const [startLine = '', ...lines] = text.slice(0, end).split('\r\n');
  if (!/^\S+ \S+ HTTP\/1\.[01]$|^HTTP\/1\.[01] \d{3}(?: |$)/.test(startLine)) return null;
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  return { startLine, headers, size: encodeUtf8(text.slice(0, end + END.length)).length };
}

export const headText = (startLine: string, headers: readonly (readonly [string, string])[]): string =>
  `${[startLine, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n')}${END}`;

export const valueOf = ({ headers }: HttpHead, name: string): string | undefined =>
  headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];

/** How many octets follow the head. */
export const bodySize = (head: HttpHead): number => Number(valueOf(head, 'content-length') ?? 0) || 0;

/** The status of an answer; 0 for a request. */
export const statusOf = ({ startLine }: HttpHead): number =>
  Number(/^HTTP\/1\.[01] (\d{3})/.exec(startLine)?.[1] ?? 0);

export function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
