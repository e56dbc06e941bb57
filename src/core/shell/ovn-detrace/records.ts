/** What ovn-detrace says of a row that a cookie stands for, and of the northbound rows behind a logical flow. */
import type { Row } from '../../ovsdb/index.ts';
import type { DatabaseView } from './database-view.ts';

/** `about` lines stand for the row itself, `hint` lines for what is behind it. */
export interface Note {
  readonly level: 'about' | 'hint';
  readonly text: string;
}

/** The databases that answered. */
export interface Sources {
  readonly nb: DatabaseView | undefined;
  readonly sb: DatabaseView | undefined;
}

type Describe = (view: DatabaseView, row: Row) => readonly string[];

const unquoted = (text: string): string => text.replaceAll(/^"+|"+$/g, '');

/** A text with `COLUMN` in braces replaced by the column's value. */
const filled =
  (table: string, template: string): Describe =>
  (view, row) => [template.replaceAll(/\{(\w+)\}/g, (_, column: string) => view.text(table, row, column))];

const datapathText = (view: DatabaseView, datapath: Row): string =>
  `"${view.entry(datapath, 'external_ids', 'name') ?? 'None'}" (${datapath._uuid})`;

function datapathOf(view: DatabaseView, row: Row): string {
  const [datapath] = view.referred(row, 'datapath', 'Datapath_Binding');
  return `Logical datapath: ${datapath ? datapathText(view, datapath) : ''}`;
}

const chassisText = (view: DatabaseView, chassis: Row | undefined): string =>
  chassis === undefined
    ? ''
    : `chassis-name "${view.text('Chassis', chassis, 'name')}", chassis-str "${view.text('Chassis', chassis, 'hostname')}"`;

/** With its datapaths: one a flow in early releases, a flow's own and its group's in later ones. */
function logicalFlow(view: DatabaseView, row: Row): readonly string[] {
  const text = (column: string): string => view.text('Logical_Flow', row, column);
  const [group] = view.referred(row, 'logical_dp_group', 'Logical_DP_Group');
  const datapaths = [
    ...view.referred(row, 'logical_datapath', 'Datapath_Binding'),
    ...(group ? view.referred(group, 'datapaths', 'Datapath_Binding') : []),
  ].map((datapath) => `${datapathText(view, datapath)} [${text('pipeline')}]`);
  const stage = view.entry(row, 'external_ids', 'stage-name') ?? 'None';
  return [
    ...(view.isScalar('Logical_Flow', 'logical_datapath')
      ? [`Logical datapath: ${datapaths.join('')}`]
      : ['Logical datapaths:', ...datapaths.map((datapath) => `    ${datapath}`)]),
    `Logical flow: table=${text('table_id')} (${stage}), priority=${text('priority')}, ` +
      `match=(${unquoted(text('match'))}), actions=(${unquoted(text('actions'))})`,
  ];
}

const portBinding: Describe = (view, row) => {
  const [chassis] = view.referred(row, 'chassis', 'Chassis');
  const [text = ''] = filled(
    'Port_Binding',
    'Port Binding: logical_port "{logical_port}", tunnel_key {tunnel_key}, ',
  )(view, row);
  return [datapathOf(view, row), text + chassisText(view, chassis)];
};

const macBinding: Describe = (view, row) => [
  datapathOf(view, row),
  ...filled('MAC_Binding', 'MAC Binding: ip "{ip}", logical_port "{logical_port}", mac "{mac}"')(view, row),
];

const multicastGroup: Describe = (view, row) => {
  const ports = view
    .referred(row, 'ports', 'Port_Binding')
    .map((port) => view.text('Port_Binding', port, 'logical_port'));
  const [text = ''] = filled(
    'Multicast_Group',
    'Multicast Group: name "{name}", tunnel_key {tunnel_key} ports: ',
  )(view, row);
  return [datapathOf(view, row), `${text}(${ports.join(', ')})`];
};

/** The southbound tables in which a cookie is looked up, in this order. */
const COOKIE_TABLES: readonly (readonly [table: string, describe: Describe])[] = [
  ['Logical_Flow', logicalFlow],
  ['Port_Binding', portBinding],
  ['MAC_Binding', macBinding],
  ['Multicast_Group', multicastGroup],
  ['Chassis', (view, row) => [`Chassis: ${chassisText(view, row)}`]],
  ['Load_Balancer', filled('Load_Balancer', 'Load Balancer: {name} protocol {protocol} vips {vips}')],
];

const acl: Describe = (view, row) => {
  const text = (column: string): string => view.text('ACL', row, column);
  return [
    `ACL: ${text('direction')}, priority=${text('priority')}, match=(${unquoted(text('match'))}), ` +
      `${text('action')}${row['log'] === true ? ' (log)' : ''}`,
  ];
};

const hinted = (table: string, template: string): readonly [string, Describe] => [
  table,
  filled(table, template),
];

/** The northbound tables in which a logical flow's hint is looked up, in this order. */
const HINT_TABLES: readonly (readonly [table: string, describe: Describe])[] = [
  ['ACL', acl],
  hinted('DHCP_Options', 'DHCP Options: cidr {cidr} options ({options})'),
  hinted(
    'Forwarding_Group',
    'Forwarding Group: name {name} vip {vip} vmac {vmac} liveness {liveness} child ports ({child_port})',
  ),
  hinted(
    'Logical_Switch_Port',
    'Logical Switch Port: {name} type {type} (addresses {addresses}, dynamic addresses {dynamic_addresses}, security {port_security}',
  ),
  hinted(
    'Logical_Router_Port',
    'Logical Router Port: {name} mac {mac} networks {networks} ipv6_ra_configs {ipv6_ra_configs}',
  ),
  hinted(
    'Logical_Router_Policy',
    'Logical Router Policy: priority {priority} match {match} action {action} nexthop {nexthop}',
  ),
  hinted(
    'Load_Balancer',
    'Load Balancer: {name} protocol {protocol} vips {vips} ip_port_mappings {ip_port_mappings}',
  ),
  hinted(
    'NAT',
    'NAT: external IP {external_ip} external_mac {external_mac} logical_ip {logical_ip} logical_port {logical_port} type {type}',
  ),
  hinted(
    'Logical_Router_Static_Route',
    'Route: {ip_prefix} via {nexthop} (port {output_port}), policy={policy}',
  ),
  hinted(
    'QoS',
    'QoS: priority {priority} direction {direction} match {match} action {action} bandwidth {bandwidth}',
  ),
];

function hintsOf({ nb, sb }: Sources, flow: Row): readonly Note[] {
  const hint = sb?.entry(flow, 'external_ids', 'stage-hint');
  if (!nb || hint === undefined || hint === '') return [];
  return HINT_TABLES.flatMap(([table, describe]) =>
    nb
      .withCookie(table, hint)
      .flatMap((row, at) => [...(at > 0 ? ['[Duplicate uuid hint]'] : []), ...describe(nb, row)])
      .map((text): Note => ({ level: 'hint', text })),
  );
}

/** Everything that the databases know of a flow with this cookie (its hexadecimal digits). */
export function notesOnCookie(sources: Sources, cookie: string): readonly Note[] {
  const { sb } = sources;
  if (!sb) return [];
  return COOKIE_TABLES.flatMap(([table, describe]) =>
    sb
      .withCookie(table, cookie)
      .flatMap((row, at): readonly Note[] => [
        ...(at > 0 ? [{ level: 'hint', text: '[Duplicate uuid cookie]' } as const] : []),
        ...describe(sb, row).map((text): Note => ({ level: 'about', text })),
        ...(table === 'Logical_Flow' ? hintsOf(sources, row) : []),
      ]),
  );
}
