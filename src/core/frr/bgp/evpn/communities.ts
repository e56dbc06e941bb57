/** Extended communities of EVPN (RFC 7432 section 7, RFC 9012, RFC 9135): made for own routes, read from others'. */
import type { PathAttributes } from '../attributes.ts';

const TYPE = {
  encapsulation: 0x030cn,
  defaultGateway: 0x030dn,
  mobility: 0x0600n,
  routerMac: 0x0603n,
  flags: 0x0608n,
};
const VXLAN = 8n;
const STICKY = 1n << 40n;
const ROUTER = 1n << 40n;

const of = (type: bigint, value: bigint): bigint => (type << 48n) | value;

/** The tunnels are VXLAN. */
export const ENCAPSULATION = of(TYPE.encapsulation, VXLAN);
export const DEFAULT_GATEWAY = of(TYPE.defaultGateway, 0n);
export const STICKY_MAC = of(TYPE.mobility, STICKY);
export const ROUTER_FLAG = of(TYPE.flags, ROUTER);

export const mobility = (sequence: number): bigint => of(TYPE.mobility, BigInt(sequence));

/** The MAC address of the router behind a VTEP (RFC 9135 section 8.1). */
export const routerMac = (mac: bigint): bigint => of(TYPE.routerMac, mac);

const find = ({ extendedCommunities }: PathAttributes, type: bigint): bigint | undefined =>
  extendedCommunities?.find((community) => community >> 48n === type);

/** How often the address has moved; 0 without. */
export const sequenceOf = (attributes: PathAttributes): number =>
  Number((find(attributes, TYPE.mobility) ?? 0n) & 0xffffffffn);

export function routerMacOf(attributes: PathAttributes): bigint | undefined {
  const community = find(attributes, TYPE.routerMac);
  return community === undefined ? undefined : community & 0xffff_ffff_ffffn;
}

export const isSticky = (attributes: PathAttributes): boolean =>
  ((find(attributes, TYPE.mobility) ?? 0n) & STICKY) !== 0n;

export const isDefaultGateway = (attributes: PathAttributes): boolean =>
  find(attributes, TYPE.defaultGateway) !== undefined;

export const isRouter = (attributes: PathAttributes): boolean =>
  ((find(attributes, TYPE.flags) ?? 0n) & ROUTER) !== 0n;

/** A route target without the AS number or address in front, as one that was made from a VNI is looked for. */
export function withoutAdministrator(target: bigint): bigint {
  const kind = target >> 56n;
  const rest = target & ((1n << 56n) - 1n);
  const administrator = kind === 0n ? 0xffffn << 32n : 0xffffffffn << 16n;
  return kind <= 2n ? rest & ~administrator : rest;
}
