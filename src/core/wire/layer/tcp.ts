/** TCP (RFC 9293) and its options. */
import { invariant } from '../../base/assert.ts';
import { toHex } from '../../base/bytes.ts';
import { writeTransportChecksum, type Pseudo } from '../checksum.ts';
import { readU16, readU32, writeU16, writeU32 } from '../octets.ts';
import { bitField, checksumField, field, flagNames, type HeaderNode } from './header-node.ts';
import { IP_PROTOCOL } from './ip-protocol.table.ts';
import {
  cutAt,
  isCut,
  payloadFrom,
  report,
  type Checksum,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Range,
  type Target,
} from './layer-base.ts';
import { checkTransport } from './transport-checksum.ts';

const TCP_SIZE = 20;

export const TCP_FLAG = {
  fin: 1,
  syn: 2,
  rst: 4,
  psh: 8,
  ack: 16,
  urg: 32,
  ece: 64,
  cwr: 128,
  ae: 256,
} as const;

/** `kind` of RFC 9293 (2 MSS, 3 window scale, 4 SACK permitted, 5 SACK, 8 timestamps ...). */
interface TcpOption extends Range {
  readonly type: number;
  readonly value: Uint8Array;
}

/** `flags` as `TCP_FLAG`; the payload is what `size` leaves after `headerSize`. */
export interface TcpLayer extends LayerBase {
  readonly kind: 'tcp';
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly window: number;
  readonly checksum: Checksum;
  readonly urgent: number;
  readonly options: readonly TcpOption[];
}

const OPTION_NAMES = new Map([
  [0, 'end of options'],
  [1, 'no operation'],
  [2, 'MSS'],
  [3, 'window scale'],
  [4, 'SACK permitted'],
  [5, 'SACK'],
  [8, 'timestamps'],
  [19, 'MD5 signature'],
  [28, 'user timeout'],
  [29, 'TCP-AO'],
  [30, 'multipath'],
  [34, 'fast open'],
]);

/** From the highest bit down. */
export const TCP_FLAG_NAMES = [
  [TCP_FLAG.ae, 'AE'],
  [TCP_FLAG.cwr, 'CWR'],
  [TCP_FLAG.ece, 'ECE'],
  [TCP_FLAG.urg, 'URG'],
  [TCP_FLAG.ack, 'ACK'],
  [TCP_FLAG.psh, 'PSH'],
  [TCP_FLAG.rst, 'RST'],
  [TCP_FLAG.syn, 'SYN'],
  [TCP_FLAG.fin, 'FIN'],
] as const;

function decodeOptions(context: DecodeContext, from: number, end: number): TcpOption[] {
  const { octets } = context;
  const options: TcpOption[] = [];
  for (let at = from; at < end;) {
    const type = octets[at] as number;
    const size = type <= 1 ? 1 : at + 1 < end ? (octets[at + 1] as number) : 0;
    if (size === 0 || (type > 1 && size < 2) || at + size > end) {
      report(context, `TCP option ${type} runs over the header`, at);
      break;
    }
    options.push({ type, offset: at, size, value: octets.subarray(Math.min(at + 2, at + size), at + size) });
    if (type === 0) break;
    at += size;
  }
  return options;
}

export function decodeTcp(context: DecodeContext, target: Target): Parsed<TcpLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'TCP', target, TCP_SIZE)) return cutAt(target);
  const claimed = ((octets[offset + 12] as number) >>> 4) * 4;
  const isWrong = claimed < TCP_SIZE || offset + claimed > end;
  if (isWrong) report(context, `TCP data offset ${claimed} is wrong`, offset + 12);
  const headerSize = isWrong ? TCP_SIZE : claimed;
  const checksum = checkTransport(context, IP_PROTOCOL.tcp, offset, end - offset, offset + 16);
  if (checksum.verdict === 'wrong') report(context, 'wrong TCP checksum', offset + 16);
  const layer: TcpLayer = {
    kind: 'tcp',
    offset,
    headerSize,
    size: end - offset,
    sourcePort: readU16(octets, offset),
    destinationPort: readU16(octets, offset + 2),
    sequence: readU32(octets, offset + 4),
    acknowledgement: readU32(octets, offset + 8),
    flags: readU16(octets, offset + 12) & 0x1ff,
    window: readU16(octets, offset + 14),
    checksum,
    urgent: readU16(octets, offset + 18),
    options: decodeOptions(context, offset + TCP_SIZE, offset + headerSize),
  };
  return { layer, next: payloadFrom(offset + headerSize, end) };
}

/** `options` padded by the caller to a multiple of 4 octets. */
export interface TcpFields {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly window: number;
  readonly urgent?: number;
  readonly options?: Uint8Array;
}

/** A TCP segment with data offset and checksum filled in. */
export function encodeTcp(header: TcpFields, payload: Uint8Array, pseudo: Pseudo): Uint8Array {
  const options = header.options ?? new Uint8Array(0);
  invariant(
    options.length % 4 === 0 && options.length <= 40,
    'TCP options must be padded to 32-bit words, 40 octets at most',
  );
  const headerSize = TCP_SIZE + options.length;
  const octets = new Uint8Array(headerSize + payload.length);
  writeU16(octets, 0, header.sourcePort);
  writeU16(octets, 2, header.destinationPort);
  writeU32(octets, 4, header.sequence);
  writeU32(octets, 8, header.acknowledgement);
  writeU16(octets, 12, ((headerSize / 4) << 12) | header.flags);
  writeU16(octets, 14, header.window);
  writeU16(octets, 18, header.urgent ?? 0);
  octets.set(options, TCP_SIZE);
  octets.set(payload, headerSize);
  writeTransportChecksum(octets, 16, pseudo, IP_PROTOCOL.tcp);
  return octets;
}

function optionText({ type, value }: TcpOption): string {
  if (type === 2 && value.length === 2) return `${readU16(value, 0)}`;
  if (type === 3 && value.length === 1) return `${value[0]}`;
  if (type === 8 && value.length === 8) return `${readU32(value, 0)}, echo ${readU32(value, 4)}`;
  if (type === 5) {
    const blocks: string[] = [];
    for (let at = 0; at + 8 <= value.length; at += 8)
      blocks.push(`${readU32(value, at)}:${readU32(value, at + 4)}`);
    return blocks.join(' ');
  }
  return toHex(value, ' ');
}

export function tcpTree(layer: TcpLayer): HeaderNode {
  const { offset } = layer;
  return field('TCP', `${layer.sourcePort} → ${layer.destinationPort}`, offset, layer.headerSize, [
    field('src port', `${layer.sourcePort}`, offset, 2),
    field('dst port', `${layer.destinationPort}`, offset + 2, 2),
    field('sequence', `${layer.sequence}`, offset + 4, 4),
    field('acknowledgement', `${layer.acknowledgement}`, offset + 8, 4),
    bitField('data offset', `${layer.headerSize}`, offset + 12, 0, 4),
    bitField('flags', flagNames(layer.flags, TCP_FLAG_NAMES), offset + 12, 7, 9),
    field('window', `${layer.window}`, offset + 14, 2),
    checksumField('checksum', layer.checksum, offset + 16),
    field('urgent pointer', `${layer.urgent}`, offset + 18, 2),
    ...layer.options.map((option) =>
      field(
        OPTION_NAMES.get(option.type) ?? `option ${option.type}`,
        optionText(option),
        option.offset,
        option.size,
      ),
    ),
  ]);
}
