/**
 * Tunnels by flow (`ovn-enable-flow-based-tunnels`): one port for each type of encapsulation, and every flow says between
 * which addresses it sends. Gateways of several chassis, chassis of other zones and ports on more than one chassis are
 * reached by ports alone, as with the real program.
 */
import { parseIpv4, parseIpv6 } from '../../../base/address.ts';
import type { Uuid } from '../../../base/uuid.ts';
import { FIELDS, registerField, type OfPort } from '../../../flow/index.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import type { OvsDatabase, OvsRow, SbRow } from '../../../ovsdb/index.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { FLOW_TUNNEL, TUNNEL_ID, TUNNEL_TYPE } from '../encaps.ts';
import { REGISTER } from '../logical-registers.table.ts';
import {
  forgetInPort,
  load,
  matchDatapath,
  matchOf,
  matchOutport,
  output,
  resubmit,
} from './flow-builder.ts';
import type { PhysicalContext, PhysicalPort } from './physical-context.ts';
import { encapsulate, type TunnelType } from './tunnel.ts';

/** The port of each type. */
export type FlowTunnels = ReadonlyMap<TunnelType, OfPort>;

/** From the most preferred on. */
const TYPES: readonly TunnelType[] = ['geneve', 'vxlan'];

export function findFlowTunnels(ovs: OvsDatabase, bridge: OvsRow<'Bridge'>): FlowTunnels {
  const found = new Map<TunnelType, OfPort>();
  for (const uuid of bridge.ports.toSorted()) {
    const port = ovs.get('Port', uuid);
    const [only, ...others] = port?.interfaces ?? [];
    const type = TYPES.find((one) => one === port?.external_ids.get(TUNNEL_TYPE));
    if (port?.external_ids.get(TUNNEL_ID) !== FLOW_TUNNEL || only === undefined || others.length > 0)
      continue;
    const ofport = ovs.get('Interface', only)?.ofport ?? 0;
    if (type !== undefined && !found.has(type) && ofport > 0) found.set(type, ofport as OfPort);
  }
  return found;
}

interface Way {
  readonly type: TunnelType;
  readonly port: OfPort;
  readonly remoteIp: string;
}

function encapsOf(context: PhysicalContext, chassis: SbRow<'Chassis'>): SbRow<'Encap'>[] {
  return chassis.encaps.toSorted().flatMap((uuid) => context.sb.get('Encap', uuid) ?? []);
}

/** How a chassis is reached: by its address of the type that both ends prefer, or by that of `encap`. */
function wayTo(
  context: PhysicalContext,
  tunnels: FlowTunnels,
  chassis: SbRow<'Chassis'>,
  encap: Uuid | null = null,
): Way | undefined {
  const ours = encapsOf(context, context.chassis);
  const theirs = encapsOf(context, chassis);
  const type = TYPES.find((one) => [ours, theirs].every((ends) => ends.some((end) => end.type === one)));
  const port = type && tunnels.get(type);
  if (type === undefined || port === undefined) return undefined;
  const own = encap === null ? undefined : context.sb.get('Encap', encap);
  const alike = theirs.filter((end) => end.type === type);
  const usual = alike.find((end) => end.options.get('default-encap-ip') === 'true') ?? alike[0];
  const remoteIp = (own?.type === type ? own : usual)?.ip;
  return remoteIp === undefined ? undefined : { type, port, remoteIp };
}

function loadAddress(ip: string, end: 'src' | 'dst'): OfpAct[] {
  const ipv4 = parseIpv4(ip);
  if (ipv4 !== undefined) return [load(end === 'src' ? FIELDS.tun_src : FIELDS.tun_dst, ipv4)];
  const ipv6 = parseIpv6(ip);
  if (ipv6 === undefined) return [];
  return [load(end === 'src' ? FIELDS.tun_ipv6_src : FIELDS.tun_ipv6_dst, ipv6)];
}

const between = (localIp: string, remoteIp: string): OfpAct[] => [
  ...loadAddress(localIp, 'src'),
  ...loadAddress(remoteIp, 'dst'),
];

/** Table 44: a port on another chassis, with one flow for each local encapsulation address. */
export function addRemotePortByFlow(
  context: PhysicalContext,
  tunnels: FlowTunnels,
  port: PhysicalPort,
): void {
  const { row } = port;
  if (row.chassis === null || row.chassis === context.chassis._uuid) return;
  const chassis = context.sb.get('Chassis', row.chassis);
  const way = chassis && wayTo(context, tunnels, chassis, row.encap);
  if (!way) return;
  const vtep = row.type === 'vtep';
  context.encapIps.forEach((ip, id) => {
    const match = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey), [
      registerField(REGISTER.encapId),
      id << 16,
      0xffff0000,
    ]);
    const acts = [
      ...(vtep ? [forgetInPort] : []),
      ...encapsulate(way.type, port.datapathKey, port.portKey, vtep),
      ...between(ip, way.remoteIp),
      output(way.port),
      resubmit(OFTABLE.localOutput),
    ];
    context.sink.add(OFTABLE.remoteOutput, 100, match, acts, row._uuid);
  });
}

/** A copy for each of the named chassis, from the first local address; metadata is loaded anew where the type changes. */
export function copiesByFlow(
  context: PhysicalContext,
  tunnels: FlowTunnels,
  names: Iterable<string>,
  encapsulated: (type: TunnelType) => readonly OfpAct[],
): OfpAct[] {
  const [localIp] = context.encapIps;
  const acts: OfpAct[] = [];
  let type: TunnelType | undefined;
  for (const name of localIp === undefined ? [] : names) {
    const [chassis] = context.sb.find('Chassis', 'name', name);
    const way = chassis && wayTo(context, tunnels, chassis);
    if (!way || localIp === undefined) continue;
    if (way.type !== type) acts.push(...encapsulated(way.type));
    type = way.type;
    acts.push(...between(localIp, way.remoteIp), output(way.port));
  }
  return acts;
}
