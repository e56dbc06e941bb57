/**
 * Kind `openflow`: the flows that ovn-controller should have on br-int, from the recorded southbound and Open_vSwitch
 * databases, row by row. Cookies are the first 32 bits of recorded uuids, so they are compared as they stand; ids that
 * are chosen freely must only agree with one another (`flow-ids.ts`).
 */
import { formatFlow } from '../../core/ofproto/flow-text.ts';
import { NO_EVPN } from '../../core/ovn/controller/evpn/evpn-tables.ts';
import { assignZones, readZones, zoneRange } from '../../core/ovn/controller/ct-zones.ts';
import { findBindings } from '../../core/ovn/controller/binding.ts';
import type { ChassisState } from '../../core/ovn/controller/chassis-state.ts';
import { DesiredFlows } from '../../core/ovn/controller/recompute/desired-flows.ts';
import { findBridge } from '../../core/ovn/controller/integration-bridge.ts';
import { pluggedIn } from '../../core/ovn/controller/patch-ports.ts';
import { Numbers } from '../../core/ovn/controller/numbers.ts';
import {
  localDatapaths,
  localnetsOf,
  rememberedDatapaths,
} from '../../core/ovn/controller/local-datapaths.ts';
import type { OvnRelease } from '../../core/ovn/controller/release/release.ts';
import { RELEASES } from '../../core/ovn/controller/release/releases.ts';
import { readSettings } from '../../core/ovn/controller/settings.ts';
import { TranslationCache } from '../../core/ovn/controller/translation-cache.ts';
import {
  asOvs,
  asSb,
  isVersionAtLeast,
  readDatabaseFile,
  type OvsDatabase,
  type SbDatabase,
} from '../../core/ovsdb/index.ts';
import { createRandom } from '../../core/base/random.ts';
import { asCompared, renameIds } from './flow-ids.ts';
import type { GoldenFolder, Point, Runner } from '../runner.ts';

interface RecordedPort {
  readonly name: string;
  readonly ofport: number;
}

function open(folder: GoldenFolder, path: string) {
  const file = readDatabaseFile(folder.octets(path), { random: createRandom(1) });
  if (!file.ok) throw new Error(`${path}: ${file.error.message}`);
  return file.value.database;
}

function openSb(folder: GoldenFolder, path: string): SbDatabase {
  const sb = asSb(open(folder, path));
  if (!sb.ok) throw new Error(sb.error);
  return sb.value;
}

/** The Open_vSwitch database with the recorded OpenFlow ports, which it does not keep itself. */
function openOvs(folder: GoldenFolder, path: string): OvsDatabase {
  const ovs = asOvs(open(folder, `${path}/conf.db`));
  if (!ovs.ok) throw new Error(ovs.error);
  const ports = JSON.parse(folder.text(`${path}/ports.json`)) as RecordedPort[];
  const result = ovs.value.transact((txn) => {
    for (const { name, ofport } of ports)
      for (const iface of ovs.value.find('Interface', 'name', name))
        txn.update('Interface', iface._uuid, { ofport });
  });
  if (!result.ok) throw new Error(result.error.details);
  return ovs.value;
}

/** The release that wrote a database: schemas up to 20.12's are the older one's. */
const releaseOf = (sb: SbDatabase): OvnRelease =>
  isVersionAtLeast(sb.schema.version, '20.13.0') ? '26.03' : '20.12';

function computed(sb: SbDatabase, ovs: OvsDatabase, name: string): string[] {
  const release = RELEASES[releaseOf(sb)];
  const settings = readSettings(ovs);
  const bridge = findBridge(ovs, settings.integrationBridge);
  const chassis = sb.find('Chassis', 'name', name)[0];
  if (!bridge || !chassis) throw new Error(`no chassis ${name}`);
  // A file does not keep the state of tunnels: all are taken to have been up.
  const active = new Set([...sb.rows('Chassis')].map(({ name }) => name));
  const bindings = findBindings(sb, ovs, bridge, chassis, active);
  const remembered = rememberedDatapaths(sb, readZones(bridge), release.zoneName);
  const datapaths = localDatapaths(
    sb,
    bindings.datapaths,
    chassis._uuid,
    remembered,
    pluggedIn(ovs, settings),
    settings.seesAll,
  );
  const zones = assignZones(
    readZones(bridge),
    [...bindings.bound, ...localnetsOf(sb, datapaths).map((port) => port.logical_port)],
    datapaths,
    release.zoneName,
    zoneRange(settings.option('ct-zone-range')),
  );
  const cache = new TranslationCache(release.conjunctionIds);
  cache.drifts = release.faults.includes('conjunction-drift');
  const state: ChassisState = {
    sb,
    ovs,
    bridge,
    chassis,
    settings,
    bindings,
    datapaths,
    zones,
    active,
    release,
    evpn: NO_EVPN,
  };
  // A recorded program had run for a while: what goes wrong in later passes has.
  const desired = new DesiredFlows(state, { groups: new Numbers(), meters: new Numbers(), cache });
  desired.run(state);
  desired.run(state);
  // A logical flow that cannot be read, such as one with a group that has no port there, gives no rows; the others count.
  return desired.flows.map((flow) => formatFlow(flow).trim());
}

function* chassisPoints(folder: GoldenFolder, sb: SbDatabase, path: string, name: string): Generator<Point> {
  const expected = folder
    .text(`${path}/dump-flows.txt`)
    .split('\n')
    .filter((line) => line.startsWith(' '))
    .map(asCompared);
  const rest = new Map<string, number>();
  let problem = '';
  try {
    for (const line of renameIds(expected, computed(sb, openOvs(folder, path), name)))
      rest.set(line, (rest.get(line) ?? 0) + 1);
  } catch (error) {
    problem = `threw ${String(error)}`;
  }
  for (const line of expected) {
    const left = rest.get(line) ?? 0;
    if (left > 0) rest.set(line, left - 1);
    yield left > 0
      ? { kind: 'openflow', id: `${path} ${line.slice(0, 80)}`, pass: true }
      : { kind: 'openflow', id: path, pass: false, why: `${problem || 'missing'}: ${line}` };
  }
  for (const [line, count] of rest)
    for (let i = 0; i < count; i += 1)
      yield { kind: 'openflow', id: path, pass: false, why: `too many: ${line}` };
}

/** Cases of this release, and of the older one that is modelled. */
function casesOf(folder: GoldenFolder): string[] {
  const older = folder.list('eras/20.12').map((name) => `eras/20.12/${name}`);
  return [...folder.list('ovn').map((name) => `ovn/${name}`), ...older];
}

export const openflowRunner: Runner = {
  kinds: ['openflow'],
  *run(folder) {
    for (const testCase of casesOf(folder)) {
      const chassisFolder = `${testCase}/chassis`;
      if (!folder.exists(chassisFolder)) continue;
      const sb = openSb(folder, `${testCase}/ovnsb_db.db`);
      for (const name of folder.list(chassisFolder))
        if (folder.exists(`${chassisFolder}/${name}/dump-flows.txt`))
          yield* chassisPoints(folder, sb, `${chassisFolder}/${name}`, name);
    }
  },
};
