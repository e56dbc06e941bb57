/** Names of numbers: scopes, tables, protocols, as /etc/iproute2 ships them. */
import { Arguments } from './arguments.ts';

const SCOPES: Readonly<Record<number, string>> = {
  0: 'global',
  255: 'nowhere',
  254: 'host',
  253: 'link',
  200: 'site',
};
const TABLES: Readonly<Record<number, string>> = { 255: 'local', 254: 'main', 253: 'default', 0: 'unspec' };
const PROTOCOLS: Readonly<Record<number, string>> = {
  0: 'unspec',
  1: 'redirect',
  2: 'kernel',
  3: 'boot',
  4: 'static',
  8: 'gated',
  9: 'ra',
  10: 'mrt',
  11: 'zebra',
  12: 'bird',
  13: 'dnrouted',
  14: 'xorp',
  15: 'ntk',
  16: 'dhcp',
  18: 'keepalived',
  42: 'babel',
  99: 'openr',
  186: 'bgp',
  187: 'isis',
  188: 'ospf',
  189: 'rip',
  // From here on as the package of FRR adds them.
  190: 'ripng',
  191: 'nhrp',
  192: 'eigrp',
  193: 'ldp',
  194: 'sharp',
  195: 'pbr',
  196: 'static',
  197: 'openfabric',
};

const GROUPS: Readonly<Record<number, string>> = { 0: 'default' };

/** Differentiated services (RFC 2474, 2597, 2598), with the two bits below them. */
const DIFFERENTIATED: Readonly<Record<number, string>> = {
  0x00: 'default',
  0x20: 'CS1',
  0x28: 'AF11',
  0x30: 'AF12',
  0x38: 'AF13',
  0x40: 'CS2',
  0x48: 'AF21',
  0x50: 'AF22',
  0x58: 'AF23',
  0x60: 'CS3',
  0x68: 'AF31',
  0x70: 'AF32',
  0x78: 'AF33',
  0x80: 'CS4',
  0x88: 'AF41',
  0x90: 'AF42',
  0x98: 'AF43',
  0xa0: 'CS5',
  0xb8: 'EF',
  0xc0: 'CS6',
  0xe0: 'CS7',
};

const named = (table: Readonly<Record<number, string>>, value: number, numeric: boolean): string =>
  numeric ? String(value) : (table[value] ?? String(value));

export const scopeName = (scope: number, numeric = false): string => named(SCOPES, scope, numeric);
export const tableName = (table: number, numeric = false): string => named(TABLES, table, numeric);
export const protocolName = (protocol: number, numeric = false): string =>
  named(PROTOCOLS, protocol, numeric);
export const groupName = (group: number, numeric = false): string => named(GROUPS, group, numeric);

const inHex = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;
export const tosName = (tos: number, numeric = false): string =>
  numeric ? inHex(tos) : (DIFFERENTIATED[tos] ?? inHex(tos));

/** A name or a number, which is hexadecimal with `0x` or without. */
export function tosNumber(word: string): number | undefined {
  const value = Object.entries(DIFFERENTIATED).find(([, name]) => name === word)?.[0];
  if (value !== undefined) return Number(value);
  const read = /^(?:0x)?[0-9a-f]+$/i.test(word) ? Number.parseInt(word, 16) : 256;
  return read > 255 ? undefined : read;
}

function numbered(table: Readonly<Record<number, string>>, word: string, most: number): number | undefined {
  for (const [value, name] of Object.entries(table)) if (name === word) return Number(value);
  const value = Arguments.number(word);
  return value === undefined || value > most ? undefined : value;
}

export const scopeNumber = (word: string): number | undefined => numbered(SCOPES, word, 255);
export const tableNumber = (word: string): number | undefined => numbered(TABLES, word, 0xffffffff);
export const protocolNumber = (word: string): number | undefined => numbered(PROTOCOLS, word, 255);
export const groupNumber = (word: string): number | undefined => numbered(GROUPS, word, 0xffffffff);
