/**
 * What flows are made from besides the rows of the southbound database: what this chassis has bound, its zones, devices,
 * tunnels and local datapaths. Taken anew at each pass; units of work see it as facts, each with its own readers.
 */
import type { Uuid } from '../../../base/uuid.ts';
import type { OfPort } from '../../../flow/index.ts';
import type { Changes, SbRow, SbSchema } from '../../../ovsdb/index.ts';
import type { ChassisState } from '../chassis-state.ts';
import { isActiveChassis } from '../ha-chassis.ts';
import { isEvpnKey, NO_EVPN, type EvpnTables } from '../evpn/evpn-tables.ts';
import type { LocalDatapath } from '../local-datapaths.ts';
import { patchOfports } from '../patch-ports.ts';
import type { FlowSink } from '../physical/flow-builder.ts';
import type { LogicalContext } from '../logical-flows.ts';
import { findFlowTunnels, type FlowTunnels } from '../physical/flow-tunnel.ts';
import { findTunnels, type ChassisTunnel } from '../physical/tunnel.ts';
import { isRelated } from '../related-ports.ts';
import { portsOf } from '../southbound-index.ts';
import { templateValues } from '../template-values.ts';
import type { Notes, Topic } from './facts.ts';
import { TrackedMap, TrackedValue } from './tracked-map.ts';
import type { TrackedSouthbound } from './tracked-southbound.ts';

/** Equal for tables that give the same flows. */
const evpnKey = (tables: EvpnTables): string =>
  JSON.stringify(tables, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

const NO_MAP: ReadonlyMap<string, string> = new Map();

/** The pairs of a datapath change more often than its row: whoever does not look at them need not know. */
interface Joined {
  readonly peers: LocalDatapath['peers'];
  readonly localnet: LocalDatapath['localnet'];
}

const sameJoined = (a: Joined, b: Joined): boolean =>
  a.localnet === b.localnet &&
  a.peers.length === b.peers.length &&
  a.peers.every(({ local, remote }, at) => b.peers[at]?.local === local && b.peers[at].remote === remote);

export class ChassisFacts implements LogicalContext {
  sink: FlowSink;
  readonly sb: TrackedSouthbound;
  readonly zoneName: LogicalContext['zoneName'];
  readonly #groupKeys: Topic;
  readonly zones: TrackedMap<string, number>;
  readonly ofports: TrackedMap<string, OfPort>;
  readonly mtus: TrackedMap<string, number>;
  readonly patchOfports: TrackedMap<string, OfPort>;
  readonly datapaths: TrackedMap<Uuid, LocalDatapath>;
  readonly #joined: TrackedMap<Uuid, Joined>;
  readonly #relatedKeys: TrackedMap<string, true>;
  readonly #relatedNames: TrackedMap<string, true>;
  readonly #chassis: TrackedValue<SbRow<'Chassis'>>;
  readonly #evpn: TrackedValue<EvpnTables>;
  readonly #tunnels: TrackedValue<readonly ChassisTunnel[]>;
  readonly #flowTunnels: TrackedValue<FlowTunnels | null>;
  readonly #encapIps: TrackedValue<readonly string[]>;
  readonly #active: TrackedValue<ReadonlySet<string>>;
  readonly #alwaysTunnel: TrackedValue<boolean>;
  readonly #seesAll: TrackedValue<boolean>;
  readonly #templates: TrackedValue<ReadonlyMap<string, string>>;
  #locals = new Map<Uuid, LocalDatapath>();
  #chassisRow: SbRow<'Chassis'>;
  #chassisVersion = 0;

  constructor(state: ChassisState, sb: TrackedSouthbound, notes: Notes, sink: FlowSink) {
    this.sink = sink;
    this.#groupKeys = notes.topic();
    this.sb = sb;
    this.zoneName = state.release.zoneName;
    this.zones = new TrackedMap(notes);
    this.ofports = new TrackedMap(notes);
    this.mtus = new TrackedMap(notes);
    this.patchOfports = new TrackedMap(notes);
    this.datapaths = new TrackedMap(notes);
    this.#joined = new TrackedMap(notes);
    this.#relatedKeys = new TrackedMap(notes);
    this.#relatedNames = new TrackedMap(notes);
    this.#chassisRow = state.chassis;
    this.#chassis = new TrackedValue(notes, state.chassis);
    this.#evpn = new TrackedValue<EvpnTables>(notes, NO_EVPN);
    this.#tunnels = new TrackedValue<readonly ChassisTunnel[]>(notes, []);
    this.#flowTunnels = new TrackedValue<FlowTunnels | null>(notes, null);
    this.#encapIps = new TrackedValue<readonly string[]>(notes, []);
    this.#active = new TrackedValue<ReadonlySet<string>>(notes, new Set());
    this.#alwaysTunnel = new TrackedValue(notes, false);
    this.#seesAll = new TrackedValue(notes, false);
    this.#templates = new TrackedValue(notes, NO_MAP);
  }

  get chassis(): SbRow<'Chassis'> {
    return this.#chassis.value;
  }

  get evpn(): EvpnTables {
    return this.#evpn.value;
  }

  get tunnels(): readonly ChassisTunnel[] {
    return this.#tunnels.value;
  }

  get flowTunnels(): FlowTunnels | null {
    return this.#flowTunnels.value;
  }

  get encapIps(): readonly string[] {
    return this.#encapIps.value;
  }

  get seesAll(): boolean {
    return this.#seesAll.value;
  }

  get alwaysTunnel(): boolean {
    return this.#alwaysTunnel.value;
  }

  get templates(): ReadonlyMap<string, string> {
    return this.#templates.value;
  }

  active(group: Uuid | null): boolean {
    return isActiveChassis(this.sb, group, this.chassis, this.#active.value);
  }

  /** Whether a port of a local datapath, by its key, is one whose logical flows are of use here; remote VTEPs always are. */
  isRelatedKey(datapath: Uuid, key: number): boolean {
    return isEvpnKey(key) || this.#relatedKeys.has(`${datapath}/${key}`);
  }

  isRelatedName(name: string): boolean {
    return this.#relatedNames.has(name);
  }

  groupKey(datapath: Uuid, name: string): number | undefined {
    this.#groupKeys.note(`${datapath}/${name}`);
    const groups = this.sb.database.find('Multicast_Group', 'name', name);
    return groups.find((group) => group.datapath === datapath)?.tunnel_key;
  }

  /** Takes what a transaction did. */
  apply(changes: Changes<SbSchema>): void {
    this.sb.apply(changes);
    const groups = changes.tables.Multicast_Group;
    const tell = ({ datapath, name }: SbRow<'Multicast_Group'>): void =>
      this.#groupKeys.changed(`${datapath}/${name}`);
    for (const group of [...(groups?.inserted ?? []), ...(groups?.deleted ?? [])]) tell(group);
    for (const [before, after] of groups?.updated ?? []) {
      if (before.tunnel_key === after.tunnel_key && before.name === after.name) continue;
      tell(before);
      tell(after);
    }
  }

  /** Takes what a pass found; facts that differ from the last pass are told. */
  update(state: ChassisState): void {
    const { sb, chassis } = state;
    if (this.#chassisRow !== chassis) this.#chassisVersion += 1;
    this.#chassisRow = chassis;
    this.#chassis.set(chassis, String(this.#chassisVersion));
    this.zones.set(state.zones);
    this.#updateDevices(state);
    this.#updateDatapaths(state);
    const tunnels = findTunnels(state.ovs, state.bridge);
    this.#tunnels.set(tunnels, JSON.stringify(tunnels));
    const isByFlow = state.release.tunnelsByFlow(state.settings);
    const flowTunnels = isByFlow ? findFlowTunnels(state.ovs, state.bridge) : null;
    this.#flowTunnels.set(flowTunnels, JSON.stringify(flowTunnels && [...flowTunnels]));
    this.#evpn.set(state.evpn, evpnKey(state.evpn));
    this.#encapIps.set(state.settings.encapIps, state.settings.encapIps.join());
    this.#active.set(state.active, [...state.active].toSorted().join());
    const [global] = sb.rows('SB_Global');
    const always = global?.options.get('always_tunnel') === 'true';
    this.#alwaysTunnel.set(always, String(always));
    this.#seesAll.set(state.settings.seesAll, String(state.settings.seesAll));
    const templates = templateValues(sb, chassis.name);
    this.#templates.set(templates, JSON.stringify([...templates]));
  }

  #updateDevices(state: ChassisState): void {
    const ofports = new Map<string, OfPort>();
    const mtus = new Map<string, number>();
    for (const [name, iface] of state.bindings.interfaces) {
      if (iface.ofport !== null) ofports.set(name, iface.ofport as OfPort);
      if (iface.mtu !== null) mtus.set(name, iface.mtu);
    }
    this.ofports.set(ofports);
    this.mtus.set(mtus);
    this.patchOfports.set(patchOfports(state.ovs, state.bridge));
  }

  #updateDatapaths(state: ChassisState): void {
    const joined = new Map<Uuid, Joined>();
    const locals = new Map<Uuid, LocalDatapath>();
    const keys = new Map<string, true>();
    const names = new Map<string, true>();
    const pairs = this.#joined;
    const known = pairs.peek();
    for (const [uuid, { datapath, peers, localnet }] of state.datapaths) {
      const before = known.get(uuid);
      const now = { peers, localnet };
      joined.set(uuid, before && sameJoined(before, now) ? before : now);
      const local = this.#locals.get(uuid);
      locals.set(
        uuid,
        local?.datapath === datapath
          ? local
          : {
              datapath,
              get peers() {
                return pairs.get(uuid)?.peers ?? [];
              },
              get localnet() {
                return pairs.get(uuid)?.localnet ?? null;
              },
            },
      );
      for (const port of portsOf(state.sb, uuid)) {
        if (!isRelated(state, port)) continue;
        keys.set(`${uuid}/${port.tunnel_key}`, true);
        names.set(port.logical_port, true);
      }
    }
    this.#locals = locals;
    this.#joined.set(joined);
    this.datapaths.set(locals);
    this.#relatedKeys.set(keys);
    this.#relatedNames.set(names);
  }
}
