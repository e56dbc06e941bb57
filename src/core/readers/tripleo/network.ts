/** A network of a deployment, as its files describe it. */
import type { Prefix } from '../os-net-config/prefix.ts';
import type { Place } from '../yaml/node.ts';

export interface Pool {
  readonly start: bigint;
  readonly end: bigint;
  readonly family: 4 | 6;
  readonly place: Place;
}

export interface NetworkRoute {
  readonly destination: string;
  readonly nextHop: string;
}

export interface Network {
  /** `InternalApi`; the control plane is `ctlplane`. */
  readonly name: string;
  /** `internal_api`. */
  readonly nameLower: string;
  readonly place: Place;
  readonly enabled: boolean;
  /** Null when the network is untagged or the files do not say. */
  readonly vlan: number | null;
  readonly vlanPlace: Place;
  readonly cidr: Prefix | null;
  readonly cidrPlace: Place;
  readonly pools: readonly Pool[];
  readonly gateway: string | null;
  readonly routes: readonly NetworkRoute[];
  readonly mtu: number;
  readonly mtuPlace: Place;
  /** Whether the network has a virtual address, and which where it is fixed. */
  readonly vip: boolean;
  readonly fixedVip: string | null;
}

export const CONTROL_PLANE = 'ctlplane';

/** TripleO's own lower-case names, for networks whose file does not give one. */
const LOWER: Readonly<Record<string, string>> = { InternalApi: 'internal_api', StorageMgmt: 'storage_mgmt' };

export const lowerName = (name: string): string => LOWER[name] ?? name.toLowerCase();
