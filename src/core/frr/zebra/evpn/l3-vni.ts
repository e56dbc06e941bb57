/** What zebra knows of a VRF's layer 3 VNI: its devices, and the routers behind it with what they are the next hop of. */
import { formatAddress, formatPrefix, type Address, type Prefix } from '../../prefix.ts';
import type { ZebraLink } from '../links.ts';

/** The MAC address of another VTEP's router. */
export interface RouterMac {
  readonly mac: bigint;
  /** The VTEP that it is reached by, and all that have it. IPv4 addresses as numbers. */
  vtep: number;
  readonly vteps: Set<number>;
}

/** A VTEP as the next hop of the VRF's routes. */
export interface RouterNexthop {
  readonly ip: Address;
  mac: bigint;
  /** What it is the next hop of, by text. */
  readonly prefixes: Map<string, Prefix>;
}

/** The devices of a layer 3 VNI, as far as they are there. */
export interface L3VniDevices {
  readonly vxlan: ZebraLink | null;
  /** The own interface of the bridge that the VXLAN device is a port of. */
  readonly svi: ZebraLink | null;
}

export class L3Vni {
  readonly vni: number;
  readonly vrf: string;
  prefixRoutesOnly: boolean;
  devices: L3VniDevices = { vxlan: null, svi: null };
  /** Both devices carry packets, and bgpd knows of it. */
  isUp = false;
  readonly macs = new Map<bigint, RouterMac>();
  /** By address. */
  readonly nexthops = new Map<string, RouterNexthop>();

  constructor(vni: number, vrf: string, prefixRoutesOnly: boolean) {
    this.vni = vni;
    this.vrf = vrf;
    this.prefixRoutesOnly = prefixRoutesOnly;
  }

  get local(): number {
    return this.devices.vxlan?.vxlan?.local ?? 0;
  }

  nexthopAt(ip: Address): RouterNexthop | undefined {
    return this.nexthops.get(formatAddress(ip));
  }

  addNexthop(ip: Address, mac: bigint): RouterNexthop {
    const made: RouterNexthop = { ip, mac, prefixes: new Map() };
    this.nexthops.set(formatAddress(ip), made);
    return made;
  }

  /** Takes a prefix from a next hop; whether it was the last. */
  release(nexthop: RouterNexthop, prefix: Prefix): boolean {
    nexthop.prefixes.delete(formatPrefix(prefix));
    return nexthop.prefixes.size === 0 && this.nexthops.delete(formatAddress(nexthop.ip));
  }
}
