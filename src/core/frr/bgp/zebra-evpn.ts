/** What bgpd and zebra say to one another about EVPN (the zebra protocol's messages on VNIs, VTEPs and MAC addresses). */
import type { Address } from '../prefix.ts';

/** A layer 2 VNI as zebra finds it: a VXLAN device on a bridge. */
export interface ZebraVni {
  readonly vni: number;
  /** IPv4 address of this end of the tunnels, as a number. */
  readonly originator: number;
  /** VRF of the bridge's own interface; `default` without one. */
  readonly tenantVrf: string;
  /** The bridge's own interface, null while it is down. */
  readonly bridgeInterface: string | null;
  /** Group of BUM frames; 0: ingress replication. */
  readonly multicastGroup: number;
}

/** A VRF's layer 3 VNI that is up: routes of the VRF may go to other VTEPs over it. */
export interface ZebraL3Vni {
  readonly vni: number;
  readonly vrf: string;
  /** IPv4 address of this end of the tunnels, as a number. */
  readonly originator: number;
  readonly routerMac: bigint;
  /** The own interface of the VNI's bridge. */
  readonly interface: string;
  /** Type 2 routes go without it. */
  readonly prefixRoutesOnly: boolean;
}

export interface MacFlags {
  readonly sticky: boolean;
  readonly gateway: boolean;
  /** The host is a router (IPv6). */
  readonly router: boolean;
}

/** A MAC address, or an address with its MAC address, of a VNI. */
export interface MacIp {
  readonly vni: number;
  readonly mac: bigint;
  readonly ip: Address | null;
}

/** A host on this router's own ports. */
export interface LocalMacIp extends MacIp, MacFlags {
  readonly sequence: number;
}

/** A host behind another VTEP. */
export interface RemoteMacIp extends LocalMacIp {
  readonly vtep: number;
}

/** What bgpd asks of zebra. */
export interface ZebraEvpn {
  /** Zebra looks for VNIs and tells of hosts as long as it is on. */
  advertiseAllVni(wanted: boolean): void;
  remoteMac(host: RemoteMacIp): void;
  remoteMacGone(host: MacIp & { readonly vtep: number }): void;
  /** Where BUM frames of a VNI go to: `floods` false, the VTEP takes none. */
  remoteVtep(vni: number, vtep: number, floods: boolean): void;
  remoteVtepGone(vni: number, vtep: number): void;
}

/** What zebra tells bgpd. */
export interface ZebraEvpnListener {
  vniChanged(vni: ZebraVni): void;
  vniGone(vni: number): void;
  l3VniChanged(vni: ZebraL3Vni): void;
  l3VniGone(vni: number, vrf: string): void;
  localMac(host: LocalMacIp): void;
  localMacGone(host: MacIp): void;
}
