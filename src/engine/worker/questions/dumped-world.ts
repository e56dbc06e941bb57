/** A world of one machine that has the bridge of which somebody has the dumps, so that all that works on bridges works on it. */
import {
  looksLikeFlows,
  readDumpedBridge,
  type DumpedBridge,
  type DumpedTexts,
} from '../../../core/readers/dumped-bridge.ts';
import { OFPP } from '../../../core/flow/ofport.table.ts';
import { World } from '../../../core/sim/index.ts';
import type { NamedOctets } from '../database-files.ts';
import { Refused } from '../refused.ts';

const MACHINE = 'dump';
/** Octets by which a file is told. */
const HEAD = 4096;
/** Problems told of in the refusal when nothing could be read. */
const SHOWN = 3;

/** Ports are internal ones: their devices are not here. */
function addBridge(world: World, dumped: DumpedBridge): void {
  const ovs = world.hosts.get(MACHINE)?.switch?.ovs;
  const [root] = ovs?.rows('Open_vSwitch') ?? [];
  ovs?.transact((txn) => {
    const ports = dumped.ports
      .filter(({ number, name }) => number < OFPP.max && name !== dumped.name)
      .map(({ number, name }) => {
        const iface = txn.insert('Interface', { name, type: 'internal', ofport_request: number });
        return txn.insert('Port', { name, interfaces: [iface] });
      });
    const local = txn.insert('Interface', { name: dumped.name, type: 'internal' });
    const bridge = txn.insert('Bridge', {
      name: dumped.name,
      fail_mode: 'secure',
      ports: [txn.insert('Port', { name: dumped.name, interfaces: [local] }), ...ports],
    });
    if (root) txn.update('Open_vSwitch', root._uuid, { bridges: [...root.bridges, bridge] });
  });
  world.settle();
}

const GROUPS = /^\s*group_id=\d+/m;
const METERS = /^meter=\d+/m;
const PORTS = /^\s*(?:LOCAL|\d+)\([^)]+\):/m;

/** The texts in files that a user dropped, told by what they hold; null when none of them is a dump of flows. */
export function dumpOf(files: readonly NamedOctets[]): DumpedTexts | null {
  const decoder = new TextDecoder();
  const heads = files.map(({ octets }) => decoder.decode(octets.subarray(0, HEAD)));
  if (!heads.some(looksLikeFlows)) return null;
  const texts = files.map(({ octets }) => decoder.decode(octets));
  const find = (pattern: RegExp): string =>
    texts.find((text, at) => !looksLikeFlows(heads[at] ?? '') && pattern.test(text)) ?? '';
  const flows = texts.find((_, at) => looksLikeFlows(heads[at] ?? '')) ?? '';
  return { flows, ports: find(PORTS), groups: find(GROUPS), meters: find(METERS) };
}

/** The same as files, for a saved document. */
export function filesOf(texts: DumpedTexts): NamedOctets[] {
  const encoder = new TextEncoder();
  return Object.entries(texts)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => ({ name: `${name}.txt`, octets: encoder.encode(text) }));
}

export function worldOfDump(texts: DumpedTexts): World {
  const dumped = readDumpedBridge(texts);
  if (dumped.flows.length === 0) {
    const [first] = dumped.problems.slice(0, SHOWN);
    throw new Refused(
      first === undefined ? 'There is no flow in this text.' : first.message,
      first?.place?.line === undefined ? 'flows' : `flows, line ${first.place.line}`,
    );
  }
  const [bad] = dumped.problems;
  if (bad) throw new Refused(bad.message, `${bad.place?.file ?? 'flows'}, line ${bad.place?.line ?? 1}`);
  const world = new World(
    { machines: [{ name: MACHINE, kind: 'machine', services: ['openvswitch'], nics: [] }], segments: [] },
    1,
  );
  world.settle();
  addBridge(world, dumped);
  const bridge = world.hosts.get(MACHINE)?.switch?.vswitch.bridges.get(dumped.name);
  if (!bridge) throw new Refused('The ports of this bridge contradict one another.', 'ports');
  bridge.tlv = dumped.tlv;
  bridge.setGroups(dumped.groups);
  for (const meter of dumped.meters) bridge.addMeter(meter);
  const now = world.clock.now();
  for (const { spec, packets, bytes } of dumped.flows) {
    const rule = bridge.tables.add(spec, now);
    if (typeof rule === 'string') continue;
    rule.packets = packets;
    rule.bytes = bytes;
  }
  return world;
}
