/** The last steps of a packet through a router: its size, the gateway it must go by, the network it leaves on, and delivery. */
import type { AddFlow } from '../flows.ts';
import type { Router } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import { optionInt } from '../model/options.ts';
import type { RouterPort } from '../model/ports.ts';
import { ROUTER_BIT, ROUTER_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import type { Stage } from '../stages.table.ts';
import { addMtuCheck } from './admission.ts';

/** `flags.network_id` has four bits. */
const MAX_NETWORK_ID = 15;
/** Saved connection state: tracked, reply, destination changed. */
const SAVED_REPLY = 'reg4[5] && reg4[3] && reg4[7]';

/** The number under which a port knows its network at `at`. */
export const networkId = (at: number): number => (at > MAX_NETWORK_ID ? 0 : at);

/** Packets too large for a gateway port, on the way in and on the way out. */
export function addPacketSizes(m: Model, lr: Router, add: AddFlow): void {
  add(STAGE.lr_in_chk_pkt_len, 0, '1', 'next;', 16076);
  add(STAGE.lr_in_larger_pkts, 0, '1', 'next;', 16078);
  const ports = m
    .routerPorts(lr.uuid)
    .map((uuid) => m.lrp(uuid))
    .filter((port) => port !== undefined);
  const features = m.features();
  for (const port of ports) {
    const mtu = optionInt(port.options, 'gateway_mtu', 0);
    if (mtu <= 0) continue;
    const save = features.ctStateSave ? `${ROUTER_REG.ctState} = ct_state_save(); next;` : 'next;';
    addMtuCheck(m, port, STAGE.lr_in_chk_pkt_len, 50, 55, `outport == ${port.quoted}`, save, port.uuid, add);
    addTooBig(m, lr, port, mtu, STAGE.lr_in_ip_input, undefined, add);
    for (const other of ports)
      if (other !== port) addTooBig(m, lr, other, mtu, STAGE.lr_in_larger_pkts, port, add);
    if (features.ctCommitNatV2)
      add(STAGE.lr_out_post_snat, 100, 'icmp && flags.icmp_snat == 1', 'ct_commit_nat(snat);', 16044, {
        hint: port.uuid,
      });
  }
}

/** ICMP errors to those who send by `port` what is too large for `outport`, or for `port` itself. */
function addTooBig(
  m: Model,
  lr: Router,
  port: RouterPort,
  mtu: number,
  stage: Stage,
  outport: RouterPort | undefined,
  add: AddFlow,
): void {
  const out = outport === undefined ? '' : ` && outport == ${outport.quoted}`;
  const saved = m.features().ctStateSave ? SAVED_REPLY : 'ct.trk && ct.rpl && ct.dnat';
  const error = (priority: number, family: 4 | 6, when: string, first: string): void => {
    const own = (family === 4 ? port.networks.v4 : port.networks.v6)[0]?.text;
    if (own === undefined) return;
    const { packetLarger, egressLoopback } = ROUTER_BIT;
    const match = `inport == ${port.quoted}${out} && ip${family} && ${packetLarger} && ${egressLoopback} == 0${when}`;
    const kind =
      family === 4
        ? 'icmp4.type = 3; /* Destination Unreachable. */ icmp4.code = 4; /* Frag Needed and DF was Set. */ '
        : 'icmp6.type = 2; /* Packet Too Big. */ icmp6.code = 0; ';
    const actions =
      `icmp${family}_error {${first}${egressLoopback} = 1; ${packetLarger} = 0; eth.dst = ${port.networks.mac}; ` +
      `ip${family}.dst = ip${family}.src; ip${family}.src = ${own}; ip.ttl = 255; ${kind}` +
      `icmp${family}.frag_mtu = ${mtu}; next(pipeline=ingress, table=${STAGE.lr_in_admission.table}); };`;
    const meter = m.copp(lr.copp, family === 4 ? 'icmp4-error' : 'icmp6-error');
    add(stage, priority, match, actions, 15949, { hint: port.uuid, meter });
  };
  if (outport !== undefined) {
    error(160, 4, ` && ${saved}`, 'flags.icmp_snat = 1; ');
    error(160, 6, ` && ${saved}`, 'flags.icmp_snat = 1; ');
  }
  error(150, 4, '', '');
  error(150, 6, '', '');
}

/** Packets for a gateway port go to the chassis that has it. */
export function addGatewayRedirect(m: Model, lr: Router, add: AddFlow): void {
  for (const uuid of m.gatewayPorts(lr.uuid)) {
    const port = m.lrp(uuid);
    const redirect = m.redirectOf(uuid);
    if (port === undefined || redirect === undefined || m.isBehindVtep(uuid)) continue;
    const actions = `outport = ${redirect.quoted}; next;`;
    add(STAGE.lr_in_gw_redirect, 50, `outport == ${port.quoted}`, actions, 16127, { hint: uuid });
  }
  add(STAGE.lr_in_gw_redirect, 0, '1', 'next;', 16132);
}

/** Which network of its port a packet leaves on: source NAT of load-balanced traffic wants to know. */
export function addNetworkIds(m: Model, lr: Router, add: AddFlow): void {
  const stage = STAGE.lr_in_network_id;
  for (const uuid of m.routerPorts(lr.uuid)) {
    const port = m.lrp(uuid);
    if (port === undefined) continue;
    port.networks.v4.forEach((net, at) => {
      const match = `outport == ${port.quoted} && ip4 && ${ROUTER_REG.nextHop4} == ${net.text}/${net.prefix}`;
      add(stage, 110, match, `flags.network_id = ${networkId(at)}; next;`, 16351);
    });
    port.networks.v6.slice(0, -1).forEach((net, at) => {
      const match = `outport == ${port.quoted} && ip6 && ${ROUTER_REG.nextHop6} == ${net.text}/${net.prefix}`;
      add(stage, 110, match, `flags.network_id = ${networkId(at)}; next;`, 16385);
    });
  }
  add(stage, 105, '1', 'flags.network_id = 0; next;', 16393);
  add(stage, 0, '1', 'next;', 16398);
}

/** Connections over a symmetric route remember the port they left by. */
export function addEcmpCommit(m: Model, lr: Router, port: RouterPort, add: AddFlow): void {
  const key = m.portKey(lr.uuid, port.name);
  const match = `${ROUTER_BIT.ecmpCommit} == 1 && ip && outport == ${port.quoted}`;
  const actions = `ct_commit { ct_label.ecmp_reply_eth = eth.dst; ct_mark.ecmp_reply_port = ${key};}; output;`;
  add(STAGE.lr_in_ecmp_stateful_egr, 100, match, actions, 16303);
}

export function addDelivery(lr: Router, port: RouterPort, add: AddFlow): void {
  if (!port.enabled) return;
  const out = `outport == ${port.quoted}`;
  const stage = STAGE.lr_out_delivery;
  if (lr.multicastRelay)
    add(stage, 110, `(ip4.mcast || ip6.mcast) && ${out}`, `eth.src = ${port.networks.mac}; output;`, 16440);
  add(stage, 100, out, 'output;', 16447);
}
