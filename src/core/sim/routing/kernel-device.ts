/** A device as zebra describes it to a person (`show interface`). */
import type { KernelDevice, RouterAdvertisingState } from '../../frr/zebra/kernel-port.ts';
import type { Prefix } from '../../frr/prefix.ts';
import { deviceFlags, linkSettings, type Link, type Namespace } from '../../linux/index.ts';

const IFF_RUNNING = 0x40;
const NO_LINK_DOWN = 'ignore_routes_with_linkdown';

const KINDS = {
  bridge: 'bridge',
  vlan: 'vlan',
  vxlan: 'vxlan',
  vrf: 'vrf',
  veth: 'veth',
  bond: 'bond',
  macvlan: 'macvlan',
  gre: 'gre',
  gretap: 'gre',
} as const satisfies Partial<Record<Link['kind'], KernelDevice['kind']>>;

const isNamed = (kind: Link['kind']): kind is keyof typeof KINDS => kind in KINDS;

const LINKS = { lo: 'loopback', gre: 'gre', tun: 'other' } as const satisfies Partial<
  Record<Link['kind'], KernelDevice['link']>
>;

const isOdd = (kind: Link['kind']): kind is keyof typeof LINKS => kind in LINKS;

function portOf({ master, port }: Link): KernelDevice['portOf'] {
  if (master === null) return null;
  const kind =
    master.kind === 'vrf' ? 'vrf' : port !== null ? 'bridge' : master.bond !== null ? 'bond' : 'other';
  return { kind, name: master.name };
}

function belowOf(link: Link): KernelDevice['below'] {
  const below = link.lower ?? link.peer;
  if (below === null) return null;
  return { index: below.index, name: below.namespace === link.namespace ? below.name : null };
}

const asIpv4 = (address: number, length: number): Prefix => ({ family: 4, address: BigInt(address), length });

/** `ignore_routes_with_linkdown` of a device, of `all` or of `default`. */
export const ignoresLinkDown = ({ sysctl }: Namespace, family: 4 | 6, of: string): boolean =>
  (family === 4 ? sysctl.conf4(of, NO_LINK_DOWN) : sysctl.conf6(of, NO_LINK_DOWN)) !== 0;

/** `advertising`: what is known of it there. */
export function describeDevice(
  net: Namespace,
  link: Link,
  advertising: RouterAdvertisingState | null,
): KernelDevice {
  const { kind, tunnel } = link;
  const local = tunnel?.local?.family === 4 ? Number(tunnel.local.address) : 0;
  const remote = tunnel?.remote?.family === 4 ? Number(tunnel.remote.address) : 0;
  return {
    flags: deviceFlags(link) | (link.up && link.carrier ? IFF_RUNNING : 0),
    speed: linkSettings(net.machine, link).speed ?? 0,
    link: isOdd(kind) ? LINKS[kind] : 'ethernet',
    kind: isNamed(kind) ? KINDS[kind] : 'other',
    portOf: portOf(link),
    below: belowOf(link),
    alias: link.alias,
    isVlanAware: link.bridge?.vlanFiltering === true,
    vlan: link.vlan?.id ?? null,
    ends: kind === 'gre' || kind === 'gretap' ? { local, remote } : null,
    marks: link.addresses4.map((one) => ({
      address: asIpv4(one.local, one.length),
      isSecondary: one.secondary,
      label: one.label === link.name ? null : one.label,
      peer: one.peer === one.local ? null : asIpv4(one.peer, one.length),
    })),
    advertising,
    ignoresLinkDown: { 4: ignoresLinkDown(net, 4, link.name), 6: ignoresLinkDown(net, 6, link.name) },
  };
}
