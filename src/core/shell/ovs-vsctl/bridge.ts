/** Bridges: add-br, del-br, list-br, br-exists, br-to-vlan, br-to-parent, external ids, fail mode. */
import type { OvsRow, OvsSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { atoi } from '../ovsdb/scan.ts';
import { fail } from '../ovsdb/stop.ts';
import { deletePort } from './port.ts';
import {
  INFO_READS,
  openVswitch,
  realRow,
  sortedLines,
  Topology,
  type VsctlBridge,
  type VsctlContext,
} from './topology.ts';

const reads = (): typeof INFO_READS => INFO_READS;

/** Refuses an existing bridge that is not what `--may-exist add-br` asks for. */
function checkSame(bridge: VsctlBridge, name: string, parent: string | null, vlan: number): void {
  if (parent === null) {
    if (bridge.parent !== null)
      fail(`"--may-exist add-br ${name}" but ${name} is a VLAN bridge for VLAN ${bridge.vlan}`);
    return;
  }
  const asked = `"--may-exist add-br ${name} ${parent} ${vlan}" but ${name}`;
  if (bridge.parent === null) fail(`${asked} is not a VLAN bridge`);
  if (bridge.parent?.name !== parent) fail(`${asked} has the wrong parent ${bridge.parent?.name ?? ''}`);
  if (bridge.vlan !== vlan) fail(`${asked} is a VLAN bridge for the wrong VLAN ${bridge.vlan}`);
}

function insertLocalPort(ctx: VsctlContext, name: string, vlan: number | null): OvsRow<'Port'>['_uuid'] {
  const iface = ctx.insert('Interface', { name, type: 'internal' });
  ctx.run.expected.push(iface);
  return ctx.insert('Port', {
    name,
    interfaces: [iface],
    ...(vlan === null ? {} : { fake_bridge: true, tag: vlan }),
  });
}

function addBridge(ctx: VsctlContext): void {
  const name = ctx.argument(1);
  if (name === '') fail('bridge name must not be empty string');
  const parentName = ctx.argv[2] ?? null;
  if (ctx.argv.length === 3) fail(`'${ctx.argument(0)}' command takes exactly 1 or 3 arguments`);
  const vlan = parentName === null ? 0 : atoi(ctx.argument(3));
  if (vlan < 0 || vlan > 4095) fail(`${ctx.argument(0)}: vlan must be between 0 and 4095`);
  const topology = new Topology(ctx);
  const existing = topology.bridges.get(name);
  if (ctx.has('--may-exist') && existing !== undefined) return checkSame(existing, name, parentName, vlan);
  topology.checkConflicts(name, `cannot create a bridge named ${name}`);
  if (parentName === null) {
    const bridge = ctx.insert('Bridge', { name, ports: [insertLocalPort(ctx, name, null)] });
    const ovs = openVswitch(ctx);
    ctx.update('Open_vSwitch', ovs._uuid, { bridges: [...ovs.bridges, bridge] });
    return undefined;
  }
  const parent = topology.bridges.get(parentName);
  if (parent === undefined) return fail(`parent bridge ${parentName} does not exist`);
  const { row } = parent;
  if (row === null) return fail('cannot create bridge with fake bridge as parent');
  const conflict = parent.children.find((child) => child.vlan === vlan);
  if (conflict !== undefined)
    fail(`bridge ${parentName} already has a child VLAN bridge ${conflict.name} on VLAN ${vlan}`);
  ctx.update('Bridge', row._uuid, { ports: [...row.ports, insertLocalPort(ctx, name, vlan)] });
  return undefined;
}

function deleteBridge(ctx: VsctlContext, bridge: VsctlBridge): void {
  for (const child of bridge.children) deleteBridge(ctx, child);
  for (const port of bridge.ports) deletePort(ctx, port);
  const { row } = bridge;
  if (row === null) return;
  for (const set of ctx.find('Flow_Sample_Collector_Set', 'bridge', row._uuid))
    ctx.delete('Flow_Sample_Collector_Set', set._uuid);
  const ovs = openVswitch(ctx);
  ctx.update('Open_vSwitch', ovs._uuid, { bridges: ovs.bridges.filter((uuid) => uuid !== row._uuid) });
  ctx.delete('Bridge', row._uuid);
}

/** External ids of a bridge; those of a fake bridge are its port's, with a prefix. */
function externalIds(ctx: VsctlContext): {
  readonly ids: ReadonlyMap<string, string>;
  readonly prefix: string;
  set(ids: ReadonlyMap<string, string>): void;
} {
  const topology = new Topology(ctx);
  const { row, name } = topology.bridge(ctx.argument(1));
  if (row !== null)
    return {
      ids: row.external_ids,
      prefix: '',
      set: (ids) => ctx.update('Bridge', row._uuid, { external_ids: ids }),
    };
  const port = topology.ports.get(name) ?? fail(`no port named ${name}`);
  return {
    ids: port.row.external_ids,
    prefix: 'fake-bridge-',
    set: (ids) => ctx.update('Port', port.row._uuid, { external_ids: ids }),
  };
}

export const BRIDGE_COMMANDS: readonly Command<OvsSchema>[] = [
  {
    name: 'add-br',
    least: 1,
    most: 3,
    synopsis: 'NEW-BRIDGE [PARENT] [NEW-VLAN]',
    options: '--may-exist',
    writes: true,
    reads,
    run: addBridge,
  },
  {
    name: 'del-br',
    least: 1,
    most: 1,
    synopsis: 'BRIDGE',
    options: '--if-exists',
    writes: true,
    reads,
    run(ctx) {
      const topology = new Topology(ctx);
      const name = ctx.argument(1);
      const bridge = ctx.has('--if-exists') ? topology.bridges.get(name) : topology.bridge(name);
      if (bridge !== undefined) deleteBridge(ctx, bridge);
    },
  },
  {
    name: 'list-br',
    least: 0,
    most: 0,
    synopsis: '',
    options: '--real,--fake',
    writes: false,
    reads,
    run(ctx) {
      const isAll = !ctx.has('--real') && !ctx.has('--fake');
      const wanted = (bridge: VsctlBridge): boolean =>
        isAll || ctx.has(bridge.parent === null ? '--real' : '--fake');
      const bridges = [...new Topology(ctx).bridges.values()];
      ctx.print(sortedLines(bridges.filter(wanted).map(({ name }) => name)));
    },
  },
  {
    name: 'br-exists',
    least: 1,
    most: 1,
    synopsis: 'BRIDGE',
    options: '',
    writes: false,
    reads,
    run(ctx) {
      if (!new Topology(ctx).bridges.has(ctx.argument(1))) fail('', 2);
    },
  },
  {
    name: 'br-to-vlan',
    least: 1,
    most: 1,
    synopsis: 'BRIDGE',
    options: '',
    writes: false,
    reads,
    run: (ctx) => ctx.print(`${new Topology(ctx).bridge(ctx.argument(1)).vlan}\n`),
  },
  {
    name: 'br-to-parent',
    least: 1,
    most: 1,
    synopsis: 'BRIDGE',
    options: '',
    writes: false,
    reads,
    run(ctx) {
      const bridge = new Topology(ctx).bridge(ctx.argument(1));
      ctx.print(`${(bridge.parent ?? bridge).name}\n`);
    },
  },
  {
    name: 'br-set-external-id',
    least: 2,
    most: 3,
    synopsis: 'BRIDGE KEY [VALUE]',
    options: '',
    writes: true,
    reads,
    run(ctx) {
      const { ids, prefix, set } = externalIds(ctx);
      const changed = new Map(ids);
      const [, , key = '', value] = ctx.argv;
      if (value === undefined) changed.delete(prefix + key);
      else changed.set(prefix + key, value);
      set(changed);
    },
  },
  {
    name: 'br-get-external-id',
    least: 1,
    most: 2,
    synopsis: 'BRIDGE [KEY]',
    options: '',
    writes: false,
    reads,
    run(ctx) {
      const { ids, prefix } = externalIds(ctx);
      const key = ctx.argv[2];
      if (key !== undefined) {
        const value = ids.get(prefix + key);
        if (value !== undefined) ctx.print(`${value}\n`);
        return;
      }
      for (const [name, value] of ids)
        if (name.startsWith(prefix)) ctx.print(`${name.slice(prefix.length)}=${value}\n`);
    },
  },
];

export const FAIL_MODE_COMMANDS: readonly Command<OvsSchema>[] = [
  {
    name: 'get-fail-mode',
    least: 1,
    most: 1,
    synopsis: 'BRIDGE',
    options: '',
    writes: false,
    reads,
    run(ctx) {
      const mode = realRow(new Topology(ctx).bridge(ctx.argument(1))).fail_mode;
      if (mode !== null) ctx.print(`${mode}\n`);
    },
  },
  {
    name: 'del-fail-mode',
    least: 1,
    most: 1,
    synopsis: 'BRIDGE',
    options: '',
    writes: true,
    reads,
    run(ctx) {
      ctx.update('Bridge', new Topology(ctx).realBridge(ctx.argument(1)).row._uuid, { fail_mode: null });
    },
  },
  {
    name: 'set-fail-mode',
    least: 2,
    most: 2,
    synopsis: 'BRIDGE MODE',
    options: '',
    writes: true,
    reads,
    run(ctx) {
      const { row } = new Topology(ctx).realBridge(ctx.argument(1));
      const mode = ctx.argument(2);
      if (mode !== 'standalone' && mode !== 'secure')
        return fail('fail-mode must be "standalone" or "secure"');
      return ctx.update('Bridge', row._uuid, { fail_mode: mode });
    },
  },
];
