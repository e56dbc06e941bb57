/** Auto Attach mappings of bridges. */
import type { OvsRow, OvsSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { scanInteger } from '../ovsdb/scan.ts';
import { fail } from '../ovsdb/stop.ts';
import { realRow, Topology, type VsctlContext } from './topology.ts';

function mapping(ctx: VsctlContext): readonly [isid: number, vlan: number] {
  const number = (index: number): number =>
    scanInteger(ctx.argument(index)) ?? fail(`Invalid argument ${ctx.argument(index)}`);
  return [number(2), number(3)];
}

const bridgeRow = (ctx: VsctlContext): OvsRow<'Bridge'> => realRow(new Topology(ctx).bridge(ctx.argument(1)));

export const AUTO_ATTACH_COMMANDS: readonly Command<OvsSchema>[] = [
  {
    name: 'add-aa-mapping',
    least: 3,
    most: 3,
    synopsis: 'BRIDGE ARG ARG',
    options: '',
    writes: true,
    run(ctx) {
      const [isid, vlan] = mapping(ctx);
      const row = bridgeRow(ctx);
      const uuid = row.auto_attach ?? ctx.insert('AutoAttach', {});
      if (row.auto_attach === null) ctx.update('Bridge', row._uuid, { auto_attach: uuid });
      const { mappings } = ctx.target('AutoAttach', uuid);
      ctx.update('AutoAttach', uuid, { mappings: new Map([...mappings, [isid, vlan]]) });
    },
  },
  {
    name: 'del-aa-mapping',
    least: 3,
    most: 3,
    synopsis: 'BRIDGE ARG ARG',
    options: '',
    writes: true,
    run(ctx) {
      const [isid, vlan] = mapping(ctx);
      const attach = ctx.get('AutoAttach', bridgeRow(ctx).auto_attach);
      if (attach?.mappings.get(isid) !== vlan) return;
      // Like the real program, this also drops other mappings that share the VLAN.
      const kept = [...attach.mappings].filter(([key, value]) => key !== isid && value !== vlan);
      ctx.update('AutoAttach', attach._uuid, { mappings: new Map(kept) });
    },
  },
  {
    name: 'get-aa-mapping',
    least: 1,
    most: 1,
    synopsis: 'BRIDGE',
    options: '',
    writes: false,
    run(ctx) {
      const attach = ctx.get('AutoAttach', bridgeRow(ctx).auto_attach);
      for (const [isid, vlan] of attach?.mappings ?? []) ctx.print(`${isid} ${vlan}\n`);
    },
  },
];
