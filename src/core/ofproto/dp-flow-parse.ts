/**
 * A packet's key in the datapath's own spelling, as `dpctl/dump-flows` shows it and `ofproto/trace` takes it:
 * `in_port(1),eth(src=...,dst=...),eth_type(0x0800),ipv4(...),tcp(src=1,dst=80)`. Masks are read and count for nothing.
 */
import { parseIpv4, parseIpv6, parseMac } from '../base/address.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Field } from '../flow/field.ts';
import { FIELDS } from '../flow/fields.table.ts';
import { CT_STATE_FLAGS, TCP_FLAGS } from '../flow/flag-text.ts';
import { createFlow, setField, type Flow } from '../flow/flow.ts';
import { markBits, rawEthTypeOf } from '../flow/packet-kind.ts';
import { WORD } from '../flow/words.table.ts';

export interface DpKey {
  readonly flow: Flow;
  /** A number, or a name. */
  readonly inPort: string;
}

type Read = (text: string) => bigint | undefined;

const number: Read = (text) => (/^(0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text) : undefined);
const mac: Read = parseMac;
const ipv6: Read = parseIpv6;
const ipv4: Read = (text) => {
  const address = parseIpv4(text);
  return address === undefined ? undefined : BigInt(address);
};

const PORTS = { src: [FIELDS.tcp_src, number], dst: [FIELDS.tcp_dst, number] } as const;
const ICMP = { type: [FIELDS.icmp_type, number], code: [FIELDS.icmp_code, number] } as const;

type Parts = Readonly<Record<string, readonly [Field, Read]>>;

/** Groups of named values. */
const GROUPS: Readonly<Record<string, Parts>> = {
  eth: { src: [FIELDS.eth_src, mac], dst: [FIELDS.eth_dst, mac] },
  tunnel: {
    tun_id: [FIELDS.tun_id, number],
    src: [FIELDS.tun_src, ipv4],
    dst: [FIELDS.tun_dst, ipv4],
    tos: [FIELDS.tun_tos, number],
    ttl: [FIELDS.tun_ttl, number],
  },
  ipv4: {
    src: [FIELDS.ip_src, ipv4],
    dst: [FIELDS.ip_dst, ipv4],
    proto: [FIELDS.nw_proto, number],
    tos: [FIELDS.nw_tos, number],
    ttl: [FIELDS.nw_ttl, number],
  },
  ipv6: {
    src: [FIELDS.ipv6_src, ipv6],
    dst: [FIELDS.ipv6_dst, ipv6],
    label: [FIELDS.ipv6_label, number],
    proto: [FIELDS.nw_proto, number],
    tclass: [FIELDS.nw_tos, number],
    hlimit: [FIELDS.nw_ttl, number],
  },
  arp: {
    sip: [FIELDS.arp_spa, ipv4],
    tip: [FIELDS.arp_tpa, ipv4],
    op: [FIELDS.arp_op, number],
    sha: [FIELDS.arp_sha, mac],
    tha: [FIELDS.arp_tha, mac],
  },
  nd: {
    target: [FIELDS.nd_target, ipv6],
    sll: [FIELDS.nd_sll, mac],
    tll: [FIELDS.nd_tll, mac],
  },
  tcp: PORTS,
  udp: PORTS,
  sctp: PORTS,
  icmp: ICMP,
  icmpv6: ICMP,
};

/** Groups of one value. */
const SINGLE: Readonly<Record<string, Field>> = {
  recirc_id: FIELDS.recirc_id,
  dp_hash: FIELDS.dp_hash,
  skb_priority: FIELDS.skb_priority,
  skb_mark: FIELDS.pkt_mark,
  ct_zone: FIELDS.ct_zone,
  ct_mark: FIELDS.ct_mark,
  ct_label: FIELDS.ct_label,
  eth_type: FIELDS.eth_type,
};

const FRAGMENTS: Readonly<Record<string, number>> = { no: 0, first: 1, later: 3 };
/** What the key of a frame says that has a length where others have a type. */
const NO_ETH_TYPE = 0x05ff;
const VLAN_PRESENT = 0x1000;

const unmasked = (text: string): string => text.replace(/\/.*$/s, '');

class KeyReader {
  readonly flow = createFlow();
  inPort = '';
  #vlan = 0;

  /** What is wrong with a group; undefined for nothing. */
  take(name: string, content: string): string | undefined {
    if (name === 'in_port') {
      this.inPort = unmasked(content);
      return undefined;
    }
    if (name === 'encap') return this.takeAll(content);
    if (name === 'vlan') return this.#takeVlan(content);
    if (name === 'ct_state') return this.#takeState(content);
    if (name === 'tcp_flags') return this.#takeTcpFlags(content);
    const field = SINGLE[name];
    if (field) return this.#set(field, number, content);
    const parts = GROUPS[name];
    return parts ? this.#takeParts(parts, content) : `syntax error at ${name}(${content})`;
  }

  #set(field: Field, read: Read, text: string): string | undefined {
    const value = read(unmasked(text));
    if (value === undefined) return `syntax error at ${text}`;
    setField(this.flow, field, value);
    return undefined;
  }

  #takeParts(parts: Parts, content: string): string | undefined {
    for (const part of content.split(',').filter((one) => one !== '')) {
      const [key = '', value = ''] = part.split(/=(.*)/s);
      const fragment = key === 'frag' ? FRAGMENTS[value] : undefined;
      if (fragment !== undefined) {
        markBits(this.flow, WORD.nwProto, fragment << 24);
        continue;
      }
      const [field, read] = parts[key] ?? [];
      if (!field || !read) return `syntax error at ${part}`;
      const problem = this.#set(field, read, value);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #takeVlan(content: string): string | undefined {
    let tci = VLAN_PRESENT;
    for (const part of content.split(',')) {
      const [key = '', value = ''] = part.split('=');
      const read = number(unmasked(value));
      if (read === undefined) return `syntax error at ${part}`;
      if (key === 'vid') tci |= Number(read) & 0xfff;
      else if (key === 'pcp') tci |= (Number(read) & 7) << 13;
      else if (key === 'tci') tci = Number(read) & 0xffff;
      else if (key !== 'cfi') return `syntax error at ${part}`;
    }
    // The Ethernet type read so far is the tag's.
    markBits(this.flow, WORD.vlan + this.#vlan, ((rawEthTypeOf(this.flow) << 16) | tci) >>> 0);
    this.#vlan += 1;
    setField(this.flow, FIELDS.eth_type, 0);
    return undefined;
  }

  #takeState(content: string): string | undefined {
    let state = 0;
    for (const flag of content.match(/[+-]?[a-z]+/g) ?? []) {
      const bit = CT_STATE_FLAGS.names.indexOf(flag.replace(/^[+-]/, ''));
      if (bit < 0) return `syntax error at ${flag}`;
      if (!flag.startsWith('-')) state |= 1 << bit;
    }
    setField(this.flow, FIELDS.ct_state, state);
    return undefined;
  }

  #takeTcpFlags(content: string): string | undefined {
    const value = number(unmasked(content));
    let flags = value === undefined ? 0 : Number(value);
    if (value === undefined)
      for (const flag of content.split('|').filter((one) => one !== '')) {
        const bit = TCP_FLAGS.names.indexOf(flag);
        if (bit < 0) return `syntax error at ${content}`;
        flags |= 1 << bit;
      }
    setField(this.flow, FIELDS.tcp_flags, flags);
    return undefined;
  }

  /** Groups one after the other, with commas or blanks between; a group may hold others in parentheses. */
  takeAll(text: string): string | undefined {
    let rest = text.replace(/^[\s,]+/, '');
    while (rest !== '') {
      const name = /^[a-z0-9_]+(?=\()/.exec(rest)?.[0];
      if (name === undefined) return `syntax error at ${rest}`;
      let depth = 0;
      let end = name.length;
      for (; end < rest.length; end += 1) {
        if (rest[end] === '(') depth += 1;
        else if (rest[end] === ')') depth -= 1;
        if (depth === 0) break;
      }
      if (depth !== 0) return `syntax error at ${rest}`;
      const problem = this.take(name, rest.slice(name.length + 1, end));
      if (problem !== undefined) return problem;
      rest = rest.slice(end + 1).replace(/^[\s,]+/, '');
    }
    return undefined;
  }
}

/** Reads a key; the error names the place. */
export function parseDpKey(text: string): Result<DpKey> {
  const reader = new KeyReader();
  const problem = reader.takeAll(text);
  if (problem !== undefined) return err(problem);
  if (rawEthTypeOf(reader.flow) === 0) setField(reader.flow, FIELDS.eth_type, NO_ETH_TYPE);
  return ok({ flow: reader.flow, inPort: reader.inPort });
}
