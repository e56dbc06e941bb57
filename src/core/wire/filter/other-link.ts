/**
 * Words about links that are not Ethernet (ATM, SS7, 802.11, the packet log of PF). On an Ethernet capture
 * libpcap knows them and refuses them; the checks of their operands come first.
 */
import type { Word } from './keyword.table.ts';

const only = (name: string, link: string): string => `'${name}' supported only on ${link}`;

/** Words that stand alone. */
export const LONE_WORDS: Partial<Record<Word, string>> = {
  lane: only('lane', 'raw ATM'),
  metac: only('metac', 'raw ATM'),
  bcc: only('bcc', 'raw ATM'),
  oamf4ec: only('oam4ec', 'raw ATM'),
  oamf4sc: only('oam4sc', 'raw ATM'),
  sc: only('sc', 'raw ATM'),
  ilmic: only('ilmic', 'raw ATM'),
  oam: only('oam', 'raw ATM'),
  oamf4: only('oamf4', 'raw ATM'),
  connectmsg: only('connectmsg', 'raw ATM'),
  metaconnect: only('metaconnect', 'raw ATM'),
  fisu: only('fisu', 'MTP2'),
  lssu: only('lssu', 'MTP2'),
  msu: only('msu', 'MTP2'),
  hfisu: only('hfisu', 'MTP2_HSL'),
  hlssu: only('hlssu', 'MTP2_HSL'),
  hmsu: only('hmsu', 'MTP2_HSL'),
};

/** Words that a number follows, or a comparison with one. */
export const COMPARED_WORDS: Partial<Record<Word, string>> = {
  vpi: only('vpi', 'raw ATM'),
  vci: only('vci', 'raw ATM'),
  sio: only('sio', 'SS7'),
  opc: only('opc', 'SS7'),
  dpc: only('dpc', 'SS7'),
  sls: only('sls', 'SS7'),
  hsio: only('sio', 'SS7'),
  hopc: only('opc', 'SS7'),
  hdpc: only('dpc', 'SS7'),
  hsls: only('sls', 'SS7'),
};

/** Words about the log of PF, and what may follow them. */
export const PF_WORDS: Partial<Record<Word, 'name' | 'number' | 'reason' | 'action'>> = {
  ifname: 'name',
  ruleset: 'name',
  rnr: 'number',
  srnr: 'number',
  reason: 'reason',
  action: 'action',
};

export const PF_REASONS: ReadonlySet<string> = new Set([
  'match',
  'bad-offset',
  'fragment',
  'short',
  'normalize',
  'memory',
  'bad-timestamp',
  'congestion',
  'ip-option',
  'proto-cksum',
  'state-mismatch',
  'state-insert',
  'state-limit',
  'src-limit',
  'synproxy',
]);

export const PF_ACTIONS: ReadonlySet<string> = new Set([
  'pass',
  'accept',
  'drop',
  'block',
  'scrub',
  'noscrub',
  'nat',
  'nonat',
  'binat',
  'nobinat',
  'rdr',
  'nordr',
  'synproxy-drop',
]);

const MANAGEMENT = [
  'assocreq',
  'assoc-req',
  'assocresp',
  'assoc-resp',
  'reassocreq',
  'reassoc-req',
  'reassocresp',
  'reassoc-resp',
  'probereq',
  'probe-req',
  'proberesp',
  'probe-resp',
  'beacon',
  'atim',
  'disassoc',
  'disassociation',
  'auth',
  'authentication',
  'deauth',
  'deauthentication',
];
const CONTROL = ['ps-poll', 'rts', 'cts', 'ack', 'cf-end', 'cf-end-ack'];
const DATA = [
  'data',
  'data-cf-ack',
  'data-cf-poll',
  'data-cf-ack-poll',
  'null',
  'cf-ack',
  'cf-poll',
  'cf-ack-poll',
  'qos-data',
  'qos-data-cf-ack',
  'qos-data-cf-poll',
  'qos-data-cf-ack-poll',
  'qos',
  'qos-cf-poll',
  'qos-cf-ack-poll',
];

/** Types of 802.11 frames: their number and the names of their subtypes. */
export const WIRELESS_TYPES: ReadonlyMap<
  string,
  { readonly number: number; readonly subtypes: readonly string[] }
> = new Map([
  ['mgt', { number: 0x00, subtypes: MANAGEMENT }],
  ['management', { number: 0x00, subtypes: MANAGEMENT }],
  ['ctl', { number: 0x04, subtypes: CONTROL }],
  ['control', { number: 0x04, subtypes: CONTROL }],
  ['data', { number: 0x08, subtypes: DATA }],
]);

export const WIRELESS_TYPE_MASK = 0x0c;
export const WIRELESS_SUBTYPE_MASK = 0xf0;
export const WIRELESS_DIRECTIONS: ReadonlySet<string> = new Set(['nods', 'tods', 'fromds', 'dstods']);
