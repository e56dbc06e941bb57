/** Patch ports between the integration bridge and provider bridges, one pair for each localnet or l2gateway port served here. */
import type { Uuid } from '../../base/uuid.ts';
import type { OfPort } from '../../flow/index.ts';
import type { OvsDatabase, OvsRow, SbDatabase, SbRow } from '../../ovsdb/index.ts';
import { findBridge } from './integration-bridge.ts';
import type { IsPlugged, LocalDatapaths } from './local-datapaths.ts';
import type { ControllerSettings } from './settings.ts';

/** Keys of Port.external_ids by which the pair is known as ours. */
const MARKS = { localnet: 'ovn-localnet-port', l2gateway: 'ovn-l2gateway-port' } as const;

interface WantedPatch {
  readonly bridge: OvsRow<'Bridge'>;
  readonly name: string;
  readonly peer: string;
  readonly mark: string;
  readonly logicalPort: string;
}

/** Tells which localnet ports have their network mapped to a bridge that is there. */
export const pluggedIn =
  (ovs: OvsDatabase, settings: ControllerSettings): IsPlugged =>
  (localnet) => {
    const bridge = settings.bridgeMappings.get(localnet.options.get('network_name') ?? '');
    return bridge !== undefined && findBridge(ovs, bridge) !== undefined;
  };

function served(port: SbRow<'Port_Binding'>, chassis: SbRow<'Chassis'>, datapaths: LocalDatapaths): boolean {
  if (!datapaths.has(port.datapath)) return false;
  return port.type === 'localnet' || port.chassis === chassis._uuid;
}

function wantedPatches(
  sb: SbDatabase,
  ovs: OvsDatabase,
  integration: OvsRow<'Bridge'>,
  chassis: SbRow<'Chassis'>,
  settings: ControllerSettings,
  datapaths: LocalDatapaths,
): WantedPatch[] {
  const wanted: WantedPatch[] = [];
  for (const type of ['localnet', 'l2gateway'] as const)
    for (const port of sb.find('Port_Binding', 'type', type)) {
      if (!served(port, chassis, datapaths)) continue;
      const bridge = findBridge(
        ovs,
        settings.bridgeMappings.get(port.options.get('network_name') ?? '') ?? '',
      );
      if (!bridge) continue;
      const near = `patch-${integration.name}-to-${port.logical_port}`;
      const far = `patch-${port.logical_port}-to-${integration.name}`;
      const common = { mark: MARKS[type], logicalPort: port.logical_port };
      wanted.push(
        { bridge: integration, name: near, peer: far, ...common },
        { bridge, name: far, peer: near, ...common },
      );
    }
  return wanted;
}

/** Makes missing patch ports and removes those that nothing asks for. */
export function updatePatchPorts(
  sb: SbDatabase,
  ovs: OvsDatabase,
  integration: OvsRow<'Bridge'>,
  chassis: SbRow<'Chassis'>,
  settings: ControllerSettings,
  datapaths: LocalDatapaths,
): void {
  const wanted = wantedPatches(sb, ovs, integration, chassis, settings, datapaths);
  const names = new Set(wanted.map((patch) => patch.name));
  const marks: readonly string[] = Object.values(MARKS);
  const stale = new Set<Uuid>();
  const present = new Set<string>();
  for (const port of ovs.rows('Port')) {
    if (!marks.some((mark) => port.external_ids.has(mark))) continue;
    if (names.has(port.name)) present.add(port.name);
    else stale.add(port._uuid);
  }
  const missing = wanted.filter((patch) => !present.has(patch.name));
  if (missing.length === 0 && stale.size === 0) return;
  ovs.transact((txn) => {
    const added = new Map<Uuid, Uuid[]>();
    for (const { bridge, name, peer, mark, logicalPort } of missing) {
      txn.comment(`ovn-controller: creating patch port '${name}' from '${bridge.name}'`);
      const iface = txn.insert('Interface', { name, type: 'patch', options: new Map([['peer', peer]]) });
      const port = txn.insert('Port', {
        name,
        interfaces: [iface],
        external_ids: new Map([[mark, logicalPort]]),
      });
      added.set(bridge._uuid, [...(added.get(bridge._uuid) ?? []), port]);
    }
    for (const bridge of ovs.rows('Bridge')) {
      const ports = [...bridge.ports.filter((uuid) => !stale.has(uuid)), ...(added.get(bridge._uuid) ?? [])];
      if (added.has(bridge._uuid) || ports.length !== bridge.ports.length)
        txn.update('Bridge', bridge._uuid, { ports });
    }
  });
}

/** OpenFlow ports of the integration bridge's ends, by logical port. */
export function patchOfports(ovs: OvsDatabase, integration: OvsRow<'Bridge'>): ReadonlyMap<string, OfPort> {
  const found = new Map<string, OfPort>();
  for (const uuid of integration.ports) {
    const port = ovs.get('Port', uuid);
    const logicalPort = port?.external_ids.get(MARKS.localnet) ?? port?.external_ids.get(MARKS.l2gateway);
    const iface = port?.interfaces[0] === undefined ? undefined : ovs.get('Interface', port.interfaces[0]);
    if (logicalPort !== undefined && (iface?.ofport ?? 0) > 0)
      found.set(logicalPort, iface?.ofport as OfPort);
  }
  return found;
}
