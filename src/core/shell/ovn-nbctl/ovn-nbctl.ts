/** ovn-nbctl(8): the northbound database, and waiting for ovn-northd and ovn-controller to follow. */
import { present } from '../../base/assert.ts';
import type { Context } from '../../base/context.ts';
import { nbSchema, type Database, type NbDatabase, type NbRow, type NbSchema } from '../../ovsdb/index.ts';
import type { Command, RowId, SchemaNames } from '../ovsdb/command.ts';
import { DATABASE_COMMANDS } from '../ovsdb/commands/all.ts';
import { ctlProgram } from '../ovsdb/ctl-program.ts';
import type { Waiting } from '../ovsdb/ctl-session.ts';
import type { DatabaseHost } from '../ovsdb/host.ts';
import { OVN_OPTIONS, type ProgramSettings } from '../ovsdb/program-options.ts';
import type { Program } from '../program.ts';
import { ACL_COMMANDS } from './acl.ts';
import { CONNECTION_COMMANDS } from './connection.ts';
import { COPP_COMMANDS } from './copp.ts';
import { DHCP_OPTIONS_COMMANDS } from './dhcp-options.ts';
import { FORWARDING_GROUP_COMMANDS } from './forwarding-group.ts';
import { GATEWAY_CHASSIS_COMMANDS } from './gateway-chassis.ts';
import { HA_CHASSIS_GROUP_COMMANDS } from './ha-chassis-group.ts';
import { HEALTH_CHECK_COMMANDS } from './health-check.ts';
import { LOAD_BALANCER_COMMANDS } from './load-balancer.ts';
import { METER_COMMANDS } from './meter.ts';
import { MIRROR_COMMANDS } from './mirror.ts';
import { NAT_COMMANDS } from './nat.ts';
import { NETWORK_FUNCTION_COMMANDS } from './network-function.ts';
import { POLICY_COMMANDS } from './policy.ts';
import { PORT_GROUP_COMMANDS } from './port-group.ts';
import { QOS_COMMANDS } from './qos.ts';
import { ROUTE_COMMANDS } from './route.ts';
import { ROUTER_PORT_COMMANDS } from './router-port.ts';
import { SHOW_COMMANDS } from './show.ts';
import { STATIC_MAC_BINDING_COMMANDS } from './static-mac-binding.ts';
import { SWITCH_OF_PORT_COMMANDS, SWITCH_PORT_COMMANDS, SWITCH_PORT_TYPE_COMMANDS } from './switch-port.ts';
import { PORT_ADDRESS_COMMANDS } from './switch-port-addresses.ts';
import { PORT_MIRROR_COMMANDS, SWITCH_PORT_SETTING_COMMANDS } from './switch-port-settings.ts';
import { ROUTER_COMMANDS, SWITCH_COMMANDS } from './switch.ts';
import { nbctlUsage } from './usage.table.ts';

const by = (table: string, column = 'name'): readonly RowId[] => [{ table, column }];

/** A row by its name or by the name that Neutron gave it. */
const named = (table: string, key: string): readonly RowId[] => [
  { table, column: 'name' },
  { table, column: 'external_ids', key },
];

const PORT = 'Logical_Switch_Port';
const portName = { table: PORT, column: 'name' } as const;
const neutronPortName = { table: PORT, column: 'external_ids', key: 'neutron:port_name' } as const;

const NAMES: SchemaNames & { readonly schema: NbSchema } = {
  schema: nbSchema,
  rowIds: {
    ACL: by('ACL'),
    Address_Set: by('Address_Set'),
    Chassis_Template_Var: by('Chassis_Template_Var', 'chassis'),
    Connection: by('Connection', 'target'),
    DHCP_Options: [
      { ...portName, via: 'dhcpv4_options' },
      { ...neutronPortName, via: 'dhcpv4_options' },
      { ...portName, via: 'dhcpv6_options' },
      { ...neutronPortName, via: 'dhcpv6_options' },
    ],
    Forwarding_Group: by('Forwarding_Group'),
    HA_Chassis: by('HA_Chassis', 'chassis_name'),
    HA_Chassis_Group: by('HA_Chassis_Group'),
    Load_Balancer: by('Load_Balancer'),
    Load_Balancer_Group: by('Load_Balancer_Group'),
    Load_Balancer_Health_Check: by('Load_Balancer_Health_Check', 'vip'),
    Logical_Router: named('Logical_Router', 'neutron:router_name'),
    Logical_Router_Port: by('Logical_Router_Port'),
    Logical_Switch: named('Logical_Switch', 'neutron:network_name'),
    Logical_Switch_Port: [portName, neutronPortName],
    Meter: by('Meter'),
    NAT: by('NAT', 'external_ip'),
    Port_Group: by('Port_Group'),
  },
};

const init: Command<NbSchema> = {
  name: 'init',
  least: 0,
  most: 0,
  synopsis: '',
  options: '',
  writes: true,
  run() {},
};

const sync: Command<NbSchema> = {
  ...init,
  name: 'sync',
  writes: false,
  run(ctx) {
    ctx.run.isForced.value = true;
  },
};

/** Until the southbound database, or all chassis, have caught up with `nextConfig`. */
function waitFor(nextConfig: number, startMs: number, { wait, printsWaitTime }: ProgramSettings): Waiting {
  const globals = (database: Database): readonly NbRow<'NB_Global'>[] => [
    ...(database as unknown as NbDatabase).rows('NB_Global'),
  ];
  return {
    isOver: (database) =>
      globals(database).some(
        ({ sb_cfg, hv_cfg }) => (wait === 'sb' ? sb_cfg : Math.min(sb_cfg, hv_cfg)) >= nextConfig,
      ),
    finish(database, { out }) {
      if (printsWaitTime)
        out(waitTimes(database as unknown as NbDatabase, nextConfig, startMs, wait === 'hv'));
      return 0;
    },
  };
}

function waitTimes(database: NbDatabase, nextConfig: number, startMs: number, hasChassis: boolean): string {
  const { nb_cfg_timestamp, sb_cfg_timestamp, hv_cfg_timestamp } = present(
    [...database.rows('NB_Global')][0],
  );
  const since = (ms: number): string => `${ms - startMs}ms\n`;
  return [
    `Time spent on processing nb_cfg ${nextConfig}:\n`,
    `\tovn-northd delay before processing:\t${since(nb_cfg_timestamp)}`,
    `\tovn-northd completion:\t\t\t${since(sb_cfg_timestamp)}`,
    hasChassis ? `\tovn-controller(s) completion:\t\t${since(hv_cfg_timestamp)}` : '',
  ].join('');
}

export const ovnNbctl: Program<DatabaseHost> = ctlProgram<NbSchema>({
  rules: {
    program: 'ovn-nbctl',
    words: 'ovn',
    options: OVN_OPTIONS,
    waits: ['none', 'sb', 'hv'],
    firstWait: 'none',
  },
  module: 'nbctl',
  mainModule: 'ovn_dbctl',
  names: NAMES,
  commands: [
    ...(DATABASE_COMMANDS as unknown as readonly Command<NbSchema>[]),
    init,
    sync,
    ...SHOW_COMMANDS,
    ...SWITCH_COMMANDS,
    ...ACL_COMMANDS,
    ...QOS_COMMANDS,
    ...MIRROR_COMMANDS,
    ...METER_COMMANDS,
    ...SWITCH_PORT_COMMANDS,
    ...PORT_ADDRESS_COMMANDS,
    ...SWITCH_PORT_SETTING_COMMANDS,
    ...SWITCH_OF_PORT_COMMANDS,
    ...PORT_MIRROR_COMMANDS,
    ...SWITCH_PORT_TYPE_COMMANDS,
    ...NETWORK_FUNCTION_COMMANDS,
    ...FORWARDING_GROUP_COMMANDS,
    ...ROUTER_COMMANDS,
    ...ROUTER_PORT_COMMANDS,
    ...GATEWAY_CHASSIS_COMMANDS,
    ...ROUTE_COMMANDS,
    ...POLICY_COMMANDS,
    ...NAT_COMMANDS,
    ...LOAD_BALANCER_COMMANDS,
    ...DHCP_OPTIONS_COMMANDS,
    ...COPP_COMMANDS,
    ...CONNECTION_COMMANDS,
    ...PORT_GROUP_COMMANDS,
    ...HA_CHASSIS_GROUP_COMMANDS,
    ...STATIC_MAC_BINDING_COMMANDS,
    ...HEALTH_CHECK_COMMANDS,
  ],
  remote: { variable: 'OVN_NB_DB', fallback: 'unix:/var/run/ovn/ovnnb_db.sock' },
  variables: { daemon: 'OVN_NB_DAEMON', options: 'OVN_NBCTL_OPTIONS' },
  version: 'ovn-nbctl 26.03.2\nOpen vSwitch Library 3.7.0\nDB Schema 7.18.0\n',
  usage: (remote) => nbctlUsage(NAMES, remote),
  commentPrefix: 'ovn-nbctl',
  baseReads: () => ({ NB_Global: [] }),
  begin(ctx) {
    if (ctx.txn.count('NB_Global') === 0) ctx.insert('NB_Global', {});
  },
  end(ctx, settings, context: Context) {
    if (settings.wait === 'none') {
      if (ctx.run.isForced.value)
        ctx.run.log.log('nbctl', 'INFO', '"sync" command has no effect without --wait');
      return null;
    }
    if (!ctx.txn.isChanged() && !ctx.run.isForced.value) return null;
    const row = present([...ctx.txn.rows('NB_Global')][0]);
    const nextConfig = row.nb_cfg + 1;
    ctx.update('NB_Global', row._uuid, { nb_cfg: nextConfig });
    return waitFor(nextConfig, context.clock.wallMs(), settings);
  },
});
