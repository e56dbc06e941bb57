/** One OpenFlow switch: ports, tables, groups, meters, forwarding database and mirrors. */
import type { Clock } from '../../base/context.ts';
import { createMatch, setMatchWord } from '../../flow/match.ts';
import type { PortNames } from '../../flow/ofport-text.ts';
import { OFPP, type OfPort } from '../../flow/ofport.table.ts';
import { EMPTY_TLV_MAP, type TlvMap } from '../../flow/tlv-map.ts';
import { WORD } from '../../flow/words.table.ts';
import { outputTo, type OfpAct } from '../actions/ofpact.ts';
import type { FlowSpec } from '../flow-entry.ts';
import type { Datapath } from './datapath.ts';
import { floodOrder } from './flood-order.ts';
import { FlowRule } from './flow-rule.ts';
import { FlowTables } from './flow-tables.ts';
import { selectionOf, type Group, type GroupSpec } from './group.ts';
import type { Rstp } from '../rstp/rstp.ts';
import type { Stp } from '../spanning-tree/stp.ts';
import { MacTable } from './mac-table.ts';
import type { Meter, MeterSpec } from './meter.ts';
import type { Mirror } from './mirror.ts';
import type { Bundle, Port } from './port.ts';

/** The switch's own table, which OpenFlow cannot name. */
export const TABLE_INTERNAL = 254;

const TO_CONTROLLER: OfpAct = {
  kind: 'controller',
  maxLen: 65535,
  controllerId: 0,
  reason: 'implicit_miss',
  pause: false,
  userdata: new Uint8Array(0),
  meter: 0,
};

/** What becomes of a packet that fits no flow of a table. */
export type TableMiss = 'controller' | 'continue' | 'drop';

export class Bridge {
  readonly name: string;
  readonly datapath: Datapath;
  readonly clock: Clock;
  readonly ports = new Map<OfPort, Port>();
  /** In order of creation, the local port's first. */
  bundles: Bundle[] = [];
  /** Tables that make room when they are full. */
  readonly evictingTables = new Set<number>();
  readonly tables = new FlowTables();
  readonly groups = new Map<number, Group>();
  readonly meters = new Map<number, Meter>();
  #tlv: TlvMap = EMPTY_TLV_MAP;
  readonly macs: MacTable;
  mirrors: readonly Mirror[] = [];
  #fragments: 'normal' | 'drop' | 'nx-match' = 'normal';
  /** Its spanning tree, where `stp_enable` asks for one. */
  stp: Stp | null = null;
  /** Its rapid spanning tree, where `rstp_enable` asks for one. */
  rstp: Rstp | null = null;
  failMode: 'standalone' | 'secure' = 'standalone';
  forwardReserved = false;
  /** Whether a table miss without other instruction goes to a controller: for controllers of OpenFlow 1.0 to 1.2. */
  wantsPacketInOnMiss = false;
  datapathId = 0n;
  /** Table misses configured by `mod-table`; `setTableMiss` changes them. */
  readonly tableMiss = new Map<number, TableMiss>();
  /** Of tables that tell of vacancy: at how many per cent of free room they do. */
  readonly vacancies = new Map<number, { readonly down: number; readonly up: number }>();
  readonly missRule: FlowRule;
  readonly noPacketInRule: FlowRule;
  readonly dropFragmentsRule: FlowRule;
  private flood: readonly OfPort[] | undefined;

  constructor(name: string, datapath: Datapath, clock: Clock) {
    this.name = name;
    this.datapath = datapath;
    this.clock = clock;
    this.macs = new MacTable(clock);
    const internal = (id: number, actions: readonly OfpAct[]): FlowRule => {
      const match = createMatch();
      setMatchWord(match, WORD.reg0, id, 0xffffffff);
      const spec = { table: TABLE_INTERNAL, priority: 0, cookie: 0n, match, actions };
      return new FlowRule(spec, clock.now(), true);
    };
    this.missRule = internal(1, [TO_CONTROLLER]);
    this.noPacketInRule = internal(2, []);
    this.dropFragmentsRule = internal(3, []);
  }

  get tlv(): TlvMap {
    return this.#tlv;
  }

  set tlv(map: TlvMap) {
    this.#tlv = map;
    this.datapath.settings += 1;
  }

  get fragments(): 'normal' | 'drop' | 'nx-match' {
    return this.#fragments;
  }

  set fragments(mode: 'normal' | 'drop' | 'nx-match') {
    this.#fragments = mode;
    this.datapath.settings += 1;
  }

  /** Ports that were asked for by name; those that are gone may still be here. */
  private readonly named = new Map<string, Port>();

  /** Names of ports, for texts. */
  readonly names: PortNames = {
    nameOf: (port) => this.ports.get(port)?.name,
    portOf: (name) => this.portByName(name)?.ofPort,
  };

  portByName(name: string): Port | undefined {
    const known = this.named.get(name);
    if (known && this.ports.get(known.ofPort) === known) return known;
    for (const port of this.ports.values())
      if (port.name === name) {
        this.named.set(name, port);
        return port;
      }
    this.named.delete(name);
    return undefined;
  }

  setTableMiss(table: number, miss: TableMiss): void {
    this.tableMiss.set(table, miss);
    this.tables.version += 1;
  }

  /** To be called after ports, bundles or mirrors changed. */
  portsChanged(): void {
    this.flood = undefined;
    this.datapath.settings += 1;
  }

  /** Ports in the order of `flood` and `all`. */
  floodPorts(): readonly OfPort[] {
    if (!this.flood) {
      const listed = this.bundles.flatMap((bundle) => bundle.ports.map((port) => port.ofPort));
      const others = [...this.ports.keys()].filter((port) => !listed.includes(port));
      this.flood = floodOrder([...listed, ...others]);
    }
    return this.flood;
  }

  /** The first free OpenFlow port number, or `wanted` when that is free. */
  freePort(wanted?: OfPort): OfPort {
    if (wanted !== undefined && wanted > 0 && wanted < OFPP.max && !this.ports.has(wanted)) return wanted;
    let port = 1;
    while (this.ports.has(port)) port += 1;
    return port;
  }

  addFlow(spec: FlowSpec): void {
    this.tables.add(spec, this.clock.now());
    this.tables.feed.announce();
  }

  /** Makes the tables hold exactly `specs`; flows that stay keep counters and age. */
  replaceFlows(specs: readonly FlowSpec[]): { readonly added: number; readonly removed: number } {
    const counts = this.tables.replace(specs, this.clock.now());
    this.tables.feed.announce();
    return counts;
  }

  /** Adds or changes flows, and takes others away; those that are as they should be keep counters and age. */
  changeFlows(changes: { readonly put: readonly FlowSpec[]; readonly gone: readonly FlowSpec[] }): void {
    this.tables.change(changes.put, changes.gone, this.clock.now());
    this.tables.feed.announce();
  }

  /** The tables as in a bridge that was just made. One that is standalone forwards by itself. */
  startTables(): void {
    for (const id of [...this.groups.keys()]) this.removeGroup(id);
    for (const id of [...this.meters.keys()]) this.removeMeter(id);
    this.replaceFlows([]);
    if (this.failMode === 'standalone')
      this.addFlow({
        table: 0,
        priority: 0,
        cookie: 0n,
        match: createMatch(),
        actions: [outputTo(OFPP.normal)],
      });
  }

  addGroup(spec: GroupSpec): void {
    const old = this.groups.get(spec.id);
    this.groups.set(spec.id, {
      ...spec,
      selection: selectionOf(spec),
      packets: old?.packets ?? 0,
      bytes: old?.bytes ?? 0,
      created: old?.created ?? this.clock.now(),
      bucketStats: spec.buckets.map(() => ({ packets: 0, bytes: 0 })),
    });
    this.tables.version += 1;
  }

  removeGroup(id: number): void {
    if (this.groups.delete(id)) this.tables.version += 1;
  }

  /** Makes the group table hold exactly `specs`. */
  setGroups(specs: readonly GroupSpec[]): void {
    const wanted = new Set(specs.map((spec) => spec.id));
    for (const id of [...this.groups.keys()]) if (!wanted.has(id)) this.removeGroup(id);
    for (const spec of specs) this.addGroup(spec);
  }

  /** A meter that is there already begins anew, but for its age and its number in the datapath. */
  addMeter(spec: MeterSpec): void {
    const old = this.meters.get(spec.id);
    const dp = this.datapath.putMeter(spec, old?.dp.number);
    this.meters.set(spec.id, { ...spec, created: old?.created ?? this.clock.now(), dp });
    this.tables.version += 1;
  }

  removeMeter(id: number): void {
    const meter = this.meters.get(id);
    if (!meter) return;
    this.datapath.freeMeter(meter.dp.number);
    this.meters.delete(id);
    this.tables.version += 1;
  }

  /** Makes the meter table hold exactly `specs`. */
  setMeters(specs: readonly MeterSpec[]): void {
    const wanted = new Set(specs.map((spec) => spec.id));
    for (const id of [...this.meters.keys()]) if (!wanted.has(id)) this.removeMeter(id);
    for (const spec of specs) this.addMeter(spec);
  }
}
