/** What vswitchd says of its tunnel ports: their settings in `dpif/show`, and `ofproto/list-tunnels`. */
import { formatIpv4, formatIpv6 } from '../../../base/address.ts';
import { ok } from '../../../base/result.ts';
import type { Datapath } from '../../../ofproto/bridge/datapath.ts';
import type { Port } from '../../../ofproto/bridge/port.ts';
import type { TunnelAddress, TunnelConfig } from '../../../ofproto/bridge/tunnel-config.ts';
import type { DaemonCommand } from '../reply.ts';

const DEFAULT_TTL = 64;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { geneve: 6081, vxlan: 4789, gtpu: 2152 };
const MODES = { l2: 'legacy_l2', l3: 'legacy_l3', aware: 'ptap' } as const;
const CARRIES_L3_ONLY: ReadonlySet<string> = new Set(['gtpu', 'bareudp']);

const isUnset = (address: TunnelAddress): boolean => address.ipv4 === 0 && address.ipv6 === 0n;
const addressText = ({ ipv4, ipv6 }: TunnelAddress): string =>
  ipv6 !== 0n ? formatIpv6(ipv6) : ipv4 === 0 ? '::' : formatIpv4(ipv4);
const hexText = (value: bigint | number): string => (Number(value) === 0 ? '0' : `0x${value.toString(16)}`);

/** `csum` as it was set; undefined when the tunnel keeps to its default. */
const checksumOption = ({ options, tunnel }: Port): string | undefined =>
  /gre|geneve|vxlan/.test(tunnel?.type ?? '') && options.has('csum')
    ? String(options.get('csum') === 'true')
    : undefined;

function keyOptions({ inKey, outKey }: TunnelConfig): [string, string][] {
  if (inKey !== null && inKey === outKey) return [['key', String(inKey)]];
  return [
    ...(inKey === null ? [] : [['in_key', String(inKey)] as [string, string]]),
    ...(outKey === null ? [] : [['out_key', String(outKey)] as [string, string]]),
  ];
}

/** The settings that differ from what the type has by default, by name. */
export function tunnelOptions(port: Port, tunnel: TunnelConfig): [string, string][] {
  const { remote, local, ttl, tos, type } = tunnel;
  const found = keyOptions(tunnel);
  const add = (name: string, value: string | null | undefined): void => {
    if (value !== null && value !== undefined) found.push([name, value]);
  };
  add('remote_ip', remote === 'flow' ? 'flow' : addressText(remote));
  add('local_ip', local === 'flow' ? 'flow' : isUnset(local) ? null : addressText(local));
  add('ttl', ttl === DEFAULT_TTL ? null : String(ttl));
  add('tos', tos === 0 ? null : tos === 'inherit' ? tos : hexText(tos));
  add('dst_port', tunnel.port === (DEFAULT_PORTS[type] ?? 0) ? null : String(tunnel.port));
  add('csum', checksumOption(port));
  const usual = CARRIES_L3_ONLY.has(type) ? 'l3' : 'l2';
  add('packet_type', tunnel.packetMode === usual ? null : MODES[tunnel.packetMode]);
  add('df_default', tunnel.dontFragment ? null : 'false');
  add('egress_pkt_mark', tunnel.egressMark === null ? null : String(tunnel.egressMark));
  if (type === 'vxlan') add('exts', port.options.get('exts'));
  if (type.includes('erspan'))
    for (const name of ['erspan_ver', 'erspan_idx', 'erspan_dir', 'erspan_hwid'])
      add(name, port.options.get(name));
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
    ...(checksumOption(port) === undefined ? [] : [`csum=${checksumOption(port)}`]),
  ];
  return `port ${number}: ${port.name} (${tunnel.type}: ${parts.join(', ')})\n`;
}

function list(datapath: Datapath): string {
  const tunnels = [...datapath.bridges.values()]
    .flatMap((bridge) => [...bridge.ports.values()])
    .flatMap((port) => (port.tunnel ? [{ port, tunnel: port.tunnel }] : []));
  return tunnels
    .toSorted((a, b) => kindOf(a.tunnel) - kindOf(b.tunnel))
    .map(({ port, tunnel }) => tunnelText(port, tunnel))
    .join('');
}

export const TUNNEL_COMMANDS: readonly DaemonCommand<Datapath>[] = [
  { name: 'ofproto/list-tunnels', usage: '', least: 0, most: 0, run: (datapath) => ok(list(datapath)) },
];
