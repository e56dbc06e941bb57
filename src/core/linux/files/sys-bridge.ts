/** The files of a bridge and of its ports under /sys/class/net. Times are hundredths of a second. */
import { formatMac, parseMac } from '../../base/address.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { portId } from '../bridge/election.ts';
import {
  setBridge,
  setPort,
  type BridgeSetting,
  type PortFlag,
  type PortSetting,
} from '../bridge/settings.ts';
import type { BridgeScope } from '../bridge/spanning-tree.ts';
import type { Bridge, BridgePort, TimerState } from '../bridge/state.ts';
import { timeLeft } from '../bridge/timer.ts';
import type { Errno, NetlinkResult } from '../errno.ts';
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { entriesOf, linkTo, readOnly, type Entries, type FileNode, type Node } from './node.ts';

const hundredths = (time: number): number => Math.floor(time / 1e7);

const bridgeIdText = (id: bigint): string => {
  const octets = id.toString(16).padStart(16, '0');
  return `${octets.slice(0, 4)}.${octets.slice(4)}`;
};

/** A number as the kernel reads it: decimal, or hexadecimal behind 0x. */
const numberOf = (text: string): number | undefined =>
  /^\s*(?:\d+|0x[0-9a-f]+)\s*$/i.test(text) ? Number(text) : undefined;

/** A file that shows a number and takes one. */
export const numberFile = (
  value: () => string | number,
  set: (value: number) => Result<void, Errno>,
): FileNode => ({
  kind: 'file',
  read: () => ok(`${value()}\n`),
  write: (text) => {
    const number = numberOf(text);
    return number === undefined ? err('EINVAL') : set(number);
  },
});

export const asErrno = (result: NetlinkResult): Result<void, Errno> =>
  result.ok ? ok(undefined) : err(result.error.errno);

/** Settings that are there and have nothing to act on: only the value that they have is taken. */
const fixed = (value: string | number): FileNode =>
  numberFile(
    () => value,
    (given) => (given === Number(value) ? ok(undefined) : err('EOPNOTSUPP')),
  );

const PORT_STATE_NUMBERS = { disabled: 0, listening: 1, learning: 2, forwarding: 3, blocking: 4 } as const;

/** The directory `bridge` of a bridge. */
export function bridgeEntries(net: Namespace, master: Link, bridge: Bridge): Entries {
  const scope: BridgeScope = { net, master, bridge, parent: null };
  const { clock } = net.machine.context;
  const set = (setting: BridgeSetting): Result<void, Errno> => asErrno(setBridge(scope, setting));
  const timer = (one: TimerState): Node => readOnly(() => `${hundredths(timeLeft(clock, one))}\n`);
  const time = (
    value: () => number,
    kind: 'forward-delay' | 'hello-time' | 'max-age' | 'ageing-time',
  ): Node =>
    numberFile(
      () => hundredths(value()),
      (number) => set({ kind, value: number }),
    );
  const bit = (value: () => boolean, kind: Extract<BridgeSetting, { readonly on: boolean }>['kind']): Node =>
    numberFile(
      () => Number(value()),
      (number) => set({ kind, on: number !== 0 }),
    );
  const number = (
    value: () => number | string,
    kind: 'priority' | 'group-forward-mask' | 'multicast-router' | 'vlan-default-pvid',
  ): Node => numberFile(value, (given) => set({ kind, value: given }));
  const entries = entriesOf({
    ageing_time: () => time(() => bridge.ageingTime, 'ageing-time'),
    bridge_id: () => readOnly(() => `${bridgeIdText(bridge.bridgeId)}\n`),
    flush: () => ({
      kind: 'file',
      read: () => err('EACCES'),
      write: () => set({ kind: 'flush' }),
    }),
    forward_delay: () => time(() => bridge.forwardDelay, 'forward-delay'),
    gc_timer: () => timer(bridge.gcTimer),
    group_addr: () => ({
      kind: 'file',
      read: () => ok(`${formatMac(bridge.groupAddress)}\n`),
      write: (text) => {
        const mac = parseMac(text.trim());
        return mac === undefined || mac >> 4n !== 0x0180c200000n
          ? err('EINVAL')
          : set({ kind: 'group-address', mac });
      },
    }),
    group_fwd_mask: () => number(() => `0x${bridge.groupForwardMask.toString(16)}`, 'group-forward-mask'),
    hash_elasticity: () => fixed(16),
    hash_max: () => fixed(4096),
    hello_time: () => time(() => bridge.helloTime, 'hello-time'),
    hello_timer: () => timer(bridge.helloTimer),
    max_age: () => time(() => bridge.maxAge, 'max-age'),
    multicast_igmp_version: () => fixed(2),
    multicast_last_member_count: () => fixed(2),
    multicast_last_member_interval: () => fixed(100),
    multicast_membership_interval: () => fixed(26_000),
    multicast_mld_version: () => fixed(1),
    multicast_querier: () => bit(() => bridge.multicastQuerier, 'multicast-querier'),
    multicast_querier_interval: () => fixed(25_500),
    multicast_query_interval: () => fixed(12_500),
    multicast_query_response_interval: () => fixed(1000),
    multicast_query_use_ifaddr: () => fixed(0),
    multicast_router: () => number(() => bridge.multicastRouter, 'multicast-router'),
    multicast_snooping: () => bit(() => bridge.multicastSnooping, 'multicast-snooping'),
    multicast_startup_query_count: () => fixed(2),
    multicast_startup_query_interval: () => fixed(3124),
    multicast_stats_enabled: () => fixed(0),
    nf_call_arptables: () => fixed(0),
    nf_call_ip6tables: () => fixed(0),
    nf_call_iptables: () => fixed(0),
    no_linklocal_learn: () => bit(() => bridge.noLinkLocalLearn, 'no-link-local-learn'),
    priority: () => number(() => Number(bridge.bridgeId >> 48n), 'priority'),
    root_id: () => readOnly(() => `${bridgeIdText(bridge.designatedRoot)}\n`),
    root_path_cost: () => readOnly(() => `${bridge.rootPathCost}\n`),
    root_port: () => readOnly(() => `${bridge.rootPort}\n`),
    stp_state: () => bit(() => bridge.stp, 'stp'),
    tcn_timer: () => timer(bridge.tcnTimer),
    topology_change: () => readOnly(() => `${Number(bridge.topologyChange)}\n`),
    topology_change_detected: () => readOnly(() => `${Number(bridge.topologyChangeDetected)}\n`),
    topology_change_timer: () => timer(bridge.topologyChangeTimer),
  });
  if (net.machine.features.has('vlan-filtering')) {
    entries.set('default_pvid', () => number(() => bridge.vlanDefaultPvid, 'vlan-default-pvid'));
    entries.set('vlan_filtering', () => bit(() => bridge.vlanFiltering, 'vlan-filtering'));
    entries.set('vlan_protocol', () => fixed(`0x${bridge.vlanProtocol.toString(16)}`));
    entries.set('vlan_stats_enabled', () => bit(() => bridge.vlanStats, 'vlan-stats'));
    entries.set('vlan_stats_per_port', () => fixed(0));
  }
  return entries;
}

/** The directory `brport` of a port. */
export function portEntries(net: Namespace, master: Link, bridge: Bridge, port: BridgePort): Entries {
  const scope: BridgeScope = { net, master, bridge, parent: null };
  const { clock } = net.machine.context;
  const set = (setting: PortSetting): Result<void, Errno> => asErrno(setPort(scope, port, setting));
  const flag = (name: PortFlag): Node =>
    numberFile(
      () => Number(port[name]),
      (on) => set({ kind: 'flag', flag: name, on: on !== 0 }),
    );
  const number = (
    value: () => number | string,
    kind: 'cost' | 'priority' | 'multicast-router' | 'group-forward-mask',
  ): Node => numberFile(value, (given) => set({ kind, value: given }));
  const timer = (one: TimerState): Node => readOnly(() => `${hundredths(timeLeft(clock, one))}\n`);
  return entriesOf({
    backup_port: () => readOnly(() => '\n'),
    bpdu_guard: () => flag('guard'),
    bridge: () => linkTo(`../../${master.name}`),
    broadcast_flood: () => flag('broadcastFlood'),
    change_ack: () => readOnly(() => `${Number(port.topologyChangeAck)}\n`),
    config_pending: () => readOnly(() => `${Number(port.configPending)}\n`),
    designated_bridge: () => readOnly(() => `${bridgeIdText(port.designatedBridge)}\n`),
    designated_cost: () => readOnly(() => `${port.designatedCost}\n`),
    designated_port: () => readOnly(() => `${port.designatedPort}\n`),
    designated_root: () => readOnly(() => `${bridgeIdText(port.designatedRoot)}\n`),
    flush: () => ({ kind: 'file', read: () => err('EACCES'), write: () => set({ kind: 'flush' }) }),
    forward_delay_timer: () => timer(port.forwardDelayTimer),
    group_fwd_mask: () => number(() => `0x${port.groupForwardMask.toString(16)}`, 'group-forward-mask'),
    hairpin_mode: () => flag('hairpin'),
    hold_timer: () => timer(port.holdTimer),
    isolated: () => flag('isolated'),
    learning: () => flag('learning'),
    message_age_timer: () => timer(port.messageAgeTimer),
    multicast_fast_leave: () => flag('fastLeave'),
    multicast_flood: () => flag('multicastFlood'),
    multicast_router: () => number(() => port.multicastRouter, 'multicast-router'),
    multicast_to_unicast: () => flag('multicastToUnicast'),
    neigh_suppress: () => flag('neighbourSuppress'),
    path_cost: () => number(() => port.pathCost, 'cost'),
    port_id: () => readOnly(() => `0x${portId(port).toString(16)}\n`),
    port_no: () => readOnly(() => `0x${port.number.toString(16)}\n`),
    priority: () => number(() => port.priority, 'priority'),
    proxyarp: () => flag('proxyArp'),
    proxyarp_wifi: () => flag('proxyArpWifi'),
    root_block: () => flag('rootBlock'),
    state: () => readOnly(() => `${PORT_STATE_NUMBERS[port.state]}\n`),
    unicast_flood: () => flag('flood'),
  });
}
