/** DHCP for IPv4 (RFC 2131, RFC 2132). */
import { formatIpv4, formatMac } from '../../base/address.ts';
import { concatBytes } from '../../base/bytes.ts';
import { readMac, readU16, readU32, writeMac, writeU16, writeU32 } from '../octets.ts';
import { DHCP_OPTION } from './dhcp-code.table.ts';
import { dhcpOptionText, DHCP_OPTION_NAMES } from './dhcp-option.ts';
import { field, flagNames, hex, type HeaderNode } from './header-node.ts';
import {
  cutAt,
  isCut,
  payloadFrom,
  report,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Range,
  type Target,
} from './layer-base.ts';

const FIXED_SIZE = 236;
const COOKIE = 0x63825363;
const DHCP_FLAG_BROADCAST = 0x8000;

/** `value` is what follows code and length; padding and the end are no options. */
interface DhcpOption extends Range {
  readonly code: number;
  readonly value: Uint8Array;
}

/** Addresses are numbers; `clientMac` the first six octets of the hardware address field. */
export interface DhcpFields {
  readonly operation: 'request' | 'reply';
  readonly hops: number;
  readonly transactionId: number;
  readonly seconds: number;
  readonly flags: number;
  readonly clientAddress: number;
  readonly yourAddress: number;
  readonly nextServer: number;
  readonly relay: number;
  readonly clientMac: bigint;
}

export interface DhcpLayer extends LayerBase, DhcpFields {
  readonly kind: 'dhcp';
  readonly serverName: string;
  readonly bootFile: string;
  readonly options: readonly DhcpOption[];
}

function zeroTerminated(octets: Uint8Array): string {
  const end = octets.indexOf(0);
  return String.fromCharCode(...octets.subarray(0, end < 0 ? octets.length : end));
}

function decodeOptions(
  context: DecodeContext,
  from: number,
  end: number,
): { options: DhcpOption[]; end: number } {
  const { octets } = context;
  const options: DhcpOption[] = [];
  let at = from;
  while (at < end) {
    const code = octets[at] as number;
    if (code === 0) {
      at += 1;
      continue;
    }
    if (code === 255) return { options, end };
    const size = at + 1 < end ? 2 + (octets[at + 1] as number) : end - at + 1;
    if (at + size > end) {
      report(context, `DHCP option ${code} runs over the message`, at);
      return { options, end };
    }
    options.push({ code, value: octets.subarray(at + 2, at + size), offset: at, size });
    at += size;
  }
  return { options, end };
}

export function decodeDhcp(context: DecodeContext, target: Target): Parsed<DhcpLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'DHCP', target, FIXED_SIZE)) return cutAt(target);
  const hasOptions = end - offset >= FIXED_SIZE + 4 && readU32(octets, offset + FIXED_SIZE) === COOKIE;
  if (!hasOptions) report(context, 'no DHCP magic cookie', offset + FIXED_SIZE);
  const body = offset + FIXED_SIZE + (hasOptions ? 4 : 0);
  const { options } = hasOptions ? decodeOptions(context, body, end) : { options: [] };
  const headerSize = hasOptions ? end - offset : FIXED_SIZE;
  return {
    layer: {
      kind: 'dhcp',
      offset,
      headerSize,
      size: end - offset,
      operation: octets[offset] === 2 ? 'reply' : 'request',
      hops: octets[offset + 3] as number,
      transactionId: readU32(octets, offset + 4),
      seconds: readU16(octets, offset + 8),
      flags: readU16(octets, offset + 10),
      clientAddress: readU32(octets, offset + 12),
      yourAddress: readU32(octets, offset + 16),
      nextServer: readU32(octets, offset + 20),
      relay: readU32(octets, offset + 24),
      clientMac: readMac(octets, offset + 28),
      serverName: zeroTerminated(octets.subarray(offset + 44, offset + 108)),
      bootFile: zeroTerminated(octets.subarray(offset + 108, offset + 236)),
      options,
    },
    next: payloadFrom(offset + headerSize, end),
  };
}

/** One option, code and length before the value. */
export function encodeDhcpOption(code: number, value: Uint8Array): Uint8Array {
  const octets = new Uint8Array(2 + value.length);
  octets[0] = code;
  octets[1] = value.length;
  octets.set(value, 2);
  return octets;
}

/** A message; an end option is added behind `options`. */
export function encodeDhcp(header: DhcpFields, options: readonly Uint8Array[]): Uint8Array {
  const fixed = new Uint8Array(FIXED_SIZE + 4);
  fixed[0] = header.operation === 'reply' ? 2 : 1;
  fixed[1] = 1;
  fixed[2] = 6;
  fixed[3] = header.hops;
  writeU32(fixed, 4, header.transactionId);
  writeU16(fixed, 8, header.seconds);
  writeU16(fixed, 10, header.flags);
  writeU32(fixed, 12, header.clientAddress);
  writeU32(fixed, 16, header.yourAddress);
  writeU32(fixed, 20, header.nextServer);
  writeU32(fixed, 24, header.relay);
  writeMac(fixed, 28, header.clientMac);
  writeU32(fixed, FIXED_SIZE, COOKIE);
  return concatBytes([fixed, ...options, Uint8Array.of(255)]);
}

const FLAG_NAMES = [[DHCP_FLAG_BROADCAST, 'broadcast']] as const;

export function dhcpTree(layer: DhcpLayer): HeaderNode {
  const { offset } = layer;
  const type = layer.options.find(({ code }) => code === DHCP_OPTION.messageType);
  const name =
    type === undefined ? `BOOTP ${layer.operation}` : `DHCP ${dhcpOptionText(type.code, type.value)}`;
  const address = (label: string, value: number, at: number): HeaderNode =>
    field(label, formatIpv4(value), offset + at, 4);
  const files = [
    ...(layer.serverName === '' ? [] : [field('server name', layer.serverName, offset + 44, 64)]),
    ...(layer.bootFile === '' ? [] : [field('boot file', layer.bootFile, offset + 108, 128)]),
  ];
  return field(name, formatMac(layer.clientMac), offset, layer.headerSize, [
    field('operation', layer.operation, offset, 1),
    field('hops', `${layer.hops}`, offset + 3, 1),
    field('transaction id', hex(layer.transactionId, 8), offset + 4, 4),
    field('seconds', `${layer.seconds}`, offset + 8, 2),
    field('flags', flagNames(layer.flags, FLAG_NAMES), offset + 10, 2),
    address('client address', layer.clientAddress, 12),
    address('your address', layer.yourAddress, 16),
    address('next server', layer.nextServer, 20),
    address('relay', layer.relay, 24),
    field('client mac', formatMac(layer.clientMac), offset + 28, 6),
    ...files,
    ...layer.options.map((option) => {
      const label = DHCP_OPTION_NAMES.get(option.code) ?? `option ${option.code}`;
      return field(label, dhcpOptionText(option.code, option.value), option.offset, option.size);
    }),
  ]);
}
