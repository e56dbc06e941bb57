/** The options of `type bond`: reading them for a new bond or one that exists, and printing a bond and its slaves. */
import { formatMac } from '../../base/address.ts';
import { membersOf } from '../../linux/bond/lacp/aggregator.ts';
import { OPTION_RULES, usesPrimary, type BondOption } from '../../linux/bond/option.table.ts';
import type { BondRequest } from '../../linux/bond/settings.ts';
import { slaveOf } from '../../linux/bond/active.ts';
import type { Link } from '../../linux/link.ts';
import type { Arguments } from './arguments.ts';
import { linkAddress, macOf } from './link-address.ts';
import type { IpRun } from './run.ts';
import { TYPE_USAGE } from './usage.table.ts';
import type { Writer } from './writer.ts';

/** In the order in which iproute2 looks for what a word abbreviates. */
const WORDS = [
  'mode',
  'active_slave',
  'clear_active_slave',
  'miimon',
  'updelay',
  'downdelay',
  'peer_notify_delay',
  'use_carrier',
  'arp_interval',
  'arp_ip_target',
  'ns_ip6_target',
  'arp_validate',
  'arp_all_targets',
  'primary',
  'primary_reselect',
  'fail_over_mac',
  'xmit_hash_policy',
  'resend_igmp',
  'num_grat_arp',
  'num_unsol_na',
  'all_slaves_active',
  'min_links',
  'lp_interval',
  'packets_per_slave',
  'lacp_active',
  'lacp_rate',
  'ad_select',
  'ad_user_port_key',
  'ad_actor_sys_prio',
  'ad_actor_system',
  'tlb_dynamic_lb',
  'arp_missed_max',
] as const;

/** Watching by ARP and its like: only the value that means that there is none is taken. */
const WITHOUT_EFFECT: Readonly<Partial<Record<(typeof WORDS)[number], readonly string[]>>> = {
  use_carrier: ['1'],
  arp_interval: ['0'],
  arp_validate: ['none', '0'],
  arp_all_targets: ['any', '0'],
  lp_interval: ['1'],
  arp_missed_max: ['2'],
  resend_igmp: ['1'],
  arp_ip_target: [],
  ns_ip6_target: [],
};

const NAMES_OF_VALUES: Readonly<Partial<Record<string, readonly string[]>>> = {
  arp_validate: ['none', 'active', 'backup', 'all', 'filter', 'filter_active', 'filter_backup'],
  arp_all_targets: ['any', 'all'],
};

/** Sizes of the numbers as iproute2 reads them. */
const MOST: Readonly<Partial<Record<string, number>>> = {
  use_carrier: 0xff,
  num_grat_arp: 0xff,
  num_unsol_na: 0xff,
  all_slaves_active: 0xff,
  tlb_dynamic_lb: 0xff,
  arp_missed_max: 0xff,
  ad_user_port_key: 0xffff,
  ad_actor_sys_prio: 0xffff,
};

function checked(args: Arguments, word: string): string {
  const names = NAMES_OF_VALUES[word];
  if (names !== undefined) {
    if (!names.includes(args.word) && names[Number(args.word)] === undefined) args.wrong(`invalid ${word}`);
    return args.word;
  }
  if (word === 'arp_ip_target' || word === 'ns_ip6_target') return args.word;
  return String(args.unsigned(`invalid ${word}`));
}

/** The value of an option of the driver: a name, its number, or a number. */
function valueOf(args: Arguments, word: string, option: BondOption): string | number {
  const name = option === 'num_grat_arp' ? 'num_grat_arp|num_unsol_na' : word;
  const names = OPTION_RULES.find((rule) => rule.option === option)?.names ?? null;
  if (names !== null)
    return (
      names.find((each) => each === args.word) ??
      (/^\d+$/.test(args.word) ? names[Number(args.word)] : undefined) ??
      args.wrong(`invalid ${name}`)
    );
  const value = args.unsigned(`invalid ${name}`);
  return value > (MOST[word] ?? 0xffffffff) ? args.wrong(`invalid ${name}`) : value;
}

type Request = { -readonly [Key in keyof BondRequest]: BondRequest[Key] };

/** Reads what follows `type bond`, or gives the status of a refusal. */
export function readBond(run: IpRun, args: Arguments): BondRequest | { readonly status: number } {
  const values: Partial<Record<BondOption, string | number>> = {};
  const request: Request = { values: {} };
  for (; !args.done; args.advance()) {
    const word = WORDS.find((each) => args.matches(each));
    if (word === undefined) {
      const usage = TYPE_USAGE.bond ?? '';
      return args.end(args.matches('help') ? usage : `bond: unknown command "${args.word}"?\n${usage}`, 1);
    }
    if (word === 'clear_active_slave') {
      request.activeSlave = null;
      continue;
    }
    args.next();
    if (word === 'active_slave' || word === 'primary') {
      const slave = run.link(args.word);
      if (slave === undefined) return { status: run.noDevice(args.word) };
      if (word === 'primary') request.primary = slave.name;
      else request.activeSlave = slave;
    } else if (word === 'ad_actor_system') request.actorSystem = macOf(linkAddress(args));
    else if (word === 'num_unsol_na') values.num_grat_arp = valueOf(args, word, 'num_grat_arp');
    else {
      const taken = WITHOUT_EFFECT[word];
      if (taken !== undefined) {
        const value = checked(args, word);
        if (!taken.includes(value)) return args.end(`ip: ${word} ${value} of a bond is not modelled\n`, 1);
      } else {
        const option = OPTION_RULES.find((rule) => rule.option === word)?.option;
        if (option !== undefined) values[option] = valueOf(args, word, option);
      }
    }
  }
  return { ...request, values };
}

export function printBond(run: IpRun, writer: Writer, link: Link): void {
  const { bond } = link;
  if (bond === null) return;
  const { settings } = bond;
  const print = (name: string, value: string | number, word = name): void =>
    writer.field(name, value, `${word} ${value} `);
  print('mode', settings.mode);
  const active = bond.active === null ? undefined : run.net.links.get(bond.active.ifindex);
  if (active !== undefined && usesPrimary(settings.mode)) print('active_slave', active.name);
  print('miimon', settings.miimon);
  print('updelay', settings.updelay);
  print('downdelay', settings.downdelay);
  print('peer_notify_delay', settings.peer_notify_delay);
  print('use_carrier', 1);
  print('arp_interval', 0);
  print('arp_missed_max', 2);
  print('arp_validate', 'none');
  print('arp_all_targets', 'any');
  const primary = bond.slaves.find(({ ifindex }) => run.net.links.get(ifindex)?.name === bond.primary);
  if (primary !== undefined && bond.primary !== null) print('primary', bond.primary);
  print('primary_reselect', settings.primary_reselect);
  print('fail_over_mac', settings.fail_over_mac);
  print('xmit_hash_policy', settings.xmit_hash_policy);
  print('resend_igmp', settings.resend_igmp);
  print('num_peer_notif', settings.num_grat_arp, 'num_grat_arp');
  print('all_slaves_active', settings.all_slaves_active);
  print('min_links', settings.min_links);
  print('lp_interval', 1);
  print('packets_per_slave', settings.packets_per_slave);
  print('ad_lacp_active', settings.lacp_active, 'lacp_active');
  print('ad_lacp_rate', settings.lacp_rate, 'lacp_rate');
  print('ad_select', settings.ad_select);
  if (settings.mode === '802.3ad') printLacp(writer, link, print);
  print('tlb_dynamic_lb', settings.tlb_dynamic_lb);
}

type Print = (name: string, value: string | number, word?: string) => void;

/** Of mode 802.3ad: the aggregator in use and its partner. */
function printLacp(writer: Writer, { bond }: Link, print: Print): void {
  if (bond === null) return;
  const members = membersOf(bond, bond.activeAggregator);
  const first = members[0]?.lacp;
  if (first !== undefined && bond.activeAggregator !== null) {
    writer.openObject('ad_info');
    print('aggregator', bond.activeAggregator, 'ad_aggregator');
    print('num_ports', members.length, 'ad_num_ports');
    print('actor_key', first.actor.key, 'ad_actor_key');
    print('partner_key', first.partner.key, 'ad_partner_key');
    print('partner_mac', formatMac(first.partner.system), 'ad_partner_mac');
    writer.closeObject();
  }
  print('ad_actor_sys_prio', bond.settings.ad_actor_sys_prio);
  print('ad_user_port_key', bond.settings.ad_user_port_key);
  print('ad_actor_system', formatMac(bond.actorSystem ?? 0n));
}

const LINK_STATES = {
  up: 'UP',
  'going-down': 'GOING_DOWN',
  down: 'DOWN',
  'going-back': 'GOING_BACK',
} as const;

const PORT_STATES = [
  'active',
  'short_timeout',
  'aggregating',
  'in_sync',
  'collecting',
  'distributing',
  'defaulted',
  'expired',
] as const;

export function printBondSlave(writer: Writer, link: Link): void {
  const bond = link.master?.bond;
  const slave = bond == null ? undefined : slaveOf(bond, link);
  if (slave === undefined) return;
  const print = (name: string, value: string | number): void =>
    writer.field(name, value, `${name} ${value} `);
  print('state', slave.active ? 'ACTIVE' : 'BACKUP');
  print('mii_status', LINK_STATES[slave.link]);
  print('link_failure_count', slave.failures);
  print('perm_hwaddr', formatMac(slave.permanentMac));
  print('queue_id', 0);
  const { lacp } = slave;
  if (lacp === null || lacp.aggregator === null) return;
  print('ad_aggregator_id', lacp.aggregator);
  printPortState(writer, 'ad_actor_oper_port_state', lacp.actor.state);
  printPortState(writer, 'ad_partner_oper_port_state', lacp.partner.state);
}

function printPortState(writer: Writer, name: string, state: number): void {
  writer.field(name, state, `${name} ${state} `);
  const flags = PORT_STATES.filter((_, bit) => (state & (1 << bit)) !== 0);
  if (writer.isJson) {
    writer.openArray(`${name}_str`, '');
    for (const flag of flags) writer.json(null, flag);
    writer.closeArray('');
  } else writer.text(`${name}_str <${flags.join(',')}> `);
}
