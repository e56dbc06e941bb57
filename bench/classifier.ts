/**
 * Look-ups in a flow table against a scan of all its flows, and whole packets through the pipeline, on recorded tables.
 * Ratios are of one run, so that they mean the same on any machine. `[GOLDEN CHASSIS FOLDER]`, e.g.
 * `golden/ovn/dhcp-dns/chassis/hv1`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadChassis } from '../src/conformance/kinds/recorded-chassis.ts';
import { copyFlow, createFlow, type Flow } from '../src/core/flow/flow.ts';
import { parseExactFlow } from '../src/core/flow/exact-flow.ts';
import { matchesFlow } from '../src/core/flow/match.ts';
import type { Bridge } from '../src/core/ofproto/bridge/bridge.ts';
import type { FlowRule } from '../src/core/ofproto/bridge/flow-rule.ts';
import { translate } from '../src/core/ofproto/xlate/translate.ts';
import type { GoldenFolder } from '../src/conformance/runner.ts';

const folder: GoldenFolder = {
  list: (path) => (existsSync(path) ? readdirSync(path).toSorted() : []),
  exists: (path) => existsSync(path),
  text: (path) => readFileSync(path, 'utf8'),
  octets: (path) => new Uint8Array(readFileSync(path)),
};

function firstChassis(): string {
  for (const testCase of readdirSync('golden/ovn'))
    for (const chassis of folder.list(`golden/ovn/${testCase}/chassis`))
      return `golden/ovn/${testCase}/chassis/${chassis}`;
  throw new Error('no recorded chassis');
}

/** Calls a second, `act` being called with numbers from 0 for about a second. */
function rate(act: (turn: number) => void): number {
  for (let turn = 0; turn < 50; turn += 1) act(turn);
  const start = performance.now();
  let turns = 0;
  while (performance.now() - start < 1000) {
    for (let i = 0; i < 20; i += 1) act(turns + i);
    turns += 20;
  }
  return (turns * 1000) / (performance.now() - start);
}

function recordedPackets(path: string, bridge: Bridge): Flow[] {
  return readdirSync(join(path, 'ofproto-trace')).flatMap((file) => {
    const { flow, bridge: name } = JSON.parse(readFileSync(join(path, 'ofproto-trace', file), 'utf8')) as {
      flow: string;
      bridge: string;
    };
    const parsed =
      name === bridge.name ? parseExactFlow(flow, { tlv: bridge.tlv, names: bridge.names }) : null;
    return parsed?.ok ? [parsed.value] : [];
  });
}

const path = process.argv[2] ?? firstChassis();
const vswitch = loadChassis(folder, path);
const bridge = vswitch.bridges.get('br-int');
if (!bridge) throw new Error('no br-int');
const packets = recordedPackets(path, bridge);
const packet = (turn: number): Flow => packets[turn % packets.length] as Flow;

const [largest] = bridge.tables.sizes().toSorted((a, b) => b[1] - a[1]);
const table = largest?.[0] ?? 0;
const classifier = bridge.tables.classifier(table);
const rules: readonly FlowRule[] = [...(classifier?.rules() ?? [])];
const scan = rate((turn) => {
  const flow = packet(turn);
  let best = -1;
  for (const rule of rules) if (rule.priority > best && matchesFlow(rule.match, flow)) best = rule.priority;
});
const plain = rate((turn) => void classifier?.lookup(packet(turn)));
const mask = createFlow();
const masked = rate((turn) => {
  mask.fill(0);
  classifier?.lookup(packet(turn), mask);
});
const pipeline = rate((turn) => {
  const result = translate({
    bridge,
    flow: copyFlow(packet(turn)),
    packet: null,
    sideEffects: false,
    stats: null,
    trace: false,
    names: false,
    actions: null,
    inPacketOut: false,
    frozen: null,
  });
  for (const id of result.frozenIds) vswitch.datapath.frozen.release(id);
});

const show = (name: string, value: number): void =>
  console.log(
    `${name.padEnd(34)} ${Math.round(value).toString().padStart(10)} /s  ${(value / scan).toFixed(2)} x scan`,
  );
console.log(
  `${path}: ${bridge.tables.size} flows; table ${table}: ${rules.length} flows, ${classifier?.masks ?? 0} masks`,
);
show('scan of the table', scan);
show('look-up', plain);
show('look-up with megaflow mask', masked);
show('packet through the whole pipeline', pipeline);
