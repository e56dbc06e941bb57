/** Text of the actions that rewrite one header field by name: VLAN, Ethernet, IP, ports, TTL. */
import { formatIpv4, formatMac, parseIpv4, parseMac } from '../../base/address.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { parseUnsigned } from '../../flow/c-integer.ts';
import { formatHex } from '../../flow/field-text.ts';
import { PROTOCOLS } from '../protocol.table.ts';
import type { ActFormatter, ActParser } from './act-text.ts';
import type { OfpAct } from './ofpact.ts';

/** A number below `limit`, called `name` in the error text. */
export function parseNamed(text: string, name: string, limit: number): Result<number> {
  const value = parseUnsigned(text, limit);
  return value === undefined ? err(`invalid ${name} "${text}"`) : ok(value);
}

const number =
  (name: string, limit: number, make: (value: number, text: string) => Result<OfpAct>): ActParser =>
  (text) => {
    const value = parseNamed(text, name, limit);
    return value.ok ? make(value.value, text) : value;
  };

const vlanVid = (pushIfNeeded: boolean): ActParser =>
  number('VLAN VID', 65536, (vid, text) =>
    vid > 0xfff ? err(`${text}: not a valid VLAN VID`) : ok({ kind: 'set_vlan_vid', vid, pushIfNeeded }),
  );

const vlanPcp = (pushIfNeeded: boolean): ActParser =>
  number('VLAN PCP', 256, (pcp, text) =>
    pcp > 7 ? err(`${text}: not a valid VLAN PCP`) : ok({ kind: 'set_vlan_pcp', pcp, pushIfNeeded }),
  );

const eth =
  (kind: 'mod_dl_src' | 'mod_dl_dst'): ActParser =>
  (text) => {
    // What follows an address is not looked at.
    const mac = parseMac(/^[0-9a-fA-F:]*/.exec(text)?.[0].split(':').slice(0, 6).join(':') ?? '');
    return mac === undefined ? err(`invalid mac address ${text}`) : ok({ kind, mac });
  };

const ipv4 =
  (kind: 'mod_nw_src' | 'mod_nw_dst'): ActParser =>
  (text, { warn }) => {
    const ip = parseIpv4(text);
    if (ip === undefined) warn?.('socket_util', `"${text}" is not a valid IP address`, 'ERR');
    return ip === undefined ? err(`${text}: could not convert to IP address`) : ok({ kind, ip });
  };

const ttl = number('TTL', 256, (value) => ok({ kind: 'mod_nw_ttl', value }));

const decTtl: ActParser = (text) => {
  if (text === '') return ok({ kind: 'dec_ttl', controllerIds: [0], explicit: false });
  const ids = text
    .split(/[, ]+/)
    .filter((word) => word !== '')
    .map((word) => (Number.parseInt(word, 10) || 0) & 0xffff);
  return ids.length === 0
    ? err('dec_ttl_cnt_ids: expected at least one controller id.')
    : ok({ kind: 'dec_ttl', controllerIds: ids, explicit: true });
};

export const HEADER_PARSERS: Readonly<Record<string, ActParser>> = {
  set_vlan_vid: vlanVid(false),
  mod_vlan_vid: vlanVid(true),
  set_vlan_pcp: vlanPcp(false),
  mod_vlan_pcp: vlanPcp(true),
  strip_vlan: () => ok({ kind: 'strip_vlan', legacy: true }),
  pop_vlan: () => ok({ kind: 'strip_vlan', legacy: false }),
  push_vlan: (text, parse) => {
    parse.protocols &= PROTOCOLS.of11Up;
    const value = parseNamed(text, 'ethertype', 65536);
    if (!value.ok) return value;
    return value.value === 0x8100 || value.value === 0x88a8
      ? ok({ kind: 'push_vlan', ethertype: value.value })
      : err(`${text}: not a valid VLAN ethertype`);
  },
  mod_dl_src: eth('mod_dl_src'),
  mod_dl_dst: eth('mod_dl_dst'),
  mod_nw_src: ipv4('mod_nw_src'),
  mod_nw_dst: ipv4('mod_nw_dst'),
  mod_nw_tos: number('TOS', 256, (value, text) =>
    (value & 3) === 0 ? ok({ kind: 'mod_nw_tos', value }) : err(`${text}: not a valid TOS`),
  ),
  mod_nw_ecn: number('ECN', 256, (value, text) =>
    value < 4 ? ok({ kind: 'mod_nw_ecn', value }) : err(`${text}: not a valid ECN`),
  ),
  mod_nw_ttl: ttl,
  set_nw_ttl: ttl,
  mod_tp_src: number('source port', 65536, (port) => ok({ kind: 'mod_tp_src', port })),
  mod_tp_dst: number('destination port', 65536, (port) => ok({ kind: 'mod_tp_dst', port })),
  dec_ttl: decTtl,
};

type HeaderKind =
  | 'set_vlan_vid'
  | 'set_vlan_pcp'
  | 'strip_vlan'
  | 'push_vlan'
  | 'mod_dl_src'
  | 'mod_dl_dst'
  | 'mod_nw_src'
  | 'mod_nw_dst'
  | 'mod_nw_tos'
  | 'mod_nw_ecn'
  | 'mod_nw_ttl'
  | 'mod_tp_src'
  | 'mod_tp_dst'
  | 'dec_ttl';

export const HEADER_FORMATTERS: { readonly [K in HeaderKind]: ActFormatter<K> } = {
  set_vlan_vid: ({ vid, pushIfNeeded }) => `${pushIfNeeded ? 'mod' : 'set'}_vlan_vid:${vid}`,
  set_vlan_pcp: ({ pcp, pushIfNeeded }) => `${pushIfNeeded ? 'mod' : 'set'}_vlan_pcp:${pcp}`,
  strip_vlan: ({ legacy }) => (legacy ? 'strip_vlan' : 'pop_vlan'),
  push_vlan: ({ ethertype }) => `push_vlan:${formatHex(ethertype)}`,
  mod_dl_src: ({ mac }) => `mod_dl_src:${formatMac(mac)}`,
  mod_dl_dst: ({ mac }) => `mod_dl_dst:${formatMac(mac)}`,
  mod_nw_src: ({ ip }) => `mod_nw_src:${formatIpv4(ip)}`,
  mod_nw_dst: ({ ip }) => `mod_nw_dst:${formatIpv4(ip)}`,
  mod_nw_tos: ({ value }) => `mod_nw_tos:${value}`,
  mod_nw_ecn: ({ value }) => `mod_nw_ecn:${value}`,
  mod_nw_ttl: ({ value }) => `mod_nw_ttl:${value}`,
  mod_tp_src: ({ port }) => `mod_tp_src:${port}`,
  mod_tp_dst: ({ port }) => `mod_tp_dst:${port}`,
  dec_ttl: ({ controllerIds, explicit }) => `dec_ttl${explicit ? `(${controllerIds.join(',')})` : ''}`,
};
