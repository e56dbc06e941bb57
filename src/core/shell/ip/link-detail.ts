/** What `ip -d link` adds for each kind of device and each kind of port. */
import { formatMac } from '../../base/address.ts';
import { portId } from '../../linux/bridge/election.ts';
import type { Bridge, BridgePort } from '../../linux/bridge/state.ts';
import { timeLeft } from '../../linux/bridge/timer.ts';
import type { TimerState } from '../../linux/bridge/state.ts';
import { formatIp } from '../../linux/family.ts';
import type { Link } from '../../linux/link.ts';
import { printTunnel } from './link-tunnel.ts';
import type { IpRun } from './run.ts';
import { printBond, printBondSlave } from './link-bond.ts';
import type { Writer } from './writer.ts';

/** A bridge id as `%.2x%.2x.%x:%x:%x:%x:%x:%x`: without leading zeros in the address. */
function bridgeIdText(id: bigint): string {
  const mac = Array.from({ length: 6 }, (_, index) =>
    ((id >> BigInt(40 - 8 * index)) & 0xffn).toString(16),
  ).join(':');
  return `${(id >> 48n).toString(16).padStart(4, '0')}.${mac}`;
}

const hundredths = (time: number): number => Math.floor(time / 1e7);

const KIND_NAMES: Partial<Record<Link['kind'], string>> = {
  veth: 'veth',
  dummy: 'dummy',
  bridge: 'bridge',
  vlan: 'vlan',
  bond: 'bond',
  vxlan: 'vxlan',
  geneve: 'geneve',
  gretap: 'gretap',
  gre: 'gre',
  vrf: 'vrf',
  tun: 'tun',
  tap: 'tun',
  macvlan: 'macvlan',
  internal: 'openvswitch',
};

/** The name that `type` takes and prints; undefined for a device without one. */
export const kindName = (link: Link): string | undefined => KIND_NAMES[link.kind];

export function printLinkInfo(run: IpRun, writer: Writer, link: Link): void {
  const kind = kindName(link);
  if (kind === undefined && link.port === null && link.master === null) return;
  writer.openObject('linkinfo');
  if (kind !== undefined) {
    writer.newLine();
    writer.field('info_kind', kind, `    ${kind} `);
    if (hasOptions(link)) {
      writer.openObject('info_data');
      printKind(run, writer, link);
      writer.closeObject();
    }
  }
  const slave =
    link.port !== null
      ? 'bridge'
      : link.master?.bond != null
        ? 'bond'
        : link.master?.vrfTable != null
          ? 'vrf'
          : undefined;
  if (slave !== undefined) {
    writer.newLine();
    writer.field('info_slave_kind', slave, `    ${slave}_slave `);
    writer.openObject('info_slave_data');
    if (link.port !== null) printPort(run, writer, link.port);
    else if (link.master?.vrfTable != null)
      writer.field('table', link.master.vrfTable, `table ${link.master.vrfTable} `);
    else if (link.master?.bond != null) printBondSlave(writer, link);
    writer.closeObject();
  }
  writer.closeObject();
}

const hasOptions = (link: Link): boolean =>
  ['bridge', 'vlan', 'bond', 'vxlan', 'geneve', 'gretap', 'gre', 'vrf', 'tun', 'tap', 'macvlan'].includes(
    link.kind,
  );

/** `MACVLAN_DEFAULT_BC_QUEUE_LEN`. */
const BROADCAST_QUEUE = 1000;

function printKind(run: IpRun, writer: Writer, link: Link): void {
  if (link.bridge !== null)
    printBridge(run, writer, link.bridge, run.kernel.machine.features.has('vlan-filtering'));
  else if (link.vlan !== null) {
    const protocol = link.vlan.protocol === 0x88a8 ? '802.1ad' : '802.1Q';
    writer.field('protocol', protocol, `protocol ${protocol} `);
    writer.field('id', link.vlan.id, `id ${link.vlan.id} `);
    writer.openArray('flags', '<');
    writer.field(null, 'REORDER_HDR', 'REORDER_HDR');
    writer.closeArray('> ');
  } else if (link.vrfTable !== null) writer.field('table', link.vrfTable, `table ${link.vrfTable} `);
  else if (link.vxlan !== null) printVxlan(writer, link);
  else if (link.bond !== null) printBond(run, writer, link);
  else if (link.tunnel !== null) printTunnel(writer, link.kind, link.tunnel);
  else if (link.kind === 'geneve') printGeneve(writer, link);
  // Open vSwitch's: its ends come with each packet.
  else if (link.kind === 'gretap') writer.field('external', true, 'external ');
  else if (link.kind === 'tun' || link.kind === 'tap') printTun(writer, link);
  else if (link.macvlan !== null) {
    const { mode } = link.macvlan;
    writer.field('mode', mode, `mode ${mode} `);
    writer.field('bcqueuelen', BROADCAST_QUEUE, `bcqueuelen ${BROADCAST_QUEUE} `);
    writer.field('usedbcqueuelen', BROADCAST_QUEUE, `usedbcqueuelen ${BROADCAST_QUEUE} `);
  }
}

function printTun(writer: Writer, link: Link): void {
  writer.field('type', link.kind, `type ${link.kind} `);
  for (const [name, word, on] of [
    ['pi', 'pi', false],
    ['vnet_hdr', 'vnet_hdr', false],
  ] as const) {
    writer.json(name, on);
    writer.text(`${word} ${on ? 'on' : 'off'} `);
  }
  writer.json('persist', true);
  writer.text('persist on ');
}

function printGeneve(writer: Writer, link: Link): void {
  if (link.genevePort === null) return;
  writer.field('external', true, 'external ');
  writer.field('id', 0, 'id 0 ');
  writer.field('ttl', 'auto', 'ttl auto ');
  writer.field('port', link.genevePort, `dstport ${link.genevePort} `);
  writer.json('udp_csum', false);
  writer.text('noudpcsum ');
  writer.json('udp_zero_csum6_rx', true);
  writer.text('udp6zerocsumrx ');
}

function printVxlan(writer: Writer, link: Link): void {
  const { vxlan } = link;
  if (vxlan === null) return;
  if (vxlan.collectMetadata) writer.field('external', true, 'external ');
  writer.field('id', vxlan.vni, `id ${vxlan.vni} `);
  if (vxlan.remote !== null) {
    const group =
      vxlan.remote.family === 4
        ? vxlan.remote.address >> 28n === 0xen
        : vxlan.remote.address >> 120n === 0xffn;
    const text = formatIp(vxlan.remote.family, vxlan.remote.address);
    const suffix = vxlan.remote.family === 6 ? '6' : '';
    writer.field(`${group ? 'group' : 'remote'}${suffix}`, text, `${group ? 'group' : 'remote'} ${text} `);
  }
  if (vxlan.local !== null) {
    const text = formatIp(vxlan.local.family, vxlan.local.address);
    writer.field(vxlan.local.family === 6 ? 'local6' : 'local', text, `local ${text} `);
  }
  if (link.lower !== null) writer.field('link', link.lower.name, `dev ${link.lower.name} `);
  if (writer.isJson) {
    writer.openObject('port_range');
    writer.json('low', vxlan.sourcePorts.first);
    writer.json('high', vxlan.sourcePorts.last);
    writer.closeObject();
  } else writer.text(`srcport ${vxlan.sourcePorts.first} ${vxlan.sourcePorts.last} `);
  writer.field('port', vxlan.port, `dstport ${vxlan.port} `);
  writer.json('learning', vxlan.learning);
  if (!vxlan.learning) writer.text('nolearning ');
  if (vxlan.proxy) writer.field('proxy', true, 'proxy ');
  if (vxlan.tos !== 0) writer.field('tos', `0x${vxlan.tos.toString(16)}`, `tos 0x${vxlan.tos.toString(16)} `);
  if (vxlan.ttl === 0) writer.field('ttl', 0, 'ttl auto ');
  else writer.field('ttl', vxlan.ttl, `ttl ${vxlan.ttl} `);
  writer.json('df', vxlan.dontFragment);
  if (vxlan.dontFragment !== 'unset') writer.text(`df ${vxlan.dontFragment} `);
  if (vxlan.ageing === 0) writer.field('ageing', 0, 'ageing none ');
  else writer.field('ageing', vxlan.ageing, `ageing ${vxlan.ageing} `);
  if (vxlan.maxAddresses !== 0) writer.field('limit', vxlan.maxAddresses, `maxaddr ${vxlan.maxAddresses} `);
  writer.json('udp_csum', vxlan.udpChecksum);
  writer.text(vxlan.udpChecksum ? 'udpcsum ' : 'noudpcsum ');
  writer.json('udp_zero_csum6_tx', false);
  writer.text('noudp6zerocsumtx ');
  writer.json('udp_zero_csum6_rx', vxlan.zeroChecksum6);
  writer.text(`${vxlan.zeroChecksum6 ? '' : 'no'}udp6zerocsumrx `);
}

function printTimer(run: IpRun, writer: Writer, name: string, timer: TimerState): void {
  const left = hundredths(timeLeft(run.context.clock, timer));
  const seconds = Math.floor(left / 100);
  const rest = String(left % 100).padStart(2, '0');
  writer.jsonRaw(name, `${seconds}.${rest}`);
  writer.text(`${name} ${String(seconds).padStart(4)}.${rest} `);
}

function printBridge(run: IpRun, writer: Writer, bridge: Bridge, vlans: boolean): void {
  const number = (name: string, value: number, word = name): void =>
    writer.field(name, value, `${word} ${value} `);
  const bit = (name: string, value: boolean): void => number(name, value ? 1 : 0);
  number('forward_delay', hundredths(bridge.forwardDelay));
  number('hello_time', hundredths(bridge.helloTime));
  number('max_age', hundredths(bridge.maxAge));
  number('ageing_time', hundredths(bridge.ageingTime));
  bit('stp_state', bridge.stp);
  number('priority', Number(bridge.bridgeId >> 48n));
  bit('vlan_filtering', bridge.vlanFiltering);
  if (vlans) {
    const protocol = bridge.vlanProtocol === 0x88a8 ? '802.1ad' : '802.1Q';
    writer.field('vlan_protocol', protocol, `vlan_protocol ${protocol} `);
  }
  writer.field('bridge_id', bridgeIdText(bridge.bridgeId), `bridge_id ${bridgeIdText(bridge.bridgeId)} `);
  // iproute2 6.1 shows the bridge's own id here, whoever the root is.
  writer.field('root_id', bridgeIdText(bridge.bridgeId), `designated_root ${bridgeIdText(bridge.bridgeId)} `);
  number('root_port', bridge.rootPort);
  number('root_path_cost', bridge.rootPathCost);
  bit('topology_change', bridge.topologyChange);
  bit('topology_change_detected', bridge.topologyChangeDetected);
  printTimer(run, writer, 'hello_timer', bridge.helloTimer);
  printTimer(run, writer, 'tcn_timer', bridge.tcnTimer);
  printTimer(run, writer, 'topology_change_timer', bridge.topologyChangeTimer);
  printTimer(run, writer, 'gc_timer', bridge.gcTimer);
  if (vlans) {
    number('vlan_default_pvid', bridge.vlanDefaultPvid);
    bit('vlan_stats_enabled', bridge.vlanStats);
    number('vlan_stats_per_port', 0);
  }
  const mask = bridge.groupForwardMask === 0 ? '0' : `0x${bridge.groupForwardMask.toString(16)}`;
  writer.field('group_fwd_mask', mask, `group_fwd_mask ${mask} `);
  writer.field(
    'group_addr',
    formatMac(bridge.groupAddress),
    `group_address ${formatMac(bridge.groupAddress)} `,
  );
  bit('mcast_snooping', bridge.multicastSnooping);
  bit('no_linklocal_learn', bridge.noLinkLocalLearn);
  number('mcast_vlan_snooping', 0);
  number('mcast_router', bridge.multicastRouter);
  number('mcast_query_use_ifaddr', 0);
  bit('mcast_querier', bridge.multicastQuerier);
  number('mcast_hash_elasticity', 16);
  number('mcast_hash_max', 4096);
  number('mcast_last_member_cnt', 2, 'mcast_last_member_count');
  number('mcast_startup_query_cnt', 2, 'mcast_startup_query_count');
  number('mcast_last_member_intvl', 100, 'mcast_last_member_interval');
  number('mcast_membership_intvl', 26000, 'mcast_membership_interval');
  number('mcast_querier_intvl', 25500, 'mcast_querier_interval');
  number('mcast_query_intvl', 12500, 'mcast_query_interval');
  number('mcast_query_response_intvl', 1000, 'mcast_query_response_interval');
  number('mcast_startup_query_intvl', 3124, 'mcast_startup_query_interval');
  number('mcast_stats_enabled', 0);
  number('mcast_igmp_version', 2);
  number('mcast_mld_version', 1);
  number('nf_call_iptables', 0);
  number('nf_call_ip6tables', 0);
  number('nf_call_arptables', 0);
}

function printPort(run: IpRun, writer: Writer, port: BridgePort): void {
  const onOff = (name: string, word: string, on: boolean): void => {
    writer.json(name, on);
    writer.text(`${word} ${on ? 'on' : 'off'} `);
  };
  const number = (name: string, value: number, word = name): void =>
    writer.field(name, value, `${word} ${value} `);
  const hex = (name: string, value: number, word = name): void =>
    writer.field(name, `0x${value.toString(16)}`, `${word} 0x${value.toString(16)} `);
  writer.field('state', port.state, `state ${port.state} `);
  number('priority', port.priority);
  number('cost', port.pathCost);
  onOff('hairpin', 'hairpin', port.hairpin);
  onOff('guard', 'guard', port.guard);
  onOff('root_block', 'root_block', port.rootBlock);
  onOff('fastleave', 'fastleave', port.fastLeave);
  onOff('learning', 'learning', port.learning);
  onOff('flood', 'flood', port.flood);
  hex('id', portId(port), 'port_id');
  hex('no', port.number, 'port_no');
  number('designated_port', port.designatedPort);
  number('designated_cost', port.designatedCost);
  writer.field(
    'bridge_id',
    bridgeIdText(port.designatedBridge),
    `designated_bridge ${bridgeIdText(port.designatedBridge)} `,
  );
  writer.field(
    'root_id',
    bridgeIdText(port.designatedRoot),
    `designated_root ${bridgeIdText(port.designatedRoot)} `,
  );
  printTimer(run, writer, 'hold_timer', port.holdTimer);
  printTimer(run, writer, 'message_age_timer', port.messageAgeTimer);
  printTimer(run, writer, 'forward_delay_timer', port.forwardDelayTimer);
  number('topology_change_ack', port.topologyChangeAck ? 1 : 0);
  number('config_pending', port.configPending ? 1 : 0);
  onOff('proxy_arp', 'proxy_arp', port.proxyArp);
  onOff('proxy_arp_wifi', 'proxy_arp_wifi', port.proxyArpWifi);
  number('multicast_router', port.multicastRouter, 'mcast_router');
  onOff('mcast_fast_leave', 'mcast_fast_leave', port.fastLeave);
  onOff('mcast_flood', 'mcast_flood', port.multicastFlood);
  onOff('bcast_flood', 'bcast_flood', port.broadcastFlood);
  onOff('mcast_to_unicast', 'mcast_to_unicast', port.multicastToUnicast);
  onOff('neigh_suppress', 'neigh_suppress', port.neighbourSuppress);
  const mask = port.groupForwardMask === 0 ? '0' : `0x${port.groupForwardMask.toString(16)}`;
  writer.field('group_fwd_mask', mask, `group_fwd_mask ${mask} `);
  writer.field(
    'group_fwd_mask_str',
    `0x${port.groupForwardMask.toString(16)}`,
    `group_fwd_mask_str 0x${port.groupForwardMask.toString(16)} `,
  );
  onOff('vlan_tunnel', 'vlan_tunnel', port.vlanTunnel);
  onOff('isolated', 'isolated', port.isolated);
  onOff('locked', 'locked', port.locked);
}
