/** The lines of a request, in curl's order. */
import { encodeUtf8 } from '../../base/utf8.ts';
import type { CurlOptions } from './options.ts';
import type { Place } from './place.ts';

/** Without their ends and the empty line behind; `isOld`: HTTP/1.0. */
export function requestLines(
  { method, isHeadOnly, headers, data, agent, range, referer }: CurlOptions,
  { host, port, path, isOld }: Place & { readonly isOld: boolean },
): readonly string[] {
  const verb = verbOf({ method, isHeadOnly, data });
  const given = (name: string): boolean =>
    headers.some((header) => header.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return [
    `${verb} ${path} HTTP/${isOld ? '1.0' : '1.1'}`,
    ...(given('Host') ? [] : [`Host: ${host}${port === 80 ? '' : `:${port}`}`]),
    ...(range === null ? [] : [`Range: bytes=${range}`]),
    ...(given('User-Agent') ? [] : [`User-Agent: ${agent}`]),
    ...(given('Accept') ? [] : ['Accept: */*']),
    ...(referer === null ? [] : [`Referer: ${referer}`]),
    ...headers,
    ...(data === null
      ? []
      : [`Content-Length: ${encodeUtf8(data).length}`, 'Content-Type: application/x-www-form-urlencoded']),
  ];
}

/** The method: as given, or by what is sent and wanted. */
export const verbOf = ({
  method,
  isHeadOnly,
  data,
}: Pick<CurlOptions, 'method' | 'isHeadOnly' | 'data'>): string =>
  method ?? (isHeadOnly ? 'HEAD' : data === null ? 'GET' : 'POST');

/** Octets of a head on the wire, with the empty line that ends it. */
export const sizeOf = (head: readonly string[]): number =>
  head.reduce((size, line) => size + encodeUtf8(line).length + 2, 2);
