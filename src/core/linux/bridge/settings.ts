/** What a user may change of a bridge and of its ports, with the kernel's bounds (`br_netlink.c`, `br_sysfs_br.c`). */
import { ok } from '../../base/result.ts';
import { followSnoopers } from './snoopers.ts';
import { refuse, type NetlinkResult } from '../errno.ts';
import { addLocalFdb, collectGarbage, fdbEntries, deleteFdb, flushPort } from './fdb.ts';
import { isRootBridge } from './election.ts';
import { selectStates, type BridgeScope } from './spanning-tree.ts';
import {
  setBridgePriority,
  setForwardDelay,
  setPathCost,
  setPortPriority,
  setStp,
} from './spanning-tree-settings.ts';
import type { BridgePort, BridgeVlan, PortState } from './state.ts';
import { startTimer } from './timer.ts';

/** One hundredth of a second, the unit of the user's numbers, in nanoseconds. */
const UNIT = 1e7;

/** A changed setting; times in hundredths of a second. */
export type BridgeSetting =
  | { readonly kind: 'forward-delay' | 'hello-time' | 'max-age' | 'ageing-time'; readonly value: number }
  | {
      readonly kind: 'priority' | 'group-forward-mask' | 'multicast-router' | 'vlan-default-pvid';
      readonly value: number;
    }
  | {
      readonly kind:
        | 'stp'
        | 'vlan-filtering'
        | 'multicast-snooping'
        | 'multicast-querier'
        | 'no-link-local-learn'
        | 'vlan-stats';
      readonly on: boolean;
    }
  | { readonly kind: 'group-address'; readonly mac: bigint }
  | { readonly kind: 'flush' };

const between = (value: number, least: number, most: number): boolean => value >= least && value <= most;

export function setBridge(scope: BridgeScope, setting: BridgeSetting): NetlinkResult {
  const { bridge, net, master } = scope;
  const vlans = net.machine.features.has('vlan-filtering');
  switch (setting.kind) {
    case 'forward-delay':
      if (bridge.stp && !between(setting.value, 200, 3000)) return refuse('ERANGE');
      setForwardDelay(bridge, setting.value * UNIT);
      break;
    case 'hello-time':
      if (!between(setting.value, 100, 1000)) return refuse('ERANGE');
      bridge.bridgeHelloTime = setting.value * UNIT;
      if (isRootBridge(bridge)) bridge.helloTime = bridge.bridgeHelloTime;
      break;
    case 'max-age':
      if (!between(setting.value, 600, 4000)) return refuse('ERANGE');
      bridge.bridgeMaxAge = setting.value * UNIT;
      if (isRootBridge(bridge)) bridge.maxAge = bridge.bridgeMaxAge;
      break;
    case 'ageing-time':
      bridge.bridgeAgeingTime = setting.value * UNIT;
      bridge.ageingTime = bridge.bridgeAgeingTime;
      startTimer(net.machine.context.clock, bridge.gcTimer, 0, () => collectGarbage(net, master, bridge));
      break;
    case 'priority':
      setBridgePriority(scope, setting.value & 0xffff);
      break;
    case 'stp':
      setStp(scope, setting.on);
      break;
    case 'group-forward-mask':
      if ((setting.value & 0x7) !== 0) return refuse('EINVAL');
      bridge.groupForwardMask = setting.value;
      break;
    case 'group-address':
      bridge.groupAddress = setting.mac;
      break;
    case 'multicast-router':
      bridge.multicastRouter = setting.value;
      break;
    case 'multicast-snooping':
      if (master.up && bridge.multicastSnooping !== setting.on) followSnoopers(net, master, setting.on);
      bridge.multicastSnooping = setting.on;
      break;
    case 'multicast-querier':
      bridge.multicastQuerier = setting.on;
      break;
    case 'no-link-local-learn':
      bridge.noLinkLocalLearn = setting.on;
      break;
    case 'vlan-filtering':
      if (!vlans) return refuse('EOPNOTSUPP');
      bridge.vlanFiltering = setting.on;
      break;
    case 'vlan-stats':
      if (!vlans) return refuse('EOPNOTSUPP');
      bridge.vlanStats = setting.on;
      break;
    case 'vlan-default-pvid':
      if (!vlans) return refuse('EOPNOTSUPP');
      bridge.vlanDefaultPvid = setting.value;
      break;
    case 'flush':
      for (const entry of fdbEntries(bridge))
        if (!entry.isStatic && !entry.isLocal) deleteFdb(net, master, bridge, entry);
      break;
  }
  net.machine.notify({ kind: 'link', namespace: net.name, link: master, deleted: false });
  return ok(undefined);
}

/** Settings of a port that are on or off. */
export type PortFlag =
  | 'hairpin'
  | 'guard'
  | 'rootBlock'
  | 'fastLeave'
  | 'learning'
  | 'flood'
  | 'multicastFlood'
  | 'broadcastFlood'
  | 'multicastToUnicast'
  | 'neighbourSuppress'
  | 'proxyArp'
  | 'proxyArpWifi'
  | 'isolated'
  | 'locked'
  | 'vlanTunnel';

export type PortSetting =
  | { readonly kind: 'flag'; readonly flag: PortFlag; readonly on: boolean }
  | { readonly kind: 'cost' | 'priority' | 'multicast-router' | 'group-forward-mask'; readonly value: number }
  | { readonly kind: 'state'; readonly state: PortState }
  | { readonly kind: 'flush' };

export function setPort(scope: BridgeScope, port: BridgePort, setting: PortSetting): NetlinkResult {
  const { bridge, net, master } = scope;
  switch (setting.kind) {
    case 'flag':
      port[setting.flag] = setting.on;
      break;
    case 'cost':
      if (!between(setting.value, 1, 65535)) return refuse('ERANGE');
      port.pathCostSet = true;
      setPathCost(scope, port, setting.value);
      break;
    case 'priority':
      if (!between(setting.value, 0, 63)) return refuse('ERANGE');
      setPortPriority(scope, port, setting.value);
      break;
    case 'multicast-router':
      port.multicastRouter = setting.value;
      break;
    case 'group-forward-mask':
      port.groupForwardMask = setting.value;
      break;
    case 'state':
      // Only without the kernel's own spanning tree, and only while the link is up.
      if (bridge.stp) return refuse('EBUSY');
      if (net.links.get(port.ifindex)?.up !== true && setting.state !== 'disabled') return refuse('ENETDOWN');
      port.state = setting.state;
      // Without a spanning tree nothing keeps a port blocked.
      selectStates(scope);
      break;
    case 'flush':
      flushPort(net, master, bridge, port, false);
      break;
  }
  return ok(undefined);
}

/** `bridge vlan add`: a VLAN of a port, or of the bridge itself (null). */
export function addVlan(
  scope: BridgeScope,
  port: BridgePort | null,
  id: number,
  pvid: boolean,
  untagged: boolean,
): NetlinkResult {
  const { bridge, net, master } = scope;
  if (!net.machine.features.has('vlan-filtering')) return refuse('EOPNOTSUPP');
  const members = port === null ? bridge.vlans : port.vlans;
  if (pvid) for (const other of members.values()) other.pvid = false;
  const known: BridgeVlan | undefined = members.get(id);
  if (known === undefined) members.set(id, { id, pvid, untagged });
  else {
    known.pvid = pvid;
    known.untagged = untagged;
  }
  const mac = port === null ? master.mac : (net.links.get(port.ifindex)?.mac ?? 0n);
  addLocalFdb(net, master, bridge, port?.ifindex ?? null, mac, id);
  return ok(undefined);
}

export function deleteVlan(scope: BridgeScope, port: BridgePort | null, id: number): NetlinkResult {
  const { bridge, net, master } = scope;
  if (!net.machine.features.has('vlan-filtering')) return refuse('EOPNOTSUPP');
  const members = port === null ? bridge.vlans : port.vlans;
  if (!members.delete(id)) return refuse('ENOENT');
  for (const entry of fdbEntries(bridge))
    if (entry.vlan === id && entry.port === (port?.ifindex ?? null)) deleteFdb(net, master, bridge, entry);
  return ok(undefined);
}
