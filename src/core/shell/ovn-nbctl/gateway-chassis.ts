/** Gateway chassis of router ports. */
import type { NbRow, NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { fail } from '../ovsdb/stop.ts';
import { parsePriority } from './arguments.ts';
import { compareText, getRouterPort, type NbctlContext } from './lookup.ts';

/** Highest priority first, then the greater name. */
function orderedGatewayChassis(
  ctx: NbctlContext,
  port: NbRow<'Logical_Router_Port'>,
): readonly NbRow<'Gateway_Chassis'>[] {
  return ctx
    .targets('Gateway_Chassis', port.gateway_chassis)
    .toSorted((a, b) => b.priority - a.priority || compareText(b.name, a.name));
}

export const GATEWAY_CHASSIS_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'lrp-set-gateway-chassis',
    least: 2,
    most: 3,
    synopsis: 'PORT CHASSIS [PRIORITY]',
    options: '--may-exist',
    writes: true,
    run(ctx) {
      const [, portName = '', chassis_name = '', priorityText] = ctx.argv;
      const port = getRouterPort(ctx, portName);
      const priority = priorityText === undefined ? 0 : parsePriority(priorityText);
      const existing = ctx
        .targets('Gateway_Chassis', port.gateway_chassis)
        .find((each) => each.chassis_name === chassis_name);
      if (existing !== undefined) return ctx.update('Gateway_Chassis', existing._uuid, { priority });
      const made = ctx.insert('Gateway_Chassis', {
        name: `${portName}-${chassis_name}`,
        chassis_name,
        priority,
      });
      return ctx.update('Logical_Router_Port', port._uuid, {
        gateway_chassis: [...port.gateway_chassis, made],
      });
    },
  },
  {
    name: 'lrp-del-gateway-chassis',
    least: 2,
    most: 2,
    synopsis: 'PORT CHASSIS',
    options: '',
    writes: true,
    run(ctx) {
      const [, portName = '', chassis = ''] = ctx.argv;
      const port = getRouterPort(ctx, portName);
      // A chassis whose name is a beginning of the argument is taken too, as in the real program.
      const gone = ctx
        .targets('Gateway_Chassis', port.gateway_chassis)
        .find(({ chassis_name }) => chassis.startsWith(chassis_name));
      if (gone === undefined) return fail(`chassis ${chassis} is not added to logical port ${portName}`);
      const gateway_chassis = port.gateway_chassis.filter((uuid) => uuid !== gone._uuid);
      ctx.update('Logical_Router_Port', port._uuid, { gateway_chassis });
      return ctx.delete('Gateway_Chassis', gone._uuid);
    },
  },
  {
    name: 'lrp-get-gateway-chassis',
    least: 1,
    most: 1,
    synopsis: 'PORT',
    options: '',
    writes: false,
    run(ctx) {
      for (const { name, priority } of orderedGatewayChassis(ctx, getRouterPort(ctx, ctx.argument(1))))
        ctx.print(`${name} ${String(priority).padStart(5)}\n`);
    },
  },
];
