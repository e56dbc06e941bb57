/** How a tunnel port carries packets: its options as Open vSwitch reads them from the Interface row. */
import { parseIpv4, parseIpv6 } from '../../base/address.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { scanInteger } from '../../flow/c-integer.ts';

export type TunnelType =
  | 'geneve'
  | 'vxlan'
  | 'gre'
  | 'ip6gre'
  | 'erspan'
  | 'ip6erspan'
  | 'gtpu'
  | 'stt'
  | 'bareudp';

/** An end of a tunnel; at most one of the two is not zero. */
export interface TunnelAddress {
  readonly ipv4: number;
  readonly ipv6: bigint;
}

export interface TunnelConfig {
  readonly type: TunnelType;
  /** `flow`: set by the OpenFlow pipeline. */
  readonly remote: TunnelAddress | 'flow';
  readonly local: TunnelAddress | 'flow';
  readonly inKey: bigint | 'flow' | null;
  readonly outKey: bigint | 'flow' | null;
  readonly ttl: number | 'inherit';
  readonly tos: number | 'inherit';
  readonly dontFragment: boolean;
  /** `default`: checksums for IPv6 ends only. */
  readonly checksum: 'default' | 'on' | 'off';
  /** UDP destination port, 0 for protocols without one. */
  readonly port: number;
  readonly egressMark: number | null;
  /** Which packets it carries: with an Ethernet header, without one, or either. */
  readonly packetMode: 'l2' | 'l3' | 'aware';
}

const DEFAULT_PORTS: Partial<Record<TunnelType, number>> = { geneve: 6081, vxlan: 4789, gtpu: 2152 };
const DEFAULT_TTL = 64;
const NO_ADDRESS: TunnelAddress = { ipv4: 0, ipv6: 0n };

export const TUNNEL_TYPES: readonly TunnelType[] = [
  'geneve',
  'vxlan',
  'gre',
  'ip6gre',
  'erspan',
  'ip6erspan',
  'gtpu',
  'stt',
  'bareudp',
];

export const isTunnelType = (type: string): type is TunnelType =>
  TUNNEL_TYPES.some((known) => known === type);

function parseAddress(text: string): TunnelAddress | 'flow' | undefined {
  if (text === 'flow') return 'flow';
  if (text.includes(':')) {
    const ipv6 = parseIpv6(text);
    return ipv6 === undefined ? undefined : { ipv4: 0, ipv6 };
  }
  const ipv4 = parseIpv4(text);
  return ipv4 === undefined ? undefined : { ipv4, ipv6: 0n };
}

function parseKey(options: ReadonlyMap<string, string>, name: string): bigint | 'flow' | null {
  const text = options.get(name) ?? options.get('key');
  if (text === undefined) return null;
  if (text === 'flow') return 'flow';
  const value = scanInteger(text);
  return value.kind === 'value' ? value.value : 0n;
}

/** A TOS without bits beside the DSCP; anything else counts as none. */
function typeOfService(text: string | undefined): number {
  const value = scanInteger(text ?? '0');
  const tos = value.kind === 'value' ? Number(value.value) : 0;
  return (tos & ~0xfc) === 0 ? tos : 0;
}

/** Reads `options` of an interface of `type`, with vswitchd's error texts. */
export function readTunnelConfig(
  name: string,
  type: TunnelType,
  options: ReadonlyMap<string, string>,
): Result<TunnelConfig> {
  const remoteText = options.get('remote_ip');
  const remote = remoteText === undefined ? undefined : parseAddress(remoteText);
  const localText = options.get('local_ip');
  const local = localText === undefined ? NO_ADDRESS : (parseAddress(localText) ?? NO_ADDRESS);
  if (remote === undefined || (remote !== 'flow' && remote.ipv4 === 0 && remote.ipv6 === 0n))
    return err(`${name}: ${type} type requires valid 'remote_ip' argument`);
  if (local === 'flow' && remote !== 'flow')
    return err(`${name}: ${type} type requires 'remote_ip=flow' with 'local_ip=flow'`);
  const ttlText = options.get('ttl');
  const tosText = options.get('tos');
  const mode = options.get('packet_type');
  const hasChecksum = /gre|geneve|vxlan/.test(type);
  const checksumText = hasChecksum ? options.get('csum') : undefined;
  const checksum =
    checksumText === 'true'
      ? 'on'
      : checksumText === 'false' || !hasChecksum || type.includes('gre')
        ? 'off'
        : 'default';
  const portText = options.get('dst_port');
  const markText = options.get('egress_pkt_mark');
  return ok({
    type,
    remote,
    local,
    inKey: parseKey(options, 'in_key'),
    outKey: parseKey(options, 'out_key'),
    ttl: ttlText === 'inherit' ? 'inherit' : Number.parseInt(ttlText ?? '', 10) & 0xff || DEFAULT_TTL,
    tos: tosText === 'inherit' ? 'inherit' : typeOfService(tosText),
    dontFragment: options.get('df_default') !== 'false',
    checksum,
    port: portText === undefined ? (DEFAULT_PORTS[type] ?? 0) : Number.parseInt(portText, 10) & 0xffff,
    egressMark: markText === undefined ? null : Number.parseInt(markText, 10) >>> 0,
    packetMode:
      mode === 'ptap'
        ? 'aware'
        : mode === 'legacy_l3' || (mode === undefined && (type === 'gtpu' || type === 'bareudp'))
          ? 'l3'
          : 'l2',
  });
}
