/** ICMP for IPv4 (RFC 792, RFC 1191): echo, errors with the packet they quote, and the rest as type and code. */
import { checksumOf, internetChecksum, sumOctets } from '../checksum.ts';
import { readU16, readU32, writeU16, writeU32 } from '../octets.ts';
import { formatIpv4 } from '../../base/address.ts';
import { checksumField, field, hex, type HeaderNode } from './header-node.ts';
import {
  compareChecksum,
  cutAt,
  isCut,
  payloadFrom,
  report,
  uncheckedChecksum,
  type Checksum,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Range,
  type Target,
} from './layer-base.ts';

const ICMP_SIZE = 8;

const ICMP_TYPE = {
  echoReply: 0,
  unreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echo: 8,
  timeExceeded: 11,
  parameterProblem: 12,
  timestamp: 13,
  timestampReply: 14,
} as const;

/** `rest` is the second word: identifier and sequence of an echo, gateway of a redirect, MTU in its low half ... `quoted` is set in errors. */
export interface IcmpLayer extends LayerBase {
  readonly kind: 'icmp';
  readonly type: number;
  readonly code: number;
  readonly checksum: Checksum;
  readonly rest: number;
  readonly quoted: Range | null;
}

const ERRORS: ReadonlySet<number> = new Set([3, 4, 5, 11, 12]);
const TYPE_NAMES = new Map([
  [0, 'echo reply'],
  [3, 'destination unreachable'],
  [4, 'source quench'],
  [5, 'redirect'],
  [8, 'echo request'],
  [9, 'router advertisement'],
  [10, 'router solicitation'],
  [11, 'time exceeded'],
  [12, 'parameter problem'],
  [13, 'timestamp request'],
  [14, 'timestamp reply'],
  [17, 'address mask request'],
  [18, 'address mask reply'],
]);
const UNREACHABLE_NAMES = [
  'network unreachable',
  'host unreachable',
  'protocol unreachable',
  'port unreachable',
  'fragmentation needed',
  'source route failed',
  'network unknown',
  'host unknown',
  'source host isolated',
  'network prohibited',
  'host prohibited',
  'network unreachable for this service',
  'host unreachable for this service',
  'administratively prohibited',
  'host precedence violation',
  'precedence cutoff',
];

function codeText(type: number, code: number): string {
  const name =
    type === ICMP_TYPE.unreachable
      ? UNREACHABLE_NAMES[code]
      : type === ICMP_TYPE.timeExceeded
        ? ['ttl exceeded in transit', 'reassembly time exceeded'][code]
        : type === ICMP_TYPE.redirect
          ? ['for a network', 'for a host', 'for a service and network', 'for a service and host'][code]
          : undefined;
  return name === undefined ? `${code}` : `${code} ${name}`;
}

export function decodeIcmp(context: DecodeContext, target: Target): Parsed<IcmpLayer> {
  const { octets, network } = context;
  const { offset, end } = target;
  if (isCut(context, 'ICMP', target, ICMP_SIZE)) return cutAt(target);
  const size = end - offset;
  const value = readU16(octets, offset + 2);
  const checksum =
    network !== null && !network.whole
      ? uncheckedChecksum(value)
      : compareChecksum(value, checksumOf(sumOctets(octets, offset, size) - value));
  if (checksum.verdict === 'wrong') report(context, 'wrong ICMP checksum', offset + 2);
  const type = octets[offset] as number;
  const body = offset + ICMP_SIZE;
  const quoted = ERRORS.has(type) && body < end ? { offset: body, size: end - body } : null;
  const layer: IcmpLayer = {
    kind: 'icmp',
    offset,
    headerSize: ICMP_SIZE,
    size,
    type,
    code: octets[offset + 1] as number,
    checksum,
    rest: readU32(octets, offset + 4),
    quoted,
  };
  return { layer, next: quoted === null ? payloadFrom(body, end) : null };
}

/** An ICMP message with its checksum; `rest` is the second 32-bit word. */
export function encodeIcmp(
  header: { readonly type: number; readonly code: number; readonly rest?: number },
  body: Uint8Array,
): Uint8Array {
  const octets = new Uint8Array(ICMP_SIZE + body.length);
  octets[0] = header.type;
  octets[1] = header.code;
  writeU32(octets, 4, header.rest ?? 0);
  octets.set(body, ICMP_SIZE);
  writeU16(octets, 2, internetChecksum(octets));
  return octets;
}

/** An echo request (8) or reply (0). */
export const encodeIcmpEcho = (type: 0 | 8, id: number, sequence: number, data: Uint8Array): Uint8Array =>
  encodeIcmp({ type, code: 0, rest: ((id << 16) | sequence) >>> 0 }, data);

/** `quoted` is the tree of the packet that an error quotes. */
export function icmpTree(layer: IcmpLayer, quoted: readonly HeaderNode[]): HeaderNode {
  const { offset, type, rest } = layer;
  const name = TYPE_NAMES.get(type);
  const children = [
    field('type', name === undefined ? `${type}` : `${type} ${name}`, offset, 1),
    field('code', codeText(type, layer.code), offset + 1, 1),
    checksumField('checksum', layer.checksum, offset + 2),
  ];
  if (type === ICMP_TYPE.echo || type === ICMP_TYPE.echoReply || type === 13 || type === 14)
    children.push(field('id, seq', `${rest >>> 16}, ${rest & 0xffff}`, offset + 4, 4));
  else if (type === ICMP_TYPE.unreachable && layer.code === 4)
    children.push(field('next-hop mtu', `${rest & 0xffff}`, offset + 6, 2));
  else if (type === ICMP_TYPE.redirect) children.push(field('gateway', formatIpv4(rest), offset + 4, 4));
  else if (type === ICMP_TYPE.parameterProblem)
    children.push(field('pointer', `${rest >>> 24}`, offset + 4, 1));
  else children.push(field('rest', hex(rest, 8), offset + 4, 4));
  if (layer.quoted !== null)
    children.push(
      field('quoted packet', `${layer.quoted.size} octets`, layer.quoted.offset, layer.quoted.size, quoted),
    );
  const code = codeText(type, layer.code).replace(/^\d+ ?/, '');
  const size = layer.quoted === null ? layer.headerSize : layer.size;
  return field(name === undefined ? 'ICMP' : `ICMP ${name}`, code, offset, size, children);
}
