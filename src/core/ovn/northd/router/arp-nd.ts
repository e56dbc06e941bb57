/** A router's answers to ARP and ND: for its ports, for NAT addresses and for virtual addresses of load balancers. */
import type { Uuid } from '../../../base/uuid.ts';
import type { AddFlow } from '../flows.ts';
import type { Router } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import type { Nat } from '../model/nat.ts';
import type { RouterPort } from '../model/ports.ts';
import { ROUTER_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import { vipSetName } from '../model/router-state.ts';

const INPUT = STAGE.lr_in_ip_input;

export interface Answer {
  /** The port by which the question comes; any when undefined. */
  readonly port?: RouterPort | undefined;
  readonly ip: string;
  readonly mac?: string;
  /** A further condition. */
  readonly when?: string;
  readonly priority: number;
  readonly hint?: Uuid;
}

const fromPort = (answer: Answer): string =>
  answer.port === undefined ? '' : `inport == ${answer.port.quoted} && `;
const and = (condition: string | undefined): string =>
  condition === undefined || condition === '' ? '' : ` && ${condition}`;

/** The flow that answers an ARP request, or drops it when there is no MAC. */
export function addArpAnswer(m: Model, answer: Answer, add: AddFlow): void {
  const match = `${fromPort(answer)}arp.op == 1 && arp.tpa == ${answer.ip}${and(answer.when)}`;
  const { mac } = answer;
  const actions =
    mac === undefined
      ? m.config().drop
      : `eth.dst = eth.src; eth.src = ${mac}; arp.op = 2; /* ARP reply */ arp.tha = arp.sha; arp.sha = ${mac}; ` +
        'arp.tpa <-> arp.spa; outport = inport; flags.loopback = 1; output;';
  add(INPUT, answer.priority, match, actions, 13844, { hint: answer.hint });
}

/** The flow that answers a neighbour solicitation. `solicited` is the multicast address to which it may be sent. */
export function addNdAnswer(
  m: Model,
  lr: Router,
  answer: Answer & { readonly action: 'nd_na' | 'nd_na_router'; readonly solicited?: string },
  add: AddFlow,
): void {
  const to = answer.solicited === undefined ? '' : `ip6.dst == {${answer.ip}, ${answer.solicited}} && `;
  const match = `${fromPort(answer)}${to}nd_ns && nd.target == ${answer.ip}${and(answer.when)}`;
  const { mac } = answer;
  if (mac === undefined) {
    add(INPUT, answer.priority, match, m.config().drop, 13887, { hint: answer.hint });
    return;
  }
  const actions =
    `${answer.action} { eth.src = ${mac}; ip6.src = nd.target; nd.tll = ${mac}; ` +
    'outport = inport; flags.loopback = 1; output; };';
  add(INPUT, answer.priority, match, actions, 13903, { hint: answer.hint, meter: m.copp(lr.copp, 'nd-na') });
}

function addNatAnswer(m: Model, lr: Router, nat: Nat, answer: Omit<Answer, 'ip'>, add: AddFlow): void {
  const full = { ...answer, ip: nat.externalIp, hint: nat.row._uuid };
  if (nat.isIpv6) addNdAnswer(m, lr, { ...full, action: 'nd_na', solicited: nat.solicited }, add);
  else addArpAnswer(m, full, add);
}

/** NAT addresses, by whatever port they are asked for. */
export function addNatAnswers(m: Model, lr: Router, add: AddFlow): void {
  const { nats, snatIps } = m.routerNat(lr.uuid);
  const answer = { mac: ROUTER_REG.inportMac, priority: 90 };
  for (const nat of nats) if (nat.row.type !== 'snat') addNatAnswer(m, lr, nat, answer, add);
  for (const nat of snatIps.values()) if (nat !== undefined) addNatAnswer(m, lr, nat, answer, add);
}

/** NAT addresses at a gateway port: only where the address is. */
export function addPortNatAnswers(m: Model, lr: Router, port: RouterPort, add: AddFlow): void {
  const redirect = m.redirectOf(port.uuid);
  const peer = m.lrpPeer(port.uuid);
  if (redirect === undefined || (peer?.kind === 'switch' && m.switchRedirectOf(peer.port) !== undefined))
    return;
  const { nats, snatIps } = m.routerNat(lr.uuid);
  for (const nat of [...nats.filter(({ row }) => row.type !== 'snat'), ...snatIps.values()]) {
    if (nat === undefined || !m.worksAt(nat.row, port.uuid)) continue;
    const elsewhere = nat.mac !== undefined && nat.row.logical_port !== null;
    const mac = elsewhere ? (nat.row.external_mac ?? '') : ROUTER_REG.inportMac;
    const when = `is_chassis_resident(${elsewhere ? `"${nat.row.logical_port}"` : redirect.quoted})`;
    addNatAnswer(m, lr, nat, { port, mac, when, priority: 92 }, add);
    addNatAnswer(m, lr, nat, { port, priority: 91 }, add);
  }
}

/** Virtual addresses of load balancers. */
export function addVipAnswers(m: Model, lr: Router, port: RouterPort, add: AddFlow): void {
  const key = m.datapathKey(lr.uuid) ?? 0;
  const { v4, v6 } = m.routerState(lr.uuid).reachable;
  const redirect = m.redirectOf(port.uuid);
  const when = redirect === undefined ? '' : `is_chassis_resident(${redirect.quoted})`;
  const answer = { port, mac: ROUTER_REG.inportMac, when, priority: 90 };
  if (v4.length > 0) addArpAnswer(m, { ...answer, ip: `$${vipSetName(key, 4)}` }, add);
  if (v6.length > 0) addNdAnswer(m, lr, { ...answer, ip: `$${vipSetName(key, 6)}`, action: 'nd_na' }, add);
}
