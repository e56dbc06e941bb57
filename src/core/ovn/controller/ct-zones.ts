/** Conntrack zones: one for each port bound here, two (dnat, snat) for each local datapath; kept while their user stays. */
import type { OvsDatabase, OvsRow, SbRow } from '../../ovsdb/index.ts';
import { natZone, type ZoneName } from './nat-zone.ts';
import type { LocalDatapaths } from './local-datapaths.ts';
import type { Lookup } from './recompute/tracked-map.ts';

export type CtZones = ReadonlyMap<string, number>;

export interface ZoneIds {
  /** 0 when there is none. */
  readonly ct: number;
  readonly dnat: number;
  readonly snat: number;
}

const KEY = 'ct-zone-';

/** The zones that the integration bridge remembers (`external_ids:ct-zone-NAME`), so that a restart keeps them. */
export function readZones(bridge: OvsRow<'Bridge'>): CtZones {
  const zones = new Map<string, number>();
  for (const [key, text] of bridge.external_ids) {
    const zone = Number(text);
    if (key.startsWith(KEY) && Number.isInteger(zone) && zone >= 0 && zone <= LAST)
      zones.set(key.slice(KEY.length), zone);
  }
  return zones;
}

/** Brings the bridge's memory in line. */
export function writeZones(ovs: OvsDatabase, bridge: OvsRow<'Bridge'>, zones: CtZones): void {
  const before = readZones(bridge);
  if (before.size === zones.size && [...zones].every(([name, zone]) => before.get(name) === zone)) return;
  const kept = [...bridge.external_ids].filter(([key]) => !key.startsWith(KEY));
  const own = [...zones].map(([name, zone]) => [`${KEY}${name}`, String(zone)] as const);
  ovs.transact((txn) => txn.update('Bridge', bridge._uuid, { external_ids: new Map([...kept, ...own]) }));
}

const LAST = 65_535;

/** The numbers that zones get by themselves, both ends included. */
interface ZoneRange {
  readonly first: number;
  readonly last: number;
}

const ALL_ZONES: ZoneRange = { first: 1, last: LAST };

/** `ct-zone-range`: `FIRST` or `FIRST-LAST`; what cannot be read, or is out of bounds, leaves its end as it is. */
export function zoneRange(text: string): ZoneRange {
  const [first = 0, last] = text
    .split('-')
    .filter((word) => word !== '')
    .map((word) => Number.parseInt(word, 10) || 0);
  if (first < 1) return ALL_ZONES;
  return { first, last: last === undefined || last > LAST ? LAST : last };
}

/**
 * The zones after a change: a user keeps its number, a new one gets the lowest free number, a requested one what it asks
 * for. Where numbers run out there is none.
 */
export function assignZones(
  before: CtZones,
  bound: Iterable<string>,
  datapaths: LocalDatapaths,
  zoneName: ZoneName,
  { first, last }: ZoneRange = ALL_ZONES,
): CtZones {
  const users = new Set(bound);
  const requested = new Map<string, number>();
  for (const { datapath } of datapaths.values())
    for (const kind of ['dnat', 'snat'] as const) {
      const name = natZone(datapath, kind, zoneName);
      if (name === undefined) continue;
      users.add(name);
      const wish =
        kind === 'snat' ? Number(datapath.external_ids.get('snat-ct-zone') ?? Number.NaN) : Number.NaN;
      if (Number.isInteger(wish) && wish >= 0 && wish <= LAST) requested.set(name, wish);
    }
  const zones = new Map<string, number>(requested);
  const taken = new Set(requested.values());
  for (const [name, zone] of before)
    if (users.has(name) && !zones.has(name) && !taken.has(zone) && zone >= first && zone <= last) {
      zones.set(name, zone);
      taken.add(zone);
    }
  let next = first;
  for (const name of [...users].toSorted()) {
    if (zones.has(name)) continue;
    while (taken.has(next)) next += 1;
    if (next > last) break;
    zones.set(name, next);
    taken.add(next);
  }
  return zones;
}

export function zonesOf(
  zones: Lookup<string, number>,
  port: SbRow<'Port_Binding'>,
  datapath: SbRow<'Datapath_Binding'>,
  zoneName: ZoneName,
): ZoneIds {
  const find = (name: string | undefined): number => (name === undefined ? 0 : (zones.get(name) ?? 0));
  return {
    ct: find(port.logical_port),
    dnat: find(natZone(datapath, 'dnat', zoneName)),
    snat: find(natZone(datapath, 'snat', zoneName)),
  };
}
