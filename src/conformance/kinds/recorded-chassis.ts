/**
 * A recorded chassis as a switch: ports in the order in which they came to be, then flows, groups, meters, options of
 * tunnels and mirrors as the recording's dumps list them.
 */
import { addTlvMappings, EMPTY_TLV_MAP, type TlvMap } from '../../core/flow/tlv-map.ts';
import type { SwitchRelease } from '../../core/ofproto/bridge/datapath.ts';
import type { Bridge } from '../../core/ofproto/bridge/bridge.ts';
import { DEFAULT_BUNDLE, zeroCounters } from '../../core/ofproto/bridge/port.ts';
import { parseFlow } from '../../core/ofproto/flow-parse.ts';
import { groupOf, parseGroup } from '../../core/ofproto/group-text.ts';
import { parseMeter } from '../../core/ofproto/meter-text.ts';
import type { BridgeConfig, MirrorConfig, PortConfig } from '../../core/ofproto/vswitch/config.ts';
import { Vswitch } from '../../core/ofproto/vswitch/vswitch.ts';
import { asOvs, readDatabaseFile } from '../../core/ovsdb/index.ts';
import { mirrorConfigs } from '../../core/sim/switch/switch-config.ts';
import type { GoldenFolder } from '../runner.ts';
import { silentContext } from './ofproto-replay.ts';

interface RecordedPort {
  readonly bridge: string;
  readonly port: string;
  readonly name: string;
  readonly ofport: number;
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
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
          counters: zeroCounters(),
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
