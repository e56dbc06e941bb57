/** Ports of a bridge: joining, leaving, and following what happens to their links (`br_if.c`, `br.c`). */
import { ok } from '../../base/result.ts';
import { changed, setMtu, standsOver } from '../device.ts';
import { refuse, type NetlinkResult } from '../errno.ts';
import { linkSettings } from '../link-speed.ts';
import type { Link } from '../link.ts';
import type { LinkListener, Machine, Namespace } from '../namespace.ts';
import { addLocalFdb, changePortMac, flushPort } from './fdb.ts';
import { bridgeReceiver } from './forward.ts';
import { portId } from './election.ts';
import { forgetPort } from './multicast.ts';
import { disablePort, enablePort, initPort, isOperational, scopeOf } from './spanning-tree.ts';
import { followOwnAddress, recalculateAddress } from './spanning-tree-settings.ts';
import type { Bridge, BridgePort } from './state.ts';
import { newTimer } from './timer.ts';

/** Path cost by speed: 10 Gbit/s links 2, faster ones 1, what tells no speed 100. */
function pathCostOf(machine: Machine, link: Link): number {
  const { speed } = linkSettings(machine, link);
  if (speed === null) return 100;
  return speed > 10_000 ? 1 : 2;
}

const FIRST_PRIORITY = 32;

function newPort(machine: Machine, bridge: Bridge, link: Link, number: number): BridgePort {
  const port: BridgePort = {
    ifindex: link.index,
    number,
    priority: FIRST_PRIORITY,
    state: 'disabled',
    pathCost: pathCostOf(machine, link),
    pathCostSet: false,
    designatedRoot: 0n,
    designatedCost: 0,
    designatedBridge: 0n,
    designatedPort: 0,
    designatedAge: 0,
    topologyChangeAck: false,
    configPending: false,
    forwardDelayTimer: newTimer(),
    holdTimer: newTimer(),
    messageAgeTimer: newTimer(),
    hairpin: false,
    guard: false,
    rootBlock: false,
    fastLeave: false,
    learning: true,
    flood: true,
    multicastFlood: true,
    broadcastFlood: true,
    multicastToUnicast: false,
    multicastRouter: 1,
    routerTimer: newTimer(),
    neighbourSuppress: false,
    proxyArp: false,
    proxyArpWifi: false,
    isolated: false,
    locked: false,
    vlanTunnel: false,
    groupForwardMask: 0,
    vlans: new Map(),
  };
  initPort(bridge, port);
  port.designatedPort = portId(port);
  port.state = 'disabled';
  return port;
}

export function addPort(machine: Machine, net: Namespace, master: Link, link: Link): NetlinkResult {
  const scope = scopeOf(net, master);
  if (scope === undefined) return refuse('EINVAL');
  const { bridge } = scope;
  if (link.kind === 'lo' || !link.ethernet) return refuse('EINVAL');
  if (link.carriesMacvlans) return refuse('EBUSY');
  if (link.bridge !== null) return refuse('ELOOP', 'Can not enslave a bridge to a bridge');
  if (standsOver(machine, link, master)) return refuse('EBUSY');
  let number = 1;
  while (bridge.ports.some((port) => port.number === number)) number += 1;
  const port = newPort(machine, bridge, link, number);
  link.allmulti += 1;
  link.promiscuity += 1;
  link.master = master;
  link.port = port;
  link.receiver = bridgeReceiver(machine);
  bridge.ports.unshift(port);
  addLocalFdb(net, master, bridge, link.index, link.mac, 0);
  if (machine.features.has('vlan-filtering') && bridge.vlanDefaultPvid !== 0) {
    port.vlans.set(bridge.vlanDefaultPvid, { id: bridge.vlanDefaultPvid, untagged: true, pvid: true });
    addLocalFdb(net, master, bridge, link.index, link.mac, bridge.vlanDefaultPvid);
  }
  const before = master.mac;
  recalculateAddress(scope);
  if (isOperational(link) && master.up) enablePort(scope, port);
  net.machine.notify({ kind: 'link', namespace: net.name, link, deleted: false });
  if (master.mac !== before) changed(net, master, 'address');
  adjustMtu(net, master, bridge);
  return ok(undefined);
}

export function removePort(net: Namespace, link: Link): void {
  const { master, port } = link;
  const scope = master === null ? undefined : scopeOf(net, master);
  if (master === null || port === null || scope === undefined) return;
  const { bridge } = scope;
  link.promiscuity -= 1;
  disablePort(scope, port);
  forgetPort(bridge, port);
  flushPort(net, master, bridge, port, true);
  bridge.ports = bridge.ports.filter((each) => each !== port);
  link.allmulti -= 1;
  link.receiver = null;
  link.master = null;
  link.port = null;
  const before = master.mac;
  recalculateAddress(scope);
  if (master.mac !== before) changed(net, master, 'address');
  adjustMtu(net, master, bridge);
  net.machine.notify({ kind: 'link', namespace: net.name, link, deleted: false });
}

/** The smallest size of its ports, until the user sets the bridge's own. */
function adjustMtu(net: Namespace, master: Link, bridge: Bridge): void {
  if (bridge.mtuSetByUser) return;
  let least = 0;
  for (const port of bridge.ports) {
    const mtu = net.links.get(port.ifindex)?.mtu ?? 0;
    if (least === 0 || mtu < least) least = mtu;
  }
  setMtu(net, master, least === 0 ? 1500 : least);
}

/** A bridge follows its ports' links. */
export const followPorts: LinkListener = (net, link, change) => {
  const { master, port } = link;
  const own = change === 'address' && link.bridge !== null ? scopeOf(net, link) : undefined;
  if (own !== undefined) followOwnAddress(own);
  const scope = master === null ? undefined : scopeOf(net, master);
  if (master === null || port === null || scope === undefined) return;
  const { bridge } = scope;
  switch (change) {
    case 'up':
      if (master.up && isOperational(link)) enablePort(scope, port);
      return;
    case 'down':
      if (master.up && port.state !== 'disabled') disablePort(scope, port);
      return;
    case 'carrier':
      if (isOperational(link)) {
        if (!port.pathCostSet) port.pathCost = pathCostOf(scope.net.machine, link);
        if (master.up && port.state === 'disabled') enablePort(scope, port);
      } else if (master.up && port.state !== 'disabled') disablePort(scope, port);
      return;
    case 'address': {
      changePortMac(net, master, bridge, port, link.mac);
      const before = master.mac;
      recalculateAddress(scope);
      if (master.mac !== before) changed(net, master, 'address');
      return;
    }
    case 'mtu':
      adjustMtu(net, master, bridge);
      return;
    case 'unregister':
      removePort(net, link);
      return;
    default:
  }
};
