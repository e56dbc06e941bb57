/** One entry of Port_Binding.port_security: a MAC, the addresses allowed with it, and VRRPv3's virtual MACs. */
import { parseIpv4, parseIpv6, parseMac, prefixMask } from '../../base/address.ts';

export interface Masked {
  readonly value: bigint;
  readonly mask: bigint;
}

export interface PortSecurityEntry {
  readonly mac: bigint;
  readonly ipv4: readonly (Masked & { readonly broadcast: bigint | null })[];
  readonly ipv6: readonly Masked[];
  readonly vrrp: boolean;
  readonly vrrp4: readonly Masked[];
  readonly vrrp6: readonly Masked[];
}

const ALL_MAC = prefixMask(48, 48);
const VRRP_PREFIX = 40;
const VRRP_MAC = { 4: 0x00005e000100n, 6: 0x00005e000200n } as const;

/** An address with host bits stands for itself alone; without, for its whole network. */
function network(
  address: bigint,
  length: number,
  width: number,
): Masked & { readonly broadcast: bigint | null } {
  const mask = prefixMask(length, width);
  const all = prefixMask(width, width);
  const host = address & ~mask & all;
  return host === 0n
    ? { value: address, mask, broadcast: null }
    : { value: address, mask: all, broadcast: address | (~mask & all) };
}

function prefixed<T>(
  token: string,
  width: number,
  parse: (text: string) => T | undefined,
): readonly [T, number] | undefined {
  const [text = '', length] = token.split('/');
  const address = parse(text);
  const bits = length === undefined ? width : Number(length);
  if (address === undefined || !Number.isInteger(bits) || bits < 0 || bits > width) return undefined;
  return [address, bits];
}

/** The virtual MAC's family, or undefined for one that VRRPv3 does not use. */
function vrrpFamily(mac: bigint, length: number): 4 | 6 | undefined {
  const mask = prefixMask(length, 48);
  if (length < VRRP_PREFIX || (mac & ~mask & ALL_MAC) !== 0n) return undefined;
  for (const family of [4, 6] as const) {
    if (length === 48 && mac === VRRP_MAC[family]) return undefined;
    if (mac >> 8n === VRRP_MAC[family] >> 8n) return family;
  }
  return undefined;
}

/** The entry, or undefined when it has an error: then the real program warns and leaves it out. */
export function parsePortSecurity(text: string): PortSecurityEntry | undefined {
  const words = text.split(' ').filter((word) => word !== '');
  const vrrp = words[0] === 'VRRPv3';
  const mac = parseMac(words[vrrp ? 1 : 0] ?? '');
  if (mac === undefined) return undefined;
  const ipv4: PortSecurityEntry['ipv4'][number][] = [];
  const ipv6: Masked[] = [];
  const virtual: { 4: Masked[]; 6: Masked[] } = { 4: [], 6: [] };
  for (const token of words.slice(vrrp ? 2 : 1)) {
    const virtualMac = vrrp ? prefixed(token, 48, parseMac) : undefined;
    const four = prefixed(token, 32, parseIpv4);
    const six = prefixed(token, 128, parseIpv6);
    if (virtualMac) {
      const family = vrrpFamily(...virtualMac);
      if (family === undefined) return undefined;
      virtual[family].push({ value: virtualMac[0], mask: prefixMask(virtualMac[1], 48) });
    } else if (four) ipv4.push(network(BigInt(four[0]), four[1], 32));
    else if (six) ipv6.push(network(six[0], six[1], 128));
    else return undefined;
  }
  if (vrrp && virtual[4].length === 0 && virtual[6].length === 0)
    for (const family of [4, 6] as const)
      virtual[family].push({ value: VRRP_MAC[family], mask: prefixMask(VRRP_PREFIX, 48) });
  return { mac, ipv4, ipv6, vrrp, vrrp4: virtual[4], vrrp6: virtual[6] };
}
