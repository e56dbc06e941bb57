/** Ports that are on other chassis: through a tunnel, through the provider network, or to whichever gateway is active. */
import type { Uuid } from '../../../base/uuid.ts';
import { parseMac } from '../../../base/address.ts';
import { FIELDS, registerField } from '../../../flow/index.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { REGISTER } from '../logical-registers.table.ts';
import { haChassis } from '../southbound-index.ts';
import {
  forgetInPort,
  load,
  loadRegister,
  matchDatapath,
  matchOf,
  matchOutport,
  output,
  popInPort,
  pushInPort,
  resubmit,
} from './flow-builder.ts';
import { addRemotePortByFlow } from './flow-tunnel.ts';
import { isNetworkFunction } from './network-function.ts';
import type { PhysicalContext, PhysicalPort } from './physical-context.ts';
import { encapsulate, tunnelTo, type ChassisTunnel } from './tunnel.ts';

/** A port behind a localnet port: the frame leaves by that one. */
export function addLocalnetDetour(context: PhysicalContext, port: PhysicalPort, localnetKey: number): void {
  const to = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey));
  const acts = [loadRegister(REGISTER.outport, localnetKey), resubmit(OFTABLE.localOutput)];
  context.sink.add(OFTABLE.localOutput, 100, to, acts, port.row._uuid);
}

/**
 * Tunnels to the chassis that hold the port, itself left out. An additional chassis is looked for under the address that
 * this very chassis has as an additional one: what the real program does.
 */
export function tunnelsTo(context: PhysicalContext, port: PhysicalPort, localIp?: string): ChassisTunnel[] {
  const ownEncap =
    port.row.additional_encap.find(
      (uuid) => context.sb.get('Encap', uuid)?.chassis_name === context.chassis.name,
    ) ?? null;
  const find = (chassis: Uuid | null, encap: Uuid | null): ChassisTunnel[] => {
    const name =
      chassis === null || chassis === context.chassis._uuid
        ? undefined
        : context.sb.get('Chassis', chassis)?.name;
    if (name === undefined) return [];
    const remoteIp = encap === null ? undefined : context.sb.get('Encap', encap)?.ip;
    const tunnel = tunnelTo(context.tunnels, name, remoteIp, localIp) ?? tunnelTo(context.tunnels, name);
    return tunnel ? [tunnel] : [];
  };
  return [
    find(port.row.chassis, port.row.encap),
    ...port.row.additional_chassis.map((chassis) => find(chassis, ownEncap)),
  ].flat();
}

/** A gateway port whose frames leave untunnelled, by the provider network of the switch that it is joined to. */
export function addBridgedRedirect(context: PhysicalContext, port: PhysicalPort): void {
  const mac = parseMac(port.row.mac[0]?.split(' ')[0] ?? '');
  const distributed = port.row.options.get('distributed-port');
  const joined = port.local.peers.find(({ remote }) => remote.options.get('peer') === distributed)?.remote;
  const localnet = joined && context.datapaths.get(joined.datapath)?.localnet;
  const datapath = joined && context.sb.get('Datapath_Binding', joined.datapath);
  if (port.row.type !== 'chassisredirect' || mac === undefined || !localnet || !datapath) return;
  const acts = [
    load(FIELDS.eth_src, mac),
    load(FIELDS.metadata, datapath.tunnel_key),
    loadRegister(REGISTER.outport, localnet.tunnel_key),
    resubmit(OFTABLE.logToPhy),
  ];
  const to = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey));
  context.sink.add(OFTABLE.localOutput, 100, to, acts, port.row._uuid);
}

/** Table 44: one flow for each local encapsulation address, told apart by the encap id. */
export function addRemotePort(context: PhysicalContext, port: PhysicalPort): void {
  if (context.flowTunnels) {
    addRemotePortByFlow(context, context.flowTunnels, port);
    return;
  }
  const vtep = port.row.type === 'vtep';
  const returns = isNetworkFunction(port.row);
  context.encapIps.forEach((ip, id) => {
    const tunnels = tunnelsTo(context, port, ip);
    if (tunnels.length === 0) return;
    const match = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey), [
      registerField(REGISTER.encapId),
      id << 16,
      0xffff0000,
    ]);
    const acts: OfpAct[] = [...(vtep ? [forgetInPort] : []), ...(returns ? [pushInPort, forgetInPort] : [])];
    for (const tunnel of tunnels)
      acts.push(...encapsulate(tunnel.type, port.datapathKey, port.portKey, vtep), output(tunnel.ofport));
    context.sink.add(
      OFTABLE.remoteOutput,
      100,
      match,
      [...acts, resubmit(OFTABLE.remoteVtepOutput), ...(returns ? [popInPort] : [])],
      port.row._uuid,
    );
  });
}

/** A port served by one of several chassis: the tunnel to the first that is up. */
export function addHaRemotePort(context: PhysicalContext, port: PhysicalPort): void {
  const tunnels = haChassis(context.sb, port.row.ha_chassis_group).flatMap(({ chassis }) => {
    const name = context.sb.get('Chassis', chassis)?.name;
    return (name === undefined ? undefined : tunnelTo(context.tunnels, name)) ?? [];
  });
  const first = tunnels[0];
  // Gateways with mixed encapsulations are not served, as the real program warns.
  if (!first || tunnels.some((tunnel) => tunnel.type !== first.type)) return;
  const to = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey));
  const bundle: OfpAct = {
    kind: 'bundle',
    algorithm: 'active_backup',
    fields: 'eth_src',
    basis: 0,
    members: tunnels.map((tunnel) => tunnel.ofport),
    destination: null,
  };
  const acts = [...encapsulate(first.type, port.datapathKey, port.portKey, port.row.type === 'vtep'), bundle];
  context.sink.add(OFTABLE.remoteOutput, 100, to, acts, port.row._uuid);
}
