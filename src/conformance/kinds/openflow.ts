/**
 * Kind `openflow`: the flows that ovn-controller should have on br-int, from the recorded southbound and Open_vSwitch
 * databases, row by row. Cookies are the first 32 bits of recorded uuids, so they are compared as they stand.
 */
import type { Uuid } from '../../core/base/uuid.ts';
import { formatFlow } from '../../core/ofproto/flow-text.ts';
import { assignZones, readZones } from '../../core/ovn/controller/ct-zones.ts';
import { findBindings } from '../../core/ovn/controller/binding.ts';
import { desiredFlows } from '../../core/ovn/controller/desired-flows.ts';
import { findBridge } from '../../core/ovn/controller/integration-bridge.ts';
import { Numbers } from '../../core/ovn/controller/logical-flows.ts';
import { localDatapaths, mappedLocalnets } from '../../core/ovn/controller/local-datapaths.ts';
import { readSettings } from '../../core/ovn/controller/settings.ts';
import { asOvs, asSb, readDatabaseFile, type OvsDatabase, type SbDatabase } from '../../core/ovsdb/index.ts';
import { createRandom } from '../../core/base/random.ts';
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

/** What golden/README.md calls unstable: conjunction, group and meter ids, the order of conjunctions. */
export function normaliseFlow(text: string): string {
  return text
    .trim()
    .replaceAll(/conj_id=\d+/g, 'conj_id=ID')
    .replaceAll(/conjunction\(\d+,/g, 'conjunction(ID,')
    .replaceAll(/group:\d+/g, 'group:ID')
    .replaceAll(/meter_id=\d+/g, 'meter_id=ID')
    .replace(
      /actions=(conjunction\([^)]*\)(?:,conjunction\([^)]*\))*)$/,
      (_, list: string) =>
        `actions=${list
          .split(/,(?=conjunction)/)
          .toSorted()
          .join(',')}`,
    );
}

function computed(sb: SbDatabase, ovs: OvsDatabase, name: string): string[] {
  const settings = readSettings(ovs);
  const bridge = findBridge(ovs, settings.integrationBridge);
  const chassis = sb.find('Chassis', 'name', name)[0];
  if (!bridge || !chassis) throw new Error(`no chassis ${name}`);
  const reachable = (_chassis: Uuid): boolean => true;
  const bindings = findBindings(sb, ovs, bridge, chassis, reachable);
  const datapaths = localDatapaths(sb, bindings.datapaths, chassis._uuid);
  const zones = assignZones(
    readZones(bridge),
    [...bindings.bound, ...mappedLocalnets(datapaths, settings.bridgeMappings)],
    datapaths,
  );
  const { flows, problems } = desiredFlows({
    sb,
    ovs,
    bridge,
    chassis,
    settings,
    bindings,
    datapaths,
    zones,
    reachable,
    groups: new Numbers(),
    meters: new Numbers(),
  });
  if (problems.length > 0) throw new Error(`${problems[0]?.message}`);
  return flows.map((flow) => normaliseFlow(formatFlow(flow)));
}

function* chassisPoints(folder: GoldenFolder, sb: SbDatabase, path: string, name: string): Generator<Point> {
  const expected = folder
    .text(`${path}/dump-flows.txt`)
    .split('\n')
    .filter((line) => line.startsWith(' '))
    .map(normaliseFlow);
  const rest = new Map<string, number>();
  let problem = '';
  try {
    for (const line of computed(sb, openOvs(folder, path), name)) rest.set(line, (rest.get(line) ?? 0) + 1);
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

export const openflowRunner: Runner = {
  kinds: ['openflow'],
  *run(folder) {
    for (const testCase of folder.list('ovn')) {
      const chassisFolder = `ovn/${testCase}/chassis`;
      if (!folder.exists(chassisFolder)) continue;
      const sb = openSb(folder, `ovn/${testCase}/ovnsb_db.db`);
      for (const name of folder.list(chassisFolder))
        if (folder.exists(`${chassisFolder}/${name}/dump-flows.txt`))
          yield* chassisPoints(folder, sb, `${chassisFolder}/${name}`, name);
    }
  },
};
