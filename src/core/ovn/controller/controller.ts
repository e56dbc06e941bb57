/**
 * ovn-controller: one pass reads both databases, writes what it owns in each (bridge, chassis, tunnels, patch ports,
 * claims), and gives the flows of the integration bridge.
 */
import type { Context } from '../../base/context.ts';
import type { FlowSpec, GroupSpec, MeterSpec } from '../../ofproto/index.ts';
import type { OvsDatabase, SbDatabase } from '../../ovsdb/index.ts';
import { activeTunnels, updateBfd } from './bfd.ts';
import { findBindings } from './binding.ts';
import { ClaimTimes, markInstalled, writeClaims } from './claims.ts';
import { registerChassis, removeChassis } from './chassis.ts';
import { assignZones, readZones, writeZones, zoneRange } from './ct-zones.ts';
import { changedZones, ConnectionFlush, type ConnectionPattern } from './connection-flush.ts';
import type { ChassisState } from './chassis-state.ts';
import { DesiredFlows } from './recompute/desired-flows.ts';
import type { FlowChanges } from './recompute/flow-store.ts';
import { removeTunnels, updateFlowTunnels, updateTunnels } from './encaps.ts';
import { FullRecompute } from './full-recompute.ts';
import { ensureIntegrationBridge, findBridge } from './integration-bridge.ts';
import { GroupsAndMeters } from './groups-and-meters.ts';
import type { LogicalFlowProblem } from './logical-flows.ts';
import { Numbers } from './numbers.ts';
import { localDatapaths, localnetsOf, rememberedDatapaths } from './local-datapaths.ts';
import type { ControllerLog } from './controller-log.ts';
import { pluggedIn, updatePatchPorts } from './patch-ports.ts';
import type { OvnRelease, ReleaseFault } from './release/release.ts';
import { RELEASES } from './release/releases.ts';
import { RouteExchange } from './route-exchange/route-exchange.ts';
import { EvpnExchange } from './evpn/evpn-exchange.ts';
import { NO_EVPN } from './evpn/evpn-tables.ts';
import { updateEvpnTunnels } from './evpn/evpn-tunnels.ts';
import type { NeighbourKernel } from './evpn/neighbour-kernel.ts';
import type { RouteKernel } from './route-exchange/route-kernel.ts';
import { RateQueues } from './qos.ts';
import { readSettings, type ControllerSettings } from './settings.ts';
import { TranslationCache } from './translation-cache.ts';

/** All that ovn-controller wants on the integration bridge. Groups and meters that stay are the same objects from pass to pass. */
interface DesiredTables {
  readonly flows: readonly FlowSpec[];
  /** What is different from the last time; null when nobody knows. */
  readonly changes: FlowChanges | null;
  readonly groups: readonly GroupSpec[];
  readonly meters: readonly MeterSpec[];
}

export interface ControllerOutside {
  readonly ovs: OvsDatabase;
  readonly context: Context;
  readonly release: OvnRelease;
  readonly log: ControllerLog;
  /** The kernel of the chassis. */
  readonly routes: RouteKernel;
  readonly neighbours: NeighbourKernel;
  /** The southbound database behind a remote, or undefined while it does not answer. */
  connect(remote: string): SbDatabase | undefined;
  /** Forgets tracked connections of the switch. */
  flushConnections(pattern: ConnectionPattern): void;
  /** Makes a bridge have just this. */
  install(bridge: string, tables: DesiredTables): void;
  /** Asks for another pass, `delay` nanoseconds from now. */
  wake(delay: number): void;
}

const MILLISECOND = 1_000_000;
const SECOND = 1_000_000_000;
/** Until what the kernel refused is tried again, in nanoseconds; the real program tries without a pause. */
const KERNEL_RETRY = 1_000_000_000;

export type ControllerStatus =
  | { readonly kind: 'idle'; readonly missing: string }
  | { readonly kind: 'disconnected'; readonly remote: string }
  | { readonly kind: 'connected'; readonly remote: string; readonly sb: SbDatabase };

export class OvnController {
  readonly #outside: ControllerOutside;
  readonly #claims = new ClaimTimes();
  readonly #recompute = new FullRecompute();
  /** Numbers of groups and meters, and translations of logical flows, from pass to pass. */
  readonly memory: { readonly groups: Numbers; readonly meters: Numbers; readonly cache: TranslationCache };
  readonly #made = new GroupsAndMeters();
  readonly #queues = new RateQueues();
  #desired: DesiredFlows | undefined;
  readonly #flush = new ConnectionFlush();
  readonly #routes: RouteExchange;
  readonly #evpn: EvpnExchange;
  #state: ChassisState | undefined;
  /** When the process began, by the wall, in milliseconds. */
  readonly #started: number;
  #reportDelay = 0;
  /** What is to be reported later. */
  #reported: { readonly nbCfg: number; readonly due: number } | undefined;
  #status: ControllerStatus = { kind: 'idle', missing: 'system-id' };
  /** Whether the last pass found a northd of another version than it may follow. */
  #isVersionWrong = false;

  constructor(outside: ControllerOutside) {
    this.#outside = outside;
    this.#started = outside.context.clock.wallMs();
    const cache = new TranslationCache(RELEASES[outside.release].conjunctionIds);
    this.memory = { groups: new Numbers(), meters: new Numbers(), cache };
    this.#routes = new RouteExchange(outside.routes, outside.log.main);
    this.#evpn = new EvpnExchange(outside.neighbours, outside.context.random, outside.log.main);
  }

  get cache(): TranslationCache {
    return this.memory.cache;
  }

  /** Faults that this release is known for. */
  get knownFaults(): readonly ReleaseFault[] {
    return RELEASES[this.#outside.release].faults;
  }

  /** Whether a change of this routing table of the kernel calls for a pass. */
  watchesTable(table: number): boolean {
    return this.#routes.watched.has(table);
  }

  /** Whether a change of a device's neighbours or forwarding database calls for a pass. */
  watchesDevice(name: string): boolean {
    return this.#evpn.watched.has(name);
  }

  get status(): ControllerStatus {
    return this.#status;
  }

  /** What the last pass worked on; undefined before the chassis is registered. */
  get state(): ChassisState | undefined {
    return this.#state;
  }

  /** How many rows were translated so far: the measure of what changes cost. */
  get work(): number {
    return this.#desired?.work ?? 0;
  }

  /** Logical flows that the last pass could not translate. */
  get problems(): readonly LogicalFlowProblem[] {
    return this.#desired?.problems ?? [];
  }

  /** One pass. Writing to a database wakes its listeners, so a pass that changes something is followed by another. */
  run(): void {
    const { ovs, context } = this.#outside;
    const release = RELEASES[this.#outside.release];
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
    if (!this.#mayFollow(sb, settings)) return;
    const chassis = registerChassis(sb, ovs, settings, bridge.datapath_type);
    if (!chassis) return;
    const isByFlow = release.tunnelsByFlow(settings);
    (isByFlow ? updateFlowTunnels : updateTunnels)(sb, ovs, bridge, chassis, settings);
    if (release.exchangesRoutes)
      updateEvpnTunnels(
        ovs,
        findBridge(ovs, settings.integrationBridge) ?? bridge,
        chassis,
        settings,
        this.#outside.log.main,
      );
    const withTunnels = findBridge(ovs, settings.integrationBridge) ?? bridge;
    updateBfd(sb, ovs, withTunnels, chassis);
    const active = activeTunnels(ovs, withTunnels);
    const bindings = findBindings(sb, ovs, withTunnels, chassis, active);
    const now = Math.floor(context.clock.now() / MILLISECOND);
    const retry = writeClaims(sb, chassis, bindings, this.#claims, now);
    if (retry !== undefined) this.#outside.wake(retry * MILLISECOND);
    const remembered = this.#recompute.isDue(sb, ovs, this.#state?.datapaths)
      ? []
      : rememberedDatapaths(sb, readZones(bridge), release.zoneName);
    const datapaths = localDatapaths(
      sb,
      bindings.datapaths,
      chassis._uuid,
      remembered,
      pluggedIn(ovs, settings),
      settings.seesAll,
    );
    updatePatchPorts(sb, ovs, withTunnels, chassis, settings, datapaths);
    const before = readZones(bridge);
    const zones = assignZones(
      before,
      [...bindings.bound, ...localnetsOf(sb, datapaths).map((port) => port.logical_port)],
      datapaths,
      release.zoneName,
      zoneRange(settings.option('ct-zone-range')),
    );
    for (const zone of changedZones(before, zones)) this.#outside.flushConnections({ zone });
    writeZones(ovs, findBridge(ovs, settings.integrationBridge) ?? bridge, zones);
    const current = findBridge(ovs, settings.integrationBridge) ?? bridge;
    const state: ChassisState = {
      sb,
      ovs,
      bridge: current,
      chassis,
      settings,
      bindings,
      datapaths,
      zones,
      active,
      release,
      evpn: NO_EVPN,
    };
    this.#state = release.exchangesRoutes ? { ...state, evpn: this.#evpn.run(state) } : state;
    if (!this.#evpn.isDone) this.#outside.wake(KERNEL_RETRY);
    const known = this.#desired;
    const desired = this.#desiredFor(this.#state);
    const changes = desired.run(this.#state);
    this.#outside.install(settings.integrationBridge, {
      get flows() {
        return desired.flows;
      },
      changes: desired === known ? changes : null,
      groups: this.#made.groups(this.memory.groups),
      meters: this.#made.meters(this.memory.meters, sb),
    });
    for (const pattern of this.#flush.run(this.#state)) this.#outside.flushConnections(pattern);
    markInstalled(ovs, bindings, context);
    if (release.queuesRates) this.#queues.run(sb, ovs, settings, bindings);
    if (release.exchangesRoutes && !this.#routes.run(this.#state)) this.#outside.wake(KERNEL_RETRY);
    this.#acknowledge(sb, chassis.name);
  }

  /** Whether northd is of the version that is asked for (`ovn-match-northd-version`); else nothing is done. */
  #mayFollow(sb: SbDatabase, settings: ControllerSettings): boolean {
    const [global] = sb.rows('SB_Global');
    const version = RELEASES[this.#outside.release].internalVersion;
    const northd = global?.options.get('northd_internal_version') ?? '';
    const isWrong = settings.option('ovn-match-northd-version') === 'true' && northd !== version;
    if (isWrong && global && !this.#isVersionWrong)
      this.#outside.log.main.warn(
        'main',
        `controller version - ${version} mismatch with northd version - ${northd}`,
      );
    if (this.#isVersionWrong && !isWrong) this.recompute();
    this.#isVersionWrong = isWrong;
    return !isWrong;
  }

  /**
   * What the program does when it is told to exit: gives up its ports, its chassis and its tunnels, unless
   * `ovn-cleanup-on-exit` says otherwise. Flows stay.
   */
  cleanUp(): void {
    if (!this.#state) return;
    const { sb, ovs, bridge, chassis } = this.#state;
    if (readSettings(ovs).option('ovn-cleanup-on-exit').toLowerCase() === 'false') return;
    const now = Math.floor(this.#outside.context.clock.now() / MILLISECOND);
    writeClaims(sb, chassis, { ...this.#state.bindings, claims: new Map() }, this.#claims, now);
    removeChassis(sb, chassis.name);
    removeTunnels(ovs, bridge);
    this.#routes.cleanUp();
  }

  /** What is kept for a database; another database is another beginning. */
  #desiredFor(state: ChassisState): DesiredFlows {
    if (this.#desired?.database === state.sb) return this.#desired;
    this.#desired?.close();
    this.#desired = new DesiredFlows(state, this.memory);
    return this.#desired;
  }

  /** `debug/delay-nb-cfg-report`: that flows are installed is told so many seconds later; 0 tells it at once. */
  delayReport(seconds: number): void {
    this.#reportDelay = seconds * SECOND;
  }

  /**
   * Has the next pass translate every row again, as `inc-engine/recompute` does. As there, the outcome is compared with
   * what was asked of the switch before: flows that somebody took from it by hand do not come back.
   */
  recompute(): void {
    this.#desired?.spoil();
  }

  /**
   * Chassis_Private.nb_cfg and the bridge's `ovn-nb-cfg` follow SB_Global, so that `--wait=hv` ends; the bridge also tells
   * when the program started.
   */
  #acknowledge(sb: SbDatabase, name: string): void {
    const { clock } = this.#outside.context;
    const [global] = sb.rows('SB_Global');
    const own = sb.find('Chassis_Private', 'name', name)[0];
    if (!global || !own) return;
    if (this.#reportDelay > 0 && own.nb_cfg !== global.nb_cfg) {
      if (this.#reported?.nbCfg !== global.nb_cfg) {
        this.#reported = { nbCfg: global.nb_cfg, due: clock.now() + this.#reportDelay };
        this.#outside.wake(this.#reportDelay);
      }
      if (clock.now() < this.#reported.due) return;
    }
    const nb_cfg_timestamp = clock.wallMs();
    const told = global.options.get('enable_chassis_nb_cfg_update') !== 'false';
    if (told && own.nb_cfg !== global.nb_cfg)
      sb.transact((txn) =>
        txn.update('Chassis_Private', own._uuid, { nb_cfg: global.nb_cfg, nb_cfg_timestamp }),
      );
    this.#noteOnBridge(global.nb_cfg, nb_cfg_timestamp);
  }

  #noteOnBridge(nbCfg: number, time: number): void {
    const { ovs } = this.#outside;
    const bridge = findBridge(ovs, readSettings(ovs).integrationBridge);
    if (!bridge) return;
    const ids = new Map(bridge.external_ids);
    ids.set('ovn-startup-ts', String(this.#started));
    if (nbCfg !== 0 && ids.get('ovn-nb-cfg') !== String(nbCfg)) {
      ids.set('ovn-nb-cfg', String(nbCfg));
      ids.set('ovn-nb-cfg-ts', String(time));
    }
    const isSame = [...ids].every(([key, value]) => bridge.external_ids.get(key) === value);
    if (!isSame) ovs.transact((txn) => txn.update('Bridge', bridge._uuid, { external_ids: ids }));
  }
}
