/** What an entry of the table of commands is: nodes, syntax, and what it does. */
import type { Unsupported } from '../../base/result.ts';
import type { BgpFamily } from './bgp-config.ts';
import type { ConfigChange, FrrConfig } from './frr-config.ts';
import type { Args } from './match.ts';

/** Where a line is read. The names are those of the prompts' nodes in FRR. */
export type NodeName =
  | 'enable'
  | 'config'
  | 'bgp'
  | 'bgp-ipv4'
  | 'bgp-ipv6'
  | 'bgp-vpnv4'
  | 'bgp-vpnv6'
  | 'bgp-evpn'
  | 'bgp-evpn-vni'
  | 'route-map'
  | 'vrf'
  | 'interface'
  | 'bfd'
  | 'bfd-peer'
  | 'bfd-profile'
  | UnmodelledNode;

/** Nodes whose commands are only known by name. */
export type UnmodelledNode =
  | 'bgp-ipv4-multicast'
  | 'bgp-ipv6-multicast'
  | 'bgp-ipv4-labeled'
  | 'bgp-ipv6-labeled'
  | 'bgp-ipv4-flowspec'
  | 'bgp-ipv6-flowspec'
  | 'bgp-srv6'
  | 'vnc-defaults'
  | 'vnc-nve-group'
  | 'vnc-l2-group'
  | 'vrf-policy'
  | 'link-params'
  | 'key-chain'
  | 'key'
  | 'line'
  | 'nexthop-group'
  | 'segment-routing'
  | 'srv6'
  | 'srv6-locators'
  | 'srv6-locator'
  | 'pseudowire'
  | AbsentNode;

/** Nodes of daemons that run on no machine: files enter them, and nothing comes of their lines. */
type AbsentNode =
  | 'ospf'
  | 'ospf6'
  | 'rip'
  | 'ripng'
  | 'babel'
  | 'eigrp'
  | 'isis'
  | 'openfabric'
  | 'ldp'
  | 'ldp-ipv4'
  | 'ldp-ipv6'
  | 'ldp-ipv4-interface'
  | 'ldp-ipv6-interface'
  | 'l2vpn'
  | 'l2vpn-pseudowire'
  | 'pbr-map';

export const FAMILY_NODES: Readonly<Record<BgpFamily, NodeName>> = {
  'ipv4-unicast': 'bgp-ipv4',
  'ipv6-unicast': 'bgp-ipv6',
  'ipv4-vpn': 'bgp-vpnv4',
  'ipv6-vpn': 'bgp-vpnv6',
  'l2vpn-evpn': 'bgp-evpn',
};

/** The node and what it was opened for. */
export interface Position {
  readonly node: NodeName;
  /** Of bgp and its families, vrf, interface. */
  readonly vrf?: string;
  readonly family?: BgpFamily;
  /** Route map and sequence number, interface, VNI, BFD peer or profile. */
  readonly name?: string;
  readonly seq?: number;
}

/** What a daemon answers to a line: text printed as it is; `failed` ends a script. */
export interface Reply {
  readonly text?: string;
  /** `warning` lets a script go on, `failed` ends it. */
  readonly status?: 'ok' | 'warning' | 'failed';
  /** The node to be in afterwards. */
  readonly enter?: Position;
  readonly unsupported?: Unsupported;
}

export const OK: Reply = {};
export const failed = (message: string): Reply => ({ text: `${message}\n`, status: 'failed' });
export const warning = (message: string): Reply => ({ text: `${message}\n`, status: 'warning' });

/** What the kernel and the daemons know that the configuration depends on. */
export interface ConfigEnvironment {
  /** Whether an address is one of this host's. */
  readonly isLocalAddress: (address: string, vrf: string) => boolean;
  readonly vrfExists: (name: string) => boolean;
  /** The namespaces that stand for VRFs (zebra's `--vrfwnetns`): path by VRF name. */
  readonly vrfNamespaces: () => ReadonlyMap<string, string>;
  /** The layer 3 VNI of a VRF that bgpd uses; null: none. */
  readonly layer3Vni: (vrf: string) => number | null;
  /** Whether the kernel forwards the family. */
  readonly forwards: (family: 4 | 6) => boolean;
}

/** What an effect may use. */
export interface Edit {
  readonly config: FrrConfig;
  readonly position: Position;
  readonly environment: ConfigEnvironment;
  /** The lines of a file count together, not each as it is read. */
  readonly readsFile: boolean;
  changed(change: ConfigChange): void;
}

export interface ConfigCommand {
  readonly nodes: readonly NodeName[];
  readonly syntax: readonly string[];
  readonly apply: (edit: Edit, args: Args) => Reply;
}

export const command = (
  nodes: NodeName | readonly NodeName[],
  syntax: string | readonly string[],
  apply: (edit: Edit, args: Args) => Reply,
): ConfigCommand => ({
  nodes: typeof nodes === 'string' ? [nodes] : nodes,
  syntax: typeof syntax === 'string' ? [syntax] : syntax,
  apply,
});
