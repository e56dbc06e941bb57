/** Source and scope of IPv6 addresses (RFC 4007, RFC 6724). */
import { ADDRESS_LABELS } from './address-labels.table.ts';
import { isLinkLocalIp6 } from '../family.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import type { Ipv6Address } from './device.ts';

/** Multicast scopes 1, 2, 5, 14: interface, link, site, global. */
export function scopeOf(address: bigint): number {
  if (address >> 120n === 0xffn) return Number((address >> 112n) & 15n);
  if (isLinkLocalIp6(address) || address === 1n) return 2;
  if (address >> 118n === 0x3fbn) return 5;
  return 14;
}

/** Label of the kernel's policy table: of the longest prefix. */
function labelOf(address: bigint): number {
  for (const { prefix, length, label } of ADDRESS_LABELS)
    if ((address ^ prefix) >> BigInt(128 - length) === 0n) return label;
  return 1;
}

export const isUsable = (address: Ipv6Address): boolean =>
  (!address.tentative || address.optimistic) && !address.dadFailed;

function commonPrefix(a: bigint, b: bigint): number {
  const different = a ^ b;
  return different === 0n ? 128 : 128 - different.toString(2).length;
}

/** How much of an address is the destination's, its own prefix at most. */
const matching = (address: Ipv6Address, destination: bigint): number =>
  Math.min(address.length, commonPrefix(address.address, destination));

/** The best source for `destination` when it leaves by `link`; undefined when the host has none. */
export function selectAddress6(net: Namespace, link: Link | null, destination: bigint): bigint | undefined {
  const scope = scopeOf(destination);
  const onlyLink = link !== null && (scope <= 2 || net.sysctl.conf6(link.name, 'use_oif_addrs_only') !== 0);
  let best: { address: Ipv6Address; link: Link } | undefined;
  for (const owner of net.links.values()) {
    if (onlyLink && owner !== link) continue;
    if (
      link?.kind !== 'lo' &&
      owner.kind === 'lo' &&
      destination !== 1n &&
      owner !== link &&
      owner.ipv6.addresses.every((each) => each.address === 1n)
    )
      continue;
    for (const address of owner.ipv6.addresses) {
      if (!isUsable(address) || (isLinkLocalIp6(address.address) && owner !== link && link !== null))
        continue;
      if (best === undefined || better(address, owner, best, destination, scope, link))
        best = { address, link: owner };
    }
  }
  return best?.address.address;
}

/** The rules in order; the first that tells the two apart decides. */
function better(
  address: Ipv6Address,
  owner: Link,
  best: { readonly address: Ipv6Address; readonly link: Link },
  destination: bigint,
  scope: number,
  link: Link | null,
): boolean {
  const other = best.address;
  if ((address.address === destination) !== (other.address === destination))
    return address.address === destination;
  const mine = scopeOf(address.address);
  const its = scopeOf(other.address);
  if (mine !== its) return mine < its ? mine >= scope : its < scope;
  if (address.deprecated !== other.deprecated) return !address.deprecated;
  if ((owner === link) !== (best.link === link)) return owner === link;
  const label = labelOf(destination);
  const myLabel = labelOf(address.address) === label;
  if (myLabel !== (labelOf(other.address) === label)) return myLabel;
  return matching(address, destination) > matching(other, destination);
}

/** The link that carries an address that may be used. */
export function ownerOf6(net: Namespace, address: bigint): Link | undefined {
  for (const link of net.links.values())
    if (link.ipv6.addresses.some((each) => each.address === address)) return link;
  return undefined;
}
