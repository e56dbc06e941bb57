/** `dns_lookup`: names of the southbound DNS table, answered in place of a server (RFC 1035). */
import { decodeUtf8 } from '../../../base/utf8.ts';
import { FIELDS } from '../../../flow/fields.table.ts';
import { getFieldNumber } from '../../../flow/flow.ts';
import { rawEthTypeOf } from '../../../flow/packet-kind.ts';
import { ETH_TYPE } from '../../../flow/protocol.table.ts';
import type { SbDatabase } from '../../../ovsdb/index.ts';
import { internetChecksum } from '../../../wire/checksum.ts';
import { readU16, writeU16 } from '../../../wire/octets.ts';
import { OctetWriter } from '../../actions/index.ts';
import { encodeFqdn } from '../../actions/domain-text.ts';
import { LOG_FIELDS, LOG_FLAG } from '../../expr/log-fields.table.ts';
import { parseIpAddresses } from '../../northd/index.ts';
import { resumeWith, type Answering } from './answer.ts';
import type { Answer } from './answer-kind.ts';
import { finishIpv6 } from './ipv6-checksum.ts';
import { readResultBit, type SwitchPacket } from './switch-packet.ts';

const UDP_HEADER = 8;
const DNS_HEADER = 12;
const TYPE = { a: 1, ptr: 12, aaaa: 28, any: 255 } as const;
const TYPES: ReadonlySet<number> = new Set(Object.values(TYPE));
const CLASS_IN = 1;
const TTL = 3600;
const RESPONSE = 0x80;
const REFUSED = 5;
const UDP = 17;

const FROM_CONTROLLER = { field: LOG_FIELDS.flags, offset: LOG_FLAG.fromController, length: 1 } as const;

interface Question {
  readonly name: string;
  /** The name as it came. */
  readonly encoded: Uint8Array;
  readonly type: number;
  /** End of the first question in the frame. */
  readonly end: number;
}

/** The first question, or why there is none that matters. */
function readQuestion(octets: Uint8Array, udp: number, end: number): Question | string {
  const start = udp + UDP_HEADER + DNS_HEADER;
  let at = start;
  const labels: string[] = [];
  while (at < end && octets[at] !== 0) {
    const size = octets[at] as number;
    if (at + 1 + size > end) return 'DNS: broken name';
    labels.push(decodeUtf8(octets.subarray(at + 1, at + 1 + size)));
    at += 1 + size;
  }
  at += 1;
  if (at + 4 > end) return 'DNS: question without type and class';
  const type = readU16(octets, at);
  if (!TYPES.has(type)) return `DNS: questions of type ${type} are not answered`;
  return { name: labels.join('.'), encoded: octets.subarray(start, at), type, end: at + 4 };
}

/** What the databases know under a name for a datapath. */
function findRecord(
  sb: SbDatabase,
  name: string,
  datapathKey: number,
): { readonly text: string; readonly isOwned: boolean } | undefined {
  const lower = name.toLowerCase();
  for (const row of sb.rows('DNS')) {
    const text = row.records.get(lower);
    if (text === undefined) continue;
    if (row.datapaths.some((uuid) => sb.get('Datapath_Binding', uuid)?.tunnel_key === datapathKey))
      return { text, isOwned: row.options.get('ovn-owned') === 'true' };
  }
  return undefined;
}

function shuffled<T>(items: readonly T[], answering: Answering): T[] {
  const rest = [...items];
  const { random } = answering.context;
  for (let at = rest.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    const kept = rest[at] as T;
    rest[at] = rest[other] as T;
    rest[other] = kept;
  }
  return rest;
}

/** Resource records that answer the question, each whole; null when the record cannot be read. */
function answersOf(question: Question, text: string, answering: Answering): Uint8Array[] | null {
  const { type } = question;
  const record = (kind: number, data: Uint8Array): Uint8Array =>
    new OctetWriter()
      .put(question.encoded)
      .u16(kind)
      .u16(CLASS_IN)
      .u32(TTL)
      .u16(data.length)
      .put(data)
      .octets();
  if (type === TYPE.ptr) return [record(TYPE.ptr, encodeFqdn(text))];
  const addresses = parseIpAddresses(text);
  if (!addresses) return null;
  const wants = (kind: number): boolean => type === kind || type === TYPE.any;
  const four = wants(TYPE.a) ? shuffled(addresses.v4, answering) : [];
  const six = wants(TYPE.aaaa) ? shuffled(addresses.v6, answering) : [];
  return [
    ...four.map(({ address }) => record(TYPE.a, new OctetWriter().u32(address).octets())),
    ...six.map(({ address }) => record(TYPE.aaaa, new OctetWriter().uint(address, 16).octets())),
  ];
}

/** The response in place of the query, or why there is none. */
function response(packet: SwitchPacket, answering: Answering): Uint8Array | string {
  const { octets, places, headers } = packet;
  const udp = places.transport;
  if (udp < 0 || octets.length - udp < UDP_HEADER + DNS_HEADER) return 'truncated dns packet';
  const dns = udp + UDP_HEADER;
  if ((octets[dns + 2] as number) & RESPONSE) return 'DNS: not a query';
  if (readU16(octets, dns + 4) === 0) return 'DNS: no question';
  const end = Math.min(udp + readU16(octets, udp + 4), octets.length);
  const question = readQuestion(octets, udp, end);
  if (typeof question === 'string') return question;
  const datapathKey = getFieldNumber(packet.metadata, FIELDS.metadata);
  const record = answering.state && findRecord(answering.state.sb, question.name, datapathKey);
  if (!record) return `DNS: no record of ${question.name}`;
  const answers = answersOf(question, record.text, answering);
  if (answers === null) return `DNS: record of ${question.name} is no address`;
  const isRefused = answers.length === 0 && record.isOwned && question.type !== TYPE.any;
  if (answers.length === 0 && !isRefused) return `DNS: no record of this type of ${question.name}`;
  const out = new OctetWriter().put(octets.subarray(0, question.end));
  for (const answer of answers) out.put(answer);
  const frame = out.octets();
  frame[dns + 2] = (frame[dns + 2] as number) | RESPONSE;
  if (isRefused) frame[dns + 3] = (frame[dns + 3] as number) | REFUSED;
  writeU16(frame, dns + 6, answers.length);
  writeU16(frame, dns + 10, 0);
  writeU16(frame, udp + 4, frame.length - udp);
  writeU16(frame, udp + 6, 0);
  const ip = places.network;
  if (rawEthTypeOf(headers) === ETH_TYPE.ip) {
    writeU16(frame, ip + 2, frame.length - ip);
    writeU16(frame, ip + 10, 0);
    writeU16(frame, ip + 10, internetChecksum(frame, ip, 20));
  } else finishIpv6(frame, ip, udp, 6, UDP);
  return frame;
}

export const dnsLookup: Answer = (packet, answering) => {
  const result = readResultBit(packet.userdata);
  const octets = response(packet, answering);
  const verdict =
    typeof octets === 'string' ? { octets: null, text: octets } : { octets, text: 'DNS response' };
  resumeWith(answering, packet, result, { ...verdict, mark: FROM_CONTROLLER });
};
