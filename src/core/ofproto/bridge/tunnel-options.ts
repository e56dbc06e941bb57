/**
 * Reads the options of a tunnel's Interface row as ovs-vswitchd does. Most mistakes only count once the tunnel is refused
 * for another one: then all are told.
 */
import { parseIpv4, parseIpv6 } from '../../base/address.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { scanInteger } from '../../flow/c-integer.ts';
import { mapOrder } from '../../ovsdb/index.ts';
import {
  DEFAULT_PORTS,
  DEFAULT_TTL,
  usualMode,
  type ErspanConfig,
  type PacketMode,
  type TunnelAddress,
  type TunnelConfig,
  type TunnelType,
} from './tunnel-config.ts';

const NO_ADDRESS: TunnelAddress = { ipv4: 0, ipv6: 0n };
const MAX64 = (1n << 64n) - 1n;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What is known of the tunnel while its options are read one after the other. */
interface Reading {
  readonly name: string;
  readonly type: TunnelType;
  readonly problems: string[];
  readonly config: Mutable<Omit<TunnelConfig, 'erspan'>>;
  readonly erspan: Mutable<ErspanConfig>;
  /** VXLAN with the generic protocol extension carries packets without Ethernet header as well. */
  genericProtocol: boolean;
}

/** atoi(3): the number at the start of the text, else 0. */
const leadingInt = (text: string): number => Number.parseInt(text, 10) || 0;
const leadingHex = (text: string): number => Number.parseInt(text, 16) || 0;

function parseAddress(text: string): TunnelAddress | undefined {
  if (text.includes(':')) {
    const ipv6 = parseIpv6(text);
    return ipv6 === undefined ? undefined : { ipv4: 0, ipv6 };
  }
  const ipv4 = parseIpv4(text);
  return ipv4 === undefined ? undefined : { ipv4, ipv6: 0n };
}

const isUnset = ({ ipv4, ipv6 }: TunnelAddress): boolean => ipv4 === 0 && ipv6 === 0n;
const isMulticast = ({ ipv4, ipv6 }: TunnelAddress): boolean => ipv4 >>> 28 === 0xe || ipv6 >> 120n === 0xffn;

/** Reads one option; a text ends the reading with it. */
type Read = (reading: Reading, value: string) => string | undefined;

const remoteIp: Read = ({ config, name, type, problems }, value) => {
  if (value === 'flow') {
    config.remote = 'flow';
    return undefined;
  }
  const address = parseAddress(value);
  if (!address) problems.push(`${name}: bad ${type} 'remote_ip'`);
  else if (isMulticast(address)) return `${name}: multicast remote_ip=${value} not allowed`;
  else config.remote = address;
  return undefined;
};

const localIp: Read = ({ config, name, type, problems }, value) => {
  const address = value === 'flow' ? 'flow' : parseAddress(value);
  if (address === undefined) problems.push(`${name}: bad ${type} 'local_ip'`);
  else config.local = address;
  return undefined;
};

/** A TOS has no bits beside the DSCP. */
const typeOfService: Read = ({ config, name, problems }, value) => {
  const number = scanInteger(value);
  const tos = number.kind === 'value' && number.rest === '' ? number.value : undefined;
  if (value === 'inherit') config.tos = 'inherit';
  else if (tos === undefined || (tos & ~0xfcn) !== 0n) problems.push(`${name}: invalid TOS ${value}`);
  else config.tos = Number(tos);
  return undefined;
};

const extensions: Read = (reading, value) => {
  reading.config.groupPolicy = false;
  reading.genericProtocol = false;
  for (const one of value.split(',').filter((text) => text !== '')) {
    if (one === 'gbp') reading.config.groupPolicy = true;
    else if (one === 'gpe') reading.genericProtocol = true;
    else reading.problems.push(`${reading.name}: unknown extension '${one}'`);
  }
  return undefined;
};

/** A part of ERSPAN's header, taken from the pipeline or fixed to what `fits`. */
const erspanPart =
  (
    part: keyof ErspanConfig,
    words: string,
    read: (text: string) => number,
    fits: (value: number) => boolean,
  ): Read =>
  ({ erspan, name }, value) => {
    if (value === 'flow') {
      erspan[part] = 'flow';
      return undefined;
    }
    erspan[part] = read(value);
    return fits(read(value)) ? undefined : `${name}: invalid erspan ${words}: ${value}`;
  };

const erspanVersion: Read = (reading, value) => {
  if (value === 'flow')
    Object.assign(reading.erspan, { version: 'flow', index: 'flow', direction: 'flow', hardwareId: 'flow' });
  const version = erspanPart('version', 'version', leadingInt, (number) => number === 1 || number === 2);
  return version(reading, value);
};

const payloadType: Read = ({ name }, value) => {
  const number = scanInteger(value);
  const known = value === 'mpls' || value === 'ip';
  const fits = number.kind === 'value' && number.rest === '' && number.value <= 0xffffn;
  return known || fits ? undefined : `${name}: bad ${value} 'payload_type'`;
};

const MAX_SEGMENTS = 6;

const segments: Read = ({ name, problems }, value) => {
  const parts = value.split(',').filter((text) => text !== '');
  if (parts.length > MAX_SEGMENTS || parts.some((text) => parseIpv6(text) === undefined))
    problems.push(`${name}: bad ${value} 'srv6_segs'`);
  return undefined;
};

const nothing: Read = () => undefined;

const OPTIONS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['remote_ip', remoteIp],
  ['local_ip', localIp],
  ['tos', typeOfService],
  [
    'ttl',
    ({ config }, value) => {
      config.ttl = value === 'inherit' ? 'inherit' : leadingInt(value) & 0xff || DEFAULT_TTL;
      return undefined;
    },
  ],
  [
    'df_default',
    ({ config }, value) => {
      if (value === 'false') config.dontFragment = false;
      return undefined;
    },
  ],
  [
    'egress_pkt_mark',
    ({ config }, value) => {
      config.egressMark = leadingInt(value) >>> 0;
      return undefined;
    },
  ],
  ['erspan_idx', erspanPart('index', 'index', leadingHex, (number) => number >= 0 && number <= 0xfffff)],
  ['erspan_ver', erspanVersion],
  ['erspan_dir', erspanPart('direction', 'direction', leadingInt, (number) => number === 0 || number === 1)],
  [
    'erspan_hwid',
    erspanPart('hardwareId', 'hardware ID', leadingHex, (number) => number >= 0 && number <= 0x3f),
  ],
  ['srv6_segs', segments],
  ['payload_type', payloadType],
  // Read elsewhere, or by other programs.
  ...['key', 'in_key', 'out_key', 'packet_type', 'srv6_flowlabel', 'remote_cert', 'remote_name', 'psk'].map(
    (name) => [name, nothing] as const,
  ),
]);

const destinationPort: Read = ({ config }, value) => {
  config.port = leadingInt(value) & 0xffff;
  return undefined;
};
const checksum: Read = ({ config }, value) => {
  if (value === 'true' || value === 'false') config.checksum = value === 'true' ? 'on' : 'off';
  return undefined;
};
const sequence: Read = ({ config }, value) => {
  if (value === 'true') config.sequence = true;
  return undefined;
};

/** How the option is read for tunnels of a type; undefined when they have none of that name. */
function readerOf(type: TunnelType, option: string): Read | undefined {
  if (option === 'dst_port') return type in DEFAULT_PORTS || type === 'bareudp' ? destinationPort : undefined;
  if (option === 'csum') return /gre|geneve|vxlan/.test(type) ? checksum : undefined;
  if (option === 'seq') return type.includes('gre') ? sequence : undefined;
  if (option === 'exts') return type === 'vxlan' ? extensions : undefined;
  return option.startsWith('ipsec_') ? nothing : OPTIONS.get(option);
}

const MODES: ReadonlyMap<string, PacketMode> = new Map([
  ['legacy_l2', 'l2'],
  ['legacy_l3', 'l3'],
  ['ptap', 'aware'],
]);

/** The mode asked for must suit what the type can carry. */
function readMode({ name, type, genericProtocol }: Reading, text: string | undefined): Result<PacketMode> {
  const usual = usualMode(type);
  if (text === undefined) return ok(usual);
  const mode = MODES.get(text);
  if (mode === undefined) return err(`${name}: unknown packet_type '${text}'`);
  const carries = type === 'gre' || genericProtocol ? ['l2', 'l3'] : [usual];
  const title = type === 'vxlan' ? (genericProtocol ? 'VXLAN-GPE' : 'VXLAN (without GPE)') : type;
  if (mode !== 'aware' && !carries.includes(mode))
    return err(
      `${name}: ${text} configured on ${title} tunnel that cannot carry ${mode === 'l2' ? 'L2' : 'L3'} traffic`,
    );
  return ok(mode);
}

function parseKey(options: ReadonlyMap<string, string>, name: string): bigint | 'flow' | null {
  const text = options.get(name) ?? options.get('key');
  if (text === undefined) return null;
  if (text === 'flow') return 'flow';
  const value = scanInteger(text);
  return value.kind === 'value' ? value.value : value.kind === 'range' ? MAX64 : 0n;
}

/** What is wrong with the ends of the tunnel, if anything. */
function wrongEnds({ name, type, config: { remote, local } }: Reading): string | undefined {
  if (remote !== 'flow' && isUnset(remote))
    return `${name}: ${type} type requires valid 'remote_ip' argument`;
  if (local === 'flow' && remote !== 'flow')
    return `${name}: ${type} type requires 'remote_ip=flow' with 'local_ip=flow'`;
  if (remote === 'flow' || local === 'flow' || isUnset(local)) return undefined;
  return (remote.ipv6 === 0n) === (local.ipv6 === 0n)
    ? undefined
    : `${name}: 'remote_ip' and 'local_ip' has to be of the same address family`;
}

/** Reads `options` of an interface of `type`, with ovs-vswitchd's error texts, one a line. */
export function readTunnelConfig(
  name: string,
  type: TunnelType,
  options: ReadonlyMap<string, string>,
): Result<TunnelConfig> {
  const hasNoChecksum = !/geneve|vxlan/.test(type);
  const reading: Reading = {
    name,
    type,
    problems: [],
    config: {
      type,
      remote: NO_ADDRESS,
      local: NO_ADDRESS,
      inKey: parseKey(options, 'in_key'),
      outKey: parseKey(options, 'out_key'),
      ttl: DEFAULT_TTL,
      tos: 0,
      dontFragment: true,
      checksum: hasNoChecksum ? 'none' : 'default',
      sequence: false,
      port: DEFAULT_PORTS[type] ?? 0,
      egressMark: null,
      packetMode: 'l2',
      groupPolicy: false,
    },
    erspan: { version: 0, index: 0, direction: 0, hardwareId: 0 },
    genericProtocol: false,
  };
  const refuse = (problem: string): Result<never> => err([...reading.problems, problem].join('\n'));
  for (const [option, value] of mapOrder(options)) {
    const read = readerOf(type, option);
    if (!read) reading.problems.push(`${name}: unknown ${type} argument '${option}'`);
    const wrong = read?.(reading, value);
    if (wrong !== undefined) return refuse(wrong);
  }
  const mode = readMode(reading, options.get('packet_type'));
  if (!mode.ok) return refuse(mode.error);
  const wrong = wrongEnds(reading);
  if (wrong !== undefined) return refuse(wrong);
  return ok({ ...reading.config, packetMode: mode.value, erspan: reading.erspan });
}
