/** `/proc/net/bonding/BOND`: a bond as the driver tells it in words. */
import { formatMac } from '../../base/address.ts';
import { membersOf } from '../bond/lacp/aggregator.ts';
import type { LacpPort } from '../bond/lacp/port.ts';
import { OPTION_RULES, usesPrimary, type BondMode } from '../bond/option.table.ts';
import type { BondSlave, BondState } from '../bond/state.ts';
import type { Link } from '../link.ts';
import { linkSettings } from '../link-speed.ts';
import type { Namespace } from '../namespace.ts';

const MODES: Readonly<Record<BondMode, string>> = {
  'balance-rr': 'load balancing (round-robin)',
  'active-backup': 'fault-tolerance (active-backup)',
  'balance-xor': 'load balancing (xor)',
  broadcast: 'fault-tolerance (broadcast)',
  '802.3ad': 'IEEE 802.3ad Dynamic link aggregation',
  'balance-tlb': 'transmit load balancing',
  'balance-alb': 'adaptive load balancing',
};

const HASHES: ReadonlySet<BondMode> = new Set(['balance-xor', '802.3ad', 'balance-tlb']);

/** The place of a value among the names of its option. */
export const optionNumber = (
  option:
    | 'mode'
    | 'xmit_hash_policy'
    | 'ad_select'
    | 'lacp_rate'
    | 'lacp_active'
    | 'primary_reselect'
    | 'fail_over_mac',
  value: string,
): number => OPTION_RULES.find((rule) => rule.option === option)?.names?.indexOf(value) ?? 0;

const lines = (...rows: readonly string[]): string => rows.map((row) => `${row}\n`).join('');

function headOf(net: Namespace, link: Link, bond: BondState): string {
  const { settings } = bond;
  const { mode } = settings;
  const failOver =
    mode === 'active-backup' && settings.fail_over_mac !== 'none'
      ? ` (fail_over_mac ${settings.fail_over_mac})`
      : '';
  const nameOf = (slave: BondSlave | null): string => (slave && net.links.get(slave.ifindex)?.name) ?? 'None';
  const primary = bond.slaves.find(({ ifindex }) => net.links.get(ifindex)?.name === bond.primary) ?? null;
  return lines(
    // The driver's version is the kernel's.
    `Ethernet Channel Bonding Driver: v${net.machine.release}`,
    '',
    `Bonding Mode: ${MODES[mode]}${failOver}`,
    ...(HASHES.has(mode)
      ? [
          `Transmit Hash Policy: ${settings.xmit_hash_policy} (${optionNumber('xmit_hash_policy', settings.xmit_hash_policy)})`,
        ]
      : []),
    ...(usesPrimary(mode)
      ? [
          `Primary Slave: ${nameOf(primary)}${primary === null ? '' : ` (primary_reselect ${settings.primary_reselect})`}`,
          `Currently Active Slave: ${nameOf(bond.active)}`,
        ]
      : []),
    `MII Status: ${link.carrier ? 'up' : 'down'}`,
    `MII Polling Interval (ms): ${settings.miimon}`,
    `Up Delay (ms): ${settings.updelay}`,
    `Down Delay (ms): ${settings.downdelay}`,
    `Peer Notification Delay (ms): ${settings.peer_notify_delay}`,
  );
}

function lacpText(link: Link, bond: BondState): string {
  const { settings } = bond;
  const members = membersOf(bond, bond.activeAggregator);
  const first = members[0]?.lacp;
  return lines(
    '',
    '802.3ad info',
    `LACP active: ${settings.lacp_active}`,
    `LACP rate: ${settings.lacp_rate}`,
    `Min links: ${settings.min_links}`,
    `Aggregator selection policy (ad_select): ${settings.ad_select}`,
    `System priority: ${settings.ad_actor_sys_prio}`,
    `System MAC address: ${formatMac(bond.actorSystem ?? link.mac)}`,
    ...(first === undefined || bond.activeAggregator === null
      ? [`bond ${link.name} has no active aggregator`]
      : [
          'Active Aggregator Info:',
          `\tAggregator ID: ${bond.activeAggregator}`,
          `\tNumber of ports: ${members.length}`,
          `\tActor Key: ${first.actor.key}`,
          `\tPartner Key: ${first.partner.key}`,
          `\tPartner Mac Address: ${formatMac(first.partner.system)}`,
        ]),
  );
}

const portText = ({ actor, partner, aggregator }: LacpPort): string =>
  aggregator === null
    ? lines('Aggregator ID: N/A')
    : lines(
        `Aggregator ID: ${aggregator}`,
        'Actor Churn State: none',
        'Partner Churn State: none',
        'Actor Churned Count: 0',
        'Partner Churned Count: 0',
        'details actor lacp pdu:',
        `    system priority: ${actor.systemPriority}`,
        `    system mac address: ${formatMac(actor.system)}`,
        `    port key: ${actor.key}`,
        `    port priority: ${actor.portPriority}`,
        `    port number: ${actor.port}`,
        `    port state: ${actor.state}`,
        'details partner lacp pdu:',
        `    system priority: ${partner.systemPriority}`,
        `    system mac address: ${formatMac(partner.system)}`,
        `    oper key: ${partner.key}`,
        `    port priority: ${partner.portPriority}`,
        `    port number: ${partner.port}`,
        `    port state: ${partner.state}`,
      );

const MII = { up: 'up', 'going-down': 'going down', down: 'down', 'going-back': 'going back' } as const;

/** The whole file. */
export function bondText(net: Namespace, link: Link, bond: BondState): string {
  const slaves = bond.slaves.map((slave) => {
    const device = net.links.get(slave.ifindex);
    const speed = device === undefined ? null : linkSettings(net.machine, device).speed;
    return [
      lines(
        '',
        `Slave Interface: ${device?.name ?? ''}`,
        `MII Status: ${MII[slave.link]}`,
        `Speed: ${speed === null ? 'Unknown' : `${speed} Mbps`}`,
        `Duplex: ${speed === null ? 'Unknown' : 'full'}`,
        `Link Failure Count: ${slave.failures}`,
        `Permanent HW addr: ${formatMac(slave.permanentMac)}`,
        'Slave queue ID: 0',
      ),
      slave.lacp === null ? '' : portText(slave.lacp),
    ].join('');
  });
  return [
    headOf(net, link, bond),
    bond.settings.mode === '802.3ad' ? lacpText(link, bond) : '',
    ...slaves,
  ].join('');
}
