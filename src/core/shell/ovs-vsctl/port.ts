/** Ports and interfaces: add-port, add-bond, del-port, list-ports, list-ifaces and the way back to the bridge. */
import { stringOrder, type OvsSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import type { CtlContext } from '../ovsdb/context.ts';
import { setColumn } from '../ovsdb/commands/set.ts';
import { escapeArguments } from '../ovsdb/escape-arguments.ts';
import { findTable } from '../ovsdb/names.ts';
import { fail } from '../ovsdb/stop.ts';
import { INFO_READS, realRow, sortedLines, Topology, type VsctlContext, type VsctlPort } from './topology.ts';

const reads = (): typeof INFO_READS => INFO_READS;

/** Takes a port out of its bridge, with its interfaces. */
export function deletePort(ctx: VsctlContext, port: VsctlPort): void {
  const { _uuid } = realRow(port.bridge);
  const { ports } = ctx.target('Bridge', _uuid);
  ctx.update('Bridge', _uuid, { ports: ports.filter((uuid) => uuid !== port.row._uuid) });
  for (const { row } of port.ifaces) ctx.delete('Interface', row._uuid);
  ctx.delete('Port', port.row._uuid);
}

/** The command as messages quote it: options, then its words. */
const commandText = (ctx: VsctlContext): string =>
  escapeArguments([...stringOrder(ctx.options.keys()), ...ctx.argv]);

/** Refuses an existing port that is not what `--may-exist` asks for. */
function checkSame(ctx: VsctlContext, port: VsctlPort, bridge: string, ifaces: readonly string[]): void {
  const { name } = port.row;
  const asked = `"${commandText(ctx)}" but ${name} actually`;
  if (port.bridge.name !== bridge)
    fail(`"${commandText(ctx)}" but ${name} is actually attached to bridge ${port.bridge.name}`);
  const have = ctx
    .targets('Interface', port.row.interfaces)
    .map((iface) => iface.name)
    .sort();
  if (have.join('\n') !== [...ifaces].sort().join('\n')) fail(`${asked} has interface(s) ${have.join(', ')}`);
}

interface NewPort {
  readonly bridge: string;
  readonly name: string;
  readonly ifaces: readonly string[];
  readonly settings: readonly string[];
  readonly hasFakeIface: boolean;
}

function addPort(ctx: VsctlContext, port: NewPort): void {
  if (port.name === '') fail('port name must not be empty string');
  if (port.ifaces.includes('')) fail('interface name must not be empty string');
  const topology = new Topology(ctx);
  const existing = ctx.has('--may-exist') ? topology.findPort(port.name) : undefined;
  if (existing !== undefined) return checkSame(ctx, existing, port.bridge, port.ifaces);
  topology.checkConflicts(port.name, `cannot create a port named ${port.name}`);
  for (const iface of port.ifaces)
    topology.checkConflicts(iface, `cannot create an interface named ${iface}`);
  const bridge = topology.bridge(port.bridge);
  const interfaces = port.ifaces.map((name) => ctx.insert('Interface', { name }));
  ctx.run.expected.push(...interfaces);
  const uuid = ctx.insert('Port', {
    name: port.name,
    interfaces,
    bond_fake_iface: port.hasFakeIface,
    ...(bridge.parent === null ? {} : { tag: bridge.vlan }),
  });
  const table = findTable(ctx.run.names.schema, 'Port');
  for (const setting of port.settings) setColumn(ctx as unknown as CtlContext, table, uuid, setting, true);
  const row = realRow(bridge);
  return ctx.update('Bridge', row._uuid, { ports: [...row.ports, uuid] });
}

function addBond(ctx: VsctlContext): void {
  const words = ctx.argv.slice(3);
  const firstSetting = words.findIndex((word) => word.includes('='));
  const count = firstSetting < 0 ? words.length : firstSetting;
  if (count < 2) fail(`add-bond requires at least 2 interfaces, but only ${count} were specified`);
  addPort(ctx, {
    bridge: ctx.argument(1),
    name: ctx.argument(2),
    ifaces: words.slice(0, count),
    settings: words.slice(count),
    hasFakeIface: ctx.has('--fake-iface'),
  });
}

function addBondIface(ctx: VsctlContext): void {
  const topology = new Topology(ctx);
  const port = topology.port(ctx.argument(1));
  const name = ctx.argument(2);
  const existing = ctx.has('--may-exist') ? topology.findIface(name) : undefined;
  if (existing !== undefined) {
    if (existing.port === port) return;
    fail(`"${commandText(ctx)}" but ${name} is actually attached to port ${existing.port.row.name}`);
  }
  topology.checkConflicts(name, `cannot create an interface named ${name}`);
  const iface = ctx.insert('Interface', { name });
  ctx.run.expected.push(iface);
  ctx.update('Port', port.row._uuid, { interfaces: [...port.row.interfaces, iface] });
}

function deleteBondIface(ctx: VsctlContext): void {
  const topology = new Topology(ctx);
  const name = ctx.argument(ctx.argv.length - 1);
  const iface = ctx.has('--if-exists') ? topology.findIface(name) : topology.iface(name);
  if (iface === undefined) return;
  if (ctx.argv.length > 2 && iface.port !== topology.port(ctx.argument(1)))
    fail(`port ${ctx.argument(1)} does not have an interface ${name}`);
  const { row, ifaces } = iface.port;
  if (ifaces.length < 2) fail(`cannot delete last interface from port ${row.name}`);
  ctx.update('Port', row._uuid, { interfaces: row.interfaces.filter((uuid) => uuid !== iface.row._uuid) });
  ctx.delete('Interface', iface.row._uuid);
}

function findTarget(
  ctx: VsctlContext,
  topology: Topology,
  target: string,
  mustExist: boolean,
): VsctlPort | undefined {
  if (topology.bridges.has(target)) {
    if (mustExist)
      fail(
        `cannot delete port ${target} because it is the local port for bridge ${target} (deleting this port requires deleting the entire bridge)`,
      );
    return undefined;
  }
  if (!ctx.has('--with-iface')) return mustExist ? topology.port(target) : topology.findPort(target);
  const port = topology.findPort(target) ?? topology.findIface(target)?.port;
  if (port === undefined && mustExist) fail(`no port or interface named ${target}`);
  return port;
}

function deletePortCommand(ctx: VsctlContext): void {
  const topology = new Topology(ctx);
  const target = ctx.argument(ctx.argv.length - 1);
  const port = findTarget(ctx, topology, target, !ctx.has('--if-exists'));
  if (port === undefined) return;
  if (ctx.argv.length === 3) {
    const name = ctx.argument(1);
    const bridge = topology.bridge(name);
    if (port.bridge !== bridge) {
      const hint =
        port.bridge.parent === bridge ? ` (although its child bridge ${port.bridge.name} does)` : '';
      fail(`bridge ${name} does not have a port ${target}${hint}`);
    }
  }
  deletePort(ctx, port);
}

export const PORT_COMMANDS: readonly Command<OvsSchema>[] = [
  {
    name: 'list-ports',
    least: 1,
    most: 1,
    synopsis: 'BRIDGE',
    options: '',
    writes: false,
    reads,
    run(ctx) {
      const bridge = new Topology(ctx).bridge(ctx.argument(1));
      ctx.print(sortedLines(bridge.ports.map(({ row }) => row.name).filter((name) => name !== bridge.name)));
    },
  },
  {
    name: 'add-port',
    least: 2,
    most: Infinity,
    synopsis: 'BRIDGE NEW-PORT [COLUMN[:KEY]=VALUE]...',
    options: '--may-exist',
    writes: true,
    reads,
    run(ctx) {
      const [, bridge = '', name = '', ...settings] = ctx.argv;
      addPort(ctx, { bridge, name, ifaces: [name], settings, hasFakeIface: false });
    },
  },
  {
    name: 'del-port',
    least: 1,
    most: 2,
    synopsis: '[BRIDGE] PORT|IFACE',
    options: '--if-exists,--with-iface',
    writes: true,
    reads,
    run: deletePortCommand,
  },
  {
    name: 'port-to-br',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    reads,
    run: (ctx) => ctx.print(`${new Topology(ctx).port(ctx.argument(1)).bridge.name}\n`),
  },
  {
    name: 'add-bond',
    least: 4,
    most: Infinity,
    synopsis: 'BRIDGE BOND IFACE... [COLUMN[:KEY]=VALUE]...',
    options: '--may-exist,--fake-iface',
    writes: true,
    reads,
    run: addBond,
  },
  {
    name: 'add-bond-iface',
    least: 2,
    most: 2,
    synopsis: 'BOND IFACE',
    options: '--may-exist',
    writes: true,
    reads,
    run: addBondIface,
  },
  {
    name: 'del-bond-iface',
    least: 1,
    most: 2,
    synopsis: '[BOND] IFACE',
    options: '--if-exists',
    writes: true,
    reads,
    run: deleteBondIface,
  },
  {
    name: 'list-ifaces',
    least: 1,
    most: 1,
    synopsis: 'BRIDGE',
    options: '',
    writes: false,
    reads,
    run(ctx) {
      const bridge = new Topology(ctx).bridge(ctx.argument(1));
      const names = bridge.ports.flatMap(({ ifaces }) => ifaces.map(({ row }) => row.name));
      ctx.print(sortedLines(names.filter((name) => name !== bridge.name)));
    },
  },
  {
    name: 'iface-to-br',
    least: 1,
    most: 1,
    synopsis: 'IFACE',
    options: '',
    writes: false,
    reads,
    run: (ctx) => ctx.print(`${new Topology(ctx).iface(ctx.argument(1)).port.bridge.name}\n`),
  },
];
