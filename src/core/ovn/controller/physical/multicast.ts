/** Multicast groups: a copy for each local port in table 46, one for each remote chassis in table 44. */
import type { OfpAct } from '../../../ofproto/index.ts';
import { stringOrder, type SbRow } from '../../../ovsdb/index.ts';
import { zonesOf } from '../ct-zones.ts';
import { OFTABLE } from '../../actions/oftable.table.ts';
import { flag, REGISTER } from '../logical-registers.table.ts';
import { portByName } from '../southbound-index.ts';
import {
  loadRegister,
  matchDatapath,
  matchFlags,
  matchOf,
  matchOutport,
  output,
  outputLocally,
  resubmit,
} from './flow-builder.ts';
import { copiesByFlow } from './flow-tunnel.ts';
import type { PhysicalContext } from './physical-context.ts';
import { isRamp } from './ramp.ts';
import { encapsulate, tunnelTo, type TunnelType } from './tunnel.ts';

interface Copies {
  readonly local: OfpAct[];
  readonly remote: OfpAct[];
  readonly patch: OfpAct[];
  readonly chassis: Set<string>;
  /** Those behind a ramp switch (`other_config:is-vtep`). */
  readonly ramps: Set<string>;
}

/** A switch that joins availability zones. */
const isTransitSwitch = (datapath: SbRow<'Datapath_Binding'>): boolean =>
  datapath.external_ids.has('interconn-ts');

/** Sorts one member into the copies. Patch ports are served where the packet is, hence among the remote actions. */
function addMember(
  context: PhysicalContext,
  group: SbRow<'Multicast_Group'>,
  port: SbRow<'Port_Binding'>,
  copies: Copies,
): void {
  const local = context.datapaths.get(group.datapath);
  if (!local || port.datapath !== group.datapath) return;
  const zone = zonesOf(context.zones, port, local.datapath, context.zoneName).ct;
  const here =
    port.chassis === context.chassis._uuid || port.additional_chassis.includes(context.chassis._uuid);
  const carrier = portByName(context.sb, port.parent_port || port.logical_port);
  const attached = carrier?.type === '' && !carrier.parent_port && context.ofports.has(carrier.logical_port);
  if (port.type === 'patch' && isTransitSwitch(local.datapath))
    copies.local.push(...outputLocally(port.tunnel_key, zone));
  else if (port.type === 'patch') {
    copies.patch.push(...outputLocally(port.tunnel_key, 0));
    copies.remote.push(...outputLocally(port.tunnel_key, 0));
  } else if (port.type === 'localport') copies.remote.push(...outputLocally(port.tunnel_key, 0));
  else if (port.type === 'remote') {
    const name = port.chassis === null ? undefined : context.sb.get('Chassis', port.chassis)?.name;
    if (name === undefined) return;
    copies.remote.push(loadRegister(REGISTER.outport, port.tunnel_key));
    const tunnel = tunnelTo(context.tunnels, name);
    if (tunnel)
      copies.remote.push(
        ...encapsulate(tunnel.type, local.datapath.tunnel_key, port.tunnel_key),
        output(tunnel.ofport),
      );
  } else if ((here && (attached || port.type === 'l3gateway')) || context.patchOfports.has(port.logical_port))
    copies.local.push(...outputLocally(port.tunnel_key, zone));
  else if (port.type === 'chassisredirect' && port.chassis === context.chassis._uuid) {
    const distributed = portByName(context.sb, port.options.get('distributed-port') ?? '');
    if (distributed?.datapath === port.datapath)
      copies.local.push(...outputLocally(distributed.tunnel_key, zone));
  } else if (local.localnet === null || !context.patchOfports.has(local.localnet.logical_port)) {
    for (const uuid of [port.chassis, ...port.additional_chassis]) {
      const chassis = uuid === null ? undefined : context.sb.get('Chassis', uuid);
      if (chassis) (isRamp(chassis) ? copies.ramps : copies.chassis).add(chassis.name);
    }
  }
}

/** A copy through the tunnel to each chassis; metadata is loaded anew where the type changes. */
function copiesByPort(
  context: PhysicalContext,
  names: Iterable<string>,
  encapsulated: (type: TunnelType) => readonly OfpAct[],
): OfpAct[] {
  const acts: OfpAct[] = [];
  let type: TunnelType | undefined;
  for (const name of names) {
    const tunnel = tunnelTo(context.tunnels, name);
    if (!tunnel) continue;
    if (tunnel.type !== type) acts.push(...encapsulated(tunnel.type));
    type = tunnel.type;
    acts.push(output(tunnel.ofport));
  }
  return acts;
}

export function addMulticastGroup(context: PhysicalContext, group: SbRow<'Multicast_Group'>): void {
  const local = context.datapaths.get(group.datapath);
  if (!local) return;
  const copies: Copies = { local: [], remote: [], patch: [], chassis: new Set(), ramps: new Set() };
  for (const uuid of group.ports) {
    const port = context.sb.get('Port_Binding', uuid);
    if (port) addMember(context, group, port, copies);
  }
  const key = local.datapath.tunnel_key;
  const to = [matchOutport(group.tunnel_key), matchDatapath(key)] as const;
  const restore = loadRegister(REGISTER.outport, group.tunnel_key);
  if (copies.local.length > 0)
    context.sink.add(OFTABLE.localOutput, 100, matchOf(...to), [...copies.local, restore], group._uuid);

  if (copies.patch.length > 0) {
    // What a ramp switch sent and may come back: to the patch ports only.
    const back = flag('receivedFromRamp') | flag('allowLoopback');
    const acts = [...copies.patch, restore, resubmit(OFTABLE.remoteVtepOutput)];
    context.sink.add(OFTABLE.remoteOutput, 120, matchOf(...to, matchFlags(back, back)), acts, group._uuid);
  }
  const remote = copies.remote.length > 0 ? [...copies.remote, restore] : [];
  for (const isRampSide of [false, true]) {
    const names = stringOrder(isRampSide ? copies.ramps : copies.chassis);
    const encapsulated = (type: TunnelType): OfpAct[] => encapsulate(type, key, group.tunnel_key, isRampSide);
    const { flowTunnels } = context;
    remote.push(
      ...(flowTunnels
        ? copiesByFlow(context, flowTunnels, names, encapsulated)
        : copiesByPort(context, names, encapsulated)),
    );
  }
  if (remote.length === 0) return;
  const ramp = flag('receivedFromRamp');
  const match = matchOf(...to, matchFlags(0, ramp));
  context.sink.add(
    OFTABLE.remoteOutput,
    100,
    match,
    [...remote, resubmit(OFTABLE.remoteVtepOutput)],
    group._uuid,
  );
}
