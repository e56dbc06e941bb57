/** What zebra knows of one layer 2 VNI: its devices, its hosts and the VTEPs that have others. */
import { formatAddress, type Address } from '../../prefix.ts';

/** A MAC address of a VNI. `isAutomatic`: only neighbours or routes of hosts name it so far. */
export interface EvpnMac {
  readonly mac: bigint;
  isLocal: boolean;
  isRemote: boolean;
  isAutomatic: boolean;
  isSticky: boolean;
  isRemoteGateway: boolean;
  /** Interface index of the port that it is on; 0 unless it is local. */
  port: number;
  /** Zero unless it is remote. */
  vtep: number;
  localSequence: number;
  remoteSequence: number;
  readonly since: number;
  readonly neighbours: Set<EvpnNeighbour>;
}

export interface EvpnNeighbour {
  readonly ip: Address;
  mac: EvpnMac;
  isLocal: boolean;
  /** Its MAC address is local as well: bgpd knows it. */
  isActive: boolean;
  isRouter: boolean;
  ifindex: number;
  vtep: number;
  localSequence: number;
  remoteSequence: number;
  readonly since: number;
}

/** A VTEP that has a part of a VNI. */
export interface EvpnVtep {
  readonly address: number;
  /** BUM frames are sent to it one by one. */
  floods: boolean;
}

/** The devices of a VNI. */
export interface VniDevices {
  readonly vni: number;
  readonly vxlan: number;
  readonly bridge: number;
  /** The bridge's own interface while it is up. */
  readonly svi: { readonly ifindex: number; readonly name: string; readonly vrf: string } | null;
  readonly local: number;
  readonly group: number;
}

export class VniTables {
  devices: VniDevices;
  readonly macs = new Map<bigint, EvpnMac>();
  readonly neighbours = new Map<string, EvpnNeighbour>();
  /** By address, the one that came last first. */
  vteps: EvpnVtep[] = [];

  constructor(devices: VniDevices) {
    this.devices = devices;
  }

  get vni(): number {
    return this.devices.vni;
  }

  /** MAC addresses that count: not those that are only named by others. */
  get macCount(): number {
    let count = 0;
    for (const { isLocal, isRemote, isAutomatic } of this.macs.values())
      if (isLocal || isRemote || !isAutomatic) count += 1;
    return count;
  }

  addMac(mac: bigint, now: number): EvpnMac {
    const made: EvpnMac = {
      mac,
      isLocal: false,
      isRemote: false,
      isAutomatic: false,
      isSticky: false,
      isRemoteGateway: false,
      port: 0,
      vtep: 0,
      localSequence: 0,
      remoteSequence: 0,
      since: now,
      neighbours: new Set(),
    };
    this.macs.set(mac, made);
    return made;
  }

  neighbourAt(ip: Address): EvpnNeighbour | undefined {
    return this.neighbours.get(formatAddress(ip));
  }

  addNeighbour(ip: Address, mac: EvpnMac, now: number): EvpnNeighbour {
    const made: EvpnNeighbour = {
      ip,
      mac,
      isLocal: false,
      isActive: false,
      isRouter: false,
      ifindex: 0,
      vtep: 0,
      localSequence: 0,
      remoteSequence: 0,
      since: now,
    };
    mac.neighbours.add(made);
    this.neighbours.set(formatAddress(ip), made);
    return made;
  }

  /** Gives a neighbour another MAC address. */
  relink(neighbour: EvpnNeighbour, mac: EvpnMac): void {
    neighbour.mac.neighbours.delete(neighbour);
    neighbour.mac = mac;
    mac.neighbours.add(neighbour);
  }

  deleteNeighbour(neighbour: EvpnNeighbour): void {
    neighbour.mac.neighbours.delete(neighbour);
    this.neighbours.delete(formatAddress(neighbour.ip));
  }
}
