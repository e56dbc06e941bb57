/** DNS messages as resolvers and servers exchange them (RFC 1035, RFC 6891): written with pointers, read with texts. */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import { formatIp, parseIp, type IpAddress } from '../../linux/family.ts';
import { readIpv6, readU16, readU32, writeIpv6, writeU16, writeU32 } from '../../wire/octets.ts';
import { encodeDnsName, readDnsName } from '../../wire/layer/dns-name.ts';

export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  ANY: 255,
} as const;
export const CLASS_IN = 1;
const OPT = 41;

export const FLAG = {
  response: 0x8000,
  authoritative: 0x0400,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
  authenticData: 0x0020,
  checkingDisabled: 0x0010,
} as const;

export const RCODE = { noError: 0, formatError: 1, serverFailure: 2, noSuchName: 3, refused: 5 } as const;

export interface Question {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** `text` is the data as zone files have it, names with the dot at their end; `\# SIZE HEX` of a type not known here. */
export interface ResourceRecord extends Question {
  readonly ttl: number;
  readonly text: string;
}

/** The OPT record: the largest answer over UDP, and options by number. */
export interface Edns {
  readonly udpSize: number;
  readonly flags: number;
  readonly options: readonly { readonly code: number; readonly data: Uint8Array }[];
}

export interface DnsMessage {
  readonly id: number;
  readonly flags: number;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  /** Without the OPT record. */
  readonly additionals: readonly ResourceRecord[];
  readonly edns: Edns | null;
}

const HEADER_SIZE = 12;

/** A name with the dot at its end, as zone files and dig write it. */
export const absolute = (name: string): string => (name.endsWith('.') ? name : `${name}.`);

function dataText(octets: Uint8Array, at: number, size: number, type: number): string {
  const name = (from: number): string => absolute(readDnsName(octets, 0, from, octets.length)?.name ?? '');
  if (type === TYPE.A && size === 4) return formatIpv4(readU32(octets, at));
  if (type === TYPE.AAAA && size === 16) return formatIpv6(readIpv6(octets, at));
  if (type === TYPE.NS || type === TYPE.CNAME || type === TYPE.PTR) return name(at);
  if (type === TYPE.MX && size >= 3) return `${readU16(octets, at)} ${name(at + 2)}`;
  if (type === TYPE.SRV && size >= 7)
    return `${readU16(octets, at)} ${readU16(octets, at + 2)} ${readU16(octets, at + 4)} ${name(at + 6)}`;
  const hex = Array.from(octets.subarray(at, at + size), (octet) =>
    octet.toString(16).toUpperCase().padStart(2, '0'),
  );
  return `\\# ${size}${size === 0 ? '' : ` ${hex.join('')}`}`;
}

function readOptions(data: Uint8Array): Edns['options'] {
  const options = [];
  for (let at = 0; at + 4 <= data.length;) {
    const end = at + 4 + readU16(data, at + 2);
    options.push({ code: readU16(data, at), data: data.subarray(at + 4, end) });
    at = end;
  }
  return options;
}

/** Reads a message; undefined when it is cut or its names run in a circle. */
export function readMessage(octets: Uint8Array): DnsMessage | undefined {
  if (octets.length < HEADER_SIZE) return undefined;
  let at = HEADER_SIZE;
  const question = (fixed: number): Question | undefined => {
    const name = readDnsName(octets, 0, at, octets.length);
    if (name === null || name.next + fixed > octets.length) return undefined;
    at = name.next + fixed;
    return { name: name.name, type: readU16(octets, name.next), class: readU16(octets, name.next + 2) };
  };
  const questions: Question[] = [];
  for (let left = readU16(octets, 4); left > 0; left -= 1) {
    const asked = question(4);
    if (asked === undefined) return undefined;
    questions.push(asked);
  }
  let edns: Edns | null = null;
  const sections: ResourceRecord[][] = [];
  for (const offset of [6, 8, 10]) {
    const records: ResourceRecord[] = [];
    for (let left = readU16(octets, offset); left > 0; left -= 1) {
      const head = question(10);
      if (head === undefined) return undefined;
      const size = readU16(octets, at - 2);
      const ttl = readU32(octets, at - 6);
      if (at + size > octets.length) return undefined;
      if (head.type === OPT)
        edns = {
          udpSize: head.class,
          flags: ttl & 0xffff,
          options: readOptions(octets.subarray(at, at + size)),
        };
      else records.push({ ...head, ttl, text: dataText(octets, at, size, head.type) });
      at += size;
    }
    sections.push(records);
  }
  const [answers = [], authorities = [], additionals = []] = sections;
  return {
    id: readU16(octets, 0),
    flags: readU16(octets, 2),
    questions,
    answers,
    authorities,
    additionals,
    edns,
  };
}

/** The octets of a record's data; of types that are written here, those of a number and a name among them. */
function dataOf({ type, text }: ResourceRecord): Uint8Array {
  const ip = type === TYPE.A || type === TYPE.AAAA ? parseIp(text) : undefined;
  if (ip !== undefined) {
    const data = new Uint8Array(ip.family === 4 ? 4 : 16);
    if (ip.family === 4) writeU32(data, 0, Number(ip.address));
    else writeIpv6(data, 0, ip.address);
    return data;
  }
  const raw = /^\\# \d+ ?([0-9A-F]*)$/.exec(text)?.[1];
  if (raw !== undefined)
    return Uint8Array.from(raw.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  const words = text.split(' ');
  const name = encodeDnsName(words.pop() ?? '');
  const data = new Uint8Array(2 * words.length + name.length);
  for (const [index, word] of words.entries()) writeU16(data, 2 * index, Number(word));
  data.set(name, 2 * words.length);
  return data;
}

/** Writes a message. A record's name is a pointer to the same name before it; names in data are written out. */
export function writeMessage(message: DnsMessage): Uint8Array {
  const octets: number[] = [];
  const places = new Map<string, number>();
  const u16 = (value: number): void => void octets.push((value >> 8) & 0xff, value & 0xff);
  const name = (text: string): void => {
    const key = text.replace(/\.$/, '').toLowerCase();
    const place = places.get(key);
    if (place !== undefined) {
      u16(0xc000 | place);
      return;
    }
    if (key !== '' && octets.length < 0x4000) places.set(key, octets.length);
    octets.push(...encodeDnsName(text));
  };
  const records = (section: readonly ResourceRecord[]): void => {
    for (const record of section) {
      name(record.name);
      u16(record.type);
      u16(record.class);
      u16(record.ttl >>> 16);
      u16(record.ttl & 0xffff);
      const data = dataOf(record);
      u16(data.length);
      if (record.type === TYPE.CNAME) places.set(record.text.replace(/\.$/, '').toLowerCase(), octets.length);
      octets.push(...data);
    }
  };
  const { questions, answers, authorities, additionals, edns } = message;
  for (const value of [
    message.id,
    message.flags,
    questions.length,
    answers.length,
    authorities.length,
    additionals.length + (edns === null ? 0 : 1),
  ])
    u16(value);
  for (const asked of questions) {
    name(asked.name);
    u16(asked.type);
    u16(asked.class);
  }
  records(answers);
  records(authorities);
  records(additionals);
  if (edns !== null) {
    octets.push(0);
    u16(OPT);
    u16(edns.udpSize);
    u16(0);
    u16(edns.flags);
    u16(edns.options.reduce((size, { data }) => size + 4 + data.length, 0));
    for (const { code, data } of edns.options) {
      u16(code);
      u16(data.length);
      octets.push(...data);
    }
  }
  return Uint8Array.from(octets);
}

/** The name that PTR records of an address have. */
export function reverseName({ family, address }: IpAddress): string {
  if (family === 4) return `${formatIp(4, address).split('.').toReversed().join('.')}.in-addr.arpa`;
  const digits = Array.from({ length: 32 }, (_, at) => ((address >> BigInt(4 * at)) & 0xfn).toString(16));
  return `${digits.join('.')}.ip6.arpa`;
}
