/** Where a frame goes: known MACs to their ports, broadcast and multicast to groups, ARP for a router to that router alone. */
import type { Uuid } from '../../../base/uuid.ts';
import type { AddFlow } from '../flows.ts';
import type { Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { isReachable } from '../model/nat.ts';
import { optionBool } from '../model/options.ts';
import type { RouterPort, SwitchPort } from '../model/ports.ts';
import { GROUP, NOT_VXLAN } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

const LOOKUP = STAGE.ls_in_l2_lkup;
const toGroup = (group: string): string => `outport = "${group}"; output;`;
const copyTo = (group: string): string => `clone { outport = "${group}"; output; }; `;

/** Broadcast and multicast. */
export function addMulticastLookup(m: Model, ls: Switch, add: AddFlow): void {
  add(
    LOOKUP,
    110,
    'eth.dst == $svc_monitor_mac && (tcp || icmp || icmp6)',
    'handle_svc_check(inport);',
    10896,
    {
      meter: m.copp(ls.copp, 'svc-monitor'),
    },
  );
  const shape = m.floods(ls.uuid);
  if (ls.snooping) {
    const meter = { meter: m.copp(ls.copp, 'igmp') };
    add(LOOKUP, 100, 'flags.igmp_loopback == 0 && igmp', 'igmp;', 10909, meter);
    add(LOOKUP, 100, 'flags.igmp_loopback == 0 && (mldv1 || mldv2)', 'igmp;', 10917, meter);
    add(LOOKUP, 85, 'ip4.mcast && ip4.dst == 224.0.0.0/24', toGroup(GROUP.floodL2), 10927);
    add(LOOKUP, 85, 'ip6.mcast_flood', toGroup(GROUP.flood), 10935);
    if (!ls.floodUnregistered) {
      const relay = shape.relay ? copyTo(GROUP.routerFlood) : '';
      const fixed = shape.static ? `outport ="${GROUP.static}"; output;` : '';
      const nothing = !shape.relay && !shape.static ? m.config().drop : '';
      add(LOOKUP, 80, 'ip4.mcast || ip6.mcast', relay + fixed + nothing, 11033);
    }
  }
  if (!optionBool(ls.config, 'broadcast-arps-to-all-routers', true))
    add(LOOKUP, 72, 'eth.mcast && (arp.op == 1 || nd_ns)', toGroup(GROUP.floodL2), 10943);
  add(LOOKUP, 72, 'eth.mcast && (nd_na || nd_rs || nd_ra)', toGroup(GROUP.flood), 10955);
  add(LOOKUP, 71, 'eth.mcast && arp', toGroup(GROUP.flood), 10960);
  const copies = (shape.relay ? copyTo(GROUP.routerFlood) : '') + (shape.static ? copyTo(GROUP.static) : '');
  add(LOOKUP, 71, 'eth.mcast && ip', copies + toGroup(GROUP.floodL2), 10984);
  add(LOOKUP, 70, 'eth.mcast', toGroup(GROUP.floodL2), 10991);
}

/** Frames to the MACs of one port. */
export function addUnicastLookup(m: Model, ls: Switch, port: SwitchPort, add: AddFlow): void {
  if (port.type === 'external' || forcesFdb(port)) return;
  const hint = { hint: port.uuid };
  const copies = port.type === '' && port.options.get('pkt_clone_type')?.toLowerCase() === 'mc_unknown';
  const send = (quoted: string): string => {
    if (!port.enabled) return m.config().drop;
    if (copies && m.hasUnknown(ls.uuid))
      return `clone {outport = ${quoted}; output; };${toGroup(GROUP.unknown)}`;
    return `outport = ${quoted}; output;`;
  };
  const peer = port.type === 'router' ? m.lspPeer(port.uuid) : undefined;
  const lrp = peer === undefined ? undefined : m.lrp(peer);
  if (peer === undefined || lrp === undefined) {
    for (const own of m.lspAddresses(port.uuid))
      add(LOOKUP, 50, `eth.dst == ${own.mac}`, send(port.quoted), 11245, hint);
    return;
  }
  addRouterRequests(m, ls, port, lrp, add);
  const { mac } = lrp.networks;
  const proxy = m.arpProxy(port.uuid).mac;
  const hasProxyMac = proxy !== '' && proxy !== '00:00:00:00:00:00';
  const match = hasProxyMac ? `eth.dst == { ${proxy}, ${mac} }` : `eth.dst == ${mac}`;
  const redirect = m.switchRedirectOf(port.uuid);
  const resident = m.residence(peer, ls.uuid);
  if (resident !== undefined) {
    add(LOOKUP, 50, match + resident, send(port.quoted), 11235, hint);
  } else if (redirect === undefined) {
    add(LOOKUP, 50, match, send(port.quoted), 11235, hint);
  } else {
    const elsewhere = `eth.dst == ${mac} && !is_chassis_resident(${redirect.quoted})`;
    add(LOOKUP, 50, elsewhere, send(redirect.quoted), 11225, hint);
    add(LOOKUP, 50, `${match} && is_chassis_resident(${redirect.quoted})`, send(port.quoted), 11235, hint);
  }
}

/** A port whose MACs are to be looked up in the FDB even though some are configured. */
const forcesFdb = (port: SwitchPort): boolean =>
  port.type === '' && port.unknown && optionBool(port.options, 'force_fdb_lookup', false);

/** ARP and ND requests for addresses of the router itself. */
function addRouterRequests(m: Model, ls: Switch, port: SwitchPort, lrp: RouterPort, add: AddFlow): void {
  if (!lrp.enabled) return;
  for (const net of lrp.networks.v4) addRouterRequest(m, ls, port, net.text, false, add);
  for (const net of lrp.networks.v6) addRouterRequest(m, ls, port, net.text, true, add);
}

/** Requests for `ip` go to the router port and, unless all ports are routers' ports, to the switch's own ports too. */
function addRouterRequest(
  m: Model,
  ls: Switch,
  port: SwitchPort,
  ip: string,
  v6: boolean,
  add: AddFlow,
): void {
  const request = `${NOT_VXLAN} && ${v6 ? `nd_ns && nd.target == ${ip}` : `arp.op == 1 && arp.tpa == ${ip}`}`;
  const hint = { hint: port.uuid };
  const alone = m.onlyRouterPorts(ls.uuid);
  const send = (quoted: string): string =>
    alone
      ? `outport = ${quoted}; output;`
      : `clone {outport = ${quoted}; output; }; ${toGroup(GROUP.floodL2)}`;
  const redirect = m.switchRedirectOf(port.uuid);
  if (redirect === undefined) {
    add(LOOKUP, 80, request, send(port.quoted), alone ? 9510 : 9505, hint);
    return;
  }
  const resident = `is_chassis_resident(${redirect.quoted})`;
  add(LOOKUP, 80, `${request} && ${resident}`, send(port.quoted), alone ? 9510 : 9505, hint);
  add(LOOKUP, 80, `${request} && !${resident}`, send(redirect.quoted), alone ? 9530 : 9524, hint);
}

/** What depends on NAT and load balancers of the router behind a port. */
export function addNatLookup(m: Model, ls: Switch, port: SwitchPort, add: AddFlow): void {
  const peer = port.type === 'router' ? m.lspPeer(port.uuid) : undefined;
  const lrp = peer === undefined ? undefined : m.lrp(peer);
  const lr = peer === undefined ? undefined : m.routerOfPort(peer);
  if (peer === undefined || lrp === undefined || lr === undefined) return;
  if (lrp.enabled) addNatRequests(m, ls, port, lrp, lr, add);
  if (m.redirectOf(peer) === undefined) return;
  for (const { mac, port: resident } of m.routerNat(lr).macs) {
    const match = `eth.dst == ${mac} && is_chassis_resident("${resident}")`;
    const actions = port.enabled ? `outport = ${port.quoted}; output;` : m.config().drop;
    add(LOOKUP, 50, match, actions, 11293, { hint: port.uuid });
  }
}

function addNatRequests(
  m: Model,
  ls: Switch,
  port: SwitchPort,
  lrp: RouterPort,
  lr: Uuid,
  add: AddFlow,
): void {
  const router = m.router(lr);
  const state = m.routerState(lr);
  const nat = m.routerNat(lr);
  if (router !== undefined && (router.loadBalancers.length > 0 || router.loadBalancerGroups.length > 0)) {
    for (const ip of state.reachable.v4)
      if (isReachable(lrp.networks, ip)) addRouterRequest(m, ls, port, ip, false, add);
    for (const ip of state.reachable.v6)
      if (isReachable(lrp.networks, ip)) addRouterRequest(m, ls, port, ip, true, add);
  }
  if (!m.onlyRouterPorts(ls.uuid)) {
    // What the router itself asks is for the others on the switch, not for other routers.
    const macs = [lrp.networks.mac, ...nat.externalMacs].join(', ');
    const asks = 'eth.dst == ff:ff:ff:ff:ff:ff && (arp.op == 1 || rarp.op == 3 || nd_ns)';
    add(LOOKUP, 75, `eth.src == {${macs}} && ${asks}`, toGroup(GROUP.floodL2), 9403);
  }
  const vips = new Set([...state.vips.v4, ...state.vips.v6]);
  const answered = nat.nats.filter((rule) => rule.row.type !== 'snat');
  for (const rule of nat.snatIps.values()) if (rule !== undefined && !rule.isRouterIp) answered.push(rule);
  for (const rule of answered)
    if (!vips.has(rule.row.external_ip))
      addRouterRequest(m, ls, port, rule.row.external_ip, rule.isIpv6, add);
}
