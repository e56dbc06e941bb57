/** VLAN filtering: which VLAN a frame belongs to when it enters, whether and how it may leave (`br_vlan.c`). */
import { tagOf, withoutTag, withTag } from '../ether.ts';
import type { Bridge, BridgeVlan, VlanId } from './state.ts';

/** A frame inside a bridge: without its tag when the bridge filters, with the VLAN beside it. */
export interface VlanFrame {
  readonly octets: Uint8Array;
  readonly vlan: VlanId;
  readonly priority: number;
}

type Members = ReadonlyMap<VlanId, BridgeVlan>;

const pvidOf = (members: Members): VlanId | undefined => {
  for (const vlan of members.values()) if (vlan.pvid) return vlan.id;
  return undefined;
};

/** The frame with its VLAN; undefined when the port does not take it. Without filtering all frames are in VLAN 0. */
export function ingress(bridge: Bridge, members: Members, octets: Uint8Array): VlanFrame | undefined {
  if (!bridge.vlanFiltering) return { octets, vlan: 0, priority: 0 };
  const tag = tagOf(octets);
  const own = tag !== undefined && tag.protocol === bridge.vlanProtocol ? tag : undefined;
  if (own === undefined || own.id === 0) {
    const pvid = pvidOf(members);
    if (pvid === undefined) return undefined;
    return {
      octets: own === undefined ? octets : withoutTag(octets),
      vlan: pvid,
      priority: own?.priority ?? 0,
    };
  }
  if (!members.has(own.id)) return undefined;
  return { octets: withoutTag(octets), vlan: own.id, priority: own.priority };
}

/** The frame as it leaves by a port of these VLANs; undefined when it must not. */
export function egress(bridge: Bridge, members: Members, frame: VlanFrame): Uint8Array | undefined {
  if (!bridge.vlanFiltering) return frame.octets;
  const member = members.get(frame.vlan);
  if (member === undefined) return undefined;
  return member.untagged
    ? frame.octets
    : withTag(frame.octets, bridge.vlanProtocol, frame.vlan, frame.priority);
}
