/** `IP`, `IP:PORT`, `[IPV6]:PORT` as the keys of load balancers and their backends are written. */
import { parseIpv4, parseIpv6 } from '../../base/address.ts';
import type { LbEndpoint } from './action.ts';

const MAPPED = 0xffffn << 32n;

function unbracket(text: string): string {
  if (!text.startsWith('[')) return text;
  return text.endsWith(']') ? text.slice(1, -1) : text.slice(1);
}

/** Host and port; more than one colon outside of brackets makes the whole text the host. */
function splitEndpoint(text: string): readonly [string, string] {
  const outside = text.replace(/\[[^\]]*\]?/g, (part) => '.'.repeat(part.length));
  const colon = outside.indexOf(':');
  if (colon < 0) return [unbracket(text), ''];
  if (outside.includes(':', colon + 1)) return [text, ''];
  return [unbracket(text.slice(0, colon)), unbracket(text.slice(colon + 1))];
}

/** An endpoint, and whether it was written as IPv4 or IPv6. Undefined for anything else; names are not looked up. */
export function parseEndpoint(
  text: string,
): { readonly endpoint: LbEndpoint; readonly family: 4 | 6 } | undefined {
  const [host, portText] = splitEndpoint(text);
  const port = portText === '' ? 0 : /^\s*\+?\d+$/.test(portText) ? Number(portText) : -1;
  if (port < 0 || port > 65535) return undefined;
  if (host.includes(':')) {
    const [address = '', scope] = host.split('%', 2);
    const ip = parseIpv6(address);
    if (ip === undefined || (scope !== undefined && !/^\d*$/.test(scope))) return undefined;
    return { endpoint: { address: ip, port }, family: 6 };
  }
  const ip = parseIpv4(host);
  return ip === undefined ? undefined : { endpoint: { address: MAPPED | BigInt(ip), port }, family: 4 };
}

/** What the real program logs of a text that is no endpoint; undefined where it says nothing. */
export function endpointProblem(text: string): string | undefined {
  const [host, port] = splitEndpoint(text);
  if (port !== '' && !(/^\s*\+?\d+$/.test(port) && Number(port) <= 65535))
    return `${text}: bad port number "${port}"`;
  if (!host.includes(':') && parseIpv4(host) === undefined) return `${text}: bad IP address "${host}"`;
  return undefined;
}

/** The IPv4 address inside, when it is one. */
export function mappedIpv4({ address }: LbEndpoint): number | undefined {
  return address >> 32n === 0xffffn ? Number(address & 0xffff_ffffn) : undefined;
}
