/** Ports that are on other chassis: through a tunnel, through the provider network, or to whichever gateway is active. */
import type { Uuid } from '../../../base/uuid.ts';
import { registerField } from '../../../flow/index.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { REGISTER } from '../logical-registers.table.ts';
import { haChassis } from '../southbound-index.ts';
import {
  forgetInPort,
  loadRegister,
  matchDatapath,
  matchOf,
  matchOutport,
  output,
  resubmit,
} from './flow-builder.ts';
import type { PhysicalContext, PhysicalPort } from './physical-context.ts';
import { encapsulate, tunnelTo, type ChassisTunnel } from './tunnel.ts';

/** A port behind a localnet port: the frame leaves by that one. */
export function addLocalnetDetour(context: PhysicalContext, port: PhysicalPort, localnetKey: number): void {
  const to = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey));
  const acts = [loadRegister(REGISTER.outport, localnetKey), resubmit(OFTABLE.localOutput)];
  context.sink.add(OFTABLE.localOutput, 100, to, acts, port.row._uuid);
}

/** Tunnels to the chassis that hold the port, itself left out. */
function tunnelsTo(context: PhysicalContext, port: PhysicalPort, localIp: string): ChassisTunnel[] {
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
    ...port.row.additional_chassis.map((chassis) => find(chassis, null)),
  ].flat();
}

/** Table 44: one flow for each local encapsulation address, told apart by the encap id. */
export function addRemotePort(context: PhysicalContext, port: PhysicalPort): void {
  const vtep = port.row.type === 'vtep';
  context.encapIps.forEach((ip, id) => {
    const tunnels = tunnelsTo(context, port, ip);
    if (tunnels.length === 0) return;
    const match = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey), [
      registerField(REGISTER.encapId),
      id << 16,
      0xffff0000,
    ]);
    const acts: OfpAct[] = vtep ? [forgetInPort] : [];
    for (const tunnel of tunnels)
      acts.push(...encapsulate(tunnel.type, port.datapathKey, port.portKey, vtep), output(tunnel.ofport));
    context.sink.add(
      OFTABLE.remoteOutput,
      100,
      match,
      [...acts, resubmit(OFTABLE.remoteVtepOutput)],
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
