/**
 * Tunnel keys of datapaths and ports. A key that was given stays with its datapath or port; what options ask for goes
 * first; a new one takes the next that is free.
 */
import type { Uuid } from '../../../base/uuid.ts';
import { inHashOrder } from '../incremental/ovs-order.ts';
import type { Base } from './base.ts';
import type { ConfigModel } from './config.ts';
import type { DatapathKind, DatapathModel } from './datapaths.ts';
import { sameFields } from './config.ts';
import { requestedPortKey } from './ports.ts';
import type { PortModel } from './ports.ts';
import type { TopologyModel } from './topology.ts';

/** What stands behind a Port_Binding. */
export type Port =
  | {
      readonly kind: 'switch' | 'router';
      readonly name: string;
      readonly row: Uuid;
      readonly requested: number;
    }
  /** The chassisredirect port of a router port, or of the switch port next to it. */
  | { readonly kind: 'router-redirect' | 'switch-redirect'; readonly name: string; readonly row: Uuid }
  /** Where a mirror's copies leave a switch; `row` is the port that is mirrored, `sink` the one that gets the copies. */
  | { readonly kind: 'mirror'; readonly name: string; readonly row: Uuid; readonly sink: string };

export interface KeyModel {
  readonly maxDatapathKey: () => number;
  /** Switches, then routers. */
  readonly datapaths: () => readonly { readonly uuid: Uuid; readonly kind: DatapathKind }[];
  /** Undefined when keys have run out. */
  readonly datapathKey: (uuid: Uuid) => number | undefined;
  /** All ports of a datapath that get a Port_Binding. */
  readonly portsOf: (datapath: Uuid) => readonly Port[];
  readonly portKey: (datapath: Uuid, name: string) => number | undefined;
  readonly portOfKey: (datapath: Uuid, key: number) => string | undefined;
  readonly datapathOfKey: (key: number) => Uuid | undefined;
}

const VXLAN_MULTICAST_KEY = 2 ** 11;
const MAX_DATAPATH_KEY = 2 ** 24 - 2 ** 16;
const MAX_VXLAN_DATAPATH_KEY = 2 ** 12 - 1;
const MAX_INTERCONNECTED_DATAPATH_KEY = 1023;

/** The port binding through which a mirror's copies leave a switch. */
export const mirrorPortName = (switchName: string, sink: string): string => `mp-${switchName}-${sink}`;

/** The first 32 bits of a uuid: its hash in the real program's tables. */
export const uuidHash = (uuid: Uuid): number => Number.parseInt(uuid.slice(0, 8), 16);

/** The next number after `hint` that is not taken, going round at `max`; undefined when all are. */
function nextFree(taken: ReadonlySet<number>, hint: number, max: number): number | undefined {
  for (let tried = 0, key = hint; tried < max; tried += 1) {
    key = key + 1 <= max ? key + 1 : 1;
    if (!taken.has(key)) return key;
  }
  return undefined;
}

const samePorts = (a: readonly Port[], b: readonly Port[]): boolean =>
  a.length === b.length && a.every((port, at) => sameFields(port, b[at]));

export function defineKeys(base: Base, m: ConfigModel & DatapathModel & PortModel & TopologyModel): KeyModel {
  const { graph, nb, sb } = base;
  const interconnected = nb.index('Logical_Switch', (row) =>
    row.other_config.has('ic-vxlan_mode') ? [''] : [],
  );
  const maxDatapathKey = (): number => {
    if (interconnected('').length > 0) return MAX_INTERCONNECTED_DATAPATH_KEY;
    return m.vxlan() ? MAX_VXLAN_DATAPATH_KEY : MAX_DATAPATH_KEY;
  };
  const datapaths = graph.query('datapaths', () => [
    ...m.switches().map((uuid) => ({ uuid, kind: 'switch' as const })),
    ...m.routers().map((uuid) => ({ uuid, kind: 'router' as const })),
  ]);

  const heldKeys = new Map<Uuid, number>();
  for (const row of sb.now('Datapath_Binding'))
    if (row.nb_uuid !== null) heldKeys.set(row.nb_uuid, row.tunnel_key);
  const datapathKeys = graph.entries('datapath keys', (): ReadonlyMap<Uuid, number> => {
    const max = maxDatapathKey();
    const keys = new Map<Uuid, number>();
    const taken = new Set<number>();
    const give = (uuid: Uuid, key: number): void => {
      if (key === 0 || keys.has(uuid) || taken.has(key)) return;
      keys.set(uuid, key);
      taken.add(key);
    };
    const all = (['switch', 'router'] as const).flatMap((kind) =>
      inHashOrder(
        datapaths('').filter((datapath) => datapath.kind === kind),
        (datapath) => uuidHash(datapath.uuid),
      ),
    );
    for (const { uuid, kind } of all) give(uuid, requestedKey(kind, uuid));
    for (const { uuid } of all) give(uuid, heldKeys.get(uuid) ?? 0);
    let hint = 0;
    for (const { uuid } of all) {
      if (keys.has(uuid)) continue;
      const key = nextFree(taken, hint, max);
      if (key === undefined) break;
      give(uuid, key);
      hint = key;
    }
    heldKeys.clear();
    for (const [uuid, key] of keys) heldKeys.set(uuid, key);
    return keys;
  });
  const requestedKey = (kind: DatapathKind, uuid: Uuid): number => {
    const key = m.requestedDatapathKey(kind, uuid);
    if (kind === 'router' || key <= MAX_VXLAN_DATAPATH_KEY || !m.vxlan()) return key;
    return m.switch(uuid)?.config.has('interconn-ts') === true ? key : 0;
  };

  // One value for each port of a row, so that the list is made anew only when one of these changes.
  const ofSwitchPort = graph.query(
    'bindings of lsp',
    (row: Uuid): readonly Port[] => {
      const port = m.lsp(row);
      const ls = m.switchOfPort(row);
      const name = ls === undefined ? undefined : m.switch(ls)?.name;
      if (port === undefined || name === undefined) return [];
      const ports: Port[] = [{ kind: 'switch', name: port.name, row, requested: requestedPortKey(port) }];
      const redirect = m.switchRedirectOf(row);
      if (redirect !== undefined) ports.push({ kind: 'switch-redirect', name: redirect.name, row });
      for (const { type, sink } of nb.rows('Mirror', port.row.mirror_rules))
        if (type === 'lport' && (m.lspNamed(sink) ?? m.lrpNamed(sink)) !== undefined)
          ports.push({ kind: 'mirror', name: mirrorPortName(name, sink), row, sink });
      return ports;
    },
    { equal: samePorts },
  );
  const ofRouterPort = graph.query(
    'bindings of lrp',
    (row: Uuid): readonly Port[] => {
      const port = m.lrp(row);
      if (port === undefined) return [];
      const redirect = m.redirectOf(row);
      const own: Port = { kind: 'router', name: port.name, row, requested: requestedPortKey(port) };
      return redirect === undefined ? [own] : [own, { kind: 'router-redirect', name: redirect.name, row }];
    },
    { equal: samePorts },
  );
  /** Own ports come first, then chassisredirect ports, then those of mirrors, each once. */
  const ORDER: readonly Port['kind'][] = ['switch', 'router', 'router-redirect', 'switch-redirect', 'mirror'];
  const portsOf = graph.query(
    'ports of datapath',
    (uuid: Uuid): readonly Port[] => {
      const switchRows = m.switchPortRows(uuid).filter((row) => m.switchOfPort(row) === uuid);
      const routerRows = m.routerPorts(uuid).filter((row) => m.routerOfPort(row) === uuid);
      const byName = new Map<string, Port>();
      const all = [...switchRows.flatMap(ofSwitchPort), ...routerRows.flatMap(ofRouterPort)];
      for (const kind of ORDER)
        for (const port of all) if (port.kind === kind && !byName.has(port.name)) byName.set(port.name, port);
      return [...byName.values()];
    },
    { equal: samePorts },
  );

  const held = new Map<Uuid, { readonly keys: Map<string, number>; hint: number }>();
  const datapathOf = new Map([...sb.now('Datapath_Binding')].map((row) => [row._uuid, row.nb_uuid]));
  const holder = (datapath: Uuid): { readonly keys: Map<string, number>; hint: number } => {
    let found = held.get(datapath);
    if (found === undefined) {
      found = { keys: new Map(), hint: 0 };
      held.set(datapath, found);
    }
    return found;
  };
  for (const row of sb.now('Port_Binding')) {
    const datapath = datapathOf.get(row.datapath);
    if (datapath === undefined || datapath === null) continue;
    const found = holder(datapath);
    found.keys.set(row.logical_port, row.tunnel_key);
    found.hint = Math.max(found.hint, row.tunnel_key);
  }
  const portKeys = graph.query(
    'port keys',
    (datapath: Uuid): ReadonlyMap<string, number> => {
      const vxlan = m.vxlan();
      const before = holder(datapath);
      const keys = new Map<string, number>();
      const taken = new Set<number>();
      const give = (name: string, key: number): void => {
        if (key === 0 || keys.has(name) || taken.has(key)) return;
        keys.set(name, key);
        taken.add(key);
        before.hint = Math.max(before.hint, key);
      };
      const ports = portsOf(datapath);
      for (const port of ports) {
        const wanted = port.kind === 'switch' || port.kind === 'router' ? port.requested : 0;
        if (!vxlan || wanted < VXLAN_MULTICAST_KEY) give(port.name, wanted);
      }
      for (const port of ports) give(port.name, before.keys.get(port.name) ?? 0);
      for (const port of ports) {
        if (keys.has(port.name)) continue;
        const key = nextFree(taken, before.hint, vxlan ? VXLAN_MULTICAST_KEY - 1 : 2 ** 15 - 1);
        if (key === undefined) continue;
        before.hint = key;
        give(port.name, key);
      }
      before.keys.clear();
      for (const [name, key] of keys) before.keys.set(name, key);
      return keys;
    },
    { dropped: (datapath) => held.delete(datapath) },
  );
  const portKey = graph.entries('port key', portKeys);
  const portOfKey = graph.entries(
    'port of key',
    (datapath: Uuid) => new Map([...portKeys(datapath)].map(([name, key]) => [String(key), name])),
  );
  const datapathsByKey = graph.entries(
    'datapath of key',
    () => new Map(datapaths('').map(({ uuid }) => [String(datapathKeys('', uuid) ?? 0), uuid])),
  );

  return {
    maxDatapathKey,
    datapaths: () => datapaths(''),
    datapathKey: (uuid) => datapathKeys('', uuid),
    portsOf,
    portKey,
    portOfKey: (datapath, key) => portOfKey(datapath, String(key)),
    datapathOfKey: (key) => datapathsByKey('', String(key)),
  };
}
