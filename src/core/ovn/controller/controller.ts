/**
 * ovn-controller: one pass reads both databases, writes what it owns in each (bridge, chassis, tunnels, patch ports,
 * claims), and gives the flows of the integration bridge.
 */
import type { Context } from '../../base/context.ts';
import type { Uuid } from '../../base/uuid.ts';
import type { FlowSpec } from '../../ofproto/index.ts';
import type { OvsDatabase, SbDatabase } from '../../ovsdb/index.ts';
import { findBindings, markInstalled, writeClaims } from './binding.ts';
import { registerChassis } from './chassis.ts';
import { assignZones, readZones, writeZones } from './ct-zones.ts';
import { desiredFlows, type ChassisState } from './desired-flows.ts';
import { updateTunnels } from './encaps.ts';
import { ensureIntegrationBridge, findBridge } from './integration-bridge.ts';
import { Numbers, type LogicalFlowProblem } from './logical-flows.ts';
import { localDatapaths, mappedLocalnets } from './local-datapaths.ts';
import { updatePatchPorts } from './patch-ports.ts';
import { readSettings } from './settings.ts';

export interface ControllerOutside {
  readonly ovs: OvsDatabase;
  readonly context: Context;
  /** The southbound database behind a remote, or undefined while it does not answer. */
  connect(remote: string): SbDatabase | undefined;
  /** Replaces the flows of a bridge. */
  install(bridge: string, flows: readonly FlowSpec[]): void;
  /** Whether a chassis answers (BFD over its tunnel). */
  reachable(chassis: Uuid): boolean;
}

export type ControllerStatus =
  | { readonly kind: 'idle'; readonly missing: string }
  | { readonly kind: 'disconnected'; readonly remote: string }
  | { readonly kind: 'connected'; readonly remote: string; readonly sb: SbDatabase };

export class OvnController {
  readonly #outside: ControllerOutside;
  readonly #groups = new Numbers();
  readonly #meters = new Numbers();
  #state: ChassisState | undefined;
  #problems: readonly LogicalFlowProblem[] = [];
  #status: ControllerStatus = { kind: 'idle', missing: 'system-id' };

  constructor(outside: ControllerOutside) {
    this.#outside = outside;
  }

  get status(): ControllerStatus {
    return this.#status;
  }

  /** What the last pass worked on; undefined before the chassis is registered. */
  get state(): ChassisState | undefined {
    return this.#state;
  }

  /** Logical flows that the last pass could not translate. */
  get problems(): readonly LogicalFlowProblem[] {
    return this.#problems;
  }

  /** One pass. Writing to a database wakes its listeners, so a pass that changes something is followed by another. */
  run(): void {
    const { ovs, context } = this.#outside;
    const settings = readSettings(ovs);
    if (settings.chassis === null || settings.remote === null) {
      this.#status = { kind: 'idle', missing: settings.chassis === null ? 'system-id' : 'ovn-remote' };
      return;
    }
    const bridge = ensureIntegrationBridge(ovs, settings, context);
    const sb = this.#outside.connect(settings.remote);
    if (!bridge || !sb) {
      this.#status = { kind: 'disconnected', remote: settings.remote };
      return;
    }
    this.#status = { kind: 'connected', remote: settings.remote, sb };
    const chassis = registerChassis(sb, ovs, settings, bridge.datapath_type);
    if (!chassis) return;
    updateTunnels(sb, ovs, bridge, chassis, settings);
    const reachable = (other: Uuid): boolean => this.#outside.reachable(other);
    const bindings = findBindings(sb, ovs, bridge, chassis, reachable);
    writeClaims(sb, chassis, bindings);
    const datapaths = localDatapaths(sb, bindings.datapaths, chassis._uuid);
    updatePatchPorts(sb, ovs, bridge, chassis, settings, datapaths);
    const zones = assignZones(
      readZones(bridge),
      [...bindings.bound, ...mappedLocalnets(datapaths, settings.bridgeMappings)],
      datapaths,
    );
    writeZones(ovs, findBridge(ovs, settings.integrationBridge) ?? bridge, zones);
    const current = findBridge(ovs, settings.integrationBridge) ?? bridge;
    this.#state = {
      sb,
      ovs,
      bridge: current,
      chassis,
      settings,
      bindings,
      datapaths,
      zones,
      reachable,
      groups: this.#groups,
      meters: this.#meters,
    };
    const { flows, problems } = desiredFlows(this.#state);
    this.#problems = problems;
    this.#outside.install(settings.integrationBridge, flows);
    markInstalled(ovs, bindings, context);
    this.#acknowledge(sb, chassis.name);
  }

  /** Chassis_Private.nb_cfg follows SB_Global, so that `--wait=hv` ends. */
  #acknowledge(sb: SbDatabase, name: string): void {
    const [global] = sb.rows('SB_Global');
    const own = sb.find('Chassis_Private', 'name', name)[0];
    if (!global || !own || own.nb_cfg === global.nb_cfg) return;
    const nb_cfg_timestamp = this.#outside.context.clock.wallMs();
    sb.transact((txn) =>
      txn.update('Chassis_Private', own._uuid, { nb_cfg: global.nb_cfg, nb_cfg_timestamp }),
    );
  }
}
