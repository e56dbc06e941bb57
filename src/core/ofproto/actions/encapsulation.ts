/** Text of MPLS actions and of `encap` and `decap`. */
import { toBigInt, fromHex } from '../../base/bytes.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { parseUint32 } from '../../flow/c-integer.ts';
import { formatHex } from '../../flow/field-text.ts';
import { keyValues, scanKeyValue } from '../../flow/key-value.ts';
import { PROTOCOLS } from '../protocol.table.ts';
import type { ActFormatter, ActParser } from './act-text.ts';
import { parseNamed } from './header.ts';
import type { EncapProperty } from './ofpact.ts';

/** (namespace << 16) | type of the headers that can be added. */
export const PACKET_TYPE = {
  ethernet: 0,
  nsh: 0x1894f,
  mpls: 0x18847,
  mpls_mc: 0x18848,
  useNextProto: 0xfffe,
} as const;

const ENCAP_NAMES: readonly (readonly [string, number])[] = [
  ['ethernet', PACKET_TYPE.ethernet],
  ['nsh', PACKET_TYPE.nsh],
  ['mpls', PACKET_TYPE.mpls],
  ['mpls_mc', PACKET_TYPE.mpls_mc],
];

function parseProperty(key: string, value: string): Result<EncapProperty> {
  if (key !== 'md_type' && key !== 'tlv') return err(`Invalid property: ${key}`);
  if (value === '') return err('Value missing for encap property');
  if (key === 'md_type') {
    const type = parseNamed(value, 'md_type', 256);
    if (!type.ok) return type;
    return type.value === 1 || type.value === 2
      ? ok({ kind: 'md_type', type: type.value })
      : err('invalid md_type');
  }
  const tlv = /^0x([0-9a-fA-F]{1,4}),[ \t]*(\d+),0x([0-9a-fA-F]{1,251})/.exec(value);
  if (!tlv) return err(`Invalid NSH TLV header: ${value}`);
  const digits = tlv[3] as string;
  return ok({
    kind: 'tlv',
    tlvClass: Number.parseInt(tlv[1] as string, 16),
    type: Number(tlv[2]) & 255,
    value: fromHex(digits.slice(0, digits.length & ~1)) ?? new Uint8Array(0),
  });
}

const parseEncap: ActParser = (text, parse) => {
  parse.protocols &= PROTOCOLS.of13Up;
  const scanned = scanKeyValue(text);
  if (!scanned) return err(`Missing encap hdr: ${text}`);
  const { key, value } = scanned.part;
  const packetType = ENCAP_NAMES.find(([name]) => name === key)?.[1];
  if (packetType === undefined) return err(`Encap hdr not supported: ${value}`);
  const properties: EncapProperty[] = [];
  for (const part of keyValues(value)) {
    if (packetType !== PACKET_TYPE.nsh) return err(`Invalid property: ${part.key}`);
    const property = parseProperty(part.key, part.value);
    if (!property.ok) return property;
    properties.push(property.value);
  }
  return ok({ kind: 'encap', packetType, properties });
};

const parseDecap: ActParser = (text) => {
  const scanned = scanKeyValue(text);
  if (!scanned) return ok({ kind: 'decap', packetType: null });
  if (scanned.part.key !== 'packet_type') return err(`Invalid decap argument: ${scanned.part.key}`);
  const ns = scanKeyValue(scanned.part.value);
  if (ns?.part.key !== 'ns') return err('Missing packet_type attribute ns');
  const space = parseNamed(ns.part.value, 'ns', 65536);
  if (!space.ok) return space;
  if (space.value >= 4) return err(`Unsupported ns value: ${space.value}`);
  const type = scanKeyValue(ns.rest);
  if (type?.part.key !== 'type') return err('Missing packet_type attribute type');
  const number = parseNamed(type.part.value, 'type', 65536);
  return number.ok ? ok({ kind: 'decap', packetType: space.value * 65536 + number.value }) : number;
};

const mplsType =
  (kind: 'push_mpls' | 'pop_mpls'): ActParser =>
  (text) => {
    const value = parseNamed(text, kind, 65536);
    return value.ok ? ok({ kind, ethertype: value.value }) : value;
  };

const mplsByte =
  (kind: 'set_mpls_tc' | 'set_mpls_ttl', name: string, missing: string): ActParser =>
  (text) => {
    if (text === '') return err(missing);
    const value = parseNamed(text, name, 256);
    if (!value.ok) return value;
    return kind === 'set_mpls_tc' && value.value > 7
      ? err(`${text}: not a valid MPLS TC`)
      : ok({ kind, value: value.value });
  };

export const ENCAPSULATION_PARSERS: Readonly<Record<string, ActParser>> = {
  set_mpls_label: (text) => {
    if (text === '') return err('set_mpls_label: expected label.');
    const label = parseUint32(text);
    if (!label.ok) return label;
    return label.value > 0xfffff
      ? err(`${text}: not a valid MPLS label`)
      : ok({ kind: 'set_mpls_label', value: label.value });
  },
  set_mpls_tc: mplsByte('set_mpls_tc', 'MPLS TC', 'set_mpls_tc: expected tc.'),
  set_mpls_ttl: mplsByte('set_mpls_ttl', 'MPLS TTL', 'set_mpls_ttl: expected ttl.'),
  dec_mpls_ttl: () => ok({ kind: 'dec_mpls_ttl' }),
  push_mpls: mplsType('push_mpls'),
  pop_mpls: mplsType('pop_mpls'),
  encap: parseEncap,
  decap: parseDecap,
  dec_nsh_ttl: () => ok({ kind: 'dec_nsh_ttl' }),
};

const hex4 = (value: number): string => `0x${value.toString(16).padStart(4, '0')}`;

function formatProperty(property: EncapProperty): string {
  if (property.kind === 'md_type') return `md_type=${property.type}`;
  return `tlv(${hex4(property.tlvClass)},${property.type},${formatHex(toBigInt(property.value))})`;
}

type EncapsulationKind =
  | 'set_mpls_label'
  | 'set_mpls_tc'
  | 'set_mpls_ttl'
  | 'dec_mpls_ttl'
  | 'push_mpls'
  | 'pop_mpls'
  | 'encap'
  | 'decap'
  | 'dec_nsh_ttl';

export const ENCAPSULATION_FORMATTERS: { readonly [K in EncapsulationKind]: ActFormatter<K> } = {
  set_mpls_label: ({ value }) => `set_mpls_label(${value})`,
  set_mpls_tc: ({ value }) => `set_mpls_tc(${value})`,
  set_mpls_ttl: ({ value }) => `set_mpls_ttl(${value})`,
  dec_mpls_ttl: () => 'dec_mpls_ttl',
  push_mpls: ({ ethertype }) => `push_mpls:${hex4(ethertype)}`,
  pop_mpls: ({ ethertype }) => `pop_mpls:${hex4(ethertype)}`,
  encap: ({ packetType, properties }) => {
    const name = ENCAP_NAMES.find(([, type]) => type === packetType)?.[0] ?? 'UNKNOWN';
    return `encap(${name}${properties.length > 0 ? `(${properties.map(formatProperty).join(',')})` : ''})`;
  },
  decap: ({ packetType }) =>
    packetType === null
      ? 'decap()'
      : `decap(packet_type(ns=${packetType >>> 16},type=${formatHex(packetType & 0xffff)}))`,
  dec_nsh_ttl: () => 'dec_nsh_ttl',
};
