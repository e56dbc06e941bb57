/** Every flow that a chassis should have on its integration bridge, from the databases as they are. */
import type { Uuid } from '../../base/uuid.ts';
import type { OfPort } from '../../flow/index.ts';
import type { FlowSpec } from '../../ofproto/index.ts';
import type { OvsDatabase, OvsRow, SbDatabase, SbRow } from '../../ovsdb/index.ts';
import type { Bindings } from './binding.ts';
import type { CtZones } from './ct-zones.ts';
import { addHairpinFlows } from './load-balancer-hairpin.ts';
import type { LocalDatapaths } from './local-datapaths.ts';
import { addFdbFlows, addNeighbourFlows } from './neighbour-flows.ts';
import { patchOfports } from './patch-ports.ts';
import { FlowSink } from './physical/flow-builder.ts';
import { physicalPort, type PhysicalContext } from './physical/physical-context.ts';
import { addPhysicalFlows } from './physical/physical.ts';
import { findTunnels } from './physical/tunnel.ts';
import { addPortSecurity } from './port-security.ts';
import type { ControllerSettings } from './settings.ts';
import { haChassis } from './southbound-index.ts';
import { fillTemplates, templateValues } from './template-values.ts';

/** What the flows of one chassis are made from. */
export interface ChassisState {
  readonly sb: SbDatabase;
  readonly ovs: OvsDatabase;
  readonly bridge: OvsRow<'Bridge'>;
  readonly chassis: SbRow<'Chassis'>;
  readonly settings: ControllerSettings;
  readonly bindings: Bindings;
  readonly datapaths: LocalDatapaths;
  readonly zones: CtZones;
  /** Whether another chassis answers (BFD). */
  readonly reachable: (chassis: Uuid) => boolean;
}

/** The chassis that serves an HA group now: the first of its list that answers. */
export function isActive(state: ChassisState, group: Uuid | null): boolean {
  const first = haChassis(state.sb, group).find(
    ({ chassis }) => chassis === state.chassis._uuid || state.reachable(chassis),
  );
  return first?.chassis === state.chassis._uuid;
}

function physicalContext(state: ChassisState): PhysicalContext {
  const ofports = new Map<string, OfPort>();
  for (const [name, iface] of state.bindings.interfaces)
    if (iface.ofport !== null) ofports.set(name, iface.ofport as OfPort);
  return {
    sink: new FlowSink(),
    sb: state.sb,
    chassis: state.chassis,
    datapaths: state.datapaths,
    zones: state.zones,
    tunnels: findTunnels(state.ovs, state.bridge),
    encapIps: state.settings.encapIps,
    ofports,
    patchOfports: patchOfports(state.ovs, state.bridge),
    active: (group) => isActive(state, group),
  };
}

/** In no particular order; no two have the same table, priority and match. */
export function desiredFlows(state: ChassisState): readonly FlowSpec[] {
  const context = physicalContext(state);
  addPhysicalFlows(context);
  addNeighbourFlows(context);
  const localnetLearns = [...state.datapaths.values()].some(
    ({ localnet }) => localnet?.options.get('localnet_learn_fdb') === 'true',
  );
  addFdbFlows(context, localnetLearns);
  const templates = templateValues(state.sb, state.chassis.name);
  addHairpinFlows(context, (text) => fillTemplates(text, templates));
  for (const name of state.bindings.interfaces.keys()) {
    const row = state.sb.find('Port_Binding', 'logical_port', name)[0];
    const port = row?.chassis === state.chassis._uuid ? physicalPort(context, row) : undefined;
    if (port) addPortSecurity(context, port);
  }
  return context.sink.flows;
}
