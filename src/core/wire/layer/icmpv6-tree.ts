/** The header tree of ICMPv6, ND and MLD. */
import { formatIpv6 } from '../../base/address.ts';
import { checksumField, field, flagNames, hex, type HeaderNode } from './header-node.ts';
import { ICMPV6_TYPE, type Icmpv6Layer, type MldRecord } from './icmpv6.ts';
import { ndOptionNode } from './nd-option.ts';

const TYPE_NAMES = new Map<number, string>([
  [1, 'destination unreachable'],
  [2, 'packet too big'],
  [3, 'time exceeded'],
  [4, 'parameter problem'],
  [128, 'echo request'],
  [129, 'echo reply'],
  [130, 'multicast listener query'],
  [131, 'multicast listener report'],
  [132, 'multicast listener done'],
  [133, 'router solicitation'],
  [134, 'router advertisement'],
  [135, 'neighbor solicitation'],
  [136, 'neighbor advertisement'],
  [137, 'redirect'],
  [143, 'multicast listener report v2'],
]);

const UNREACHABLE = [
  'no route',
  'administratively prohibited',
  'beyond scope of source',
  'address unreachable',
  'port unreachable',
  'source address failed policy',
  'reject route',
];

const RECORD_TYPES = new Map([
  [1, 'is include'],
  [2, 'is exclude'],
  [3, 'to include'],
  [4, 'to exclude'],
  [5, 'allow new sources'],
  [6, 'block old sources'],
]);

const RA_FLAGS = [
  [0x80, 'managed'],
  [0x40, 'other'],
  [0x20, 'home agent'],
] as const;

function recordNode(record: MldRecord): HeaderNode {
  const type = RECORD_TYPES.get(record.type) ?? `${record.type}`;
  const sources = record.sources.map((source, index) =>
    field('source', formatIpv6(source), record.offset + 20 + 16 * index, 16),
  );
  return field('record', `${formatIpv6(record.group)} ${type}`, record.offset, record.size, sources);
}

function messageNodes({ message, type, offset }: Icmpv6Layer, quoted: readonly HeaderNode[]): HeaderNode[] {
  switch (message.kind) {
    case 'error': {
      const second =
        type === ICMPV6_TYPE.packetTooBig
          ? [field('mtu', `${message.rest}`, offset + 4, 4)]
          : type === ICMPV6_TYPE.parameterProblem
            ? [field('pointer', `${message.rest}`, offset + 4, 4)]
            : [];
      return [
        ...second,
        field(
          'quoted packet',
          `${message.quoted.size} octets`,
          message.quoted.offset,
          message.quoted.size,
          quoted,
        ),
      ];
    }
    case 'echo':
      return [field('id, seq', `${message.id}, ${message.sequence}`, offset + 4, 4)];
    case 'router-solicitation':
      return message.options.map(ndOptionNode);
    case 'router-advertisement':
      return [
        field('hop limit', `${message.hopLimit}`, offset + 4, 1),
        field('flags', flagNames(message.flags, RA_FLAGS), offset + 5, 1),
        field('router lifetime', `${message.lifetime} s`, offset + 6, 2),
        field('reachable time', `${message.reachableTime} ms`, offset + 8, 4),
        field('retrans timer', `${message.retransTimer} ms`, offset + 12, 4),
        ...message.options.map(ndOptionNode),
      ];
    case 'neighbor-solicitation':
      return [
        field('target', formatIpv6(message.target), offset + 8, 16),
        ...message.options.map(ndOptionNode),
      ];
    case 'neighbor-advertisement': {
      const flags = (message.router ? 4 : 0) | (message.solicited ? 2 : 0) | (message.override ? 1 : 0);
      return [
        field(
          'flags',
          flagNames(flags, [
            [4, 'router'],
            [2, 'solicited'],
            [1, 'override'],
          ]),
          offset + 4,
          4,
        ),
        field('target', formatIpv6(message.target), offset + 8, 16),
        ...message.options.map(ndOptionNode),
      ];
    }
    case 'redirect':
      return [
        field('target', formatIpv6(message.target), offset + 8, 16),
        field('destination', formatIpv6(message.destination), offset + 24, 16),
        ...message.options.map(ndOptionNode),
      ];
    case 'listener':
      return [
        field('maximum delay', `${message.maximumDelay} ms`, offset + 4, 2),
        field('group', formatIpv6(message.group), offset + 8, 16),
        ...message.sources.map((source, index) =>
          field('source', formatIpv6(source), offset + 28 + 16 * index, 16),
        ),
      ];
    case 'listener-report':
      return message.records.map(recordNode);
    case 'other':
      return [field('rest', hex(message.rest, 8), offset + 4, 4)];
  }
}

function summary({ message, type, code }: Icmpv6Layer): string {
  switch (message.kind) {
    case 'neighbor-solicitation':
    case 'neighbor-advertisement':
    case 'redirect':
      return formatIpv6(message.target);
    case 'listener':
      return formatIpv6(message.group);
    case 'error':
      return type === ICMPV6_TYPE.unreachable ? (UNREACHABLE[code] ?? '') : '';
    default:
      return '';
  }
}

/** `quoted` is the tree of the packet that an error quotes. */
export function icmpv6Tree(layer: Icmpv6Layer, quoted: readonly HeaderNode[]): HeaderNode {
  const { offset, type, code } = layer;
  const name = TYPE_NAMES.get(type);
  const size = layer.message.kind === 'error' ? layer.size : layer.headerSize;
  return field(name === undefined ? 'ICMPv6' : `ICMPv6 ${name}`, summary(layer), offset, size, [
    field('type', name === undefined ? `${type}` : `${type} ${name}`, offset, 1),
    field('code', `${code}`, offset + 1, 1),
    checksumField('checksum', layer.checksum, offset + 2),
    ...messageNodes(layer, quoted),
  ]);
}
