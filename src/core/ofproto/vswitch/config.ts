/** The configuration of a switch as plain data: what ovs-vswitchd reads out of its database, references resolved. */
import type { BundleConfig } from '../bridge/port.ts';
import type { BondMode, BondSettings } from '../bond/bond.ts';
import type { LacpMemberSettings, LacpSettings } from '../lacp/lacp.ts';
import type { QosConfig } from '../qos/htb.ts';
import type { PolicingConfig } from '../qos/policer.ts';

export interface InterfaceConfig {
  readonly name: string;
  /** `` for a device of the host, `internal`, `patch`, `geneve` ... */
  readonly type: string;
  readonly options: ReadonlyMap<string, string>;
  /** OpenFlow port asked for. */
  readonly ofportRequest: number | null;
  /** The one that it had last, which it gets again if that is free. */
  readonly ofport?: number | null;
  /** `Interface.bfd`. */
  readonly bfd?: ReadonlyMap<string, string>;
  /** `lacp-...` of `Interface.other_config`; 0 where the port's number, or the lowest priority, is to be taken. */
  readonly lacp?: LacpMemberSettings;
  /** What may come in. */
  readonly policing?: PolicingConfig;
  /** For `` and `internal`: the device's address and MTU, null when the host has no such device. */
  readonly device: {
    readonly mac: bigint;
    readonly mtu: number;
    readonly up: boolean;
    /** Mb/s, null where the device tells none. */
    readonly speed?: number | null;
    /** Its driver tells of a twisted pair. */
    readonly isCopper?: boolean;
  } | null;
}

export interface PortConfig {
  readonly name: string;
  readonly interfaces: readonly InterfaceConfig[];
  readonly vlan: BundleConfig;
  /** For more than one interface. */
  readonly bondMode: BondMode;
  readonly bond?: BondConfig;
  /** With `lacp` active or passive, its settings. */
  readonly lacp?: LacpConfig | null;
  /** How its devices queue what they send. */
  readonly qos?: QosConfig | null;
  /** The settings of its part in a spanning tree: `stp-...` and `rstp-...` of `Port.other_config`. */
  readonly stp?: ReadonlyMap<string, string>;
}

/** What a Port row says of its bond besides the mode. */
export interface BondConfig extends Omit<BondSettings, 'mode'> {
  /** Address of the member that was active when the switch last ran; 0 for none. */
  readonly activeMac: bigint;
}

/** `lacp-...` of a Port row; null where the bridge's address, or the usual priority, is to be taken. */
export interface LacpConfig extends Omit<LacpSettings, 'systemId' | 'systemPriority'> {
  readonly systemId: bigint | null;
  readonly systemPriority: number | null;
}

export interface MirrorConfig {
  readonly name: string;
  readonly selectAll: boolean;
  readonly selectSource: readonly string[];
  readonly selectDestination: readonly string[];
  readonly selectVlans: readonly number[];
  readonly outputPort: string | null;
  readonly outputVlan: number | null;
  /** A flow that packets must fit to be copied, as it was typed. */
  readonly filter: string | null;
  readonly snapLength: number;
}

export interface BridgeConfig {
  readonly name: string;
  readonly failMode: 'standalone' | 'secure';
  /** `other_config:hwaddr`. */
  readonly mac: bigint | null;
  readonly datapathType: string;
  /** Seconds. */
  readonly macAge: number;
  readonly macTableSize: number;
  /** VLANs in which nothing is learned. */
  readonly floodVlans: readonly number[];
  readonly forwardReserved: boolean;
  readonly ports: readonly PortConfig[];
  readonly mirrors: readonly MirrorConfig[];
  /** With `stp_enable`, its settings: `stp-...` of `Bridge.other_config`. */
  readonly stp?: ReadonlyMap<string, string> | null;
  /** With `rstp_enable`, its settings: `rstp-...` of `Bridge.other_config`. */
  readonly rstp?: ReadonlyMap<string, string> | null;
}

/** What became of an interface: its OpenFlow port, or why it has none (then `ofport` is -1). */
export interface InterfaceStatus {
  readonly ofport: number;
  readonly error: string | null;
}
