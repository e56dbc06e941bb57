/** What vswitchd says of its tunnel ports: their settings in `dpif/show`, and `ofproto/list-tunnels`. */
import { formatIpv4, formatIpv6 } from '../../../base/address.ts';
import { hashBytes } from '../../../base/ovs-hash.ts';
import { ok } from '../../../base/result.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import type { Port } from '../../../ofproto/bridge/port.ts';
import {
  DEFAULT_PORTS,
  DEFAULT_TTL,
  usualMode,
  type ErspanConfig,
  type TunnelAddress,
  type TunnelConfig,
} from '../../../ofproto/bridge/tunnel-config.ts';
import { HashOrder } from '../../../ovsdb/index.ts';
import type { DaemonCommand } from '../reply.ts';

const MODES = { l2: 'legacy_l2', l3: 'legacy_l3', aware: 'ptap' } as const;

const isUnset = (address: TunnelAddress): boolean => address.ipv4 === 0 && address.ipv6 === 0n;
const addressText = ({ ipv4, ipv6 }: TunnelAddress): string =>
  ipv6 !== 0n ? formatIpv6(ipv6) : ipv4 === 0 ? '::' : formatIpv4(ipv4);
const hexText = (value: bigint | number): string => (Number(value) === 0 ? '0' : `0x${value.toString(16)}`);

/** `csum` as it was set; undefined when the tunnel keeps to its default. */
const checksumOption = ({ checksum }: TunnelConfig): string | undefined =>
  checksum === 'on' ? 'true' : checksum === 'off' ? 'false' : undefined;

/** Which parts of ERSPAN's header the settings tell hangs on its version. */
function erspanOptions({ version, index, direction, hardwareId }: ErspanConfig): [string, string][] {
  const numeral = (value: number | 'flow'): string => (value === 'flow' ? value : `0x${value.toString(16)}`);
  if (version === 'flow')
    return ['erspan_ver', 'erspan_idx', 'erspan_dir', 'erspan_hwid'].map((name) => [name, 'flow']);
  const rest: [string, string][] =
    version === 1
      ? [['erspan_idx', numeral(index)]]
      : version === 2
        ? [
            ['erspan_dir', String(direction)],
            ['erspan_hwid', numeral(hardwareId)],
          ]
        : [];
  return [['erspan_ver', String(version)], ...rest];
}

function keyOptions({ inKey, outKey }: TunnelConfig): [string, string][] {
  // A key that comes from the pipeline counts as 0 beside one that does not.
  const number = (key: bigint | 'flow'): bigint => (key === 'flow' ? 0n : key);
  if (inKey === 'flow' && outKey === 'flow') return [['key', 'flow']];
  if (inKey !== null && outKey !== null && number(inKey) === number(outKey))
    return [['key', String(number(inKey))]];
  return [
    ...(inKey === null ? [] : [['in_key', String(inKey)] as [string, string]]),
    ...(outKey === null ? [] : [['out_key', String(outKey)] as [string, string]]),
  ];
}

/** The settings that differ from what the type has by default, by name. */
export function tunnelOptions(tunnel: TunnelConfig): [string, string][] {
  const { remote, local, ttl, tos, type, port } = tunnel;
  const found = keyOptions(tunnel);
  const add = (name: string, value: string | null | undefined): void => {
    if (value !== null && value !== undefined) found.push([name, value]);
  };
  add('remote_ip', remote === 'flow' ? 'flow' : addressText(remote));
  add('local_ip', local === 'flow' ? 'flow' : isUnset(local) ? null : addressText(local));
  add('ttl', ttl === DEFAULT_TTL ? null : String(ttl));
  add('tos', tos === 0 ? null : tos === 'inherit' ? tos : hexText(tos));
  add('dst_port', port === 0 || port === DEFAULT_PORTS[type] ? null : String(port));
  add('csum', checksumOption(tunnel));
  add('seq', tunnel.sequence ? 'true' : null);
  add('packet_type', tunnel.packetMode === usualMode(type) ? null : MODES[tunnel.packetMode]);
  add('df_default', tunnel.dontFragment ? null : 'false');
  add('egress_pkt_mark', tunnel.egressMark === null ? null : String(tunnel.egressMark));
  if (type === 'erspan' || type === 'ip6erspan') found.push(...erspanOptions(tunnel.erspan));
  return found;
}

/** Kinds of tunnels, in the order in which an arriving packet is looked up in them. */
function kindOf({ inKey, remote, local }: TunnelConfig): number {
  const source = local === 'flow' ? 2 : isUnset(local) ? 1 : 0;
  return (inKey === 'flow' ? 6 : 0) + (remote === 'flow' ? 3 : 0) + source;
}

function tunnelText(port: Port, tunnel: TunnelConfig): string {
  const { local, remote, inKey, outKey, ttl, tos } = tunnel;
  const ends =
    local === 'flow'
      ? 'flow->flow'
      : `${addressText(local)}->${remote === 'flow' ? 'flow' : addressText(remote)}`;
  const number = port.dpPort ?? 0;
  const parts = [
    ends,
    `key=${inKey === 'flow' ? inKey : hexText(inKey ?? 0n)}`,
    MODES[tunnel.packetMode],
    `dp port=${number}`,
    ...(inKey === outKey
      ? []
      : [`out_key=${outKey === null ? 'none' : outKey === 'flow' ? outKey : hexText(outKey)}`]),
    `ttl=${ttl}`,
    ...(tos === 0 ? [] : [`tos=${tos === 'inherit' ? tos : hexText(tos)}`]),
    ...(tunnel.dontFragment ? [] : ['df=false']),
    ...(checksumOption(tunnel) === undefined ? [] : [`csum=${checksumOption(tunnel)}`]),
  ];
  return `port ${number}: ${port.name} (${tunnel.type}: ${parts.join(', ')})\n`;
}

const PACKET_MODES = { aware: 1, l2: 2, l3: 3 } as const;

/** The octets that a tunnel is filed under, as the switch lays them out. */
function matchOctets({ dpPort }: Port, { inKey, local, remote, packetMode }: TunnelConfig): Uint8Array {
  const octets = new Uint8Array(56);
  const view = new DataView(octets.buffer);
  const put = (at: number, end: TunnelAddress | 'flow'): void => {
    if (end === 'flow' || isUnset(end)) return;
    const value = end.ipv6 === 0n ? (0xffffn << 32n) | BigInt(end.ipv4) : end.ipv6;
    view.setBigUint64(at, value >> 64n);
    view.setBigUint64(at + 8, BigInt.asUintN(64, value));
  };
  view.setBigUint64(0, typeof inKey === 'bigint' ? inKey : 0n);
  put(8, local);
  put(24, remote);
  view.setUint32(40, dpPort ?? 0, true);
  octets[44] = Number(inKey === 'flow');
  octets[45] = Number(local === 'flow');
  octets[46] = Number(remote === 'flow');
  view.setUint32(48, PACKET_MODES[packetMode], true);
  return octets;
}

/** Tunnels by kind, and within a kind as they lie in the switch's table. */
function list(datapath: Datapath): string {
  const kinds = Array.from({ length: 12 }, () => new HashOrder<string>());
  for (const bridge of datapath.bridges.values())
    for (const port of bridge.ports.values())
      if (port.tunnel)
        kinds[kindOf(port.tunnel)]?.insert(
          tunnelText(port, port.tunnel),
          hashBytes(matchOctets(port, port.tunnel), 0),
        );
  return kinds.flatMap((kind) => [...kind.values()]).join('');
}

export const TUNNEL_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  { name: 'ofproto/list-tunnels', usage: '', least: 0, most: 0, run: (datapath) => ok(list(datapath)) },
];
