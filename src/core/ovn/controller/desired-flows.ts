/** Every flow that a chassis should have on its integration bridge, from the databases as they are. */
import type { OfPort } from '../../flow/index.ts';
import type { FlowSpec } from '../../ofproto/index.ts';
import type { OvsDatabase, OvsRow, SbDatabase, SbRow } from '../../ovsdb/index.ts';
import type { Bindings } from './binding.ts';
import type { CtZones } from './ct-zones.ts';
import { isActiveChassis } from './ha-chassis.ts';
import { addLogicalFlows, type LogicalFlowProblem, type ParsedFlows } from './logical-flows.ts';
import type { Numbers } from './numbers.ts';
import type { LocalDatapaths } from './local-datapaths.ts';
import { patchOfports } from './patch-ports.ts';
import { FlowSink } from './physical/flow-builder.ts';
import type { PhysicalContext } from './physical/physical-context.ts';
import { findTunnels } from './physical/tunnel.ts';
import type { ControllerRelease } from './release/release.ts';
import type { ControllerSettings } from './settings.ts';
import { haChassis } from './southbound-index.ts';
import { fillTemplates, templateValues } from './template-values.ts';
import type { TranslationCache } from './translation-cache.ts';

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
  /** Names of the other chassis that answer (BFD). */
  readonly active: ReadonlySet<string>;
  /** Numbers of OpenFlow groups and meters, by what they are for. */
  readonly groups: Numbers;
  readonly meters: Numbers;
  readonly release: ControllerRelease;
  /** What earlier passes translated. */
  readonly cache: TranslationCache;
  readonly parsed: ParsedFlows;
}

function physicalContext(state: ChassisState): PhysicalContext {
  const ofports = new Map<string, OfPort>();
  const mtus = new Map<string, number>();
  for (const [name, iface] of state.bindings.interfaces) {
    if (iface.ofport !== null) ofports.set(name, iface.ofport as OfPort);
    if (iface.mtu !== null) mtus.set(name, iface.mtu);
  }
  const [global] = state.sb.rows('SB_Global');
  return {
    sink: new FlowSink(),
    sb: state.sb,
    chassis: state.chassis,
    datapaths: state.datapaths,
    zones: state.zones,
    zoneName: state.release.zoneName,
    tunnels: findTunnels(state.ovs, state.bridge),
    encapIps: state.settings.encapIps,
    ofports,
    mtus,
    alwaysTunnel: global?.options.get('always_tunnel') === 'true',
    patchOfports: patchOfports(state.ovs, state.bridge),
    active: (group) => isActiveChassis(state.sb, group, state.chassis, state.active),
  };
}

/** Ports whose logical flows are of use here: what is bound, and what stands in the way of traffic from and to it. */
function isRelated(state: ChassisState, port: SbRow<'Port_Binding'>): boolean {
  switch (port.type) {
    case 'patch':
    case 'vtep':
    case 'remote':
      return true;
    case 'localnet':
      return state.datapaths.has(port.datapath);
    case 'chassisredirect':
    case 'external':
      return haChassis(state.sb, port.ha_chassis_group).some(
        ({ chassis }) => chassis === state.chassis._uuid,
      );
    default:
      return state.bindings.bound.has(port.logical_port);
  }
}

export interface DesiredFlows {
  /** In no particular order; no two have the same table, priority and match. */
  readonly flows: readonly FlowSpec[];
  /** Logical flows that could not be translated. */
  readonly problems: readonly LogicalFlowProblem[];
}

export function desiredFlows(state: ChassisState): DesiredFlows {
  const context = physicalContext(state);
  const templates = templateValues(state.sb, state.chassis.name);
  state.release.addOtherFlows(context, (text) => fillTemplates(text, templates));
  const problems = addLogicalFlows({
    context,
    groups: state.groups,
    meters: state.meters,
    templates,
    parsed: state.parsed,
    isRelated: (port) => isRelated(state, port),
    release: state.release,
    cache: state.cache,
  });
  return { flows: context.sink.flows, problems };
}
