/** Which packets a router takes: those to the MAC of the port they came by, and broadcasts. */
import type { Uuid } from '../../../base/uuid.ts';
import type { AddFlow } from '../flows.ts';
import type { Model } from '../model/model.ts';
import { optionInt } from '../model/options.ts';
import type { RouterPort } from '../model/ports.ts';
import { ROUTER_BIT, ROUTER_REG, TOO_BIG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import type { Stage } from '../stages.table.ts';

const ETHERNET_HEADER = 14;
const VLAN_ETHERNET_HEADER = 18;
const returned = `${TOO_BIG} && flags.tunnel_rx == 1`;

/** Defaults of the admission stage. */
export function addAdmission(m: Model, add: AddFlow): void {
  const { drop } = m.config();
  add(STAGE.lr_in_admission, 110, returned, drop, 14393);
  add(STAGE.lr_in_admission, 100, 'vlan.present || eth.src[40]', drop, 14400);
  add(STAGE.lr_in_admission, 0, '1', drop, 14405);
}

/** A condition that a gateway port's chassis is this one, to append; nothing where there is no such port. */
export const residentAt = (redirect: { readonly quoted: string } | undefined): string =>
  redirect === undefined ? '' : ` && is_chassis_resident(${redirect.quoted})`;

export function addPortAdmission(m: Model, port: RouterPort, add: AddFlow): void {
  if (!port.enabled) return;
  const { mac } = port.networks;
  const take = `${ROUTER_REG.inportMac} = ${mac}; next;`;
  const hint = { hint: port.uuid };
  add(STAGE.lr_in_admission, 50, `eth.mcast && inport == ${port.quoted}`, take, 14537, hint);
  const peer = m.lrpPeer(port.uuid);
  const proxy = peer?.kind === 'switch' ? m.arpProxy(peer.port).mac : '';
  const macs = proxy !== '' && proxy !== '00:00:00:00:00:00' ? `{ ${proxy}, ${mac} }` : mac;
  const match = `eth.dst == ${macs} && inport == ${port.quoted}${residentAt(m.centralRedirect(port.uuid))}`;
  addMtuCheck(m, port, STAGE.lr_in_admission, 50, 55, match, take, port.uuid, add);
}

/** A flow that, where a gateway port has an MTU, notices what is too large for it, and one for what is exempt. */
export function addMtuCheck(
  m: Model,
  port: RouterPort,
  stage: Stage,
  priority: number,
  exemptPriority: number,
  match: string,
  actions: string,
  hint: Uuid,
  add: AddFlow,
): void {
  const mtu = optionInt(port.options, 'gateway_mtu', 0);
  const check =
    mtu > 0 ? `${ROUTER_BIT.packetLarger} = check_pkt_larger(${mtu + headerSize(m, port)}); ` : '';
  add(stage, priority, match, check + actions, 14461, { hint });
  if (mtu <= 0) return;
  const bypass = port.options.get('gateway_mtu_bypass');
  const exempt = bypass === undefined ? 'arp' : `arp || ${bypass}`;
  add(stage, exemptPriority, `${match} && (${exempt})`, actions, 14478, { hint });
}

/** The layer 2 header of a packet that leaves by a port: longer where the provider network is tagged. */
function headerSize(m: Model, port: RouterPort): number {
  const peer = m.lrpPeer(port.uuid);
  const ls = peer?.kind === 'switch' ? m.switchOfPort(peer.port) : undefined;
  const tagged = (ls === undefined ? [] : m.localnets(ls)).some((uuid) => {
    const row = m.lsp(uuid)?.row;
    if (row === undefined || row.tag_request === null) return false;
    return row.tag_request !== 0 || (row.parent_name !== null && row.parent_name !== '');
  });
  return tagged ? VLAN_ETHERNET_HEADER : ETHERNET_HEADER;
}

/** ICMP errors about a packet too big for a tunnel go back the way the packet came, at the chassis that has no gateway. */
export function addTooBigReturn(m: Model, port: RouterPort, add: AddFlow): void {
  const redirect = m.redirectOf(port.uuid);
  if (redirect === undefined) return;
  const match =
    `((ip4 && icmp4.type == 3 && icmp4.code == 4) || (ip6 && icmp6.type == 2 && icmp6.code == 0)) &&` +
    ` eth.dst == ${port.row.mac} && !is_chassis_resident(${redirect.quoted}) && flags.tunnel_rx == 1`;
  add(STAGE.lr_in_admission, 120, match, `outport <-> inport; inport = ${port.quoted}; next;`, 14150);
}
