/**
 * Kinds `ofproto-trace` and `ofproto`: `ofproto/trace` over recorded flow tables. The text is compared line by line;
 * what golden/README.md calls unstable is compared by meaning: a megaflow must cover its packet and be treated alike
 * for all that it covers, ids of recirculation are numbered anew, and clauses of a conjunction stand in any order.
 */
import { createRandom } from '../../core/base/random.ts';
import type { Context } from '../../core/base/context.ts';
import { addTlvMappings, EMPTY_TLV_MAP, type TlvMap } from '../../core/flow/tlv-map.ts';
import type { Bridge } from '../../core/ofproto/bridge/bridge.ts';
import { DEFAULT_BUNDLE } from '../../core/ofproto/bridge/port.ts';
import { parseFlow } from '../../core/ofproto/flow-parse.ts';
import { groupOf, parseGroup } from '../../core/ofproto/group-text.ts';
import { parseMeter } from '../../core/ofproto/meter-text.ts';
import { tracePacket } from '../../core/ofproto/trace/trace.ts';
import { readTraceRequest } from '../../core/ofproto/trace/trace-request.ts';
import type { BridgeConfig, PortConfig } from '../../core/ofproto/vswitch/config.ts';
import { Vswitch } from '../../core/ofproto/vswitch/vswitch.ts';
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

const silent = (): Context => ({
  clock: { now: () => 0, wallMs: () => 0, after: () => () => undefined },
  random: createRandom(1),
  recorder: { active: false, record: () => 0 },
});

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

/** The switch of a recorded chassis, without flows. */
function buildSwitch(ports: readonly RecordedPort[]): Vswitch {
  const vswitch = new Vswitch('host', silent());
  const bridges = [...new Set(ports.map((port) => port.bridge))];
  vswitch.reconfigure(
    bridges.map(
      (name): BridgeConfig => ({
        name,
        failMode: 'secure',
        mac: null,
        datapathType: 'system',
        macAge: 300,
        macTableSize: 8192,
        forwardReserved: false,
        ports: portConfigs(ports.filter((port) => port.bridge === name).toSorted((a, b) => a.ofport - b.ofport)),
        mirrors: [],
      }),
    ),
  );
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
  const joined = text.split('\n').slice(1).join('\n').replaceAll('\ntype=', ' type=').replace('bands= ', 'bands=');
  for (const line of joined.split('\n')) {
    if (!line.startsWith('meter=')) continue;
    const parsed = parseMeter(line.replace('bands= type', 'bands=type'), true);
    if (!parsed.ok) throw new Error(`${line}: ${parsed.error}`);
    bridge.addMeter(parsed.value);
  }
}

/** The recorded chassis in `path` with all its tables. */
export function loadChassis(folder: GoldenFolder, path: string): Vswitch {
  const ports = JSON.parse(folder.text(`${path}/ports.json`)) as RecordedPort[];
  const vswitch = buildSwitch(ports);
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

/** The answer of `ofproto/trace`, as ovs-appctl prints it, with its exit status. */
export function runTrace(vswitch: Vswitch, args: readonly string[]): { out: string; err: string; status: number } {
  const request = readTraceRequest(vswitch.datapath, args);
  if (!request.ok)
    return { out: '', err: `${request.error}${request.error.endsWith('\n') ? '' : '\n'}ovs-appctl: ovs-vswitchd: server returned an error\n`, status: 2 };
  return { out: tracePacket(request.value).text, err: '', status: 0 };
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
  const lines = renumbered.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    let end = at;
    while (lines[end]?.trimStart().startsWith('-> conj. ')) end += 1;
    if (end > at) lines.splice(at, end - at, ...lines.slice(at, end).toSorted());
    at = Math.max(at, end - 1);
  }
  return lines.join('\n');
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
      const args = [...recorded.options, recorded.bridge, recorded.flow, ...(recorded.packet === null ? [] : [recorded.packet])];
      const actual = runTrace(vswitch, args);
      const [expectedText, actualText] = [comparable(recorded.out), comparable(actual.out)];
      why = expectedText === actualText ? '' : firstDifference(expectedText, actualText);
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

export const ofprotoRunner: Runner = {
  kinds: ['ofproto-trace', 'ofproto'],
  *run(folder, wanted) {
    if (wanted('ofproto-trace')) for (const path of chassisFolders(folder)) yield* chassisPoints(folder, path);
  },
};
