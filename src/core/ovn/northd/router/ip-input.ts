/** What a router does with packets to itself, and which it drops at once: pings, ARP and ND, expired TTLs, closed ports, BFD. */
import type { AddFlow } from '../flows.ts';
import type { Router } from '../model/datapaths.ts';
import type { Model } from '../model/model.ts';
import type { RouterPort } from '../model/ports.ts';
import { ROUTER_BIT, ROUTER_REG } from '../registers.table.ts';
import { STAGE } from '../stages.table.ts';
import { addArpAnswer, addNdAnswer } from './arp-nd.ts';
import { addresses4, addresses6, addressesAndBroadcasts } from './networks.ts';

const INPUT = STAGE.lr_in_ip_input;
const EXPIRED = 'ip.ttl == {0, 1} && !ip.later_frag';

/** What holds for all ports. */
export function addLocalDrops(m: Model, lr: Router, add: AddFlow): void {
  const { drop } = m.config();
  if (m.routerFloodStatic(lr.uuid)) {
    add(INPUT, 120, 'igmp && ip.ttl == 1', 'next;', 16461);
    add(INPUT, 120, '(mldv1 || mldv2) && ip.ttl == 1', 'next;', 16464);
  }
  const bogus =
    'ip4.src_mcast ||ip4.src == 255.255.255.255 || ip4.src == 127.0.0.0/8 || ip4.dst == 127.0.0.0/8 || ' +
    'ip4.src == 0.0.0.0/8 || ip4.dst == 0.0.0.0/8';
  add(INPUT, 100, bogus, drop, 16472);
  add(INPUT, 85, 'arp || nd', drop, 16487);
  add(INPUT, 84, 'nd_rs || nd_ra', 'next;', 16494);
  add(INPUT, 83, 'ip6.mcast_rsvd', drop, 16498);
  add(INPUT, 82, 'ip4.mcast || ip6.mcast', lr.multicastRelay ? 'next;' : drop, 16503);
  add(INPUT, 50, 'eth.bcast', drop, 16511);
  add(INPUT, 32, `${EXPIRED} && (ip4.mcast || ip6.mcast)`, drop, 16528);
  add(INPUT, 29, 'ip.ttl == {0, 1}', drop, 16534);
  add(INPUT, 0, '1', 'next;', 16540);
}

/** Answers to the router's own DHCPv6 requests for prefixes. */
export function addPrefixReplies(port: RouterPort, add: AddFlow): void {
  if (!port.prefixDelegation) return;
  for (const net of port.networks.v6) {
    const match = `ip6.dst == ${net.text} && udp.src == 547 && udp.dst == 546`;
    add(INPUT, 100, match, 'reg0 = 0; handle_dhcpv6_reply;', 16559);
  }
}

/** Closed ports are answered only by routers that have no gateway: elsewhere the addresses may be NAT's. */
const answersClosed = (m: Model, lr: Router): boolean =>
  lr.gatewayChassis === undefined && m.gatewayPorts(lr.uuid).length === 0;

interface Closed {
  readonly protocol: string;
  readonly priority: number;
  readonly line: number;
  readonly meter: string | undefined;
  readonly actions: string;
}

function addClosed(
  ip: string,
  address: string,
  closed: readonly Closed[],
  port: RouterPort,
  add: AddFlow,
): void {
  for (const { protocol, priority, line, meter, actions } of closed) {
    const match = `${ip} && ${ip}.dst == ${address} && !ip.later_frag${protocol === '' ? '' : ` && ${protocol}`}`;
    add(INPUT, priority, match, actions, line, { hint: port.uuid, meter });
  }
}

const swap = (ip: string): string => `eth.dst <-> eth.src; ${ip}.dst <-> ${ip}.src; `;

export function addIpv6Input(m: Model, lr: Router, port: RouterPort, add: AddFlow): void {
  const hint = { hint: port.uuid };
  const echo = `ip6.dst == ${addresses6(port)} && icmp6.type == 128 && icmp6.code == 0`;
  const reply = 'ip6.dst <-> ip6.src; ip.ttl = 255; icmp6.type = 129; flags.loopback = 1; next; ';
  add(INPUT, 90, echo, reply, 16902, hint);
  const redirect = m.isDistributed(lr.uuid) ? undefined : m.redirectOf(port.uuid);
  const when = redirect === undefined ? '' : `is_chassis_resident(${redirect.quoted})`;
  for (const { text: ip, solicited } of port.networks.v6)
    addNdAnswer(
      m,
      lr,
      {
        port,
        ip,
        solicited,
        mac: ROUTER_REG.inportMac,
        when,
        priority: 90,
        hint: port.uuid,
        action: 'nd_na_router',
      },
      add,
    );
  if (answersClosed(m, lr)) {
    const error = m.copp(lr.copp, 'icmp6-error');
    const reset = m.copp(lr.copp, 'tcp-reset');
    const icmp = (code: number): string =>
      `icmp6 {${swap('ip6')}ip.ttl = 255; icmp6.type = 1; icmp6.code = ${code}; next; };`;
    const closed: readonly Closed[] = [
      {
        protocol: 'tcp',
        priority: 80,
        line: 16940,
        meter: reset,
        actions: `tcp_reset {${swap('ip6')}next; };`,
      },
      {
        protocol: 'sctp',
        priority: 80,
        line: 16955,
        meter: reset,
        actions: `sctp_abort {${swap('ip6')}next; };`,
      },
      { protocol: 'udp', priority: 80, line: 16973, meter: error, actions: icmp(4) },
      { protocol: '', priority: 70, line: 16991, meter: error, actions: icmp(3) },
    ];
    for (const net of port.networks.v6) addClosed('ip6', net.text, closed, port, add);
  }
  addExpired6(m, lr, port, add);
}

function addExpired6(m: Model, lr: Router, port: RouterPort, add: AddFlow): void {
  const extras = { hint: port.uuid, meter: m.copp(lr.copp, 'icmp6-error') };
  const type = 'icmp6.type = 3; /* Time exceeded */ icmp6.code = 0; /* TTL exceeded in transit */ ';
  const out = `outport = ${port.quoted}; flags.loopback = 1; output; };`;
  const gateway = m.redirectOf(port.uuid) !== undefined;
  for (const net of port.networks.v6.slice(0, -1)) {
    const turn = gateway ? 'ip6.dst <-> ip6.src' : `ip6.dst = ip6.src; ip6.src = ${net.text}`;
    const match = `inport == ${port.quoted} && ip6 && ip6.src == ${net.network}/${net.prefix} && ${EXPIRED}`;
    add(INPUT, 31, match, `icmp6 {eth.dst <-> eth.src; ${turn} ; ip.ttl = 254; ${type}${out}`, 16840, extras);
  }
  const first = port.networks.v6[0]?.text ?? '';
  const actions = `icmp6 {eth.dst <-> eth.src; ip6.dst = ip6.src; ip6.src = ${first}; ip.ttl = 254; ${type}${out}`;
  add(INPUT, 30, `inport == ${port.quoted} && ip6 && ${EXPIRED}`, actions, 16867, extras);
}

export function addIpv4Input(m: Model, lr: Router, port: RouterPort, add: AddFlow): void {
  const hint = { hint: port.uuid };
  if (port.networks.v4.length > 0) {
    const own = `ip4.src == ${addressesAndBroadcasts(port)} && ${ROUTER_BIT.egressLoopback} == 0`;
    add(INPUT, 100, own, m.config().drop, 17084, hint);
    const echo = `ip4.dst == ${addresses4(port)} && icmp4.type == 8 && icmp4.code == 0`;
    const reply = 'ip4.dst <-> ip4.src; ip.ttl = 255; icmp4.type = 0; flags.loopback = 1; next; ';
    add(INPUT, 90, echo, reply, 17103, hint);
  }
  addBfd(m, lr, port, add);
  addExpired4(m, lr, port, add);
  const peer = m.lrpPeer(port.uuid);
  const ls = peer?.kind === 'switch' ? m.switchOfPort(peer.port) : undefined;
  const residence = ls === undefined ? '' : (m.residence(port.uuid, ls) ?? '');
  for (const net of port.networks.v4) {
    const when = `arp.spa == ${net.network}/${net.prefix}${residence}`;
    addArpAnswer(
      m,
      { port, ip: net.text, mac: ROUTER_REG.inportMac, when, priority: 90, hint: port.uuid },
      add,
    );
  }
  if (!answersClosed(m, lr)) return;
  const error = m.copp(lr.copp, 'icmp4-error');
  const reset = m.copp(lr.copp, 'tcp-reset');
  const icmp = (code: number): string =>
    `icmp4 {${swap('ip4')}ip.ttl = 255; icmp4.type = 3; icmp4.code = ${code}; next; };`;
  const closed: readonly Closed[] = [
    { protocol: 'udp', priority: 80, line: 17149, meter: error, actions: icmp(3) },
    {
      protocol: 'tcp',
      priority: 80,
      line: 17164,
      meter: reset,
      actions: `tcp_reset {${swap('ip4')}next; };`,
    },
    {
      protocol: 'sctp',
      priority: 80,
      line: 17179,
      meter: reset,
      actions: `sctp_abort {${swap('ip4')}next; };`,
    },
    { protocol: '', priority: 70, line: 17197, meter: error, actions: icmp(2) },
  ];
  for (const net of port.networks.v4) addClosed('ip4', net.text, closed, port, add);
}

function addExpired4(m: Model, lr: Router, port: RouterPort, add: AddFlow): void {
  const first = port.networks.v4[0];
  if (first === undefined) return;
  const extras = { hint: port.uuid, meter: m.copp(lr.copp, 'icmp4-error') };
  const open =
    'icmp4 {eth.dst <-> eth.src; icmp4.type = 11; /* Time exceeded */ icmp4.code = 0; /* TTL exceeded in transit */ ';
  const out = `ip.ttl = 254; outport = ${port.quoted}; flags.loopback = 1; output; };`;
  const gateway = m.redirectOf(port.uuid) !== undefined;
  for (const net of port.networks.v4) {
    const turn = gateway ? 'ip4.dst <-> ip4.src' : `ip4.dst = ip4.src; ip4.src = ${net.text}`;
    const match = `inport == ${port.quoted} && ip4 && ip4.src == ${net.network}/${net.prefix} && ${EXPIRED}`;
    add(INPUT, 31, match, `${open}${turn} ; ${out}`, 16764, extras);
  }
  const actions = `${open}ip4.dst = ip4.src; ip4.src = ${first.text}; ${out}`;
  add(INPUT, 30, `inport == ${port.quoted} && ip4 && ${EXPIRED}`, actions, 16792, extras);
}

function addBfd(m: Model, lr: Router, port: RouterPort, add: AddFlow): void {
  if (!m.hasBfd(port.name)) return;
  const hint = { hint: port.uuid };
  const handle = { ...hint, meter: m.copp(lr.copp, 'bfd') };
  const both = (ip: string, addresses: string, lines: readonly [number, number]): void => {
    add(INPUT, 110, `${ip}.src == ${addresses} && udp.dst == 3784`, 'next; ', lines[0], hint);
    add(INPUT, 110, `${ip}.dst == ${addresses} && udp.dst == 3784`, 'handle_bfd_msg(); ', lines[1], handle);
  };
  if (port.networks.v4.length > 0) both('ip4', addresses4(port), [14344, 14350]);
  both('ip6', addresses6(port), [14364, 14370]);
}

/** Packets to the router's own addresses that nobody wants are dropped, unless NAT or a load balancer needs the address. */
export function addOwnDrops(
  m: Model,
  lr: Router,
  port: RouterPort,
  where: { readonly stage: typeof INPUT; readonly priority: number; readonly shared: boolean },
  add: AddFlow,
): void {
  const { snatIps } = m.routerNat(lr.uuid);
  const { vips } = m.routerState(lr.uuid);
  const chosen = (nets: readonly { readonly text: string }[], vipTexts: readonly string[]): string =>
    nets
      .map((net) => net.text)
      .filter((ip) => (snatIps.has(ip) || vipTexts.includes(ip)) === where.shared)
      .join(', ');
  const v4 = chosen(port.networks.v4, vips.v4);
  const v6 = chosen(port.networks.v6, vips.v6);
  const hint = { hint: port.uuid };
  const { drop } = m.config();
  if (v4 !== '') add(where.stage, where.priority, `ip4.dst == {${v4}}`, drop, 14057, hint);
  if (v6 !== '') add(where.stage, where.priority, `ip6.dst == {${v6}}`, drop, 14087, hint);
}
