/** Things given out to single ports: VLAN tags of containers, and IPv6 prefixes that a provider has delegated. */
import type { Uuid } from '../../../base/uuid.ts';
import type { Base } from './base.ts';
import type { BindingModel } from './bindings.ts';
import { optionBool } from './options.ts';
import type { Options } from './options.ts';
import type { PortModel } from './ports.ts';

export interface DelegationModel {
  /** The tag that a switch port should have. */
  readonly tagOf: (lsp: Uuid) => number | null;
  /** The prefix that a router port has got by DHCPv6. */
  readonly delegatedPrefix: (port: string) => string | undefined;
  /** Service_Monitor rows of health checks that a port itself asks for. */
  readonly portMonitors: (port: string) => readonly Uuid[];
}

const MAX_TAG = 4095;

/** Whether a router port takes a delegated prefix. */
export const isIpv6Delegation = (options: Options): boolean => optionBool(options, 'prefix', false);

export function defineDelegation(base: Base, m: PortModel & BindingModel): DelegationModel {
  const { graph, nb, sb } = base;
  const tagged = nb.index('Logical_Switch_Port', (row) =>
    row.parent_name !== null && row.parent_name !== '' && row.tag_request !== null ? [row.parent_name] : [],
  );
  const monitors = sb.index('Service_Monitor', (row) =>
    row.type === 'logical-switch-port' ? [row.logical_port] : [],
  );
  /** Tags of the containers of one parent: those given stay, new ones are the lowest that are free. */
  const tags = graph.entries('tags', (parent: string): ReadonlyMap<Uuid, number> => {
    const rows = nb.rows('Logical_Switch_Port', tagged(parent));
    const taken = new Set(rows.map((row) => row.tag));
    const given = new Map<Uuid, number>();
    let next = 1;
    for (const row of rows) {
      if (row.tag_request !== 0) continue;
      if (row.tag !== null) {
        given.set(row._uuid, row.tag);
        continue;
      }
      while (taken.has(next)) next += 1;
      if (next >= MAX_TAG) break;
      taken.add(next);
      given.set(row._uuid, next);
    }
    return given;
  });
  return {
    tagOf: (uuid) => {
      const row = m.lsp(uuid)?.row;
      if (row === undefined || row.tag_request === null) return null;
      if (row.tag_request !== 0) return row.tag_request;
      return row.parent_name === null || row.parent_name === ''
        ? null
        : (tags(row.parent_name, uuid) ?? null);
    },
    delegatedPrefix: graph.query(
      'delegated prefix',
      (port: string) => /^\d+:(\S+)/.exec(m.chassisOptions(port).get('ipv6_ra_pd_list') ?? '')?.[1],
    ),
    portMonitors: monitors,
  };
}
