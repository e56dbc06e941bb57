/** The physical flows of a port: tables 0, 42 to 47, 64, 65 and 80. */
import type { SbRow } from '../../../ovsdb/index.ts';
import { addActivation } from './activation.ts';
import { haChassis, peerOf, portByName } from '../southbound-index.ts';
import {
  addLocalPort,
  addPatchPort,
  addRedirectPort,
  addZoneLookup,
  type LocalAttachment,
} from './local-port.ts';
import { addLocalnetMacs } from './localnet-mac.ts';
import { peerPort, physicalPort, type PhysicalContext, type PhysicalPort } from './physical-context.ts';
import { isMonitored } from '../monitored-ports.ts';
import { addEnforcedTunnels } from './multichassis.ts';
import { addNetworkFunctionReturn, isNetworkFunction } from './network-function.ts';
import { addBridgedRedirect, addHaRemotePort, addLocalnetDetour, addRemotePort } from './remote-port.ts';

/** The port that others are behind, where it has an interface of its own here. */
function carrierOf(context: PhysicalContext, name: string): LocalAttachment | undefined {
  const ofport = context.ofports.get(name);
  const row = portByName(context.sb, name);
  if (ofport === undefined || !row || row.parent_port) return undefined;
  return { ofport, tag: 0, parent: physicalPort(context, row) };
}

/** Whether a port is behind another one, from which its tag tells it apart: without a tag nothing reaches it. */
const isNested = ({ type, parent_port }: SbRow<'Port_Binding'>): boolean =>
  type !== 'mirror' && (parent_port ?? '') !== '';

/** The OpenFlow port that a port has here, with tag and parent; undefined when it is not here. */
export function attachmentOf(context: PhysicalContext, port: PhysicalPort): LocalAttachment | undefined {
  const { row } = port;
  if (row.type === 'mirror') return carrierOf(context, row.mirror_port ?? '');
  if (isNested(row)) {
    const carrier = carrierOf(context, row.parent_port ?? '');
    return carrier && row.tag !== null ? { ...carrier, tag: row.tag } : undefined;
  }
  const provider = row.type === 'localnet' || row.type === 'l2gateway';
  const ofport = (provider ? context.patchOfports : context.ofports).get(row.logical_port);
  return ofport === undefined ? undefined : { ofport, tag: provider ? (row.tag ?? 0) : 0, parent: undefined };
}

/** The way to the other chassis that a port is on, by its options. */
function addElsewhere(context: PhysicalContext, port: PhysicalPort, isGroup: boolean): void {
  if (port.row.options.get('redirect-type')?.toLowerCase() === 'bridged') addBridgedRedirect(context, port);
  else if (isGroup) addHaRemotePort(context, port);
  else addRemotePort(context, port);
}

function addPort(context: PhysicalContext, port: PhysicalPort): void {
  const { row } = port;
  if (row.type === '' && !row.parent_port) addZoneLookup(context, port);
  if (row.type === 'patch' || (row.type === 'l3gateway' && row.chassis === context.chassis._uuid)) {
    const peer = peerOf(context.sb, row);
    const isKnown =
      peer?.options.get('peer') === row.logical_port &&
      isMonitored(peer, context.chassis.name, {
        seesAll: context.seesAll,
        isLocal: context.datapaths.has(peer.datapath),
      });
    const other = peer && isKnown ? peerPort(context, peer) : undefined;
    if (other) addPatchPort(context, port, other);
    return;
  }
  if (
    row.type === 'chassisredirect' &&
    (row.chassis === context.chassis._uuid || context.active(row.ha_chassis_group))
  ) {
    const distributed = portByName(context.sb, row.options.get('distributed-port') ?? '');
    addRedirectPort(context, port, distributed && physicalPort(context, distributed));
    return;
  }
  if (isNested(row) && row.tag === null) return;
  const attachment = attachmentOf(context, port);
  if (attachment) {
    addActivation(context, port, attachment.ofport);
    addLocalPort(context, port, attachment);
    if (row.type === 'localnet') addLocalnetMacs(context, port, attachment);
    if (isNetworkFunction(row) && port.local.localnet) addNetworkFunctionReturn(context, port);
    addElsewhere(context, port, false);
    return;
  }
  const { localnet } = port.local;
  if (localnet && row.additional_chassis.length === 0 && !isNetworkFunction(row)) {
    if (!context.patchOfports.has(localnet.logical_port)) return;
    if (!context.alwaysTunnel) {
      addLocalnetDetour(context, port, localnet.tunnel_key);
      addEnforcedTunnels(context, port);
      return;
    }
    addElsewhere(context, port, false);
  } else addElsewhere(context, port, haChassis(context.sb, row.ha_chassis_group).length >= 2);
}

/** The flows of one port binding; none while its datapath is not local. */
export function addPortFlows(context: PhysicalContext, row: SbRow<'Port_Binding'>): void {
  const port = physicalPort(context, row);
  if (port) addPort(context, port);
}
