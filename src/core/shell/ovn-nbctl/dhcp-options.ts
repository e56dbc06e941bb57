/** DHCP options. */
import { mapOrder, sortedByText, type NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { fail } from '../ovsdb/stop.ts';
import { isNetwork } from './address-text.ts';
import { getDhcpOptions, keyValues } from './lookup.ts';

export const DHCP_OPTIONS_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'dhcp-options-create',
    least: 1,
    most: Infinity,
    synopsis: 'CIDR [EXTERNAL:IDS]',
    options: '',
    writes: true,
    run(ctx) {
      const cidr = ctx.argument(1);
      if (!isNetwork(cidr)) fail(`Invalid cidr format '${cidr}'`);
      ctx.insert('DHCP_Options', { cidr, external_ids: keyValues(ctx.argv.slice(2)) });
    },
  },
  {
    name: 'dhcp-options-del',
    least: 1,
    most: 1,
    synopsis: 'DHCP_OPT_UUID',
    options: '',
    writes: true,
    run: (ctx) => ctx.delete('DHCP_Options', getDhcpOptions(ctx, ctx.argument(1))._uuid),
  },
  {
    name: 'dhcp-options-list',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: false,
    run(ctx) {
      for (const { _uuid } of sortedByText(ctx.rows('DHCP_Options'), ({ cidr }) => cidr))
        ctx.print(`${_uuid}\n`);
    },
  },
  {
    name: 'dhcp-options-set-options',
    least: 1,
    most: Infinity,
    synopsis: 'DHCP_OPT_UUID KEY=VALUE [KEY=VALUE]...',
    options: '',
    writes: true,
    run(ctx) {
      const { _uuid } = getDhcpOptions(ctx, ctx.argument(1));
      ctx.update('DHCP_Options', _uuid, { options: keyValues(ctx.argv.slice(2)) });
    },
  },
  {
    name: 'dhcp-options-get-options',
    least: 1,
    most: 1,
    synopsis: 'DHCP_OPT_UUID',
    options: '',
    writes: false,
    run(ctx) {
      for (const [key, value] of mapOrder(getDhcpOptions(ctx, ctx.argument(1)).options))
        ctx.print(`${key}=${value}\n`);
    },
  },
];
