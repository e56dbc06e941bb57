/**
 * Whole deployments: what opening their databases, northd, ovn-trace, ovn-controller and ofproto/trace cost on a generated
 * network of 1,000 and 5,000 ports, in processor time, next to the real programs' for the same files on a machine like ours.
 * `[FOLDER [PORTS]]`: where `ovnnb_db-N.db.gz` and `ovnsb_db-N.db.gz` are.
 */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createRandom } from '../src/core/base/random.ts';
import type { Clock } from '../src/core/base/context.ts';
import type { Recorder } from '../src/core/base/step.ts';
import { readTraceRequest } from '../src/core/ofproto/trace/trace-request.ts';
import { tracePacket } from '../src/core/ofproto/trace/trace.ts';
import { ControllerLog, OvnController } from '../src/core/ovn/controller/index.ts';
import {
  annotate,
  evaluateConditions,
  logicalSymbols,
  normalize,
  parseExpr,
  simplify,
  toMatches,
} from '../src/core/ovn/expr/index.ts';
import { Northd } from '../src/core/ovn/northd/index.ts';
import { printTrace, SouthboundTrace } from '../src/core/ovn/trace/index.ts';
import {
  asNb,
  asSb,
  copyDatabase,
  readDatabaseFile,
  type NbDatabase,
  type SbDatabase,
  type SbRow,
} from '../src/core/ovsdb/index.ts';
import { ControllerNeighbours } from '../src/core/sim/controller-neighbours.ts';
import { ControllerRoutes } from '../src/core/sim/controller-routes.ts';
import { World } from '../src/core/sim/index.ts';
import { forwarding } from './scale/forwarding.ts';

/** The real programs' processor seconds. */
const REAL = {
  1000: {
    recompute: 0.07,
    coldStart: 0.5,
    trace: 0.3,
    load: 0.3,
    controller: undefined,
    ofprotoTrace: 0.015,
  },
  5000: { recompute: 0.3, coldStart: 2.1, trace: 2.3, load: 1.8, controller: 1.3, ofprotoTrace: 0.015 },
} as const;

/** What `act` costs, in milliseconds of processor time: all of the process's threads, so collecting garbage counts. */
function timed<T>(act: () => T): readonly [value: T, milliseconds: number] {
  const start = process.cpuUsage();
  const value = act();
  const { user, system } = process.cpuUsage(start);
  return [value, (user + system) / 1000];
}

/** The best of several turns: what else the machine does can only make a turn longer. */
function best(turns: number, act: (turn: number) => void): number {
  return Math.min(...Array.from({ length: turns }, (_, turn) => timed(() => act(turn))[1]));
}

/** Logical flows that are made before northd is as quick as it gets. */
const WARM_ROWS = 250_000;

/** Small changes are measured by so many at a time. */
const BATCH = 10;

const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
};

function say(what: string, milliseconds: number, real: number | undefined, rest = ''): void {
  const ratio =
    real === undefined ? '' : `  ${(milliseconds / 1000 / real).toFixed(3)} of the real program's`;
  const shown = milliseconds < 10 ? milliseconds.toFixed(2) : milliseconds.toFixed(0);
  console.log(`  ${what.padEnd(34)} ${shown.padStart(8)} ms${ratio}${rest}`);
}

function open(file: string): Uint8Array {
  return gunzipSync(readFileSync(file));
}

function read(octets: Uint8Array) {
  const file = readDatabaseFile(octets, { random: createRandom(1) });
  if (!file.ok) throw new Error(file.error.message);
  return file.value.database;
}

const clock: Clock = { now: () => 0, wallMs: () => 1_700_000_000_000, after: () => () => undefined };
const recorder: Recorder = { active: false, record: () => 0 };

function northd(nb: NbDatabase, sb: SbDatabase, real: (typeof REAL)[keyof typeof REAL]): void {
  const start = (): Northd => {
    const made = new Northd(nb, sb, { clock, random: createRandom(3), recorder });
    made.run();
    return made;
  };
  const [first, cold] = timed(start);
  first.close();
  // Of a small database more turns, so that the engine has compiled as much of northd for each.
  const turns = Math.max(8, Math.ceil(WARM_ROWS / sb.count('Logical_Flow')));
  const recompute = best(turns, () => start().close());
  say('northd in parts, longest of them', Math.min(...[1, 2, 3].map(() => longestPart(nb, sb))), undefined);
  const before = heap();
  const running = start();
  const rows = sb.count('Logical_Flow');
  say('northd full recompute, first', cold, real.recompute);
  say(
    'northd full recompute',
    recompute,
    real.recompute,
    `, ${Math.round((rows * 1000) / recompute)} rows/s, ${(heap() - before).toFixed(0)} MB`,
  );
  const switches = [...nb.rows('Logical_Switch')];
  const addPort = (turn: number, at: number): void => {
    const ls = switches[turn % switches.length];
    if (!ls) throw new Error('no switch');
    nb.transact((txn) => {
      const address = `0a:58:00:00:${(turn + 16).toString(16)}:${(at + 16).toString(16)} 10.250.${turn}.${at + 1}`;
      const port = txn.insert('Logical_Switch_Port', {
        name: `bench-${turn}-${at}`,
        addresses: [address],
        port_security: [address],
      });
      txn.update('Logical_Switch', ls._uuid, {
        ports: [...(txn.get('Logical_Switch', ls._uuid)?.ports ?? []), port],
      });
    });
    running.run();
  };
  const change =
    best(12, (turn) => {
      for (let at = 0; at < BATCH; at += 1) addPort(turn, at);
    }) / BATCH;
  say(
    'northd one-port change',
    change,
    undefined,
    `, ${(change / recompute).toFixed(4)} of its full recompute`,
  );
  running.close();
}

/** The longest stretch without a pause where causes of an opened file's flows are looked for. */
function longestPart(nb: NbDatabase, sb: SbDatabase): number {
  const copies = [copyDatabase(nb, createRandom(1)), copyDatabase(sb, createRandom(2))] as const;
  const [made, birth] = timed(() => new Northd(...copies, { clock, random: createRandom(3), recorder }));
  const running = made.running();
  let longest = birth;
  for (let isDone = false; !isDone;) {
    const [result, spent] = timed(() => running.next());
    longest = Math.max(longest, spent);
    isDone = result.done === true;
  }
  made.close();
  return longest;
}

function traces(sb: SbDatabase, real: (typeof REAL)[keyof typeof REAL]): void {
  const [southbound, load] = timed(() => new SouthboundTrace(sb));
  say('ovn-trace, reading what is open', load, undefined);
  const ports = [...sb.rows('Port_Binding')].filter((row) => row.type === '' && row.mac.length > 0);
  let total = 0;
  const trace = (turn: number): void => {
    const from = ports[(turn * 37) % ports.length];
    const to = ports[(turn * 101 + 1) % ports.length];
    const [mac, ip] = from?.mac[0]?.split(' ') ?? [];
    const gateway = '0a:58:0a:f4:00:01';
    const result = southbound.trace({
      datapath: undefined,
      microflow: `inport == "${from?.logical_port}" && eth.src == ${mac} && eth.dst == ${gateway} && ip4 && ip.ttl == 64 && ip4.src == ${ip} && ip4.dst == ${to?.mac[0]?.split(' ')[1]} && tcp && tcp.dst == 80`,
    });
    total += result.ok ? printTrace(result.value.root, 'detailed').length : 0;
  };
  const [, first] = timed(() => trace(0));
  const each = best(30, (turn) => {
    for (let i = 0; i < 20; i += 1) trace(turn * 20 + i);
  });
  if (total === 0) throw new Error('no trace');
  say('ovn-trace, first', first, undefined);
  say(
    'ovn-trace, each of many',
    each / 20,
    real.trace,
    `, ${(real.trace / (each / 20000)).toFixed(0)}x faster`,
  );
}

function expressions(sb: SbDatabase): void {
  const matches = [...new Set([...sb.rows('Logical_Flow')].map((row) => row.match))].slice(0, 20_000);
  const symbols = logicalSymbols();
  const sets = new Map([...sb.rows('Port_Group')].map((row) => [row.name, row.ports]));
  const names = { addressSet: () => undefined, portGroup: (name: string) => sets.get(name) };
  let compiled = 0;
  const [, spentOn] = timed(() => {
    for (const text of matches) {
      const parsed = parseExpr(text, symbols, names);
      const annotated = parsed.ok ? annotate(parsed.value, symbols) : parsed;
      if (!annotated.ok) continue;
      toMatches(normalize(evaluateConditions(simplify(annotated.value), () => true)), () => 1);
      compiled += 1;
    }
  });
  console.log(
    `  expressions compiled               ${Math.round((compiled * 1000) / spentOn)} /s, ${compiled} of ${matches.length} different ones`,
  );
}

/** A port of another chassis, as northd and that chassis write it: the row, and its place in the flood group. */
function addPortTo(sb: SbDatabase, beside: SbRow<'Port_Binding'>, turn: number): void {
  sb.transact((txn) => {
    const [elsewhere] = [...txn.rows('Chassis')].filter((row) => row._uuid !== beside.chassis);
    const port = txn.insert('Port_Binding', {
      logical_port: `bench-${turn}`,
      datapath: beside.datapath,
      tunnel_key: 20_000 + turn,
      mac: [`0a:58:00:00:00:${(turn + 16).toString(16)} 10.250.0.${turn + 1}`],
      chassis: elsewhere?._uuid ?? null,
    });
    for (const group of txn.find('Multicast_Group', 'datapath', beside.datapath))
      if (group.name === '_MC_flood')
        txn.update('Multicast_Group', group._uuid, { ports: [...group.ports, port] });
  });
}

function chassis(sb: SbDatabase, real: (typeof REAL)[keyof typeof REAL]): void {
  const world = new World(
    { machines: [{ name: 'node0', kind: 'machine', services: ['openvswitch'], nics: [] }], segments: [] },
    1,
  );
  const host = world.hosts.get('node0');
  const { ovs, vswitch } = host?.switch ?? {};
  if (!host?.switch || !ovs || !vswitch) throw new Error('no switch');
  const own = sb.find('Chassis', 'name', 'node0')[0];
  const ports = sb.find('Port_Binding', 'chassis', own?._uuid ?? null).filter((row) => row.type === '');
  const controller = new OvnController({
    release: '26.03',
    log: new ControllerLog(host.context.clock),
    routes: new ControllerRoutes(host.kernel, ''),
    neighbours: new ControllerNeighbours(host.kernel, ''),
    ovs,
    context: host.context,
    connect: () => sb,
    flushConnections: () => undefined,
    install: (bridge, tables) => host.switch?.install(bridge, tables),
    wake: () => undefined,
  });
  const [root] = ovs.rows('Open_vSwitch');
  ovs.transact((txn) => {
    if (root)
      txn.update('Open_vSwitch', root._uuid, {
        external_ids: new Map([
          ['system-id', 'node0'],
          ['ovn-remote', 'tcp:10.0.0.1:6642'],
          ['ovn-encap-type', 'geneve'],
          ['ovn-encap-ip', sb.rows('Encap')[Symbol.iterator]().next().value?.ip ?? '10.0.0.1'],
        ]),
      });
  });
  controller.run();
  world.settle();
  ovs.transact((txn) => {
    const bridge = txn.find('Bridge', 'name', 'br-int')[0];
    if (!bridge) return;
    const made = ports.map((row, index) => {
      const name = `if${index}`;
      const iface = txn.insert('Interface', {
        name,
        type: 'internal',
        external_ids: new Map([['iface-id', row.logical_port]]),
      });
      return txn.insert('Port', { name, interfaces: [iface] });
    });
    txn.update('Bridge', bridge._uuid, { ports: [...bridge.ports, ...made] });
  });
  world.settle();
  const [, first] = timed(() => controller.run());
  world.settle();
  controller.run();
  const translation = best(6, () => {
    controller.recompute();
    controller.run();
  });
  const bridge = vswitch.bridges.get('br-int');
  const [local] = ports;
  const before = controller.work;
  const turns = 8;
  const change =
    best(turns, (turn) => {
      for (let at = 0; at < BATCH; at += 1) {
        if (local) addPortTo(sb, local, turn * BATCH + at);
        controller.run();
      }
    }) / BATCH;
  say('ovn-controller, first pass', first, real.controller);
  say(
    'ovn-controller full recompute',
    translation,
    real.controller,
    `, ${bridge?.tables.size} flows, ${controller.problems.length} problems`,
  );
  say(
    'ovn-controller one-port change',
    change,
    undefined,
    `, ${(change / translation).toFixed(4)} of its full recompute, ${Math.round((controller.work - before) / (turns * BATCH))} rows`,
  );
  const [from, to] = ports;
  const mac = (row: typeof from): string => row?.mac[0]?.split(' ')[0] ?? '';
  const ip = (row: typeof from): string => row?.mac[0]?.split(' ')[1] ?? '';
  const flow = `in_port=if0,tcp,dl_src=${mac(from)},dl_dst=${mac(to)},nw_src=${ip(from)},nw_dst=${ip(to)},nw_ttl=64,tp_src=1000,tp_dst=80`;
  const ask = (): string => {
    const request = readTraceRequest(vswitch.datapath, ['br-int', flow]);
    if (!request.ok) throw new Error(request.error);
    return tracePacket(request.value).text;
  };
  const text = ask();
  const each = best(20, () => {
    for (let at = 0; at < BATCH; at += 1) ask();
  });
  say('ofproto/trace', each / BATCH, real.ofprotoTrace, `, ${text.split('\n').length} lines`);
  const port = bridge?.portByName('if0');
  const frames = ports.slice(1, 9).flatMap((other) => {
    const made = readTraceRequest(vswitch.datapath, [
      'br-int',
      `in_port=if0,tcp,dl_src=${mac(from)},dl_dst=${mac(other)},nw_src=${ip(from)},nw_dst=${ip(other)},nw_ttl=64,tp_src=1000,tp_dst=80`,
      '-generate',
    ]);
    return made.ok && made.value.packet ? [made.value.packet] : [];
  });
  if (port) forwarding(port, frames, host.context.clock, world.recorder);
}

const [folder = '../shared/golden/scale', only] = process.argv.slice(2);
console.log("milliseconds of processor time, the best of several runs; the real programs' too");
for (const ports of [1000, 5000] as const) {
  if (only !== undefined && Number(only) !== ports) continue;
  const file = (kind: string): string => `${folder}/ovn${kind}_db-${ports}.db.gz`;
  if (!existsSync(file('nb'))) {
    console.log(`  ${file('nb')} is not there: nothing measured`);
    continue;
  }
  const real = REAL[ports];
  console.log(`${ports} ports`);
  const nb = asNb(read(open(file('nb'))));
  const octets = open(file('sb'));
  const before = heap();
  const [database, load] = timed(() => read(octets));
  const sb = asSb(database);
  if (!nb.ok || !sb.ok) throw new Error('not the databases of OVN');
  say(
    'southbound database read',
    load,
    real.load,
    `, ${(octets.length / 1e6).toFixed(0)} MB, ${(heap() - before).toFixed(0)} MB of heap`,
  );
  traces(sb.value, real);
  expressions(sb.value);
  chassis(sb.value, real);
  northd(nb.value, sb.value, real);
}
