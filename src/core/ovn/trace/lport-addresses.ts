/** `MAC IP IP/LENGTH ...` as in port security and port addresses. */
import { parseIpv4, parseIpv6, parseMac } from '../../base/address.ts';

export interface LportAddresses {
  readonly mac: bigint;
  readonly ipv4: readonly number[];
  readonly ipv6: readonly bigint[];
}

/** The addresses up to the first word that is none; undefined when the text does not begin with a MAC. */
export function parseLportAddresses(text: string): LportAddresses | undefined {
  const [first = '', ...words] = text.split(' ').filter((word) => word !== '');
  const mac = parseMac(first);
  if (mac === undefined) return undefined;
  const ipv4: number[] = [];
  const ipv6: bigint[] = [];
  for (const word of words) {
    const [address = ''] = word.split('/', 1);
    const ip4 = parseIpv4(address);
    const ip6 = ip4 === undefined ? parseIpv6(address) : undefined;
    if (ip4 !== undefined) ipv4.push(ip4);
    else if (ip6 !== undefined) ipv6.push(ip6);
    else break;
  }
  return { mac, ipv4, ipv6 };
}
