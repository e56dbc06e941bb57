/** Controllers of bridges, managers of the switch, TLS, and the emergency reset. */
import type { OvsSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { isKnownTarget } from '../ovsdb/connection-target.ts';
import { atoi } from '../ovsdb/scan.ts';
import { sslText } from '../ovsdb/connection-commands.ts';
import { INFO_READS, openVswitch, realRow, sortedLines, Topology, type VsctlContext } from './topology.ts';

const reads = (): Readonly<Record<string, readonly string[]>> => ({
  ...INFO_READS,
  Controller: ['target', 'inactivity_probe'],
});

/** The columns of a new controller or manager. Warns about a target that no connection method knows. */
function targetValues(ctx: VsctlContext, target: string): { target: string; inactivity_probe?: number } {
  if (!isKnownTarget(target)) ctx.warn(`target type "${target}" is possibly erroneous`);
  const probe = ctx.option('--inactivity-probe');
  return { target, ...(probe === undefined ? {} : { inactivity_probe: atoi(probe) }) };
}

export const CONTROLLER_COMMANDS: readonly Command<OvsSchema>[] = [
  {
    name: 'get-controller',
    least: 1,
    most: 1,
    synopsis: 'BRIDGE',
    options: '',
    writes: false,
    reads,
    run(ctx) {
      const { controller } = realRow(new Topology(ctx).bridge(ctx.argument(1)));
      ctx.print(sortedLines(ctx.targets('Controller', controller).map(({ target }) => target)));
    },
  },
  {
    name: 'del-controller',
    least: 1,
    most: 1,
    synopsis: 'BRIDGE',
    options: '',
    writes: true,
    reads,
    run(ctx) {
      const { row } = new Topology(ctx).realBridge(ctx.argument(1));
      ctx.update('Bridge', row._uuid, { controller: [] });
      for (const uuid of row.controller) ctx.delete('Controller', uuid);
    },
  },
  {
    name: 'set-controller',
    least: 1,
    most: Infinity,
    synopsis: 'BRIDGE TARGET...',
    options: '--inactivity-probe=',
    writes: true,
    reads,
    run(ctx) {
      const { row } = new Topology(ctx).realBridge(ctx.argument(1));
      const controller = ctx.argv
        .slice(2)
        .map((target) => ctx.insert('Controller', targetValues(ctx, target)));
      ctx.update('Bridge', row._uuid, { controller });
      for (const uuid of row.controller) ctx.delete('Controller', uuid);
    },
  },
];

const managerReads = (): Readonly<Record<string, readonly string[]>> => ({
  Open_vSwitch: ['manager_options'],
  Manager: ['target', 'inactivity_probe'],
});

function setManagers(ctx: VsctlContext, targets: readonly string[]): void {
  const ovs = openVswitch(ctx);
  for (const uuid of ovs.manager_options) ctx.delete('Manager', uuid);
  const managers = targets.map((target) => ctx.insert('Manager', targetValues(ctx, target)));
  ctx.update('Open_vSwitch', ovs._uuid, { manager_options: managers });
}

function setSsl(ctx: VsctlContext, files: readonly string[] | null): void {
  const ovs = openVswitch(ctx);
  if (ovs.ssl !== null) ctx.delete('SSL', ovs.ssl);
  const [private_key = '', certificate = '', ca_cert = ''] = files ?? [];
  const bootstrap_ca_cert = ctx.has('--bootstrap');
  const ssl =
    files === null ? null : ctx.insert('SSL', { private_key, certificate, ca_cert, bootstrap_ca_cert });
  ctx.update('Open_vSwitch', ovs._uuid, { ssl });
}

function emergencyReset(ctx: VsctlContext): void {
  ctx.update('Open_vSwitch', openVswitch(ctx)._uuid, { manager_options: [], ssl: null });
  for (const bridge of ctx.rows('Bridge')) {
    const hwaddr = bridge.other_config.get('hwaddr');
    ctx.update('Bridge', bridge._uuid, {
      controller: [],
      fail_mode: null,
      mirrors: [],
      netflow: null,
      sflow: null,
      ipfix: null,
      flood_vlans: [],
      other_config: new Map(hwaddr === undefined ? [] : [['hwaddr', hwaddr]]),
    });
  }
  for (const port of ctx.rows('Port')) ctx.update('Port', port._uuid, { other_config: new Map() });
  for (const iface of ctx.rows('Interface'))
    ctx.update('Interface', iface._uuid, { ingress_policing_rate: 0, ingress_policing_burst: 0 });
  const gone = [
    'Mirror',
    'Controller',
    'Manager',
    'NetFlow',
    'SSL',
    'sFlow',
    'IPFIX',
    'Flow_Sample_Collector_Set',
  ] as const;
  for (const table of gone) for (const row of ctx.rows(table)) ctx.delete(table, row._uuid);
}

export const SWITCH_COMMANDS: readonly Command<OvsSchema>[] = [
  {
    name: 'get-manager',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: false,
    reads: managerReads,
    run(ctx) {
      const managers = ctx.targets('Manager', openVswitch(ctx).manager_options);
      ctx.print(sortedLines(new Set(managers.map(({ target }) => target))));
    },
  },
  {
    name: 'del-manager',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: true,
    reads: managerReads,
    run: (ctx) => setManagers(ctx, []),
  },
  {
    name: 'set-manager',
    least: 1,
    most: Infinity,
    synopsis: 'TARGET...',
    options: '--inactivity-probe=',
    writes: true,
    reads: managerReads,
    run: (ctx) => setManagers(ctx, ctx.argv.slice(1)),
  },
  {
    name: 'get-ssl',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: false,
    run(ctx) {
      const ssl = ctx.get('SSL', openVswitch(ctx).ssl);
      if (ssl !== undefined) ctx.print(sslText(ssl));
    },
  },
  {
    name: 'del-ssl',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: true,
    run: (ctx) => setSsl(ctx, null),
  },
  {
    name: 'set-ssl',
    least: 3,
    most: 3,
    synopsis: 'PRIVATE-KEY CERTIFICATE CA-CERT',
    options: '--bootstrap',
    writes: true,
    run: (ctx) => setSsl(ctx, ctx.argv.slice(1)),
  },
];

export const RESET_COMMANDS: readonly Command<OvsSchema>[] = [
  {
    name: 'emer-reset',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: true,
    run: emergencyReset,
  },
];
