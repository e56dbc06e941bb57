/** What display filters read of messages in TCP segments: BGP's and HTTP's heads. */
import { carried } from './field.ts';

const BGP_PORT = 179;
const BGP_HEAD = 19;
const HTTP_PORTS: ReadonlySet<number> = new Set([80, 3128, 8000, 8008, 8080, 8888]);

/** Types of the BGP messages that begin in a segment; each message has 16 octets of ones, its length, its type. */
export const BGP = carried((octets, ports): readonly number[] | null => {
  if (!ports.includes(BGP_PORT)) return null;
  const types: number[] = [];
  for (let at = 0; at + BGP_HEAD <= octets.length;) {
    if (octets.subarray(at, at + 16).some((octet) => octet !== 0xff)) break;
    types.push(octets[at + 18] ?? 0);
    at += Math.max(BGP_HEAD, ((octets[at + 16] ?? 0) << 8) | (octets[at + 17] ?? 0));
  }
  return types.length === 0 ? null : types;
});

interface HttpHead {
  readonly method: string | null;
  readonly uri: string | null;
  readonly code: number | null;
  readonly headers: ReadonlyMap<string, string>;
}

/** The first line of a request or an answer, and its headers. */
export const HTTP = carried((octets, ports): HttpHead | null => {
  if (!ports.some((port) => HTTP_PORTS.has(port))) return null;
  const [head = ''] = new TextDecoder('latin1').decode(octets).split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const request = /^([A-Z]+) (\S+) HTTP\/\d/.exec(first);
  const answer = /^HTTP\/\d\S* (\d{3})/.exec(first);
  return {
    method: request?.[1] ?? null,
    uri: request?.[2] ?? null,
    code: answer ? Number(answer[1]) : null,
    headers:
      request || answer
        ? new Map(
            lines.map((line) => {
              const at = line.indexOf(':');
              return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
            }),
          )
        : new Map(),
  };
});
