/** Tunnels to other chassis as flows see them: how metadata is put into the encapsulation and taken out again. */
import { FIELDS, registerField, type OfPort } from '../../../flow/index.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import { HashOrder, hashString, type OvsDatabase, type OvsRow } from '../../../ovsdb/index.ts';
import { TUNNEL_ID } from '../encaps.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { FLAG_BIT, REGISTER } from '../logical-registers.table.ts';
import { load, loadRegister, matchOf, move, resubmit, type FlowSink } from './flow-builder.ts';

export type TunnelType = 'geneve' | 'vxlan';

export interface ChassisTunnel {
  readonly chassis: string;
  readonly remoteIp: string;
  readonly localIp: string;
  readonly type: TunnelType;
  readonly ofport: OfPort;
  /** To a switch outside of OVN, which speaks plain VXLAN. */
  readonly ramp: boolean;
}

/** First key of multicast groups, and what stands for it in VXLAN's 12 bits. */
const MIN_MULTICAST = 32768;
const VXLAN_MIN_MULTICAST = 2048;

/**
 * Tunnels of the bridge that have an OpenFlow port. Of several to a chassis the first is taken where nothing else decides:
 * the order is that of the table in which ovn-controller keeps them, by the hash of the chassis's name.
 */
export function findTunnels(ovs: OvsDatabase, bridge: OvsRow<'Bridge'>): readonly ChassisTunnel[] {
  const table = new HashOrder<ChassisTunnel>();
  for (const tunnel of bridgeTunnels(ovs, bridge)) table.insert(tunnel, hashString(tunnel.chassis));
  return [...table.values()];
}

function bridgeTunnels(ovs: OvsDatabase, bridge: OvsRow<'Bridge'>): ChassisTunnel[] {
  return bridge.ports.toSorted().flatMap((uuid): ChassisTunnel[] => {
    const port = ovs.get('Port', uuid);
    const id = port?.external_ids.get(TUNNEL_ID);
    const iface = port?.interfaces[0] === undefined ? undefined : ovs.get('Interface', port.interfaces[0]);
    if (
      !id?.includes('@') ||
      !iface ||
      (iface.type !== 'geneve' && iface.type !== 'vxlan') ||
      (iface.ofport ?? 0) <= 0
    )
      return [];
    const at = id.lastIndexOf('@');
    const [remoteIp = '', localIp = ''] = id.slice(at + 1).split('%');
    return [
      {
        chassis: id.slice(0, at),
        remoteIp,
        localIp,
        type: iface.type,
        ofport: iface.ofport as OfPort,
        ramp: iface.other_config.get('is-vtep') === 'true',
      },
    ];
  });
}

/** The tunnel to a chassis, by the remote and local address where they are given. */
export const tunnelTo = (
  tunnels: readonly ChassisTunnel[],
  chassis: string,
  remoteIp?: string,
  localIp?: string,
): ChassisTunnel | undefined =>
  tunnels.find(
    (tunnel) =>
      tunnel.chassis === chassis &&
      (remoteIp === undefined || tunnel.remoteIp === remoteIp) &&
      (localIp === undefined || tunnel.localIp === localIp),
  );

export function encapsulate(type: TunnelType, datapath: number, outport: number, ramp = false): OfpAct[] {
  if (type === 'vxlan') {
    const port =
      outport >= MIN_MULTICAST ? VXLAN_MIN_MULTICAST | (outport & (VXLAN_MIN_MULTICAST - 1)) : outport;
    return [load(FIELDS.tun_id, ramp ? datapath : datapath | (port << 12), 0, 24)];
  }
  return [
    load(FIELDS.tun_id, datapath, 0, 24),
    load(FIELDS.tun_metadata0, outport, 0, 32),
    move(registerField(REGISTER.inport), 0, FIELDS.tun_metadata0, 16, 15),
  ];
}

/** Takes datapath, input and output port out of the encapsulation. */
export function decapsulate(tunnel: Pick<ChassisTunnel, 'type' | 'ofport'>): OfpAct[] {
  const outport = registerField(REGISTER.outport);
  if (tunnel.type === 'vxlan')
    return [move(FIELDS.tun_id, 12, outport, 0, 12), move(FIELDS.tun_id, 0, FIELDS.metadata, 0, 12)];
  return [
    move(FIELDS.tun_id, 0, FIELDS.metadata, 0, 24),
    move(FIELDS.tun_metadata0, 16, registerField(REGISTER.inport), 0, 15),
    move(FIELDS.tun_metadata0, 0, outport, 0, 16),
    loadRegister(REGISTER.tunnelOfport, tunnel.ofport, 16, 16),
  ];
}

/** Table 0: frames from a tunnel. ICMP "too big" answers of the local kernel take the way back into the pipeline. */
export function addTunnelInput(
  sink: FlowSink,
  tunnel: Pick<ChassisTunnel, 'type' | 'ofport' | 'ramp'>,
): void {
  const inPort = [FIELDS.in_port, tunnel.ofport] as const;
  const into = [...decapsulate(tunnel), resubmit(OFTABLE.localOutput)];
  sink.add(OFTABLE.phyToLog, 100, matchOf(inPort), into);
  const back = [
    ...into,
    loadRegister(REGISTER.flags, 1, FLAG_BIT.receivedFromTunnel, 1),
    resubmit(OFTABLE.ctZoneLookup),
  ];
  const icmp = [
    [FIELDS.eth_type, 0x800],
    [FIELDS.nw_proto, 1],
    [FIELDS.icmp_type, 3],
    [FIELDS.icmp_code, 4],
  ] as const;
  const icmp6 = [
    [FIELDS.eth_type, 0x86dd],
    [FIELDS.nw_proto, 58],
    [FIELDS.icmpv6_type, 2],
    [FIELDS.icmpv6_code, 0],
  ] as const;
  // What comes from a ramp switch has no way back by the kernel.
  for (const error of tunnel.ramp ? [] : [icmp, icmp6])
    sink.add(OFTABLE.phyToLog, 120, matchOf(inPort, ...error), back);
}

/** Table 0: multicast in VXLAN, whose keys have fewer bits. */
export function addVxlanMulticastInput(sink: FlowSink, { type, ofport }: ChassisTunnel): void {
  if (type !== 'vxlan') return;
  const multicast = BigInt(VXLAN_MIN_MULTICAST) << 12n;
  const match = matchOf([FIELDS.in_port, ofport], [FIELDS.tun_id, multicast, multicast]);
  sink.add(OFTABLE.phyToLog, 105, match, [
    loadRegister(REGISTER.outport, 1, 15, 1),
    move(FIELDS.tun_id, 12, registerField(REGISTER.outport), 0, 11),
    move(FIELDS.tun_id, 0, FIELDS.metadata, 0, 12),
    resubmit(OFTABLE.localOutput),
  ]);
}
