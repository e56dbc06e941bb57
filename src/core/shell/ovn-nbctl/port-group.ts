/** Port groups. */
import type { NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { getPortGroup, getSwitchPort, type NbctlContext } from './lookup.ts';

const portsFrom = (ctx: NbctlContext): NonNullable<ReturnType<typeof getSwitchPort>>['_uuid'][] =>
  ctx.argv.slice(2).map((id) => getSwitchPort(ctx, id)._uuid);

export const PORT_GROUP_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'pg-add',
    least: 1,
    most: Infinity,
    synopsis: '',
    options: '',
    writes: true,
    run(ctx) {
      ctx.insert('Port_Group', { name: ctx.argument(1), ports: portsFrom(ctx) });
    },
  },
  {
    name: 'pg-set-ports',
    least: 2,
    most: Infinity,
    synopsis: '',
    options: '',
    writes: true,
    run(ctx) {
      const { _uuid } = getPortGroup(ctx, ctx.argument(1));
      ctx.update('Port_Group', _uuid, { ports: portsFrom(ctx) });
    },
  },
  {
    name: 'pg-del',
    least: 1,
    most: 1,
    synopsis: '',
    options: '',
    writes: true,
    run: (ctx) => ctx.delete('Port_Group', getPortGroup(ctx, ctx.argument(1))._uuid),
  },
  {
    name: 'pg-get-ports',
    least: 1,
    most: 1,
    synopsis: 'PORT_GROUP',
    options: '',
    writes: false,
    run(ctx) {
      const ports = ctx.targets('Logical_Switch_Port', getPortGroup(ctx, ctx.argument(1)).ports);
      if (ports.length > 0)
        ctx.print(
          `${ports
            .map(({ name }) => name)
            .sort()
            .join(' ')}\n`,
        );
    },
  },
];
