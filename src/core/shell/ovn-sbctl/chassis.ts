/** Chassis and the binding of ports to them; flushing of IP multicast. */
import { stringOrder, type SbRow, type SbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import type { CtlContext } from '../ovsdb/context.ts';
import { findRow } from '../ovsdb/row-lookup.ts';
import { fail } from '../ovsdb/stop.ts';
import { INFO_READS, type SbctlContext } from './info.ts';

const reads = (): typeof INFO_READS => INFO_READS;

function findPort(ctx: SbctlContext, name: string, mustExist: boolean): SbRow<'Port_Binding'> | undefined {
  const [row] = ctx.find('Port_Binding', 'logical_port', name);
  if (row === undefined && mustExist) fail(`no port named ${name}`);
  return row;
}

function findChassis(ctx: SbctlContext, name: string, mustExist: boolean): SbRow<'Chassis'> | undefined {
  const [row] = ctx.find('Chassis', 'name', name);
  if (row === undefined && mustExist) fail(`no chassis named ${name}`);
  return row;
}

const isEncapType = (type: string): type is SbRow<'Encap'>['type'] => type === 'geneve' || type === 'vxlan';

function addChassis(ctx: SbctlContext): void {
  const [, name = '', types = '', ip = ''] = ctx.argv;
  if (findChassis(ctx, name, false) !== undefined) {
    if (!ctx.has('--may-exist'))
      fail(`cannot create a chassis named ${name} because a chassis named ${name} already exists`);
    return;
  }
  const encaps = stringOrder(new Set(types.split(',').filter((type) => type !== ''))).map((type) =>
    ctx.insert('Encap', {
      // A wrong type is the server's to refuse.
      type: isEncapType(type) ? type : (type as 'geneve'),
      ip,
      options: new Map([['csum', 'true']]),
      chassis_name: name,
    }),
  );
  ctx.insert('Chassis', { name, encaps });
}

export const CHASSIS_COMMANDS: readonly Command<SbSchema>[] = [
  {
    name: 'chassis-add',
    least: 3,
    most: 3,
    synopsis: 'CHASSIS ENCAP-TYPE ENCAP-IP',
    options: '--may-exist',
    writes: true,
    reads,
    run: addChassis,
  },
  {
    name: 'chassis-del',
    least: 1,
    most: 1,
    synopsis: 'CHASSIS',
    options: '--if-exists',
    writes: true,
    reads,
    run(ctx) {
      const name = ctx.argument(1);
      const row = findChassis(ctx, name, !ctx.has('--if-exists'));
      if (row === undefined) return;
      for (const encap of row.encaps) ctx.delete('Encap', encap);
      for (const own of ctx.find('Chassis_Private', 'name', name)) ctx.delete('Chassis_Private', own._uuid);
      ctx.delete('Chassis', row._uuid);
    },
  },
  {
    name: 'lsp-bind',
    least: 2,
    most: 2,
    synopsis: 'PORT CHASSIS',
    options: '--may-exist',
    writes: true,
    reads,
    run(ctx) {
      const [, port = '', chassis = ''] = ctx.argv;
      const binding = findPort(ctx, port, true);
      const row = findChassis(ctx, chassis, true);
      if (binding === undefined || row === undefined) return;
      if (binding.chassis !== null) {
        if (!ctx.has('--may-exist') || binding.chassis !== row._uuid)
          fail(
            `lport (${port}) has already been binded to chassis (${ctx.target('Chassis', binding.chassis).name})`,
          );
        return;
      }
      ctx.update('Port_Binding', binding._uuid, { chassis: row._uuid, up: true });
    },
  },
  {
    name: 'lsp-unbind',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '--if-exists',
    writes: true,
    reads,
    run(ctx) {
      const binding = findPort(ctx, ctx.argument(1), !ctx.has('--if-exists'));
      if (binding !== undefined) ctx.update('Port_Binding', binding._uuid, { chassis: null, up: null });
    },
  },
  {
    name: 'ip-multicast-flush',
    least: 0,
    most: 1,
    synopsis: 'SWITCH',
    options: '',
    writes: true,
    reads,
    run(ctx) {
      const [, name] = ctx.argv;
      const wanted =
        name === undefined
          ? undefined
          : findRow(ctx as unknown as CtlContext, 'Datapath_Binding', name)?._uuid;
      if (name !== undefined && wanted === undefined) fail(`${name} is not a valid datapath`);
      for (const row of ctx.rows('IP_Multicast'))
        if (wanted === undefined || row.datapath === wanted)
          ctx.update('IP_Multicast', row._uuid, { seq_no: row.seq_no + 1 });
    },
  },
];
