/** Answers to ARP and neighbour solicitation on behalf of ports whose addresses are known, of proxies and of health checks. */
import { formatIpv6, parseIpv4, parseIpv6 } from '../../../base/address.ts';
import type { Uuid } from '../../../base/uuid.ts';
import type { AddFlow } from '../flows.ts';
import { isIpv6, solicitedNode } from '../model/addresses.ts';
import type { Addresses } from '../model/addresses.ts';
import type { Switch } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { optionBool, splitList } from '../model/options.ts';
import type { SwitchPort } from '../model/ports.ts';
import { SWITCH_BIT } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';

/** Turns an ARP request into the answer that `ip` is at `mac`. */
export const arpReply = (mac: string, ip: string): string =>
  `eth.dst = eth.src; eth.src = ${mac}; arp.op = 2; /* ARP reply */ arp.tha = arp.sha; arp.sha = ${mac}; ` +
  `arp.tpa = arp.spa; arp.spa = ${ip}; outport = inport; flags.loopback = 1; output;`;

export function addArpDefault(add: AddFlow): void {
  add(STAGE.ls_in_arp_rsp, 0, '1', 'next;', 10619);
}

export function addArpNd(m: Model, ls: Switch, port: SwitchPort, add: AddFlow): void {
  if (port.type === 'virtual') {
    addVirtual(m, ls, port, add);
  } else {
    if (isSilent(m, port) || ls.vlanPassthru) return;
    for (const own of m.lspAddresses(port.uuid)) addKnown(m, ls, port, own, add);
  }
  addProxy(m, ls, port, add);
}

/** Ports for which nobody answers: those whose addresses are not fixed, and, if so configured, those that are down. */
function isSilent(m: Model, port: SwitchPort): boolean {
  if (port.type === 'external' || port.unknown) return true;
  if (port.type === '' && optionBool(port.options, 'disable_arp_nd_rsp', false)) return true;
  if (!m.config().checkUp || port.type === 'router' || port.type === 'localport') return false;
  return !m.portUp(port.uuid);
}

/** Who announces a virtual address gets the virtual port. */
function addVirtual(m: Model, ls: Switch, port: SwitchPort, add: AddFlow): void {
  const ip = port.options.get('virtual-ip');
  const parents = port.options.get('virtual-parents');
  if (ip === undefined || parents === undefined) return;
  const v6 = parseIpv6(ip);
  if (parseIpv4(ip) === undefined && v6 === undefined) return;
  for (const name of splitList(parents)) {
    const parent = m.lspNamed(name);
    if (parent === undefined || m.switchOfPort(parent) !== ls.uuid) continue;
    const announcement =
      v6 === undefined
        ? `((arp.op == 1 && arp.spa == ${ip} && arp.tpa == ${ip}) || (arp.op == 2 && arp.spa == ${ip}))`
        : `((nd_ns && ip6.dst == {${ip}, ${formatIpv6(solicitedNode(v6))}} && nd.target == ${ip}) ||(nd_na && nd.target == ${ip}))`;
    const actions = `bind_vport(${port.quoted}, inport); next;`;
    add(STAGE.ls_in_arp_rsp, 100, `inport == "${name}" && ${announcement}`, actions, 10343, {
      port: name,
      hint: parent,
    });
  }
}

function addKnown(m: Model, ls: Switch, port: SwitchPort, own: Addresses, add: AddFlow): void {
  const stage = STAGE.ls_in_arp_rsp;
  const hint = { hint: port.uuid };
  const self = { port: port.name, hint: port.uuid };
  const local = m.hasLocalnet(ls.uuid)
    ? ` && ((flags.localnet == 1 && is_chassis_resident(${port.quoted})) || flags.localnet == 0)`
    : '';
  const proxied = m.hasArpProxy(ls.uuid);
  for (const { text: ip } of own.v4) {
    const request = `arp.tpa == ${ip} && arp.op == 1`;
    if (proxied) add(stage, 50, `${request} && eth.dst == ${own.mac}`, 'next;', 10393, hint);
    const broadcast = `${request} && eth.dst == ff:ff:ff:ff:ff:ff`;
    add(stage, 50, broadcast + local, arpReply(own.mac, ip), 10416, hint);
    add(stage, 100, `${broadcast} && inport == ${port.quoted}`, 'next;', 10434, self);
  }
  const metered = { hint: port.uuid, meter: m.copp(ls.copp, 'nd-na') };
  const answer = port.type === 'router' ? 'nd_na_router' : 'nd_na';
  for (const { text: ip, solicited } of own.v6) {
    if (proxied) add(stage, 50, `nd_ns && ip6.dst == ${ip} && nd.target == ${ip}`, 'next;', 10458, metered);
    const request = `nd_ns_mcast && ip6.dst == ${solicited} && nd.target == ${ip}`;
    const actions =
      `${answer} { eth.src = ${own.mac}; ip6.src = ${ip}; nd.target = ${ip}; nd.tll = ${own.mac}; ` +
      'outport = inport; flags.loopback = 1; output; };';
    add(stage, 50, request + local, actions, 10491, metered);
    add(stage, 100, `${request} && inport == ${port.quoted}`, 'next;', 10502, self);
  }
}

/** A router port that answers for networks behind it. */
function addProxy(m: Model, ls: Switch, port: SwitchPort, add: AddFlow): void {
  const proxy = m.arpProxy(port.uuid);
  if (proxy.v4.length === 0 && proxy.v6.length === 0) return;
  const peer = m.lspPeer(port.uuid);
  const isZero = proxy.mac === '' || proxy.mac === '00:00:00:00:00:00';
  const mac = isZero ? (peer === undefined ? undefined : m.lrp(peer)?.networks.mac) : proxy.mac;
  if (mac === undefined) return;
  const fromHost = `${SWITCH_BIT.fromRouterPort} == 0`;
  if (proxy.v4.length > 0) {
    const targets = proxy.v4.map((net) => `${net.text}/${net.prefix}`).join(',');
    const actions =
      `eth.dst = eth.src; eth.src = ${mac}; arp.op = 2; /* ARP reply */ arp.tha = arp.sha; arp.sha = ${mac}; ` +
      'arp.tpa <-> arp.spa; outport = inport; flags.loopback = 1; output;';
    const match = `${fromHost} && arp.op == 1 && arp.tpa == {${targets}}`;
    add(STAGE.ls_in_arp_rsp, 30, match, actions, 10553, { hint: port.uuid });
  }
  if (proxy.v6.length > 0) {
    const targets = proxy.v6.map((net) => `${net.text}/${net.prefix}`).join(', ');
    const groups = proxy.v6
      .map((net) => `${net.text}/${net.prefix}, ${net.solicited}/${net.prefix}`)
      .join(', ');
    const actions =
      `${port.type === 'router' ? 'nd_na_router' : 'nd_na'} { eth.src = ${mac}; ip6.src = nd.target; ` +
      `nd.target = nd.target; nd.tll = ${mac}; outport = inport; flags.loopback = 1; output; };`;
    const match = `${fromHost} && nd_ns && ip6.dst == { ${groups} } && nd.target == { ${targets} }`;
    add(STAGE.ls_in_arp_rsp, 30, match, actions, 10599, { hint: port.uuid, meter: m.copp(ls.copp, 'nd-na') });
  }
}

/** The answer to one who looks for the address from which health checks come. */
export function serviceArpNd(
  mac: string,
  ip: string,
  v4: boolean,
): { readonly match: string; readonly actions: string } {
  if (v4) return { match: `arp.tpa == ${ip} && arp.op == 1`, actions: arpReply(mac, ip) };
  return {
    match: `nd_ns && nd.target == ${ip}`,
    actions:
      `nd_na { eth.dst = eth.src; eth.src = ${mac}; ip6.src = ${ip}; nd.target = ${ip}; nd.tll = ${mac}; ` +
      'outport = inport; flags.loopback = 1; output; };',
  };
}

/** Whether an address is one of a switch port's. */
export function ownsAddress(m: Model, lsp: Uuid, address: string): boolean {
  const v4 = parseIpv4(address);
  const v6 = v4 === undefined ? parseIpv6(address) : undefined;
  return m
    .lspAddresses(lsp)
    .some((own) => own.v4.some((net) => net.address === v4) || own.v6.some((net) => net.address === v6));
}

/** Health checks that a port itself asks for. */
export function addPortHealthChecks(m: Model, port: SwitchPort, add: AddFlow): void {
  for (const check of m.nb.rows('Logical_Switch_Port_Health_Check', port.row.health_checks)) {
    if (!ownsAddress(m, port.uuid, check.address)) continue;
    const { match, actions } = serviceArpNd(m.serviceMac(), check.src_ip, !isIpv6(check.src_ip));
    add(STAGE.ls_in_arp_rsp, 110, match, actions, 15882, { hint: port.uuid });
  }
}
