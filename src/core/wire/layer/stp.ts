/** Bridge protocol data units: spanning tree (802.1D) and its rapid form (802.1w). */
import { formatMac } from '../../base/address.ts';
import { readMac, readU16, readU32, writeMac, writeU16, writeU32 } from '../octets.ts';
import { field, flagNames, hex, type HeaderNode } from './header-node.ts';
import {
  cutAt,
  isCut,
  payloadFrom,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Target,
} from './layer-base.ts';

const TCN_SIZE = 4;
const CONFIG_SIZE = 35;
const STP_TYPE = { configuration: 0x00, rapid: 0x02, topologyChange: 0x80 } as const;

/** Priority (with the system id extension in its low 12 bits) and address. */
interface BridgeId {
  readonly priority: number;
  readonly mac: bigint;
}

/** Times in units of 1/256 second. */
export interface StpConfiguration {
  readonly flags: number;
  readonly root: BridgeId;
  readonly rootPathCost: number;
  readonly bridge: BridgeId;
  readonly port: number;
  readonly messageAge: number;
  readonly maxAge: number;
  readonly helloTime: number;
  readonly forwardDelay: number;
}

/** `configuration` is null for a topology change notification. */
export interface StpLayer extends LayerBase {
  readonly kind: 'stp';
  readonly protocol: number;
  readonly version: number;
  readonly type: number;
  readonly configuration: StpConfiguration | null;
}

const readBridge = (octets: Uint8Array, at: number): BridgeId => ({
  priority: readU16(octets, at),
  mac: readMac(octets, at + 2),
});

export function decodeStp(context: DecodeContext, target: Target): Parsed<StpLayer> {
  const { octets } = context;
  const { offset, end } = target;
  if (isCut(context, 'BPDU', target, TCN_SIZE)) return cutAt(target);
  const type = octets[offset + 3] as number;
  const hasConfiguration = type === STP_TYPE.configuration || type === STP_TYPE.rapid;
  if (hasConfiguration && isCut(context, 'BPDU', target, CONFIG_SIZE)) return cutAt(target);
  const configuration: StpConfiguration | null = hasConfiguration
    ? {
        flags: octets[offset + 4] as number,
        root: readBridge(octets, offset + 5),
        rootPathCost: readU32(octets, offset + 13),
        bridge: readBridge(octets, offset + 17),
        port: readU16(octets, offset + 25),
        messageAge: readU16(octets, offset + 27),
        maxAge: readU16(octets, offset + 29),
        helloTime: readU16(octets, offset + 31),
        forwardDelay: readU16(octets, offset + 33),
      }
    : null;
  const headerSize = configuration === null ? TCN_SIZE : CONFIG_SIZE;
  return {
    layer: {
      kind: 'stp',
      offset,
      headerSize,
      size: end - offset,
      protocol: readU16(octets, offset),
      version: octets[offset + 2] as number,
      type,
      configuration,
    },
    next: payloadFrom(offset + headerSize, end),
  };
}

function writeBridge(octets: Uint8Array, at: number, { priority, mac }: BridgeId): void {
  writeU16(octets, at, priority);
  writeMac(octets, at + 2, mac);
}

/** A BPDU without its LLC header; a rapid one (`version` 2) has one octet more. */
export function encodeStp(version: 0 | 2, configuration: StpConfiguration | null): Uint8Array {
  const octets = new Uint8Array(configuration === null ? TCN_SIZE : CONFIG_SIZE + (version === 2 ? 1 : 0));
  octets[2] = version;
  if (configuration === null) {
    octets[3] = STP_TYPE.topologyChange;
    return octets;
  }
  octets[3] = version === 2 ? STP_TYPE.rapid : STP_TYPE.configuration;
  octets[4] = configuration.flags;
  writeBridge(octets, 5, configuration.root);
  writeU32(octets, 13, configuration.rootPathCost);
  writeBridge(octets, 17, configuration.bridge);
  writeU16(octets, 25, configuration.port);
  writeU16(octets, 27, configuration.messageAge);
  writeU16(octets, 29, configuration.maxAge);
  writeU16(octets, 31, configuration.helloTime);
  writeU16(octets, 33, configuration.forwardDelay);
  return octets;
}

const TYPE_NAMES = new Map<number, string>([
  [STP_TYPE.configuration, 'configuration'],
  [STP_TYPE.rapid, 'rapid spanning tree'],
  [STP_TYPE.topologyChange, 'topology change notification'],
]);

const FLAG_NAMES = [
  [0x80, 'topology change ack'],
  [0x40, 'agreement'],
  [0x20, 'forwarding'],
  [0x10, 'learning'],
  [0x02, 'proposal'],
  [0x01, 'topology change'],
] as const;

const bridgeText = ({ priority, mac }: BridgeId): string => `${priority}.${formatMac(mac)}`;
const seconds = (units: number): string => `${units / 256} s`;

function configurationNodes(configuration: StpConfiguration, offset: number): HeaderNode[] {
  return [
    field('flags', flagNames(configuration.flags, FLAG_NAMES), offset + 4, 1),
    field('root', bridgeText(configuration.root), offset + 5, 8),
    field('root path cost', `${configuration.rootPathCost}`, offset + 13, 4),
    field('bridge', bridgeText(configuration.bridge), offset + 17, 8),
    field('port', hex(configuration.port, 4), offset + 25, 2),
    field('message age', seconds(configuration.messageAge), offset + 27, 2),
    field('max age', seconds(configuration.maxAge), offset + 29, 2),
    field('hello time', seconds(configuration.helloTime), offset + 31, 2),
    field('forward delay', seconds(configuration.forwardDelay), offset + 33, 2),
  ];
}

export function stpTree(layer: StpLayer): HeaderNode {
  const { offset, type, configuration } = layer;
  const name = TYPE_NAMES.get(type) ?? `type ${type}`;
  const text = configuration === null ? name : `root ${bridgeText(configuration.root)}`;
  return field('STP', text, offset, layer.headerSize, [
    field('protocol', `${layer.protocol}`, offset, 2),
    field('version', `${layer.version}`, offset + 2, 1),
    field('type', `${type} ${name}`, offset + 3, 1),
    ...(configuration === null ? [] : configurationNodes(configuration, offset)),
  ]);
}
