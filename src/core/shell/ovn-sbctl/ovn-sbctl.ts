/** ovn-sbctl(8): the southbound database. */
import { sbSchema, type SbSchema } from '../../ovsdb/index.ts';
import type { Program } from '../program.ts';
import type { Command, RowId, SchemaNames } from '../ovsdb/command.ts';
import { DATABASE_COMMANDS } from '../ovsdb/commands/all.ts';
import { showCommand, type ShowTable } from '../ovsdb/commands/show.ts';
import { ctlProgram } from '../ovsdb/ctl-program.ts';
import type { DatabaseHost } from '../ovsdb/host.ts';
import { OVN_OPTIONS } from '../ovsdb/program-options.ts';
import { CHASSIS_COMMANDS } from './chassis.ts';
import { CONNECTION_COMMANDS } from './connection.ts';
import { LFLOW_COMMANDS } from './lflow-list.ts';
import { sbctlUsage } from './usage.table.ts';

const by = (table: string, column = 'name'): readonly RowId[] => [{ table, column }];

const NAMES: SchemaNames & { readonly schema: SbSchema } = {
  schema: sbSchema,
  synthetic: {
    Logical_Flow: {
      hash: { type: { key: { type: 'integer' }, min: 1, max: 1 }, mutable: true, ephemeral: true },
    },
  },
  rowIds: {
    Address_Set: by('Address_Set'),
    Chassis: by('Chassis'),
    Chassis_Private: by('Chassis_Private'),
    Chassis_Template_Var: by('Chassis_Template_Var', 'chassis'),
    Connection: by('Connection', 'target'),
    DHCP_Options: by('DHCP_Options'),
    DHCPv6_Options: by('DHCPv6_Options'),
    Datapath_Binding: [
      { table: 'Datapath_Binding', column: 'external_ids', key: 'name' },
      { table: 'Datapath_Binding', column: 'external_ids', key: 'name2' },
      { table: 'Datapath_Binding', column: 'nb_uuid' },
    ],
    Gateway_Chassis: by('Gateway_Chassis'),
    HA_Chassis_Group: by('HA_Chassis_Group'),
    Load_Balancer: by('Load_Balancer'),
    MAC_Binding: by('MAC_Binding', 'logical_port'),
    Meter: by('Meter'),
    Mirror: by('Mirror'),
    Port_Binding: [
      { table: 'Port_Binding', column: 'logical_port' },
      { table: 'Port_Binding', column: 'external_ids', key: 'name' },
    ],
    Port_Group: by('Port_Group'),
    RBAC_Permission: by('RBAC_Permission', 'table'),
    RBAC_Role: by('RBAC_Role'),
    Service_Monitor: by('Service_Monitor', 'logical_port'),
  },
};

const SHOW: readonly ShowTable[] = [
  {
    table: 'Chassis',
    name: 'name',
    columns: ['hostname', 'encaps'],
    referrers: { table: 'Port_Binding', name: 'logical_port', column: 'chassis' },
  },
  { table: 'Encap', name: 'type', columns: ['ip', 'options'] },
];

const init: Command<SbSchema> = {
  name: 'init',
  least: 0,
  most: 0,
  synopsis: '',
  options: '',
  writes: true,
  run() {},
};

export const ovnSbctl: Program<DatabaseHost> = ctlProgram<SbSchema>({
  rules: { program: 'ovn-sbctl', words: 'ovn', options: OVN_OPTIONS, waits: ['none'], firstWait: 'none' },
  module: 'sbctl',
  mainModule: 'ovn_dbctl',
  names: NAMES,
  commands: [
    ...(DATABASE_COMMANDS as unknown as readonly Command<SbSchema>[]),
    showCommand(SHOW) as unknown as Command<SbSchema>,
    init,
    ...CHASSIS_COMMANDS,
    ...LFLOW_COMMANDS,
    ...CONNECTION_COMMANDS,
  ],
  remote: { variable: 'OVN_SB_DB', fallback: 'unix:/var/run/ovn/ovnsb_db.sock' },
  variables: { daemon: 'OVN_SB_DAEMON', options: 'OVN_SBCTL_OPTIONS' },
  version: 'ovn-sbctl 26.03.2\nOpen vSwitch Library 3.7.0\nDB Schema 21.8.0\n',
  usage: (remote) => sbctlUsage(NAMES, remote),
  commentPrefix: 'ovn-sbctl',
  baseReads: () => ({ SB_Global: [] }),
  begin(ctx) {
    if (ctx.txn.count('SB_Global') === 0) ctx.insert('SB_Global', {});
  },
  end: () => null,
});
