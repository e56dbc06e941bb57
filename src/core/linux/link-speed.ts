/** What a device's driver tells of its link (`ETHTOOL_GLINKSETTINGS`). */
import { namespaceOf } from './device.ts';
import type { Link, LinkKind } from './link.ts';
import type { Machine } from './namespace.ts';

export interface LinkSettings {
  /** Mb/s; null where none is known. */
  readonly speed: number | null;
  readonly duplex: 'full' | 'unknown';
  readonly port: 'twisted-pair' | 'other';
}

const FAST: ReadonlySet<LinkKind> = new Set(['veth', 'tap', 'tun']);
const FAST_SETTINGS: LinkSettings = { speed: 10_000, duplex: 'full', port: 'twisted-pair' };

/** Speeds that are known of ports by their index. */
function speedsOf(machine: Machine, link: Link, ports: readonly { readonly ifindex: number }[]): number[] {
  const { links } = namespaceOf(machine, link);
  return ports.flatMap(({ ifindex }) => {
    const port = links.get(ifindex);
    return (port && linkSettings(machine, port).speed) ?? [];
  });
}

/**
 * A device above another tells of that one; a bond adds up what can send (`bond_ethtool_get_link_ksettings`); a bridge has its
 * fastest port's speed (`br_get_link_ksettings`).
 */
export function linkSettings(machine: Machine, link: Link): LinkSettings {
  const { kind, lower, bond, bridge } = link;
  if (FAST.has(kind)) return FAST_SETTINGS;
  if ((kind === 'vlan' || kind === 'macvlan') && lower) return linkSettings(machine, lower);
  if (bond) {
    const sending = bond.slaves.filter((slave) => slave.active && slave.link === 'up');
    const speed = speedsOf(machine, link, sending).reduce((sum, one) => sum + one, 0) || null;
    return { speed, duplex: speed === null ? 'unknown' : 'full', port: 'other' };
  }
  const speeds = bridge ? speedsOf(machine, link, bridge.ports) : [];
  return { speed: speeds.length === 0 ? null : Math.max(...speeds), duplex: 'unknown', port: 'other' };
}
