/** What netlink tells its listeners (`ip monitor`, zebra, ovn-controller): the kernel's tables changed. */
import type { Ipv4Address } from './ip4/device.ts';
import type { Ipv6Address } from './ip6/device.ts';
import type { Link } from './link.ts';
import type { Neighbour } from './neighbour-state.ts';
import type { Route, Rule } from './route.ts';

export type KernelEvent =
  | { readonly kind: 'link'; readonly namespace: string; readonly link: Link; readonly deleted: boolean }
  | {
      readonly kind: 'address4';
      readonly namespace: string;
      readonly link: Link;
      readonly address: Ipv4Address;
      readonly deleted: boolean;
    }
  | {
      readonly kind: 'address6';
      readonly namespace: string;
      readonly link: Link;
      readonly address: Ipv6Address;
      readonly deleted: boolean;
    }
  | {
      readonly kind: 'route';
      readonly namespace: string;
      readonly route: Route;
      readonly change: 'add' | 'replace' | 'delete';
    }
  | { readonly kind: 'rule'; readonly namespace: string; readonly rule: Rule; readonly deleted: boolean }
  | {
      readonly kind: 'neighbour';
      readonly namespace: string;
      readonly neighbour: Neighbour;
      readonly deleted: boolean;
    }
  | {
      readonly kind: 'fdb';
      readonly namespace: string;
      readonly bridge: Link;
      readonly link: Link;
      readonly mac: bigint;
      readonly vlan: number;
      readonly deleted: boolean;
    }
  /** The forwarding database of a VXLAN device: an address has a VTEP more or less. */
  | {
      readonly kind: 'vxlan-fdb';
      readonly namespace: string;
      readonly link: Link;
      readonly mac: bigint;
      readonly deleted: boolean;
    }
  | { readonly kind: 'namespace'; readonly name: string; readonly deleted: boolean };
