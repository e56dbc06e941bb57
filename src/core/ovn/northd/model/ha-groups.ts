/** Groups of chassis of which the best that lives takes a gateway or external port, and the chassis that depend on a gateway. */
import type { Uuid } from '../../../base/uuid.ts';
import type { Base } from './base.ts';
import type { BindingModel } from './bindings.ts';
import { sameList } from './config.ts';
import type { DatapathModel } from './datapaths.ts';
import type { PortModel, RouterPort } from './ports.ts';
import type { TopologyModel } from './topology.ts';

interface HaMember {
  readonly chassis: string;
  readonly priority: number;
}

export interface HaModel {
  /** Names of all groups in use. */
  readonly haGroups: () => readonly string[];
  readonly haMembers: (name: string) => readonly HaMember[];
  /** The name of the group of a gateway port. */
  readonly groupOf: (port: RouterPort) => string | undefined;
  /** Chassis with a port that reaches one of the group's gateways; empty for a group of one chassis. */
  readonly dependentChassis: (group: string) => readonly Uuid[];
}

export function defineHaGroups(
  base: Base,
  m: DatapathModel & PortModel & TopologyModel & BindingModel,
): HaModel {
  const { graph, nb } = base;
  const groupRows = nb.index('HA_Chassis_Group', (row) => [row.name]);
  const gateways = nb.index('Logical_Router_Port', (row) =>
    row.ha_chassis_group !== null || row.gateway_chassis.length > 0 ? [''] : [],
  );
  const externals = nb.index('Logical_Switch_Port', (row) =>
    row.type === 'external' && row.ha_chassis_group !== null ? [''] : [],
  );

  const groupOf = (port: RouterPort): string | undefined => {
    if (port.row.ha_chassis_group !== null)
      return nb.row('HA_Chassis_Group', port.row.ha_chassis_group)?.name;
    return port.row.gateway_chassis.length > 0 ? port.name : undefined;
  };
  const haGroups = graph.query(
    'ha groups',
    () => {
      const names = new Set<string>();
      for (const uuid of gateways('')) {
        const port = m.redirectOf(uuid) === undefined ? undefined : m.lrp(uuid);
        const name = port && groupOf(port);
        if (name !== undefined) names.add(name);
      }
      for (const uuid of externals('')) {
        const group = m.switchOfPort(uuid) === undefined ? undefined : m.lsp(uuid)?.row.ha_chassis_group;
        const name = nb.row('HA_Chassis_Group', group)?.name;
        if (name !== undefined) names.add(name);
      }
      return [...names].sort();
    },
    { equal: sameList },
  );

  const haMembers = graph.query('ha members', (name: string): readonly HaMember[] => {
    const group = nb.row('HA_Chassis_Group', groupRows(name)[0]);
    if (group !== undefined)
      return nb
        .rows('HA_Chassis', group.ha_chassis)
        .map((row) => ({ chassis: row.chassis_name, priority: row.priority }));
    const lrp = m.lrpNamed(name);
    const port = lrp === undefined ? undefined : m.lrp(lrp);
    return nb
      .rows('Gateway_Chassis', port?.row.gateway_chassis ?? [])
      .map((row) => ({ chassis: row.chassis_name, priority: row.priority }));
  });

  /** Routers one step away: peers, and those on the same switches. */
  const neighbours = graph.query(
    'neighbour routers',
    (lr: Uuid): readonly Uuid[] => {
      const found = new Set<Uuid>();
      for (const uuid of m.routerPorts(lr)) {
        const peer = m.lrpPeer(uuid);
        if (peer?.kind === 'router') found.add(m.routerOfPort(peer.port) ?? lr);
      }
      for (const ls of m.switchesOfRouter(lr)) {
        for (const lsp of m.routerPortsOf(ls)) {
          const lrp = m.lspPeer(lsp);
          const other = lrp === undefined ? undefined : m.routerOfPort(lrp);
          if (other !== undefined) found.add(other);
        }
      }
      found.delete(lr);
      return [...found].sort();
    },
    { equal: sameList },
  );
  const connected = (from: Uuid): ReadonlySet<Uuid> => {
    const seen = new Set([from]);
    for (const lr of seen) for (const other of neighbours(lr)) seen.add(other);
    return seen;
  };
  const switchChassis = graph.query(
    'chassis of switch',
    (ls: Uuid): readonly Uuid[] => {
      const chassis = new Set<Uuid>();
      for (const uuid of m.switchPortRows(ls)) {
        for (const name of [m.lsp(uuid)?.name, m.switchRedirectOf(uuid)?.name]) {
          const binding = name === undefined ? undefined : m.binding(name);
          if (binding === undefined) continue;
          if (binding.chassis !== null) chassis.add(binding.chassis);
          for (const other of binding.additionalChassis) chassis.add(other);
        }
      }
      return [...chassis].sort();
    },
    { equal: sameList },
  );
  const dependentChassis = graph.query(
    'dependent chassis',
    (group: string): readonly Uuid[] => {
      if (haMembers(group).length < 2) return [];
      const routers = new Set<Uuid>();
      for (const uuid of gateways('')) {
        const port = m.redirectOf(uuid) === undefined ? undefined : m.lrp(uuid);
        const lr = m.routerOfPort(uuid);
        if (port === undefined || lr === undefined || groupOf(port) !== group || routers.has(lr)) continue;
        for (const other of connected(lr)) routers.add(other);
      }
      const switches = new Set([...routers].flatMap(m.switchesOfRouter));
      return [...new Set([...switches].flatMap(switchChassis))].sort();
    },
    { equal: sameList },
  );
  return { haGroups: () => haGroups(''), haMembers, groupOf, dependentChassis };
}
