/** ovs-vsctl(8): the switch's configuration, and waiting for ovs-vswitchd to apply it. */
import type { Database, OvsDatabase, OvsSchema } from '../../ovsdb/index.ts';
import { vswitchSchema } from '../../ovsdb/index.ts';
import { present } from '../../base/assert.ts';
import type { Uuid } from '../../base/uuid.ts';
import type { Program } from '../program.ts';
import type { Command, RowId, SchemaNames } from '../ovsdb/command.ts';
import { DATABASE_COMMANDS } from '../ovsdb/commands/all.ts';
import { showCommand, type ShowTable } from '../ovsdb/commands/show.ts';
import { ctlProgram } from '../ovsdb/ctl-program.ts';
import type { Waiting } from '../ovsdb/ctl-session.ts';
import type { DatabaseHost } from '../ovsdb/host.ts';
import { VSCTL_OPTIONS } from '../ovsdb/program-options.ts';
import { AUTO_ATTACH_COMMANDS } from './auto-attach.ts';
import { BRIDGE_COMMANDS, FAIL_MODE_COMMANDS } from './bridge.ts';
import { CONTROLLER_COMMANDS, RESET_COMMANDS, SWITCH_COMMANDS } from './controller.ts';
import { settingsNotActing } from './not-acting.ts';
import { PORT_COMMANDS } from './port.ts';
import { vsctlUsage } from './usage.table.ts';
import { ZONE_COMMANDS } from './zone.ts';

const viaBridge = (via: string): readonly RowId[] => [{ table: 'Bridge', column: 'name', via }];
const byColumn = (table: string, column = 'name'): readonly RowId[] => [{ table, column }];

const NAMES: SchemaNames & { readonly schema: OvsSchema } = {
  schema: vswitchSchema,
  rowIds: {
    AutoAttach: viaBridge('auto_attach'),
    Bridge: byColumn('Bridge'),
    Controller: viaBridge('controller'),
    Flow_Sample_Collector_Set: byColumn('Flow_Sample_Collector_Set', 'id'),
    Flow_Table: byColumn('Flow_Table'),
    IPFIX: viaBridge('ipfix'),
    Interface: byColumn('Interface'),
    Manager: byColumn('Manager', 'target'),
    Mirror: byColumn('Mirror'),
    NetFlow: viaBridge('netflow'),
    Port: byColumn('Port'),
    QoS: [{ table: 'Port', column: 'name', via: 'qos' }],
    sFlow: viaBridge('sflow'),
  },
};

const SHOW: readonly ShowTable[] = [
  { table: 'Open_vSwitch', columns: ['manager_options', 'bridges', 'ovs_version'] },
  { table: 'Bridge', name: 'name', columns: ['controller', 'fail_mode', 'datapath_type', 'ports'] },
  { table: 'Port', name: 'name', columns: ['tag', 'trunks', 'interfaces'] },
  { table: 'Interface', name: 'name', columns: ['type', 'options', 'error', 'bfd_status'] },
  { table: 'Controller', name: 'target', columns: ['is_connected'] },
  { table: 'Manager', name: 'target', columns: ['is_connected'] },
];

const init: Command<OvsSchema> = {
  name: 'init',
  least: 0,
  most: 0,
  synopsis: '',
  options: '',
  writes: true,
  run() {},
};

/** Says which of the new interfaces ovs-vswitchd could not set up. Gives the exit status. */
function checkInterfaces(
  database: OvsDatabase,
  uuids: readonly Uuid[],
  print: (text: string) => void,
): number {
  let status = 0;
  for (const uuid of uuids) {
    const iface = database.get('Interface', uuid);
    if (iface === undefined || (iface.ofport !== null && iface.ofport !== -1)) continue;
    const reason = iface.error === null || iface.error === '' ? '' : `: ${iface.error}`;
    print(
      `ovs-vsctl: Error detected while setting up '${iface.name}'${reason}.  See ovs-vswitchd log for details.\n`,
    );
    status = 65; // EX_DATAERR
  }
  if (status !== 0) print('ovs-vsctl: The default log directory is "/var/log/openvswitch".\n');
  return status;
}

const tellAtOnce = (remarks: string): Waiting => ({
  isOver: () => true,
  finish: (_, { err }) => {
    err(remarks);
    return 0;
  },
});

function waitForSwitch(nextConfig: number, uuids: readonly Uuid[], remarks: string): Waiting {
  return {
    isOver: (database: Database) =>
      [...database.rows('Open_vSwitch')].some((row) => Number(row['cur_cfg']) >= nextConfig),
    finish: (database, { err }) => {
      if (remarks !== '') err(remarks);
      return checkInterfaces(database as unknown as OvsDatabase, uuids, err);
    },
  };
}

export const ovsVsctl: Program<DatabaseHost> = ctlProgram<OvsSchema>({
  rules: {
    program: 'ovs-vsctl',
    words: 'glibc',
    options: VSCTL_OPTIONS,
    waits: ['none', 'vswitchd'],
    firstWait: 'vswitchd',
  },
  module: 'vsctl',
  mainModule: 'vsctl',
  names: NAMES,
  commands: [
    ...(DATABASE_COMMANDS as unknown as readonly Command<OvsSchema>[]),
    showCommand(SHOW) as unknown as Command<OvsSchema>,
    init,
    ...BRIDGE_COMMANDS,
    ...PORT_COMMANDS,
    ...CONTROLLER_COMMANDS,
    ...FAIL_MODE_COMMANDS,
    ...SWITCH_COMMANDS,
    ...AUTO_ATTACH_COMMANDS,
    ...RESET_COMMANDS,
    ...ZONE_COMMANDS,
  ],
  remote: { variable: null, fallback: 'unix:/var/run/openvswitch/db.sock' },
  variables: null,
  version: 'ovs-vsctl (Open vSwitch) 3.7.0\nDB Schema 8.8.0\n',
  usage: (remote) => vsctlUsage(NAMES, remote),
  commentPrefix: 'ovs-vsctl',
  baseReads: () => ({ Open_vSwitch: [] }),
  begin(ctx) {
    if (ctx.txn.count('Open_vSwitch') === 0) ctx.insert('Open_vSwitch', {});
    for (const { text } of settingsNotActing(ctx.txn)) ctx.run.notActing.add(text);
  },
  end(ctx, settings) {
    if (!ctx.txn.isChanged()) return null;
    const remarks = settingsNotActing(ctx.txn)
      .filter(({ text }) => !ctx.run.notActing.has(text))
      .map(({ text }) => `ovs-vsctl: ${text} is kept, but not modelled here\n`)
      .join('');
    if (settings.wait === 'none') return remarks === '' ? null : tellAtOnce(remarks);
    const row = present([...ctx.txn.rows('Open_vSwitch')][0]);
    ctx.update('Open_vSwitch', row._uuid, { next_cfg: row.next_cfg + 1 });
    return waitForSwitch(row.next_cfg + 1, [...ctx.run.expected], remarks);
  },
});
