/** The chain behind a step: the OpenFlow flow, the southbound row that it came from, and the northbound row that caused that. */
import type { RowRef } from '../../core/base/step.ts';
import { uuidWord, type Uuid } from '../../core/base/uuid.ts';
import type { NbDatabase, NbSchema, SbDatabase, SbRow } from '../../core/ovsdb/index.ts';
import type { TableName } from '../../core/ovsdb/index.ts';
import type { BecauseCard } from '../protocol.ts';

export interface Databases {
  readonly nb: NbDatabase | undefined;
  readonly sb: SbDatabase | undefined;
}

/** Northbound tables whose rows cause logical flows or bindings, with what tells the user most. */
const NORTHBOUND: readonly [TableName<NbSchema>, readonly string[]][] = [
  ['Logical_Switch_Port', ['name', 'addresses', 'port_security', 'type']],
  ['Logical_Router_Port', ['name', 'mac', 'networks']],
  ['ACL', ['direction', 'priority', 'match', 'action']],
  ['Logical_Switch', ['name']],
  ['Logical_Router', ['name']],
  ['NAT', ['type', 'external_ip', 'logical_ip']],
  ['Logical_Router_Static_Route', ['ip_prefix', 'nexthop']],
  ['Logical_Router_Policy', ['priority', 'match', 'action']],
  ['Load_Balancer', ['name', 'vips']],
  ['DHCP_Options', ['cidr', 'options']],
  ['QoS', ['direction', 'priority', 'match']],
];

function text(value: unknown): string {
  if (value instanceof Map)
    return `{${[...value].map(([key, one]) => `${String(key)}=${text(one)}`).join(', ')}}`;
  if (Array.isArray(value)) return `[${value.map((one) => JSON.stringify(one)).join(', ')}]`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

const short = (uuid: string): string => uuid.slice(0, 8);

/** The northbound row with this uuid, or whose uuid begins with it. */
function northboundCard(nb: NbDatabase, reference: string): BecauseCard | undefined {
  for (const [table, columns] of NORTHBOUND)
    for (const row of nb.rows(table)) {
      if (!row._uuid.startsWith(reference)) continue;
      const values = row as unknown as Readonly<Record<string, unknown>>;
      return {
        kind: 'northbound',
        title: table,
        place: 'OVN_Northbound',
        short: short(row._uuid),
        reference: row._uuid,
        lines: columns.map((column) => `${column} ${text(values[column])}`),
      };
    }
  return undefined;
}

function logicalFlowCards(databases: Databases, flow: SbRow<'Logical_Flow'>): BecauseCard[] {
  const hint = flow.external_ids.get('stage-hint');
  const cause = databases.nb && hint !== undefined ? northboundCard(databases.nb, hint) : undefined;
  const datapath =
    flow.logical_datapath === null ? undefined : databases.sb?.get('Datapath_Binding', flow.logical_datapath);
  return [
    {
      kind: 'logical-flow',
      title: `${flow.external_ids.get('stage-name') ?? `table ${flow.table_id}`}, ${flow.priority}`,
      place: datapath?.external_ids.get('name') ?? flow.pipeline,
      short: short(flow._uuid),
      reference: flow._uuid,
      lines: [flow.match, `→ ${flow.actions}`],
    },
    ...(cause ? [cause] : []),
  ];
}

function portCards(databases: Databases, port: SbRow<'Port_Binding'>): BecauseCard[] {
  const chassis = port.chassis === null ? undefined : databases.sb?.get('Chassis', port.chassis)?.name;
  const cause = databases.nb?.find('Logical_Switch_Port', 'name', port.logical_port)[0];
  const card: BecauseCard = {
    kind: 'southbound',
    title: 'Port_Binding',
    place: 'OVN_Southbound',
    short: short(port._uuid),
    reference: port._uuid,
    lines: [`${port.logical_port}, tunnel key ${port.tunnel_key}`, `chassis ${chassis ?? 'none'}`],
  };
  const northbound = cause && databases.nb ? northboundCard(databases.nb, cause._uuid) : undefined;
  return northbound ? [card, northbound] : [card];
}

/** Southbound rows by the first 32 bits of their uuid, the cookie that ovn-controller gives to their flows. */
function byCookie(databases: Databases, cookie: number): BecauseCard[] {
  const { sb } = databases;
  if (!sb || cookie === 0) return [];
  const has = (row: { readonly _uuid: Uuid }): boolean => uuidWord(row._uuid) === cookie;
  for (const flow of sb.rows('Logical_Flow')) if (has(flow)) return logicalFlowCards(databases, flow);
  for (const port of sb.rows('Port_Binding')) if (has(port)) return portCards(databases, port);
  for (const group of sb.rows('Multicast_Group'))
    if (has(group))
      return [
        {
          kind: 'southbound',
          title: 'Multicast_Group',
          place: 'OVN_Southbound',
          short: short(group._uuid),
          reference: group._uuid,
          lines: [`${group.name}, tunnel key ${group.tunnel_key}`, `${group.ports.length} ports`],
        },
      ];
  return [];
}

/** The cards of one row reference, nearest cause first. */
export function becauseCards(databases: Databases, row: RowRef): BecauseCard[] {
  switch (row.kind) {
    case 'openflow': {
      const card: BecauseCard = {
        kind: 'openflow',
        title: 'OpenFlow',
        place: `${row.host} ${row.bridge}, table ${row.table}, priority ${row.priority}`,
        short: row.cookie,
        reference: row.cookie,
        lines: [row.match === '' ? 'any packet' : row.match, `→ ${row.actions}`],
      };
      return [card, ...byCookie(databases, Number(row.cookie))];
    }
    case 'ovsdb':
      return [
        {
          kind:
            row.database === 'OVN_Northbound'
              ? 'northbound'
              : row.database === 'OVN_Southbound'
                ? 'southbound'
                : 'open-vswitch',
          title: row.table,
          place: row.database,
          short: short(row.uuid),
          reference: row.uuid,
          lines: [row.text],
        },
      ];
    case 'route':
      return [
        {
          kind: 'route',
          title: 'Route',
          place: `${row.host} table ${row.table}`,
          short: '',
          reference: '',
          lines: [row.text],
        },
      ];
    case 'neighbour':
      return [
        {
          kind: 'neighbour',
          title: 'Neighbour',
          place: row.host,
          short: '',
          reference: '',
          lines: [row.text],
        },
      ];
    case 'fdb':
      return [
        {
          kind: 'fdb',
          title: 'FDB entry',
          place: `${row.host} ${row.bridge}`,
          short: '',
          reference: '',
          lines: [row.text],
        },
      ];
    case 'conntrack':
      return [
        {
          kind: 'conntrack',
          title: 'Connection',
          place: row.host,
          short: '',
          reference: '',
          lines: [row.text],
        },
      ];
    case 'address':
      return [
        {
          kind: 'address',
          title: 'Address',
          place: `${row.host} ${row.device}`,
          short: '',
          reference: '',
          lines: [row.text],
        },
      ];
  }
}
