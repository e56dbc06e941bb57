/** The files of a bond and of its slaves under /sys/class/net; they are read only here, `ip link` sets them. */
import { formatMac } from '../../base/address.ts';
import { membersOf } from '../bond/lacp/aggregator.ts';
import { usesPrimary } from '../bond/option.table.ts';
import type { BondSlave, BondState } from '../bond/state.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { entriesOf, readOnly, type Entries } from './node.ts';
import { optionNumber } from './proc-bonding.ts';

/** The directory `bonding` of a bond. */
export function bondEntries(net: Namespace, link: Link, bond: BondState): Entries {
  const { settings } = bond;
  const nameOf = (slave: BondSlave | null): string => (slave && net.links.get(slave.ifindex)?.name) ?? '';
  const named = (option: Parameters<typeof optionNumber>[0]) => () =>
    readOnly(() => `${settings[option]} ${optionNumber(option, settings[option])}\n`);
  const value = (text: () => string | number) => () => readOnly(() => `${text()}\n`);
  const line = (text: () => string) => () =>
    readOnly(() => {
      const words = text();
      return words === '' ? '' : `${words}\n`;
    });
  const members = () => membersOf(bond, bond.activeAggregator);
  const isLacp = settings.mode === '802.3ad';
  const lacp = (text: () => string | number) => line(() => (isLacp ? String(text()) : ''));
  return entriesOf({
    active_slave: line(() => (usesPrimary(settings.mode) ? nameOf(bond.active) : '')),
    ad_actor_key: lacp(() => members()[0]?.lacp.actor.key ?? 0),
    ad_aggregator: lacp(() => bond.activeAggregator ?? 0),
    ad_num_ports: lacp(() => members().length),
    ad_partner_key: lacp(() => members()[0]?.lacp.partner.key ?? 0),
    ad_partner_mac: lacp(() => formatMac(members()[0]?.lacp.partner.system ?? 0n)),
    ad_select: named('ad_select'),
    all_slaves_active: value(() => settings.all_slaves_active),
    downdelay: value(() => settings.downdelay),
    fail_over_mac: named('fail_over_mac'),
    lacp_active: named('lacp_active'),
    lacp_rate: named('lacp_rate'),
    miimon: value(() => settings.miimon),
    mii_status: value(() => (link.carrier ? 'up' : 'down')),
    min_links: value(() => settings.min_links),
    mode: named('mode'),
    num_grat_arp: value(() => settings.num_grat_arp),
    num_unsol_na: value(() => settings.num_grat_arp),
    packets_per_slave: value(() => settings.packets_per_slave),
    peer_notif_delay: value(() => settings.peer_notify_delay),
    primary: line(() => bond.primary ?? ''),
    primary_reselect: named('primary_reselect'),
    resend_igmp: value(() => settings.resend_igmp),
    slaves: line(() => bond.slaves.map(nameOf).join(' ')),
    tlb_dynamic_lb: value(() => settings.tlb_dynamic_lb),
    updelay: value(() => settings.updelay),
    use_carrier: value(() => 1),
    xmit_hash_policy: named('xmit_hash_policy'),
  });
}

const MII = { up: 'up', 'going-down': 'going down', down: 'down', 'going-back': 'going back' } as const;

/** The directory `bonding_slave` of a slave. */
export const slaveEntries = (slave: BondSlave): Entries =>
  entriesOf({
    ad_aggregator_id: () => readOnly(() => `${slave.lacp?.aggregator ?? 'N/A'}\n`),
    link_failure_count: () => readOnly(() => `${slave.failures}\n`),
    mii_status: () => readOnly(() => `${MII[slave.link]}\n`),
    perm_hwaddr: () => readOnly(() => `${formatMac(slave.permanentMac)}\n`),
    queue_id: () => readOnly(() => '0\n'),
    state: () => readOnly(() => `${slave.active ? 'active' : 'backup'}\n`),
  });
