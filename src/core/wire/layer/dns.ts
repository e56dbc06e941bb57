/** DNS messages (RFC 1035), as OVN answers them for its own names. */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import { concatBytes, toHex } from '../../base/bytes.ts';
import { readIpv6, readU16, readU32, writeU16, writeU32 } from '../octets.ts';
import { encodeDnsName, readDnsName } from './dns-name.ts';
import { field, flagNames, hex, type HeaderNode } from './header-node.ts';
import {
  cutAt,
  isCut,
  report,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Range,
  type Target,
} from './layer-base.ts';

const DNS_TYPE = {
  a: 1,
  ns: 2,
  cname: 5,
  soa: 6,
  ptr: 12,
  mx: 15,
  txt: 16,
  aaaa: 28,
  srv: 33,
} as const;
/** Bits of `flags`. */
const DNS_FLAG = {
  response: 0x8000,
  authoritative: 0x0400,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
} as const;

interface DnsQuestion extends Range {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** `data` are the octets of the record; `text` what they mean, hex if that is not known here. */
interface DnsRecord extends DnsQuestion {
  readonly section: 'answer' | 'authority' | 'additional';
  readonly ttl: number;
  readonly data: Uint8Array;
  readonly text: string;
}

export interface DnsLayer extends LayerBase {
  readonly kind: 'dns';
  readonly id: number;
  readonly flags: number;
  readonly questions: readonly DnsQuestion[];
  readonly records: readonly DnsRecord[];
}

const DNS_SIZE = 12;

function dataText(octets: Uint8Array, start: number, at: number, size: number, type: number): string {
  const end = at + size;
  const name = (from: number): string => readDnsName(octets, start, from, end)?.name ?? '?';
  if (type === DNS_TYPE.a && size === 4) return formatIpv4(readU32(octets, at));
  if (type === DNS_TYPE.aaaa && size === 16) return formatIpv6(readIpv6(octets, at));
  if (type === DNS_TYPE.ns || type === DNS_TYPE.cname || type === DNS_TYPE.ptr) return name(at);
  if (type === DNS_TYPE.mx && size >= 3) return `${readU16(octets, at)} ${name(at + 2)}`;
  if (type === DNS_TYPE.srv && size >= 7)
    return `${readU16(octets, at)} ${readU16(octets, at + 2)} ${readU16(octets, at + 4)} ${name(at + 6)}`;
  return toHex(octets.subarray(at, end));
}

export function decodeDns(context: DecodeContext, target: Target): Parsed<DnsLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'DNS', target, DNS_SIZE)) return cutAt(target);
  const questions: DnsQuestion[] = [];
  const records: DnsRecord[] = [];
  let at = offset + DNS_SIZE;
  const question = (fixed: number): DnsQuestion | null => {
    const name = readDnsName(octets, offset, at, end);
    if (name === null || name.next + fixed > end) {
      report(context, 'DNS message cut', at);
      return null;
    }
    const { next } = name;
    const size = next + fixed - at;
    return {
      name: name.name,
      type: readU16(octets, next),
      class: readU16(octets, next + 2),
      offset: at,
      size,
    };
  };
  const readRecords = (section: DnsRecord['section'], count: number): boolean => {
    for (let i = 0; i < count; i += 1) {
      const head = question(10);
      if (head === null) return false;
      const data = head.offset + head.size;
      const size = readU16(octets, data - 2);
      if (data + size > end) {
        report(context, 'DNS record cut', head.offset);
        return false;
      }
      records.push({
        ...head,
        section,
        ttl: readU32(octets, data - 6),
        data: octets.subarray(data, data + size),
        text: dataText(octets, offset, data, size, head.type),
        size: head.size + size,
      });
      at = data + size;
    }
    return true;
  };
  let isWhole = true;
  for (let i = readU16(octets, offset + 4); i > 0 && isWhole; i -= 1) {
    const asked = question(4);
    isWhole = asked !== null;
    if (asked === null) break;
    questions.push(asked);
    at += asked.size;
  }
  if (isWhole && readRecords('answer', readU16(octets, offset + 6)))
    if (readRecords('authority', readU16(octets, offset + 8)))
      readRecords('additional', readU16(octets, offset + 10));
  return {
    layer: {
      kind: 'dns',
      offset,
      headerSize: end - offset,
      size: end - offset,
      id: readU16(octets, offset),
      flags: readU16(octets, offset + 2),
      questions,
      records,
    },
    next: null,
  };
}

export interface DnsFields {
  readonly id: number;
  readonly flags: number;
  readonly questions: readonly Pick<DnsQuestion, 'name' | 'type' | 'class'>[];
  readonly answers: readonly Pick<DnsRecord, 'name' | 'type' | 'class' | 'ttl' | 'data'>[];
}

/** A message without compression of names. */
export function encodeDns(message: DnsFields): Uint8Array {
  const header = new Uint8Array(DNS_SIZE);
  writeU16(header, 0, message.id);
  writeU16(header, 2, message.flags);
  writeU16(header, 4, message.questions.length);
  writeU16(header, 6, message.answers.length);
  const parts: Uint8Array[] = [header];
  for (const asked of message.questions) {
    const fixed = new Uint8Array(4);
    writeU16(fixed, 0, asked.type);
    writeU16(fixed, 2, asked.class);
    parts.push(encodeDnsName(asked.name), fixed);
  }
  for (const record of message.answers) {
    const fixed = new Uint8Array(10);
    writeU16(fixed, 0, record.type);
    writeU16(fixed, 2, record.class);
    writeU32(fixed, 4, record.ttl);
    writeU16(fixed, 8, record.data.length);
    parts.push(encodeDnsName(record.name), fixed, record.data);
  }
  return concatBytes(parts);
}

const TYPE_NAMES = new Map<number, string>([
  ...Object.entries(DNS_TYPE).map(([name, type]): [number, string] => [type, name.toUpperCase()]),
  [41, 'OPT'],
  [255, 'ANY'],
]);

const RESPONSE_CODES = [
  'no error',
  'format error',
  'server failure',
  'no such name',
  'not implemented',
  'refused',
];

const FLAG_NAMES = [
  [DNS_FLAG.response, 'response'],
  [DNS_FLAG.authoritative, 'authoritative'],
  [DNS_FLAG.truncated, 'truncated'],
  [DNS_FLAG.recursionDesired, 'recursion desired'],
  [DNS_FLAG.recursionAvailable, 'recursion available'],
] as const;

const typeText = (type: number): string => TYPE_NAMES.get(type) ?? `type ${type}`;

export function dnsTree(layer: DnsLayer): HeaderNode {
  const { offset, flags, questions, records } = layer;
  const isResponse = (flags & DNS_FLAG.response) !== 0;
  const asked = questions[0];
  const code = flags & 15;
  return field(isResponse ? 'DNS response' : 'DNS query', asked?.name ?? '', offset, layer.headerSize, [
    field('id', hex(layer.id, 4), offset, 2),
    field('flags', flagNames(flags, FLAG_NAMES), offset + 2, 2),
    ...(isResponse ? [field('response code', RESPONSE_CODES[code] ?? `${code}`, offset + 3, 1)] : []),
    ...questions.map((one) => field('question', `${one.name} ${typeText(one.type)}`, one.offset, one.size)),
    ...records.map((one) =>
      field(one.section, `${one.name} ${typeText(one.type)} ${one.text}`, one.offset, one.size, [
        field('ttl', `${one.ttl} s`, one.offset + one.size - one.data.length - 6, 4),
      ]),
    ),
  ]);
}
