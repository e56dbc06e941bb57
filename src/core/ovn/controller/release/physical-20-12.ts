/** Physical flows of OVN 20.12: tables 0, 32 to 34, 64 and 65, after ovn-controller's physical_run() of that release. */
import { parseMac } from '../../../base/address.ts';
import { FIELDS, registerField } from '../../../flow/index.ts';
import type { OfpAct } from '../../../ofproto/index.ts';
import { stringOrder, type SbRow } from '../../../ovsdb/index.ts';
import { flag, REGISTER } from '../logical-registers.table.ts';
import {
  clearLogicalRegisters,
  loadRegister,
  matchDatapath,
  matchFlags,
  matchOf,
  matchOutport,
  move,
  output,
  resubmit,
} from '../physical/flow-builder.ts';
import type { LocalAttachment } from '../physical/local-port.ts';
import { attachmentOf } from '../physical/physical.ts';
import {
  peerPort,
  physicalPort,
  type PhysicalContext,
  type PhysicalPort,
} from '../physical/physical-context.ts';
import { encapsulate, tunnelTo } from '../physical/tunnel.ts';
import { haChassis, peerOf } from '../southbound-index.ts';
import { addLocalPort, addPatchPort, addRedirectPort, clauseOfChassisMac } from './local-port-20-12.ts';
import { TABLES_20_12 as TABLE } from './tables-20-12.table.ts';

/** A port elsewhere: through the provider network, through a tunnel, or to whichever gateway is active. */
function addRemotePort(context: PhysicalContext, port: PhysicalPort): void {
  const { sink, tunnels, sb } = context;
  const to = matchOf(matchOutport(port.portKey), matchDatapath(port.datapathKey));
  const { localnet } = port.local;
  if (localnet) {
    if (!context.patchOfports.has(localnet.logical_port)) return;
    const acts = [loadRegister(REGISTER.outport, localnet.tunnel_key), resubmit(TABLE.localOutput)];
    sink.add(TABLE.localOutput, 100, to, acts, port.row._uuid);
    return;
  }
  const wrap = (type: 'geneve' | 'vxlan'): OfpAct[] =>
    encapsulate(type, port.datapathKey, port.portKey, port.row.type === 'vtep');
  const group = haChassis(sb, port.row.ha_chassis_group);
  const nameOf = (uuid: SbRow<'Chassis'>['_uuid'] | null): string =>
    (uuid === null ? undefined : sb.get('Chassis', uuid)?.name) ?? '';
  if (group.length < 2) {
    const tunnel = tunnelTo(tunnels, nameOf(port.row.chassis));
    if (tunnel)
      sink.add(TABLE.remoteOutput, 100, to, [...wrap(tunnel.type), output(tunnel.ofport)], port.row._uuid);
    return;
  }
  const members = group.flatMap(({ chassis }) => tunnelTo(tunnels, nameOf(chassis)) ?? []);
  const [first] = members;
  if (!first || members.some(({ type }) => type !== first.type)) return;
  const bundle: OfpAct = {
    kind: 'bundle',
    algorithm: 'active_backup',
    fields: 'eth_src',
    basis: 0,
    members: members.map(({ ofport }) => ofport),
    destination: null,
  };
  sink.add(TABLE.remoteOutput, 100, to, [...wrap(first.type), bundle], port.row._uuid);
}

function addPort(context: PhysicalContext, port: PhysicalPort): void {
  const { row } = port;
  if (row.type === 'patch' || (row.type === 'l3gateway' && row.chassis === context.chassis._uuid)) {
    const peer = peerOf(context.sb, row);
    const other = peer && peer.options.get('peer') === row.logical_port ? peerPort(context, peer) : undefined;
    if (other) addPatchPort(context, port, other);
    return;
  }
  const served = row.chassis === context.chassis._uuid || context.active(row.ha_chassis_group);
  if (row.type === 'chassisredirect' && served) {
    addRedirectPort(context, port);
    return;
  }
  const attachment: LocalAttachment | undefined = attachmentOf(context, port);
  if (attachment) addLocalPort(context, port, attachment);
  else addRemotePort(context, port);
}

/** A copy for each local port in table 33, for patch ports and each remote chassis in table 32. */
function addMulticastGroup(context: PhysicalContext, group: SbRow<'Multicast_Group'>): void {
  const local = context.datapaths.get(group.datapath);
  if (!local) return;
  const here: OfpAct[] = [];
  const elsewhere: OfpAct[] = [];
  const chassis = new Set<string>();
  for (const uuid of group.ports) {
    const port = context.sb.get('Port_Binding', uuid);
    if (!port || port.datapath !== group.datapath) continue;
    const zone = context.zones.get(port.logical_port) ?? 0;
    if (zone !== 0) here.push(loadRegister(REGISTER.ctZone, zone));
    const copy = [loadRegister(REGISTER.outport, port.tunnel_key), resubmit(TABLE.checkLoopback)];
    const name = port.parent_port || port.logical_port;
    const attached = context.ofports.has(name) || context.patchOfports.has(name);
    if (port.type === 'patch') elsewhere.push(...copy);
    else if (attached || (port.type === 'l3gateway' && port.chassis === context.chassis._uuid))
      here.push(...copy);
    else if (port.chassis !== null && !local.localnet) {
      const remote = context.sb.get('Chassis', port.chassis)?.name;
      if (remote !== undefined) chassis.add(remote);
    }
  }
  const to = matchOf(matchOutport(group.tunnel_key), matchDatapath(local.datapath.tunnel_key));
  const restore = loadRegister(REGISTER.outport, group.tunnel_key);
  if (here.length > 0) context.sink.add(TABLE.localOutput, 100, to, [...here, restore], group._uuid);
  if (elsewhere.length > 0) elsewhere.push(restore);
  let type: string | undefined;
  for (const name of stringOrder(chassis)) {
    const tunnel = tunnelTo(context.tunnels, name);
    if (!tunnel) continue;
    if (tunnel.type !== type)
      elsewhere.push(...encapsulate(tunnel.type, local.datapath.tunnel_key, group.tunnel_key));
    type = tunnel.type;
    elsewhere.push(output(tunnel.ofport));
  }
  if (elsewhere.length === 0) return;
  if (here.length > 0) elsewhere.push(resubmit(TABLE.localOutput));
  context.sink.add(TABLE.remoteOutput, 100, to, elsewhere, group._uuid);
}

/** Frames from tunnels, with what the encapsulation says of them. */
function addTunnels({ sink, tunnels }: PhysicalContext): void {
  const outport = registerField(REGISTER.outport);
  for (const { type, ofport } of tunnels) {
    const acts =
      type === 'vxlan'
        ? [move(FIELDS.tun_id, 12, outport, 0, 12), move(FIELDS.tun_id, 0, FIELDS.metadata, 0, 12)]
        : [
            move(FIELDS.tun_id, 0, FIELDS.metadata, 0, 24),
            move(FIELDS.tun_metadata0, 16, registerField(REGISTER.inport), 0, 15),
            move(FIELDS.tun_metadata0, 0, outport, 0, 16),
          ];
    const from = matchOf([FIELDS.in_port, ofport]);
    sink.add(TABLE.phyToLog, 100, from, [...acts, resubmit(TABLE.localOutput)]);
  }
}

function addChassisMacs({ sink, sb, chassis }: PhysicalContext): void {
  for (const other of sb.rows('Chassis')) {
    if (other.name === chassis.name) continue;
    const mappings = other.other_config.get('ovn-chassis-mac-mappings') ?? '';
    for (const entry of mappings.split(',')) {
      const mac = parseMac(entry.slice(entry.indexOf(':') + 1));
      if (mac === undefined) continue;
      const from = matchOf([FIELDS.eth_src, mac]);
      sink.add(TABLE.phyToLog, 180, from, [clauseOfChassisMac(0)], other._uuid);
    }
  }
}

function addDefaults({ sink }: PhysicalContext): void {
  const locally = [resubmit(TABLE.localOutput)];
  for (const name of ['receivedFromRamp', 'localOnly'] as const)
    sink.add(TABLE.remoteOutput, 150, matchOf(matchFlags(flag(name), flag(name))), locally);
  sink.add(TABLE.remoteOutput, 0, matchOf(), locally);
  sink.add(TABLE.checkLoopback, 0, matchOf(), [...clearLogicalRegisters(), resubmit(TABLE.egress)]);
  sink.add(TABLE.saveInport, 0, matchOf(), [resubmit(TABLE.logToPhy)]);
}

export function addPhysicalFlows(context: PhysicalContext): void {
  addChassisMacs(context);
  for (const uuid of context.datapaths.keys())
    for (const row of context.sb.find('Port_Binding', 'datapath', uuid)) {
      const port = physicalPort(context, row);
      if (port) addPort(context, port);
    }
  for (const group of context.sb.rows('Multicast_Group')) addMulticastGroup(context, group);
  addTunnels(context);
  addDefaults(context);
}
