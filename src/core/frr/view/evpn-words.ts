/** What a route of EVPN says, in a sentence. */
import { formatMac } from '../../base/address.ts';
import type { PathAttributes } from '../bgp/attributes.ts';
import { formatDistinguisher } from '../distinguisher.ts';
import { formatAddress, type Prefix } from '../prefix.ts';

/** `attributes`: those of the path that the sentence is about. Null for a prefix of another family. */
export function evpnWords(
  { evpn, distinguisher }: Prefix,
  attributes: PathAttributes | undefined,
): string | null {
  if (evpn === undefined) return null;
  const origin = distinguisher === undefined ? '' : `, RD ${formatDistinguisher(distinguisher)}`;
  const label = attributes?.overlay?.labels[0] ?? attributes?.pmsiTunnel?.label;
  const vni = label === undefined ? '' : ` in VNI ${label}`;
  switch (evpn.type) {
    case 1:
      return `Type 1: an Ethernet segment is reached there${origin}`;
    case 2:
      return `Type 2: MAC ${formatMac(evpn.mac)}${evpn.ip === null ? '' : ` with ${formatAddress(evpn.ip)}`}${vni}${origin}`;
    case 3:
      return `Type 3: ${formatAddress(evpn.originator)} takes broadcasts${vni}${origin}`;
    case 4:
      return `Type 4: ${formatAddress(evpn.originator)} is on an Ethernet segment${origin}`;
    case 5:
      return `Type 5: ${formatAddress(evpn.ip)}/${evpn.length}${vni}${origin}`;
  }
}
