/** What each kind of link says of its driver and its speed. */
import type { LinkKind } from '../../linux/index.ts';

export interface Driver {
  readonly name: string;
  readonly version: string;
  readonly firmware?: string;
  readonly bus?: string;
  readonly statistics?: true;
}

export const DRIVERS: Partial<Record<LinkKind, Driver>> = {
  veth: { name: 'veth', version: '1.0', statistics: true },
  bridge: { name: 'bridge', version: '2.3', firmware: 'N/A', bus: 'N/A' },
  vxlan: { name: 'vxlan', version: '0.1' },
  geneve: { name: 'geneve', version: '0.6' },
  tun: { name: 'tun', version: '1.6', bus: 'tun' },
  tap: { name: 'tun', version: '1.6', bus: 'tap' },
  dummy: { name: 'dummy', version: '' },
  vlan: { name: '802.1Q VLAN Support', version: '1.8', firmware: 'N/A' },
  bond: { name: 'bonding', version: '', firmware: '2' },
  vrf: { name: 'vrf', version: '1.1' },
  internal: { name: 'openvswitch', version: '' },
  physical: { name: 'virtio_net', version: '1.0.0', statistics: true },
};

/** Kinds that report no settings but the link's state. */
export const WITHOUT_SETTINGS: ReadonlySet<LinkKind> = new Set(['lo', 'dummy', 'vrf']);
