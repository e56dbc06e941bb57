/** northd on random northbound databases: rows of every table, with values that make sense and values that do not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../base/context.ts';
import { createRandom, type Random } from '../../base/random.ts';
import type { Uuid } from '../../base/uuid.ts';
import {
  createDatabase,
  nbSchema,
  sbSchema,
  type ColumnType,
  type Database,
  type NbDatabase,
  type SbDatabase,
  type Table,
  type Value,
} from '../../ovsdb/index.ts';
import { Northd } from './index.ts';

const context = (): Context => ({
  clock: { now: () => 0, wallMs: () => 1_700_000_000_000, after: () => () => undefined },
  random: createRandom(1),
  recorder: { active: false, record: () => 0 },
});

const NAMES = ['a', 'b', 'c', 'lrp1', 'lsp1', 'hv1', 'pg', ''];
const WORDS = [
  ...NAMES,
  'router',
  'localnet',
  'virtual',
  'external',
  'switch',
  'remote',
  'unknown',
  'dynamic',
  'true',
  'false',
  '0a:00:00:00:00:01 10.0.0.1',
  '0a:00:00:00:00:02 10.0.0.2 fd00::2',
  '0a:00:00:00:00:03',
  '10.0.0.0/24',
  '10.0.0.254/24',
  'fd00::1/64',
  '10.0.0.9',
  'fd00::9',
  '0.0.0.0/0',
  '::/0',
  '10.0.0.10:80',
  '[fd00::10]:443',
  '10.0.0.2:8080,10.0.0.3:8080',
  'ip4.src == 10.0.0.1',
  'inport == "a" && tcp',
  'ip6',
  'not a match (',
  'allow-related',
  'drop',
  'snat',
  'dnat_and_snat',
  '1-100',
  'garbage ⚠',
];
/** Keys that maps of the northbound database have. */
const KEYS = [
  ...NAMES,
  'router-port',
  'requested-chassis',
  'mcast_snoop',
  'mcast_querier',
  'subnet',
  'chassis',
  'lb_force_snat_ip',
  'dnat_force_snat_ip',
  'arp_proxy',
  'virtual-ip',
  'virtual-parents',
  'skip_snat',
  'affinity_timeout',
  'ecmp_symmetric_reply',
  'redirect-type',
  'gateway_mtu',
  'server_id',
  'server_mac',
  'lease_time',
  'dynamic-routing',
  'hairpin_snat_ip',
  '10.0.0.10:80',
  '10.0.0.11',
  '[fd00::10]:443',
  'network_name',
  'nat-addresses',
  'vlan-passthru',
  'mcast_flood',
  'peer',
];

type AnyDatabase = Database;
type AnyTxn = Parameters<Parameters<AnyDatabase['transact']>[0]>[0];

const pick = <T>(random: Random, items: readonly T[]): T | undefined =>
  items.length === 0 ? undefined : items[random.below(items.length)];

function atom(
  base: ColumnType['key'],
  random: Random,
  txn: AnyTxn,
  keys: boolean,
): string | number | boolean | undefined {
  if (base.enum) return pick(random, base.enum);
  switch (base.type) {
    case 'boolean':
      return random.below(2) === 1;
    case 'integer': {
      const low = base.minimum ?? 0;
      const high = Math.min(base.maximum ?? 70_000, low + 70_000);
      return low + random.below(high - low + 1);
    }
    case 'real':
      return random.below(100);
    case 'uuid':
      return base.ref ? pick(random, [...txn.rows(base.ref.table)])?._uuid : undefined;
    case 'string':
      return pick(random, keys ? KEYS : WORDS);
  }
}

function value(type: ColumnType, random: Random, txn: AnyTxn): Value | undefined {
  const count = Math.min(type.max, type.max === 1 ? type.min + random.below(2 - type.min) : random.below(4));
  if (type.value) {
    const map = new Map<string, string>();
    for (let i = 0; i < count; i += 1) {
      const key = atom(type.key, random, txn, true);
      const held = atom(type.value, random, txn, false);
      if (key !== undefined && held !== undefined) map.set(key as string, held as string);
    }
    return map;
  }
  const atoms = Array.from({ length: count }, () => atom(type.key, random, txn, false)).filter(
    (one) => one !== undefined,
  );
  if (type.max === 1) return atoms[0] ?? (type.min === 0 ? (null as unknown as Value) : undefined);
  return [...new Set(atoms)] as Value;
}

const TABLES: Readonly<Record<string, Table>> = nbSchema.tables;
/** Tables that say much, more often than others. */
const FAVOURITES = [
  'Logical_Switch',
  'Logical_Switch_Port',
  'Logical_Router',
  'Logical_Router_Port',
  'ACL',
  'NAT',
  'Load_Balancer',
  'Logical_Router_Static_Route',
];

function randomRow(table: string, random: Random, txn: AnyTxn): Record<string, Value> {
  const row: Record<string, Value> = {};
  for (const [name, { type }] of Object.entries(TABLES[table]?.columns ?? {})) {
    if (random.below(3) === 0) continue;
    const made = value(type, random, txn);
    if (made !== undefined) row[name] = made;
  }
  return row;
}

/** Puts a reference to `uuid` where a row of `table` belongs, so that it lives. */
function adopt(txn: AnyTxn, table: string, uuid: Uuid, random: Random): void {
  const places = Object.entries(TABLES).flatMap(([owner, { columns }]) =>
    Object.entries(columns).flatMap(([column, { type }]) =>
      type.key.ref?.table === table && type.key.ref.strength === 'strong' && type.value === undefined
        ? [{ owner, column, isSet: type.max > 1 }]
        : [],
    ),
  );
  const place = pick(random, places);
  const parent = place && pick(random, [...txn.rows(place.owner)]);
  if (!place || !parent) return;
  const before = (parent as unknown as Readonly<Record<string, Value>>)[place.column];
  const now = place.isSet ? [...(before as readonly string[]), uuid] : uuid;
  txn.update(place.owner, parent._uuid, { [place.column]: now } as never);
}

/** One random transaction; one that the database refuses changes nothing. */
function change(nb: NbDatabase, seed: number): void {
  const random = createRandom(seed);
  (nb as unknown as AnyDatabase).transact((txn) => {
    const table = pick(random, random.below(3) === 0 ? Object.keys(TABLES) : FAVOURITES) ?? 'Logical_Switch';
    const kind = random.below(6);
    const row = pick(random, [...txn.rows(table)]);
    if (row && kind === 0) txn.delete(table, row._uuid);
    else if (row && kind <= 2) txn.update(table, row._uuid, randomRow(table, random, txn) as never);
    else {
      const uuid = txn.insert(table, randomRow(table, random, txn) as never);
      if (TABLES[table]?.isRoot !== true || random.below(2) === 0) adopt(txn, table, uuid, random);
    }
  });
}

const databases = (): { nb: NbDatabase; sb: SbDatabase } => {
  const nb = createDatabase(nbSchema, createRandom(3));
  const sb = createDatabase(sbSchema, createRandom(4));
  sb.transact((txn) => {
    for (const name of ['hv1', 'hv2'])
      txn.insert('Chassis', {
        name,
        hostname: name,
        encaps: [txn.insert('Encap', { type: 'geneve', ip: '10.9.0.1', chassis_name: name })],
      });
  });
  return { nb, sb };
};

/** Every row, without uuids, which chance gives. */
function contents(sb: SbDatabase): string[] {
  const lines: string[] = [];
  for (const row of sb.rows('Logical_Flow')) {
    const group =
      row.logical_dp_group === null ? undefined : sb.get('Logical_DP_Group', row.logical_dp_group);
    const own = row.logical_datapath === null ? [] : [row.logical_datapath];
    for (const uuid of [...own, ...(group?.datapaths ?? [])])
      lines.push(
        `${sb.get('Datapath_Binding', uuid)?.tunnel_key} ${row.pipeline} ${row.table_id} ${row.priority} ${row.match} => ${row.actions}`,
      );
  }
  for (const row of sb.rows('Port_Binding')) lines.push(`${row.logical_port} ${row.type} ${row.tunnel_key}`);
  return lines.toSorted();
}

describe('northd on random databases', () => {
  it('never throws, and starting it again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 ** 31 - 1 }), { minLength: 5, maxLength: 60 }), (seeds) => {
        const { nb, sb } = databases();
        const northd = new Northd(nb, sb, context());
        northd.run();
        for (const [at, seed] of seeds.entries()) {
          change(nb, seed);
          if (at % 3 === 0) northd.run();
        }
        northd.run();
        northd.close();
        const stepByStep = contents(sb);
        const again = new Northd(nb, sb, context());
        again.run();
        again.close();
        expect(contents(sb)).toEqual(stepByStep);
      }),
      { numRuns: 60, seed: 20_261_122 },
    );
  }, 120_000);
});
