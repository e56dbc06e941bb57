/** Forwarding groups of switches. */
import { parseIpv4 } from '../../base/address.ts';
import type { NbRow, NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { field } from '../ovsdb/pad.ts';
import { fail } from '../ovsdb/stop.ts';
import { isMac } from './address-text.ts';
import { findForwardingGroup, findSwitchPort, getSwitch, switchOf, type NbctlContext } from './lookup.ts';

type Group = NbRow<'Forwarding_Group'>;

/** The switch of the group's first port. */
function switchOfGroup(ctx: NbctlContext, group: Group): NbRow<'Logical_Switch'> | undefined {
  const port = findSwitchPort(ctx, group.child_port[0] ?? '');
  return port === undefined ? undefined : switchOf(ctx, port);
}

function addGroup(ctx: NbctlContext): void {
  const [, name = '', switchName = '', vip = '', vmac = '', ...child_port] = ctx.argv;
  if (child_port.length === 0) fail('Usage : ovn-nbctl fwd-group-add group switch vip vmac child_ports...');
  if (findForwardingGroup(ctx, name) !== undefined)
    fail(`${name}: a forwarding group by this name already exists`);
  let row = getSwitch(ctx, switchName);
  if (parseIpv4(vip) === undefined) fail(`invalid ip address ${vip}`);
  if (!isMac(vmac)) fail(`invalid mac address ${vmac}`);
  for (const id of child_port) {
    const port = findSwitchPort(ctx, id) ?? fail(`${id}: logical switch port does not exist`);
    row = switchOf(ctx, port);
    if (row.name !== switchName) fail(`${id}: port already exists but in logical switch ${row.name}`);
  }
  const made = ctx.insert('Forwarding_Group', {
    name,
    vip,
    vmac,
    child_port,
    liveness: ctx.has('--liveness'),
  });
  ctx.update('Logical_Switch', row._uuid, { forwarding_groups: [...row.forwarding_groups, made] });
}

export const FORWARDING_GROUP_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'fwd-group-add',
    least: 4,
    most: Infinity,
    synopsis: 'SWITCH GROUP VIP VMAC PORT...',
    options: '--liveness',
    writes: true,
    run: addGroup,
  },
  {
    name: 'fwd-group-del',
    least: 1,
    most: 1,
    synopsis: 'GROUP',
    options: '--if-exists',
    writes: true,
    run(ctx) {
      const group = findForwardingGroup(ctx, ctx.argument(1));
      const row = group === undefined ? undefined : switchOfGroup(ctx, group);
      if (group === undefined || row === undefined) return;
      ctx.update('Logical_Switch', row._uuid, {
        forwarding_groups: row.forwarding_groups.filter((uuid) => uuid !== group._uuid),
      });
      ctx.delete('Forwarding_Group', group._uuid);
    },
  },
  {
    name: 'fwd-group-list',
    least: 0,
    most: 1,
    synopsis: '[GROUP]',
    options: '',
    writes: false,
    reads: () => ({
      Logical_Switch: ['name', 'ports'],
      Logical_Switch_Port: ['name'],
      Forwarding_Group: ['name', 'child_port', 'vip', 'vmac'],
    }),
    run(ctx) {
      const [, switchName] = ctx.argv;
      const wanted = switchName === undefined ? undefined : getSwitch(ctx, switchName);
      ctx.print(
        `${field('FWD_GROUP', 16, 16)}${field('LS', 14, 16)}${field('VIP', 16, 7)}${field('VMAC', 22, 21)}CHILD_PORTS\n`,
      );
      for (const group of ctx.rows('Forwarding_Group')) {
        const row = switchOfGroup(ctx, group);
        if (row === undefined || (wanted !== undefined && row.name !== switchName)) continue;
        const ports = group.child_port.map((port) => ` ${port}`).join('');
        ctx.print(
          `${field(group.name, 16, 16)}${field(row.name, 14, 18)}${field(group.vip, 15, 16)}${field(group.vmac, 9, 18)}     ${ports}\n`,
        );
      }
    },
  },
];
