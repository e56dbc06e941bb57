/** Tables 73 to 75: what a port with port security may send, and what may be delivered to it. */
import { linkLocalOf, maskLength, prefixMask } from '../../base/address.ts';
import { FIELDS, type Field } from '../../flow/index.ts';
import type { OfpAct } from '../../ofproto/index.ts';
import { OFTABLE } from '../actions/oftable.table.ts';
import { REGISTER } from './logical-registers.table.ts';
import {
  loadRegister,
  matchDatapath,
  matchInport,
  matchOf,
  matchOutport,
  resubmit,
} from './physical/flow-builder.ts';
import type { PhysicalContext, PhysicalPort } from './physical/physical-context.ts';
import { parsePortSecurity, type Masked, type PortSecurityEntry } from './port-security-entry.ts';

type Term = readonly [Field, number | bigint, (number | bigint)?];

/** Bit 12 of the flags: the check failed. */
const FAILED_BIT = 12;
const DENY: readonly OfpAct[] = [loadRegister(REGISTER.flags, 1, FAILED_BIT, 1)];
const ALLOW: readonly OfpAct[] = [loadRegister(REGISTER.flags, 0, FAILED_BIT, 1)];
const CHECK_ND: readonly OfpAct[] = [resubmit(OFTABLE.chkInPortSecNd)];

const IPV4: Term = [FIELDS.eth_type, 0x800];
const IPV6: Term = [FIELDS.eth_type, 0x86dd];
const ARP: Term = [FIELDS.eth_type, 0x806];
const ICMP6: readonly Term[] = [IPV6, [FIELDS.nw_proto, 58]];
const ALL_MAC = prefixMask(48, 48);
const ALL_V4 = 0xffffffffn;
const NS = 135;
const NA = 136;

const masked = (field: Field, { value, mask }: Masked): Term => [field, value, mask];

/** The link-local addresses that MACs under a mask can have. */
function linkLocal({ value, mask }: Masked): Masked {
  return { value: linkLocalOf(value), mask: prefixMask(128 - 48 + (maskLength(mask, 48) ?? 48), 128) };
}

class PortSecurityFlows {
  readonly #context: PhysicalContext;
  readonly #port: PhysicalPort;

  constructor(context: PhysicalContext, port: PhysicalPort) {
    this.#context = context;
    this.#port = port;
  }

  #add(table: number, priority: number, end: Term, actions: readonly OfpAct[], terms: readonly Term[]): void {
    const match = matchOf(end, matchDatapath(this.#port.datapathKey), ...terms);
    this.#context.sink.add(table, priority, match, actions, this.#port.row._uuid);
  }

  #in(priority: number, actions: readonly OfpAct[], ...terms: Term[]): void {
    this.#add(OFTABLE.chkInPortSec, priority, matchInport(this.#port.portKey), actions, terms);
  }

  #neighbour(priority: number, actions: readonly OfpAct[], ...terms: Term[]): void {
    this.#add(OFTABLE.chkInPortSecNd, priority, matchInport(this.#port.portKey), actions, terms);
  }

  #out(priority: number, actions: readonly OfpAct[], ...terms: Term[]): void {
    this.#add(OFTABLE.chkOutPortSec, priority, matchOutport(this.#port.portKey), actions, terms);
  }

  #inIpv4(mac: Masked, entry: PortSecurityEntry): void {
    const source = masked(FIELDS.eth_src, mac);
    for (const address of entry.ipv4) this.#in(90, ALLOW, source, IPV4, masked(FIELDS.ip_src, address));
    // DHCP from the unspecified address.
    this.#in(
      90,
      ALLOW,
      source,
      IPV4,
      [FIELDS.nw_proto, 17],
      [FIELDS.ip_src, 0],
      [FIELDS.ip_dst, ALL_V4],
      [FIELDS.udp_src, 68],
      [FIELDS.udp_dst, 67],
    );
  }

  #inIpv6(mac: Masked, entry: PortSecurityEntry): void {
    const source = masked(FIELDS.eth_src, mac);
    for (const address of [...entry.ipv6, linkLocal(mac)])
      this.#in(90, CHECK_ND, source, IPV6, masked(FIELDS.ipv6_src, address));
    const unspecified: readonly Term[] = [
      [FIELDS.ipv6_src, 0n],
      [FIELDS.ipv6_dst, 0xff02n << 112n, 0xffffn << 112n],
      [FIELDS.icmpv6_code, 0],
    ];
    for (const [type, actions] of [
      [131, ALLOW],
      [143, ALLOW],
      [NS, CHECK_ND],
    ] as const)
      this.#in(90, actions, source, ...ICMP6, [FIELDS.icmpv6_type, type], ...unspecified);
  }

  #inArp(entry: PortSecurityEntry): void {
    const base: readonly Term[] = [[FIELDS.eth_src, entry.mac], ARP];
    const senders: Masked[] = [...(entry.vrrp ? [] : [{ value: entry.mac, mask: ALL_MAC }]), ...entry.vrrp4];
    const addresses: readonly Term[][] =
      entry.ipv4.length === 0 ? [[]] : entry.ipv4.map((address) => [masked(FIELDS.arp_spa, address)]);
    for (const address of addresses)
      for (const sender of senders)
        this.#neighbour(90, ALLOW, ...base, ...address, masked(FIELDS.arp_sha, sender));
  }

  #inNd(entry: PortSecurityEntry): void {
    const base: readonly Term[] = [
      [FIELDS.eth_src, entry.mac],
      ...ICMP6,
      [FIELDS.icmpv6_code, 0],
      [FIELDS.nw_ttl, 255],
    ];
    const senders: Masked[] = [
      { value: 0n, mask: ALL_MAC },
      ...(entry.vrrp ? [] : [{ value: entry.mac, mask: ALL_MAC }]),
      ...entry.vrrp6,
    ];
    for (const sender of senders)
      this.#neighbour(90, ALLOW, ...base, [FIELDS.icmpv6_type, NS], masked(FIELDS.nd_sll, sender));
    const own = { value: linkLocalOf(entry.mac), mask: prefixMask(128, 128) };
    const targets: readonly Term[][] =
      entry.ipv6.length === 0
        ? [[]]
        : [own, ...entry.ipv6].map((address) => [masked(FIELDS.nd_target, address)]);
    for (const target of targets)
      for (const sender of senders)
        this.#neighbour(
          90,
          ALLOW,
          ...base,
          [FIELDS.icmpv6_type, NA],
          ...target,
          masked(FIELDS.nd_tll, sender),
        );
  }

  #outIpv4(mac: Masked, entry: PortSecurityEntry): void {
    const base = [masked(FIELDS.eth_dst, mac), IPV4];
    this.#out(90, DENY, ...base);
    if (entry.ipv4.length === 0) return;
    const allowed: Masked[] = entry.ipv4.flatMap((address) => [
      address,
      ...(address.broadcast === null ? [] : [{ value: address.broadcast, mask: ALL_V4 }]),
    ]);
    allowed.push({ value: ALL_V4, mask: ALL_V4 }, { value: 0xe0000000n, mask: 0xf0000000n });
    for (const address of allowed) this.#out(95, ALLOW, ...base, masked(FIELDS.ip_dst, address));
  }

  #outIpv6(mac: Masked, entry: PortSecurityEntry): void {
    const base = [masked(FIELDS.eth_dst, mac), IPV6];
    this.#out(90, DENY, ...base);
    if (entry.ipv6.length === 0) return;
    const multicast = { value: 0xffn << 120n, mask: 0xffn << 120n };
    for (const address of [...entry.ipv6, linkLocal(mac), multicast])
      this.#out(95, ALLOW, ...base, masked(FIELDS.ipv6_dst, address));
  }

  addEntry(entry: PortSecurityEntry): void {
    const macs = entry.vrrp ? [...entry.vrrp4, ...entry.vrrp6] : [{ value: entry.mac, mask: ALL_MAC }];
    const four = entry.vrrp ? entry.vrrp4 : macs;
    const six = entry.vrrp ? entry.vrrp6 : macs;
    const has = { ipv4: entry.ipv4.length > 0, ipv6: entry.ipv6.length > 0 };
    const any = has.ipv4 || has.ipv6;
    if (!any) for (const mac of macs) this.#in(90, CHECK_ND, masked(FIELDS.eth_src, mac));
    if (has.ipv4) for (const mac of four) this.#inIpv4(mac, entry);
    if (has.ipv4 || !has.ipv6) this.#inArp(entry);
    if (has.ipv6) for (const mac of six) this.#inIpv6(mac, entry);
    this.#inNd(entry);
    for (const mac of macs) this.#out(85, ALLOW, masked(FIELDS.eth_dst, mac));
    if (any) for (const mac of four) this.#outIpv4(mac, entry);
    if (any) for (const mac of six) this.#outIpv6(mac, entry);
  }

  addDefaults(): void {
    this.#in(80, DENY);
    this.#in(95, CHECK_ND, ARP);
    this.#neighbour(80, DENY, ARP);
    for (const type of [NA, NS])
      this.#neighbour(80, DENY, ...ICMP6, [FIELDS.nw_ttl, 255], [FIELDS.icmpv6_type, type]);
    this.#out(80, DENY);
  }
}

export function addPortSecurity(context: PhysicalContext, port: PhysicalPort): void {
  const entries = port.row.port_security.flatMap((text) => parsePortSecurity(text) ?? []);
  if (entries.length === 0) return;
  const flows = new PortSecurityFlows(context, port);
  for (const entry of entries) flows.addEntry(entry);
  flows.addDefaults();
}
