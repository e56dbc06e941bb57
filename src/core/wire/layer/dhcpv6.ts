/** DHCP for IPv6 (RFC 8415): messages, relayed messages, options inside options. */
import { formatIpv6 } from '../../base/address.ts';
import { concatBytes, toHex } from '../../base/bytes.ts';
import { readIpv6, readU16, readU24, readU32, writeU16, writeU24 } from '../octets.ts';
import { readDnsName } from './dns-name.ts';
import { field, hex, type HeaderNode } from './header-node.ts';
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

const DHCPV6_MESSAGE = {
  solicit: 1,
  advertise: 2,
  request: 3,
  confirm: 4,
  renew: 5,
  rebind: 6,
  reply: 7,
  release: 8,
  decline: 9,
  reconfigure: 10,
  informationRequest: 11,
  relayForward: 12,
  relayReply: 13,
} as const;

const DHCPV6_OPTION = {
  clientId: 1,
  serverId: 2,
  nonTemporary: 3,
  address: 5,
  optionRequest: 6,
  preference: 7,
  elapsedTime: 8,
  relayMessage: 9,
  status: 13,
  rapidCommit: 14,
  interfaceId: 18,
  dnsServers: 23,
  domainSearch: 24,
  prefixDelegation: 25,
  prefix: 26,
  domainName: 39,
  bootFileUrl: 59,
} as const;

/** `value` is what follows code and length; `options` are those inside it. */
interface Dhcpv6Option extends Range {
  readonly code: number;
  readonly value: Uint8Array;
  readonly options: readonly Dhcpv6Option[];
}

/** A relayed message has hop count, link and peer instead of a transaction id. */
export interface Dhcpv6Layer extends LayerBase {
  readonly kind: 'dhcpv6';
  readonly type: number;
  readonly transactionId: number;
  readonly relay: { readonly hops: number; readonly link: bigint; readonly peer: bigint } | null;
  readonly options: readonly Dhcpv6Option[];
}

/** Octets before the options inside an option. */
const NESTED: ReadonlyMap<number, number> = new Map<number, number>([
  [DHCPV6_OPTION.nonTemporary, 12],
  [4, 4],
  [DHCPV6_OPTION.address, 24],
  [DHCPV6_OPTION.prefixDelegation, 12],
  [DHCPV6_OPTION.prefix, 25],
]);
const MAXIMUM_DEPTH = 8;

function decodeOptions(context: DecodeContext, from: number, end: number, depth: number): Dhcpv6Option[] {
  const { octets } = context;
  const options: Dhcpv6Option[] = [];
  for (let at = from; at < end;) {
    const size = at + 4 <= end ? 4 + readU16(octets, at + 2) : end - at + 1;
    if (at + size > end) {
      report(context, 'DHCPv6 option runs over the message', at);
      break;
    }
    const code = readU16(octets, at);
    const fixed = NESTED.get(code);
    const isNested = fixed !== undefined && size - 4 >= fixed && depth < MAXIMUM_DEPTH;
    options.push({
      code,
      value: octets.subarray(at + 4, at + size),
      options: isNested ? decodeOptions(context, at + 4 + fixed, at + size, depth + 1) : [],
      offset: at,
      size,
    });
    at += size;
  }
  return options;
}

export function decodeDhcpv6(context: DecodeContext, target: Target): Parsed<Dhcpv6Layer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'DHCPv6', target, 4)) return cutAt(target);
  const type = octets[offset] as number;
  const isRelay = type === DHCPV6_MESSAGE.relayForward || type === DHCPV6_MESSAGE.relayReply;
  if (isRelay && isCut(context, 'DHCPv6 relay', target, 34)) return cutAt(target);
  return {
    layer: {
      kind: 'dhcpv6',
      offset,
      headerSize: end - offset,
      size: end - offset,
      type,
      transactionId: isRelay ? 0 : readU24(octets, offset + 1),
      relay: isRelay
        ? {
            hops: octets[offset + 1] as number,
            link: readIpv6(octets, offset + 2),
            peer: readIpv6(octets, offset + 18),
          }
        : null,
      options: decodeOptions(context, offset + (isRelay ? 34 : 4), end, 0),
    },
    next: null,
  };
}

/** One option, code and length before the value. */
export function encodeDhcpv6Option(code: number, value: Uint8Array): Uint8Array {
  const octets = new Uint8Array(4 + value.length);
  writeU16(octets, 0, code);
  writeU16(octets, 2, value.length);
  octets.set(value, 4);
  return octets;
}

/** A message between client and server. */
export function encodeDhcpv6(
  type: number,
  transactionId: number,
  options: readonly Uint8Array[],
): Uint8Array {
  const fixed = new Uint8Array(4);
  fixed[0] = type;
  writeU24(fixed, 1, transactionId);
  return concatBytes([fixed, ...options]);
}

const MESSAGE_NAMES = [
  '',
  'solicit',
  'advertise',
  'request',
  'confirm',
  'renew',
  'rebind',
  'reply',
  'release',
  'decline',
  'reconfigure',
  'information request',
  'relay forward',
  'relay reply',
];

const OPTION_NAMES = new Map<number, string>([
  [DHCPV6_OPTION.clientId, 'client id'],
  [DHCPV6_OPTION.serverId, 'server id'],
  [DHCPV6_OPTION.nonTemporary, 'identity association'],
  [4, 'temporary association'],
  [DHCPV6_OPTION.address, 'address'],
  [DHCPV6_OPTION.optionRequest, 'option request'],
  [DHCPV6_OPTION.preference, 'preference'],
  [DHCPV6_OPTION.elapsedTime, 'elapsed time'],
  [DHCPV6_OPTION.relayMessage, 'relayed message'],
  [DHCPV6_OPTION.status, 'status'],
  [DHCPV6_OPTION.rapidCommit, 'rapid commit'],
  [DHCPV6_OPTION.interfaceId, 'interface id'],
  [DHCPV6_OPTION.dnsServers, 'dns servers'],
  [DHCPV6_OPTION.domainSearch, 'domain search'],
  [DHCPV6_OPTION.prefixDelegation, 'prefix delegation'],
  [DHCPV6_OPTION.prefix, 'prefix'],
  [DHCPV6_OPTION.domainName, 'domain name'],
  [DHCPV6_OPTION.bootFileUrl, 'boot file'],
]);

function optionText({ code, value }: Dhcpv6Option): string {
  const size = value.length;
  switch (code) {
    case DHCPV6_OPTION.nonTemporary:
    case DHCPV6_OPTION.prefixDelegation:
      return size >= 12
        ? `${hex(readU32(value, 0), 8)}, T1 ${readU32(value, 4)} s, T2 ${readU32(value, 8)} s`
        : '';
    case DHCPV6_OPTION.address:
      if (size < 24) return '';
      return `${formatIpv6(readIpv6(value, 0))}, preferred ${readU32(value, 16)} s, valid ${readU32(value, 20)} s`;
    case DHCPV6_OPTION.prefix:
      return size >= 25 ? `${formatIpv6(readIpv6(value, 9))}/${value[8]}, valid ${readU32(value, 4)} s` : '';
    case DHCPV6_OPTION.optionRequest: {
      const codes = Array.from({ length: size >> 1 }, (_, i) => readU16(value, 2 * i));
      return codes.map((one) => OPTION_NAMES.get(one) ?? `${one}`).join(', ');
    }
    case DHCPV6_OPTION.elapsedTime:
      return size === 2 ? `${readU16(value, 0) / 100} s` : '';
    case DHCPV6_OPTION.dnsServers:
      return Array.from({ length: size >> 4 }, (_, i) => formatIpv6(readIpv6(value, 16 * i))).join(', ');
    case DHCPV6_OPTION.domainSearch:
      return readDnsName(value, 0, 0, size)?.name ?? toHex(value);
    case DHCPV6_OPTION.bootFileUrl:
      return String.fromCharCode(...value);
    case DHCPV6_OPTION.status:
      return size >= 2 ? `${readU16(value, 0)} ${String.fromCharCode(...value.subarray(2))}`.trim() : '';
    default:
      return toHex(value);
  }
}

const optionNode = (option: Dhcpv6Option): HeaderNode =>
  field(
    OPTION_NAMES.get(option.code) ?? `option ${option.code}`,
    optionText(option),
    option.offset,
    option.size,
    option.options.map(optionNode),
  );

export function dhcpv6Tree(layer: Dhcpv6Layer): HeaderNode {
  const { offset, type, relay } = layer;
  const name = MESSAGE_NAMES[type] || `type ${type}`;
  const fixed =
    relay === null
      ? [field('transaction id', hex(layer.transactionId, 6), offset + 1, 3)]
      : [
          field('hops', `${relay.hops}`, offset + 1, 1),
          field('link address', formatIpv6(relay.link), offset + 2, 16),
          field('peer address', formatIpv6(relay.peer), offset + 18, 16),
        ];
  return field(`DHCPv6 ${name}`, '', offset, layer.headerSize, [
    field('type', `${type} ${name}`, offset, 1),
    ...fixed,
    ...layer.options.map(optionNode),
  ]);
}
