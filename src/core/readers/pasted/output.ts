/** One program's output as it was pasted, with what its prompt says of where it ran. */
import type { Problem } from '../../base/result.ts';

export interface PastedText {
  /** The machine of the prompt; null when there is none. */
  readonly host: string | null;
  /** The command line; null when there is none. */
  readonly command: string | null;
  readonly lines: readonly string[];
  /** The line of the paste on which the output begins, from 1. */
  readonly line: number;
}

/** What a program told. Fields that its output does not have are null: unknown, not absent. */
export type PastedFact =
  | {
      readonly kind: 'linux-bridges';
      readonly host: string | null;
      readonly bridges: readonly PastedBridge[];
    }
  | {
      readonly kind: 'domain-interfaces';
      readonly host: string | null;
      readonly domain: string | null;
      readonly interfaces: readonly PastedDomainInterface[];
    }
  | {
      readonly kind: 'bridge-macs';
      readonly host: string | null;
      readonly bridge: string | null;
      readonly macs: readonly PastedMac[];
    }
  | {
      readonly kind: 'virtual-network';
      readonly host: string | null;
      readonly name: string;
      readonly bridge: {
        readonly name: string;
        readonly mac: string | null;
        readonly stp: boolean | null;
        readonly ports: readonly string[];
        /** The hypervisor's on it. */
        readonly addresses: readonly string[];
      };
    }
  | { readonly kind: 'links'; readonly host: string | null; readonly links: readonly PastedLink[] }
  | {
      readonly kind: 'ovs-bridges';
      readonly host: string | null;
      readonly bridges: readonly PastedOvsBridge[];
    }
  | {
      readonly kind: 'ovs-ports';
      readonly host: string | null;
      readonly bridge: string | null;
      readonly ports: readonly string[];
    }
  | {
      readonly kind: 'addresses';
      readonly host: string | null;
      readonly name: string;
      readonly address: string;
    }
  | { readonly kind: 'servers'; readonly servers: readonly PastedServer[] }
  | { readonly kind: 'logical'; readonly host: string | null; readonly networks: readonly PastedLogical[] }
  | { readonly kind: 'domains'; readonly host: string | null; readonly domains: readonly PastedDomain[] }
  | {
      readonly kind: 'routes';
      readonly host: string | null;
      /** As `ip route add` takes them, `-6` in front of those of IPv6. */
      readonly routes: readonly string[];
    }
  | {
      readonly kind: 'port-vlans';
      readonly host: string | null;
      readonly ports: readonly { readonly name: string; readonly vlans: readonly PastedPortVlan[] }[];
    }
  | { readonly kind: 'cloud-ports'; readonly ports: readonly PastedCloudPort[] }
  | { readonly kind: 'containers'; readonly host: string | null; readonly names: readonly string[] }
  | { readonly kind: 'cluster-nodes'; readonly nodes: readonly string[] }
  | { readonly kind: 'cluster-resources'; readonly resources: readonly PastedResource[] };

export interface PastedBridge {
  readonly name: string;
  readonly mac: string;
  readonly stp: boolean;
  readonly ports: readonly string[];
}

export interface PastedDomainInterface {
  /** Null while the guest is shut off. */
  readonly tap: string | null;
  readonly type: string;
  readonly source: string;
  readonly model: string;
  readonly mac: string;
}

interface PastedDomain {
  readonly name: string;
  readonly shutOff: boolean;
}

export interface PastedPortVlan {
  readonly id: number;
  /** The last id of a range. */
  readonly last: number;
  readonly pvid: boolean;
  readonly untagged: boolean;
}

/** A port of the cloud's networks. */
interface PastedCloudPort {
  readonly mac: string;
  readonly addresses: readonly string[];
}

interface PastedMac {
  readonly port: number;
  readonly mac: string;
  readonly isLocal: boolean;
}

export interface PastedLink {
  readonly index: number;
  readonly name: string;
  /** The device below, of `vlan20@ens3`. */
  readonly lower: string | null;
  readonly up: boolean;
  readonly mtu: number;
  readonly master: string | null;
  /** `vlan`, `bridge`, `bond` ... as `ip -d` tells it. */
  readonly kind: string | null;
  readonly vlan: number | null;
  readonly mac: string | null;
  readonly addresses: readonly string[];
}

export interface PastedOvsPort {
  readonly name: string;
  readonly tag: number | null;
  readonly interfaces: readonly {
    readonly name: string;
    readonly type: string;
    readonly options: Readonly<Record<string, string>>;
  }[];
}

export interface PastedOvsBridge {
  readonly name: string;
  /** Null when it is not told, which is so for the default as well. */
  readonly failMode: string | null;
  readonly datapathType: string | null;
  readonly ports: readonly PastedOvsPort[];
}

/** A logical switch or router; fields by the words of `ovn-nbctl show`. */
export interface PastedLogical {
  readonly kind: 'switch' | 'router';
  readonly name: string;
  /** The name that Neutron gave it. */
  readonly aka: string | null;
  readonly ports: readonly {
    readonly name: string;
    readonly aka: string | null;
    readonly fields: ReadonlyMap<string, readonly string[]>;
  }[];
  readonly nats: readonly { readonly fields: ReadonlyMap<string, readonly string[]> }[];
}

interface PastedServer {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Network's name to addresses. */
  readonly networks: Readonly<Record<string, readonly string[]>>;
}

interface PastedResource {
  readonly name: string;
  readonly agent: string;
  readonly state: string;
  /** Null unless it runs somewhere. */
  readonly node: string | null;
}

/** What one output reads as; undefined when it is not of the kind. */
export type OutputReader = (
  text: PastedText,
  problem: (at: number, message: string) => void,
) => readonly PastedFact[] | undefined;

export interface Pasted {
  readonly facts: readonly PastedFact[];
  readonly problems: readonly Problem[];
}
