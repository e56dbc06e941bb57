/**
 * Kinds `ofproto-trace` and `ofproto`: `ofproto/trace` over recorded flow tables. The text is compared line by line;
 * what golden/README.md calls unstable is compared by meaning: a megaflow must cover its packet and be treated alike
 * for all that it covers, ids of recirculation are numbered anew, and clauses of a conjunction stand in any order.
 */
import { createRandom } from '../../core/base/random.ts';
import { addTlvMappings, EMPTY_TLV_MAP, type TlvMap } from '../../core/flow/tlv-map.ts';
import { formatActions, parseActions } from '../../core/ofproto/actions/act-list.ts';
import type { SwitchRelease } from '../../core/ofproto/bridge/datapath.ts';
import type { Bridge } from '../../core/ofproto/bridge/bridge.ts';
import { DEFAULT_BUNDLE, zeroCounter } from '../../core/ofproto/bridge/port.ts';
import { parseFlow } from '../../core/ofproto/flow-parse.ts';
import { groupOf, parseGroup } from '../../core/ofproto/group-text.ts';
import { parseMeter } from '../../core/ofproto/meter-text.ts';
import { tracePacket, type Trace } from '../../core/ofproto/trace/trace.ts';
import { readTraceRequest } from '../../core/ofproto/trace/trace-request.ts';
import type { BridgeConfig, MirrorConfig, PortConfig } from '../../core/ofproto/vswitch/config.ts';
import { Vswitch } from '../../core/ofproto/vswitch/vswitch.ts';
import { asOvs, readDatabaseFile } from '../../core/ovsdb/index.ts';
import { splitWords } from '../../core/shell/words.ts';
import { mirrorConfigs } from '../../core/sim/switch/switch-config.ts';
import { checkMegaflow } from './ofproto-megaflow.ts';
import { Replay, silentContext } from './ofproto-replay.ts';
import { tryUnrecorded } from './ofproto-unrecorded.ts';
import { firstDifference, type GoldenFolder, type Point, type Runner } from '../runner.ts';

interface RecordedPort {
  readonly bridge: string;
  readonly port: string;
  readonly name: string;
  readonly ofport: number;
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
}

interface RecordedTrace {
  readonly bridge: string;
  readonly flow: string;
  readonly packet: string | null;
  readonly options: readonly string[];
  readonly out: string;
  readonly status: number;
  readonly stderr: string;
}

function portConfigs(ports: readonly RecordedPort[]): PortConfig[] {
  const names = [...new Set(ports.map((port) => port.port))];
  return names.map((name) => ({
    name,
    interfaces: ports
      .filter((port) => port.port === name)
      .map((port) => ({
        name: port.name,
        type: port.type === 'system' ? '' : port.type,
        options: new Map(Object.entries(port.options)),
        ofportRequest: port.ofport,
        device: { mac: 1n, mtu: 1500, up: true },
      })),
    vlan: DEFAULT_BUNDLE,
    bondMode: 'active-backup',
  }));
}

/**
 * Datapath port numbers go by the order in which ports came to be. The recording's switches had br-int and two ports
 * that joined the machines first; then `setup.txt` tells the order.
 */
const JOINING = [2, 3];

function creationOrder(ports: readonly RecordedPort[], setup: string, chassis: string): RecordedPort[] {
  const rank = new Map<string, number>();
  for (const line of setup.split('\n')) {
    const [, host, name] = /^(\S+?)# ovs-vsctl .*?add-(?:br|port \S+) (\S+)/.exec(line) ?? [];
    if (host === chassis && name !== undefined && !rank.has(name)) rank.set(name, rank.size + 1);
  }
  const local = (port: RecordedPort): number => (port.ofport === 65534 ? 0 : port.ofport);
  const of = (port: RecordedPort): number =>
    port.name === 'br-int' ? -1 : (rank.get(port.name) ?? rank.size + 1);
  return ports.toSorted((a, b) => of(a) - of(b) || local(a) - local(b));
}

/** The switch of recorded ports, without flows, its ports made one after the other. */
function buildSwitch(
  ports: readonly RecordedPort[],
  reserved: readonly number[],
  release: SwitchRelease = '3.7',
  mirrors: ReadonlyMap<string, readonly MirrorConfig[]> = new Map(),
): Vswitch {
  const vswitch = new Vswitch('host', silentContext(), release);
  ports.forEach((_, index) => {
    const present = ports.slice(0, index + 1);
    const bridges = [...new Set(present.map((port) => port.bridge))];
    vswitch.reconfigure(
      bridges.map((name): BridgeConfig => ({
        name,
        failMode: 'secure',
        mac: null,
        datapathType: 'system',
        macAge: 300,
        macTableSize: 8192,
        floodVlans: [],
        forwardReserved: false,
        ports: portConfigs(present.filter((port) => port.bridge === name)),
        mirrors: index === ports.length - 1 ? (mirrors.get(name) ?? []) : [],
      })),
    );
    if (index === 0)
      for (const number of reserved)
        vswitch.datapath.ports.set(number, {
          number,
          name: `joining-${number}`,
          type: 'system',
          sent: zeroCounter(),
          policer: null,
          qos: null,
        });
  });
  return vswitch;
}

/** Rows of a reply: lines that start with a blank, without it. */
const rows = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith(' '))
    .map((line) => line.slice(1));

function readTlvMap(text: string): TlvMap {
  const mappings = [...text.matchAll(/^\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+(\d+)\s+tun_metadata(\d+)$/gm)].map(
    ([, optionClass, type, length, index]) => ({
      optionClass: Number.parseInt(optionClass as string, 16),
      type: Number.parseInt(type as string, 16),
      length: Number(length),
      index: Number(index),
    }),
  );
  const map = addTlvMappings(EMPTY_TLV_MAP, mappings);
  return map.ok ? map.value : EMPTY_TLV_MAP;
}

function loadFlows(bridge: Bridge, text: string): void {
  for (const row of rows(text)) {
    const parsed = parseFlow(row, 'add', { tlv: bridge.tlv, printed: true });
    if (!parsed.ok) throw new Error(`${row}: ${parsed.error}`);
    const mod = parsed.value;
    bridge.addFlow({
      table: mod.table ?? 0,
      priority: mod.priority,
      cookie: mod.newCookie ?? 0n,
      match: mod.match,
      actions: mod.actions,
      idleTimeout: mod.idleTimeout,
      hardTimeout: mod.hardTimeout,
      importance: mod.importance,
      flags: mod.flags,
    });
  }
}

function loadGroups(bridge: Bridge, text: string): void {
  for (const row of rows(text)) {
    const parsed = parseGroup(row, 'add', { tlv: bridge.tlv, printed: true });
    if (!parsed.ok) throw new Error(`${row}: ${parsed.error}`);
    bridge.addGroup(groupOf(parsed.value));
  }
}

/** Bands stand on lines of their own. */
function loadMeters(bridge: Bridge, text: string): void {
  const joined = text
    .split('\n')
    .slice(1)
    .join('\n')
    .replaceAll('\ntype=', ' type=')
    .replace('bands= ', 'bands=');
  for (const line of joined.split('\n')) {
    if (!line.startsWith('meter=')) continue;
    const parsed = parseMeter(line.replace('bands= type', 'bands=type'), true);
    if (!parsed.ok) throw new Error(`${line}: ${parsed.error}`);
    bridge.addMeter(parsed.value);
  }
}

/** The mirrors that the recorded database asks for, by bridge. */
function recordedMirrors(folder: GoldenFolder, path: string): ReadonlyMap<string, readonly MirrorConfig[]> {
  if (!folder.exists(`${path}/conf.db`)) return new Map();
  const file = readDatabaseFile(folder.octets(`${path}/conf.db`));
  const ovs = file.ok ? asOvs(file.value.database) : file;
  if (!ovs.ok) return new Map();
  return new Map([...ovs.value.rows('Bridge')].map((row) => [row.name, mirrorConfigs(ovs.value, row)]));
}

/** The recorded chassis in `path` with all its tables. */
export function loadChassis(folder: GoldenFolder, path: string): Vswitch {
  const ports = JSON.parse(folder.text(`${path}/ports.json`)) as RecordedPort[];
  const [root, chassis] = path.split('/chassis/');
  const setup = `${root}/setup.txt`;
  const order = creationOrder(ports, folder.exists(setup) ? folder.text(setup) : '', chassis ?? '');
  const release = path.startsWith('eras/') ? '2.15' : '3.7';
  const vswitch = buildSwitch(order, JOINING, release, recordedMirrors(folder, path));
  for (const bridge of vswitch.bridges.values()) {
    const main = bridge.name === 'br-int';
    const flows = main ? 'dump-flows.txt' : `dump-flows-${bridge.name}.txt`;
    if (main) {
      bridge.tlv = readTlvMap(folder.text(`${path}/tlv-map.txt`));
      loadGroups(bridge, folder.text(`${path}/groups.txt`));
      if (folder.exists(`${path}/meters.txt`)) loadMeters(bridge, folder.text(`${path}/meters.txt`));
    }
    if (folder.exists(`${path}/${flows}`)) loadFlows(bridge, folder.text(`${path}/${flows}`));
  }
  return vswitch;
}

interface Answer {
  readonly out: string;
  readonly err: string;
  readonly status: number;
  readonly trace: Trace | null;
}

/** The answer of `ofproto/trace`, as ovs-appctl prints it, with its exit status. */
function runTrace(vswitch: Vswitch, args: readonly string[]): Answer {
  const request = readTraceRequest(vswitch.datapath, args);
  if (request.ok) {
    const trace = tracePacket(request.value);
    return { out: trace.text, err: '', status: 0, trace };
  }
  const end = request.error.endsWith('\n') ? '' : '\n';
  const err = `${request.error}${end}ovs-appctl: ovs-vswitchd: server returned an error\n`;
  return { out: '', err, status: 2, trace: null };
}

/** Texts made comparable: megaflows left out, recirculation ids by order of appearance, conjunction clauses sorted. */
export function comparable(text: string): string {
  const ids = new Map<string, string>();
  const renumbered = text
    .replaceAll(/^Megaflow: .*$/gm, 'Megaflow:')
    .replaceAll(/recirc(?:_id=|\()(0x[0-9a-f]+|\d+)/g, (whole, id: string) => {
      const number = Number(id);
      if (number === 0) return whole;
      const key = String(number);
      if (!ids.has(key)) ids.set(key, String(ids.size + 1));
      return whole.replace(id, `#${ids.get(key)}`);
    });
  return conjunctionsSorted(renumbered);
}

/** Clauses of a conjunction stand in no particular order. */
function conjunctionsSorted(text: string): string {
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    let end = at;
    while (lines[end]?.trimStart().startsWith('-> conj. ')) end += 1;
    if (end > at) lines.splice(at, end - at, ...lines.slice(at, end).toSorted());
    at = Math.max(at, end - 1);
  }
  return lines.join('\n');
}

/** `load:1->NXM_NX_REG0[3]` as `set_field:0x8/0x8->reg0`. */
function asSetField(load: string): string {
  const parsed = parseActions(load);
  if (!parsed.ok) return load;
  return formatActions(
    parsed.value.actions.map((act) => (act.kind === 'set_field' ? { ...act, load: false } : act)),
  );
}

/** Older releases kept partial writes that came as `load` apart, which dumps do not show. */
const asOld = (text: string): string =>
  text.replaceAll(/\bload:[^,\n]+?->\w+\[[^\]]*\]/g, asSetField).replaceAll(/\bop=(\d+)\/0xff\b/g, 'op=$1');

/** Megaflows are tried out where the trace had no side effects to begin with. */
function checkMegaflows(bridge: Bridge, trace: Trace, hadPacket: boolean): string {
  const random = createRandom(7);
  for (const pass of hadPacket ? [] : trace.passes) {
    const problem = checkMegaflow(bridge, pass, random);
    if (problem !== '') return problem;
  }
  return '';
}

/** What differs, '' when nothing does. */
function compareTrace(vswitch: Vswitch, recorded: RecordedTrace, old: boolean): string {
  const show = (text: string): string => comparable(old ? asOld(text) : text);
  const args = [
    ...recorded.options,
    recorded.bridge,
    recorded.flow,
    ...(recorded.packet === null ? [] : [recorded.packet]),
  ];
  const expected = show(recorded.out);
  let actual = '';
  let trace: Trace | null = null;
  tryUnrecorded(vswitch, recorded.out, () => {
    const answer = runTrace(vswitch, args);
    actual = show(answer.out);
    trace = answer.trace;
    return actual === expected;
  });
  if (expected !== actual) return firstDifference(expected, actual);
  const bridge = vswitch.bridges.get(recorded.bridge);
  return trace && bridge ? checkMegaflows(bridge, trace, recorded.packet !== null) : '';
}

function* chassisPoints(folder: GoldenFolder, path: string): Generator<Point> {
  const cases = folder.list(`${path}/ofproto-trace`);
  if (cases.length === 0) return;
  let vswitch: Vswitch | undefined;
  let problem = '';
  try {
    vswitch = loadChassis(folder, path);
  } catch (error) {
    problem = String(error);
  }
  for (const file of cases) {
    const recorded = JSON.parse(folder.text(`${path}/ofproto-trace/${file}`)) as RecordedTrace;
    if (recorded.status < 0) continue;
    const id = `${path}/${file}`;
    if (!vswitch) {
      yield { kind: 'ofproto-trace', id, pass: false, why: problem };
      continue;
    }
    let why: string;
    try {
      why = compareTrace(vswitch, recorded, path.startsWith('eras/'));
    } catch (error) {
      why = `threw ${error instanceof Error ? (error.stack ?? String(error)) : String(error)}`;
    }
    yield why === ''
      ? { kind: 'ofproto-trace', id, pass: true }
      : { kind: 'ofproto-trace', id, pass: false, why };
  }
}

function* chassisFolders(folder: GoldenFolder): Generator<string> {
  for (const testCase of folder.list('ovn'))
    for (const chassis of folder.list(`ovn/${testCase}/chassis`)) yield `ovn/${testCase}/chassis/${chassis}`;
  for (const era of folder.list('eras').filter((name) => !name.endsWith('.md')))
    for (const testCase of folder.list(`eras/${era}`))
      for (const chassis of folder.list(`eras/${era}/${testCase}/chassis`))
        yield `eras/${era}/${testCase}/chassis/${chassis}`;
}

interface RecordedStep {
  readonly kind: 'trace' | 'cmd';
  readonly bridge?: string;
  readonly flow?: string;
  readonly packet?: string | null;
  readonly options?: readonly string[];
  readonly argv?: readonly string[];
  readonly out: string;
  readonly stderr: string;
  readonly status: number;
}

const argvOf = (step: RecordedStep): readonly string[] =>
  step.argv ?? [
    'ovs-appctl',
    'ofproto/trace',
    ...(step.options ?? []),
    ...(step.bridge === undefined ? [] : [step.bridge]),
    ...(step.flow === undefined ? [] : [step.flow]),
    ...(step.packet ? [step.packet] : []),
  ];

/** The age of learned addresses depends on when the recording was made. */
const withoutAges = (text: string): string =>
  text.startsWith(' port  VLAN') ? text.replaceAll(/ +\d+$/gm, ' AGE') : text;

/** The recording asked the daemon at its socket, whose path is of the machine. */
const withoutSocket = (text: string): string =>
  text.replaceAll(/^ovs-appctl: \S+: server returned/gm, 'ovs-appctl: TARGET: server returned');

const stepText = (text: string): string => conjunctionsSorted(withoutAges(text));

/** Types a recording's commands into a switch of its own; what went wrong first, '' when nothing did. */
function replaySetup(replay: Replay, setup: string): string {
  for (const line of setup.split('\n')) {
    const command = /^\S+?# (ovs-.*)$/.exec(line)?.[1];
    if (command === undefined) continue;
    const words = splitWords(command);
    const outcome = words.ok ? replay.run(words.value) : { err: words.error, status: 1 };
    if (outcome.status !== 0) return `${command}: ${outcome.err.trim()}`;
  }
  return '';
}

function* replayPoints(folder: GoldenFolder, path: string): Generator<Point> {
  const replay = new Replay();
  const problem = replaySetup(replay, folder.text(`${path}/setup.txt`));
  for (const file of folder.list(`${path}/steps`)) {
    const step = JSON.parse(folder.text(`${path}/steps/${file}`)) as RecordedStep;
    if (step.status < 0) continue;
    let why: string;
    try {
      const actual = replay.run(argvOf(step));
      const parts = [
        [stepText(step.out), stepText(actual.out)],
        [withoutSocket(step.stderr), withoutSocket(actual.err)],
        [`status ${step.status}`, `status ${actual.status}`],
      ] as const;
      const wrong = parts.find(([expected, got]) => expected !== got);
      why = wrong ? firstDifference(wrong[0], wrong[1]) : '';
    } catch (error) {
      why = `threw ${error instanceof Error ? (error.stack ?? String(error)) : String(error)}`;
    }
    if (why !== '' && problem !== '') why = `${problem}; ${why}`;
    yield why === ''
      ? { kind: 'ofproto', id: `${path}/${file}`, pass: true }
      : { kind: 'ofproto', id: `${path}/${file}`, pass: false, why };
  }
}

export const ofprotoRunner: Runner = {
  kinds: ['ofproto-trace', 'ofproto'],
  *run(folder, wanted) {
    if (wanted('ofproto-trace'))
      for (const path of chassisFolders(folder)) yield* chassisPoints(folder, path);
    if (wanted('ofproto'))
      for (const testCase of folder.list('ofproto')) yield* replayPoints(folder, `ofproto/${testCase}`);
  },
};
