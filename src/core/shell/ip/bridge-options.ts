/** `type bridge ...` and `type bridge_slave ...` on the command line of `ip link`. */
import { parseMac } from '../../base/address.ts';
import type { BridgeSetting, PortFlag, PortSetting } from '../../linux/bridge/settings.ts';
import { Arguments } from './arguments.ts';
import { TYPE_USAGE } from './usage.table.ts';

/** Word on the command line -> setting; in the order in which abbreviations are tried. */
const NUMBERS = [
  ['forward_delay', 'forward-delay'],
  ['hello_time', 'hello-time'],
  ['max_age', 'max-age'],
  ['ageing_time', 'ageing-time'],
  ['stp_state', 'stp'],
  ['priority', 'priority'],
  ['vlan_filtering', 'vlan-filtering'],
  ['group_fwd_mask', 'group-forward-mask'],
  ['no_linklocal_learn', 'no-link-local-learn'],
  ['vlan_default_pvid', 'vlan-default-pvid'],
  ['vlan_stats_enabled', 'vlan-stats'],
  ['mcast_router', 'multicast-router'],
  ['mcast_snooping', 'multicast-snooping'],
  ['mcast_querier', 'multicast-querier'],
] as const;

const NOT_MODELLED = [
  'vlan_stats_per_port',
  'mcast_vlan_snooping',
  'mcast_query_use_ifaddr',
  'mcast_hash_elasticity',
  'mcast_hash_max',
  'mcast_last_member_count',
  'mcast_startup_query_count',
  'mcast_last_member_interval',
  'mcast_membership_interval',
  'mcast_querier_interval',
  'mcast_query_interval',
  'mcast_query_response_interval',
  'mcast_startup_query_interval',
  'mcast_stats_enabled',
  'mcast_igmp_version',
  'mcast_mld_version',
  'nf_call_iptables',
  'nf_call_ip6tables',
  'nf_call_arptables',
] as const;

function settingOf(kind: (typeof NUMBERS)[number][1], value: number): BridgeSetting {
  switch (kind) {
    case 'stp':
    case 'vlan-filtering':
    case 'vlan-stats':
    case 'no-link-local-learn':
    case 'multicast-snooping':
    case 'multicast-querier':
      return { kind, on: value !== 0 };
    default:
      return { kind, value };
  }
}

export function parseBridgeOptions(args: Arguments): BridgeSetting[] {
  const settings: BridgeSetting[] = [];
  while (!args.done) {
    const number = NUMBERS.find(([word]) => args.matches(word));
    const refused = NOT_MODELLED.find((word) => args.matches(word));
    if (number !== undefined) {
      args.next();
      const value = args.unsigned(`invalid ${number[0]}`);
      if (number[1] === 'priority' && value > 0xffff) args.wrong('invalid priority');
      settings.push(settingOf(number[1], value));
    } else if (args.matches('vlan_protocol')) {
      const protocol = args.next().toLowerCase();
      if (protocol !== '802.1q')
        return args.end(`ip: vlan_protocol ${args.word} of a bridge is not modelled\n`, 1);
    } else if (args.matches('group_address')) {
      const mac = parseMac(args.next());
      if (mac === undefined) return args.end(`"${args.word}" is invalid lladdr.\n`, 1);
      settings.push({ kind: 'group-address', mac });
    } else if (args.matches('fdb_flush')) settings.push({ kind: 'flush' });
    else if (refused !== undefined) {
      args.next();
      args.unsigned(`invalid ${refused}`);
      return args.end(`ip: ${refused} of a bridge is not modelled\n`, 1);
    } else if (args.matches('help')) return args.end(TYPE_USAGE.bridge ?? '', 1);
    else return args.end(`bridge: unknown command "${args.word}"?\n${TYPE_USAGE.bridge ?? ''}`, 1);
    args.advance();
  }
  return settings;
}

const FLAGS: readonly (readonly [string, PortFlag])[] = [
  ['hairpin', 'hairpin'],
  ['guard', 'guard'],
  ['root_block', 'rootBlock'],
  ['fastleave', 'fastLeave'],
  ['learning', 'learning'],
  ['flood', 'flood'],
  ['mcast_flood', 'multicastFlood'],
  ['bcast_flood', 'broadcastFlood'],
  ['mcast_to_unicast', 'multicastToUnicast'],
  ['proxy_arp', 'proxyArp'],
  ['proxy_arp_wifi', 'proxyArpWifi'],
  ['mcast_fast_leave', 'fastLeave'],
  ['neigh_suppress', 'neighbourSuppress'],
  ['vlan_tunnel', 'vlanTunnel'],
  ['isolated', 'isolated'],
  ['locked', 'locked'],
];

const STATES = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'] as const;

export function parsePortOptions(args: Arguments): PortSetting[] {
  const settings: PortSetting[] = [];
  const number = (
    kind: 'cost' | 'priority' | 'multicast-router' | 'group-forward-mask',
    message: string,
  ): void => {
    args.next();
    settings.push({ kind, value: args.unsigned(message) });
  };
  while (!args.done) {
    const flag = FLAGS.find(([word]) => args.matches(word));
    if (args.matches('fdb_flush')) settings.push({ kind: 'flush' });
    else if (args.matches('state')) {
      const value = Arguments.number(args.next());
      const state = value === undefined ? undefined : STATES[value];
      if (state === undefined) return args.wrong('state is invalid');
      settings.push({ kind: 'state', state });
    } else if (args.matches('priority')) number('priority', 'priority is invalid');
    else if (args.matches('cost')) number('cost', 'cost is invalid');
    else if (flag !== undefined) {
      args.next();
      settings.push({ kind: 'flag', flag: flag[1], on: args.oneOfOnOff(flag[0], 1) });
    } else if (args.matches('mcast_router')) number('multicast-router', 'invalid mcast_router');
    else if (args.matches('group_fwd_mask')) number('group-forward-mask', 'invalid group_fwd_mask');
    else return args.end(`bridge_slave: unknown option "${args.word}"?\n`, 1);
    args.advance();
  }
  return settings;
}
