/** Multicast groups: who gets what is flooded, and who has asked for a group by IGMP or MLD. */
import { parseIpv4, parseIpv6 } from '../../../base/address.ts';
import type { Uuid } from '../../../base/uuid.ts';
import { GROUP } from '../registers.table.ts';
import type { Base } from './base.ts';
import { sameList } from './config.ts';
import type { DatapathModel } from './datapaths.ts';
import type { KeyModel, Port } from './keys.ts';
import type { PortModel, SwitchPort } from './ports.ts';
import type { TopologyModel } from './topology.ts';

interface MulticastGroup {
  readonly name: string;
  readonly key: number;
  /** Logical port names. */
  readonly ports: readonly string[];
}

/** A group that hosts have joined. */
export interface JoinedGroup {
  readonly address: string;
  readonly family: 4 | 6;
  readonly ports: readonly string[];
}

export interface MulticastModel {
  /** Joined groups of a switch, or of a router that relays. */
  readonly joinedGroups: (datapath: Uuid) => readonly JoinedGroup[];
  readonly multicastGroups: (datapath: Uuid) => readonly MulticastGroup[];
  /** The Datapath_Binding of a datapath, once there is one. */
  readonly datapathRow: (datapath: Uuid) => Uuid | undefined;
}

const KEYS = { flood: 32768, unknown: 32769, routerFlood: 32770, static: 32771, floodL2: 32772 } as const;
const FIRST_JOINED_KEY = 32773;
/** Under this address a chassis reports where multicast routers are. */
const ROUTERS = 'mrouters';
/** IPv6 scopes that a router does not cross. */
const LOCAL_SCOPES: readonly bigint[] = [0n, 1n, 2n, 3n, 15n];

const isRoutable = (address: bigint): boolean =>
  address >> 120n === 0xffn && !LOCAL_SCOPES.includes((address >> 112n) & 15n);

const sameGroups = (a: readonly JoinedGroup[], b: readonly JoinedGroup[]): boolean =>
  a.length === b.length &&
  a.every((group, at) => group.address === b[at]?.address && sameList(group.ports, b[at].ports));

export function defineMulticast(
  base: Base,
  m: DatapathModel & PortModel & TopologyModel & KeyModel,
): MulticastModel {
  const { graph, sb } = base;
  const bindings = sb.index('Datapath_Binding', (row) => (row.nb_uuid === null ? [] : [row.nb_uuid]));
  const reports = sb.index('IGMP_Group', (row) =>
    row.datapath === null || row.chassis === null ? [] : [row.datapath],
  );
  const datapathRow = graph.query(
    'datapath row',
    (datapath: Uuid): Uuid | undefined => bindings(datapath)[0],
  );
  const portName = graph.query('binding name', (row: Uuid) => sb.row('Port_Binding', row)?.logical_port);

  /** A router that relays is at the other end, or, as the real program has it, a switch that snoops. */
  const relaysAt = (lsp: Uuid): boolean => {
    const beyond = m.lspSwitchPeer(lsp);
    const ls = beyond === undefined ? undefined : m.switchOfPort(beyond);
    if (ls !== undefined) return m.switch(ls)?.snooping === true;
    const peer = m.lspPeer(lsp);
    const router = peer === undefined ? undefined : m.routerOfPort(peer);
    return router !== undefined && m.router(router)?.multicastRelay === true;
  };

  /** The switch port of a report, unless it gets everything anyway. */
  const reportedPort = (binding: Uuid): string | undefined => {
    const name = portName(binding);
    const uuid = name === undefined ? undefined : (m.lspNamed(name) ?? redirectedPort(name));
    const port = uuid === undefined ? undefined : m.lsp(uuid);
    if (uuid === undefined || port === undefined || port.multicastFlood || port.multicastFloodReports)
      return undefined;
    return port.name === name && relaysAt(uuid) ? undefined : name;
  };
  /** The switch port for which a chassisredirect port stands. */
  const redirectedPort = (name: string): Uuid | undefined => {
    const uuid = name.startsWith('cr-') ? m.lspNamed(name.slice(3)) : undefined;
    return uuid !== undefined && m.switchRedirectOf(uuid)?.name === name ? uuid : undefined;
  };

  const reported = graph.query(
    'multicast reports',
    (ls: Uuid): readonly JoinedGroup[] => {
      const row = datapathRow(ls);
      const groups = new Map<string, Set<string>>();
      for (const report of sb.rows('IGMP_Group', row === undefined ? [] : reports(row))) {
        const ports = report.ports.map(reportedPort).filter((name) => name !== undefined);
        if (ports.length === 0) continue;
        const known = groups.get(report.address) ?? new Set();
        groups.set(report.address, known);
        for (const name of ports) known.add(name);
      }
      const joined: JoinedGroup[] = [];
      for (const [address, ports] of groups) {
        const family = parseIpv4(address) === undefined ? 6 : 4;
        if (address !== ROUTERS && family === 6 && parseIpv6(address) === undefined) continue;
        if (address !== ROUTERS) for (const uuid of m.localnets(ls)) ports.add(m.lsp(uuid)?.name ?? '');
        joined.push({ address, family, ports: [...ports].sort() });
      }
      return joined.sort((a, b) => (a.address < b.address ? -1 : 1));
    },
    { equal: sameGroups },
  );

  /** The ports of a relaying router behind which somebody has joined a group. */
  const relayed = (lr: Uuid): readonly JoinedGroup[] => {
    const groups = new Map<string, { family: 4 | 6; ports: string[] }>();
    for (const uuid of m.routerPorts(lr)) {
      const peer = m.lrpPeer(uuid);
      const ls = peer?.kind === 'switch' ? m.switchOfPort(peer.port) : undefined;
      const port = m.lrp(uuid);
      if (ls === undefined || port === undefined || port.multicastFlood) continue;
      const name = m.redirectOf(uuid)?.name ?? port.name;
      for (const { address, family } of reported(ls)) {
        if (address === ROUTERS || (family === 6 && !isRoutable(parseIpv6(address) ?? 0n))) continue;
        const known = groups.get(address) ?? { family, ports: [] };
        groups.set(address, known);
        known.ports.push(name);
      }
    }
    return [...groups]
      .map(([address, { family, ports }]) => ({ address, family, ports: ports.sort() }))
      .sort((a, b) => (a.address < b.address ? -1 : 1));
  };

  const joinedGroups = graph.query(
    'joined groups',
    (datapath: Uuid): readonly JoinedGroup[] => {
      const router = m.router(datapath);
      if (router !== undefined) return router.multicastRelay ? relayed(datapath) : [];
      return reported(datapath).filter(({ address }) => address !== ROUTERS);
    },
    { equal: sameGroups },
  );

  const held = new Map<string, number>();
  const groupKeys = graph.query('group keys', (datapath: Uuid): ReadonlyMap<string, number> => {
    const addresses = joinedGroups(datapath).map(({ address }) => address);
    const row = datapathRow(datapath);
    const prefix = `${datapath} `;
    if (row !== undefined && addresses.length > 0 && !held.has(prefix)) {
      held.set(prefix, 0);
      for (const group of sb.now('Multicast_Group'))
        if (group.datapath === row && group.tunnel_key >= FIRST_JOINED_KEY)
          held.set(prefix + group.name, group.tunnel_key);
    }
    const keys = new Map<string, number>();
    for (const address of addresses) {
      const key = held.get(prefix + address);
      if (key !== undefined) keys.set(address, key);
    }
    const taken = new Set(keys.values());
    let next = FIRST_JOINED_KEY;
    for (const address of addresses) {
      if (keys.has(address)) continue;
      while (taken.has(next)) next += 1;
      taken.add(next);
      keys.set(address, next);
      held.set(prefix + address, next);
    }
    return keys;
  });

  const flooded = (datapath: Uuid): ReadonlyMap<string, readonly string[]> => {
    const groups = new Map<string, string[]>();
    const join = (group: string, port: string): void => {
      const ports = groups.get(group);
      if (ports === undefined) groups.set(group, [port]);
      else ports.push(port);
    };
    for (const port of m.portsOf(datapath)) {
      if (port.kind === 'router') joinRouterPort(port, join);
      else if (port.kind === 'switch' || port.kind === 'mirror') joinSwitchPort(datapath, port, join);
    }
    for (const { address, ports } of m.router(datapath) === undefined ? reported(datapath) : [])
      if (address === ROUTERS) for (const port of ports) join(GROUP.routerFlood, port);
    return groups;
  };
  const joinRouterPort = (entry: Port, join: (group: string, port: string) => void): void => {
    const port = m.lrp(entry.row);
    if (port?.enabled === true && port.multicastFlood)
      join(GROUP.static, m.redirectOf(entry.row)?.name ?? port.name);
  };
  const joinSwitchPort = (ls: Uuid, entry: Port, join: (group: string, port: string) => void): void => {
    const port: SwitchPort | undefined = m.lsp(entry.row);
    if (port === undefined || !port.enabled || !port.receivesMulticast) return;
    const own = entry.kind === 'switch';
    const name = (own ? m.switchRedirectOf(entry.row)?.name : undefined) ?? entry.name;
    join(GROUP.flood, name);
    if (port.type !== 'router') join(GROUP.floodL2, name);
    if (own && port.unknown) join(GROUP.unknown, name);
    if (own && m.floods(ls).relay && relaysAt(entry.row)) join(GROUP.routerFlood, name);
    if (port.multicastFloodReports) join(GROUP.routerFlood, name);
    if (port.multicastFlood) join(GROUP.static, name);
  };

  const keyOfFlood = new Map<string, number>(
    (Object.keys(KEYS) as (keyof typeof KEYS)[]).map((group) => [GROUP[group], KEYS[group]]),
  );
  const multicastGroups = graph.query('multicast groups', (datapath: Uuid): readonly MulticastGroup[] => {
    const keys = groupKeys(datapath);
    return [
      ...[...flooded(datapath)].map(([name, ports]) => ({ name, key: keyOfFlood.get(name) ?? 0, ports })),
      ...joinedGroups(datapath).map(({ address, ports }) => ({
        name: address,
        key: keys.get(address) ?? 0,
        ports,
      })),
    ];
  });
  return { joinedGroups, multicastGroups, datapathRow };
}
