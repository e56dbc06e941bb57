/** Groups of chassis that stand in for one another. */
import type { NbRow, NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { fail } from '../ovsdb/stop.ts';
import { parsePriority } from './arguments.ts';
import { getChassisGroup, type NbctlContext } from './lookup.ts';

type Group = NbRow<'HA_Chassis_Group'>;

const findChassis = (ctx: NbctlContext, group: Group, name: string): NbRow<'HA_Chassis'> | undefined =>
  ctx.targets('HA_Chassis', group.ha_chassis).find(({ chassis_name }) => chassis_name === name);

function getChassis(ctx: NbctlContext, group: Group): NbRow<'HA_Chassis'> {
  const [, id = '', name = ''] = ctx.argv;
  return findChassis(ctx, group, name) ?? fail(`${name}: ha chassis not found in ${id} ha chassis group`);
}

function groupText(ctx: NbctlContext, { _uuid, name, ha_chassis }: Group): string {
  const chassis = ctx
    .targets('HA_Chassis', ha_chassis)
    .map((each) => `    ${each._uuid} (${each.chassis_name})\n    priority ${each.priority}\n\n`);
  return `${_uuid} (${name})\n${chassis.join('')}\n`;
}

const base = { synopsis: '[CHASSIS GROUP]', options: '' } as const;

export const HA_CHASSIS_GROUP_COMMANDS: readonly Command<NbSchema>[] = [
  {
    ...base,
    name: 'ha-chassis-group-add',
    least: 1,
    most: 1,
    writes: true,
    run(ctx) {
      ctx.insert('HA_Chassis_Group', { name: ctx.argument(1) });
    },
  },
  {
    ...base,
    name: 'ha-chassis-group-del',
    least: 1,
    most: 1,
    writes: true,
    run: (ctx) => ctx.delete('HA_Chassis_Group', getChassisGroup(ctx, ctx.argument(1))._uuid),
  },
  {
    ...base,
    name: 'ha-chassis-group-list',
    least: 0,
    most: 1,
    writes: false,
    reads: () => ({ HA_Chassis_Group: ['name', 'ha_chassis'], HA_Chassis: ['chassis_name', 'priority'] }),
    run(ctx) {
      const [, id] = ctx.argv;
      const groups = id === undefined ? ctx.rows('HA_Chassis_Group') : [getChassisGroup(ctx, id)];
      for (const group of groups) ctx.print(groupText(ctx, group));
    },
  },
  {
    ...base,
    name: 'ha-chassis-group-add-chassis',
    least: 3,
    most: 3,
    writes: true,
    run(ctx) {
      const [, id = '', chassis_name = '', priorityText = ''] = ctx.argv;
      const group = getChassisGroup(ctx, id);
      const priority = parsePriority(priorityText);
      const existing = findChassis(ctx, group, chassis_name);
      if (existing !== undefined) return ctx.update('HA_Chassis', existing._uuid, { priority });
      const made = ctx.insert('HA_Chassis', { chassis_name, priority });
      return ctx.update('HA_Chassis_Group', group._uuid, { ha_chassis: [...group.ha_chassis, made] });
    },
  },
  {
    ...base,
    name: 'ha-chassis-group-remove-chassis',
    least: 2,
    most: 2,
    writes: true,
    run(ctx) {
      const group = getChassisGroup(ctx, ctx.argument(1));
      const { _uuid } = getChassis(ctx, group);
      const ha_chassis = group.ha_chassis.filter((uuid) => uuid !== _uuid);
      ctx.update('HA_Chassis_Group', group._uuid, { ha_chassis });
      ctx.delete('HA_Chassis', _uuid);
    },
  },
  {
    ...base,
    name: 'ha-chassis-group-set-chassis-prio',
    least: 3,
    most: 3,
    writes: true,
    run(ctx) {
      const group = getChassisGroup(ctx, ctx.argument(1));
      const priority = parsePriority(ctx.argument(3));
      ctx.update('HA_Chassis', getChassis(ctx, group)._uuid, { priority });
    },
  },
];
