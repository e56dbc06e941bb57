/** Several interfaces as one port: which member sends a packet, and which packets a member may bring in. */
import { FIELDS } from '../../flow/fields.table.ts';
import { getField, type Flow } from '../../flow/flow.ts';
import { hashFiveTuple, markHashFields } from '../flow-hash.ts';
import { hashAdd64, hashFinish } from '../../base/ovs-hash.ts';
import { isLive, type Port } from './port.ts';

export type BondMode = 'active-backup' | 'balance-slb' | 'balance-tcp';

export interface Bond {
  readonly name: string;
  readonly mode: BondMode;
  readonly basis: number;
  readonly lacp: 'off' | 'configured' | 'negotiated';
  readonly lacpFallback: boolean;
  readonly allMembersActive: boolean;
  /** Members in order; the active one is the first that is up, unless another was made active. */
  readonly members: readonly Port[];
  /** The member to prefer whenever it is up. */
  readonly primary: Port | null;
  active: Port | null;
}

const BUCKETS = 256;

/** The member that is up, beginning at `start`, in order. */
function enabledMember(bond: Bond, start: number): Port | null {
  const { members } = bond;
  for (let i = 0; i < members.length; i += 1) {
    const member = members[(start + i) % members.length];
    if (member && isLive(member)) return member;
  }
  return null;
}

/** The active member, chosen anew when it is down; a primary one takes over again as soon as it is up. */
export function activeMember(bond: Bond): Port | null {
  if (bond.primary && bond.primary !== bond.active && isLive(bond.primary)) bond.active = bond.primary;
  if (!bond.active || !isLive(bond.active)) bond.active = enabledMember(bond, 0);
  return bond.active;
}

function hashMac(mac: bigint, vlan: number, basis: number): number {
  const low = Number(mac & 0xffffffffn) | 0;
  const high = Number(mac >> 32n) | (vlan << 16);
  return hashFinish(hashAdd64(basis, low, high), 8);
}

/** The bucket of a source address and VLAN. */
export const bondHash = (mac: bigint, vlan: number, basis: number): number =>
  (hashMac(mac, vlan, basis) >>> 0) % BUCKETS;

/** The member that sends `flow`; null when none may. Marks what the choice looked at. */
export function chooseMember(bond: Bond, flow: Flow, mask: Flow | undefined, vlan: number): Port | null {
  let { mode } = bond;
  if (bond.lacp === 'configured') {
    if (!bond.lacpFallback) return null;
    mode = 'active-backup';
  }
  if (mode === 'active-backup') return activeMember(bond);
  if (mode === 'balance-tcp') {
    if (bond.lacp !== 'negotiated') return null;
    if (mask) markHashFields(flow, mask, 'symmetric_l3l4+udp');
    return enabledMember(
      bond,
      (hashFiveTuple(flow, bond.basis) % BUCKETS) % Math.max(1, bond.members.length),
    );
  }
  if (mask) markHashFields(flow, mask, 'eth_src');
  const bucket = bondHash(getField(flow, FIELDS.eth_src), vlan, bond.basis);
  return enabledMember(bond, bucket % Math.max(1, bond.members.length));
}

/** Whether a packet that came in through `member` may go on. */
export function admissibility(
  bond: Bond,
  member: Port,
  multicast: boolean,
): 'accept' | 'drop' | 'drop-if-moved' {
  if (bond.lacp === 'negotiated') return isLive(member) ? 'accept' : 'drop';
  if (bond.lacp === 'configured' && !bond.lacpFallback) return 'drop';
  if (bond.lacp === 'off' && bond.mode === 'balance-tcp') return 'drop';
  const active = activeMember(bond);
  if (multicast && active !== member && !bond.allMembersActive) return 'drop';
  if (bond.mode === 'balance-slb') return 'drop-if-moved';
  return active === member ? 'accept' : 'drop';
}
