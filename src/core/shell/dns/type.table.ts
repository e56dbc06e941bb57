/** Names of record types and classes as programs take and print them (RFC 1035, 3.2; IANA's DNS parameters). */
const TYPES: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  DS: 43,
  SSHFP: 44,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  TLSA: 52,
  SVCB: 64,
  HTTPS: 65,
  ANY: 255,
  CAA: 257,
};

const CLASSES: Readonly<Record<string, number>> = { IN: 1, CH: 3, HS: 4, ANY: 255 };

export const RCODE_NAMES: readonly string[] = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
];

const numberIn = (
  table: Readonly<Record<string, number>>,
  prefix: string,
  word: string,
): number | undefined => {
  const upper = word.toUpperCase();
  if (Object.hasOwn(table, upper)) return table[upper];
  const digits = new RegExp(`^${prefix}(\\d{1,5})$`).exec(upper)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

const nameIn = (table: Readonly<Record<string, number>>, prefix: string, value: number): string =>
  Object.keys(table).find((name) => table[name] === value) ?? `${prefix}${value}`;

/** A type by its name or `TYPE64`; undefined for anything else. */
export const typeNumber = (word: string): number | undefined => numberIn(TYPES, 'TYPE', word);
export const typeName = (type: number): string => nameIn(TYPES, 'TYPE', type);
export const classNumber = (word: string): number | undefined => numberIn(CLASSES, 'CLASS', word);
export const className = (value: number): string => nameIn(CLASSES, 'CLASS', value);
