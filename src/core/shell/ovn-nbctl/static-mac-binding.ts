/** MAC addresses that routers know without asking. */
import { sortedByText, type NbRow, type NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { field } from '../ovsdb/pad.ts';
import { fail } from '../ovsdb/stop.ts';
import { isMac, normalAddress } from './address-text.ts';
import { getRouterPort, type NbctlContext } from './lookup.ts';

const findBinding = (ctx: NbctlContext, port: string, ip: string): NbRow<'Static_MAC_Binding'> | undefined =>
  ctx.find('Static_MAC_Binding', 'logical_port', port).find((row) => row.ip === ip);

const parseAddress = (text: string): string =>
  normalAddress(text) ?? fail(`${text}: Not a valid IPv4 or IPv6 address.`);

export const STATIC_MAC_BINDING_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'static-mac-binding-add',
    least: 3,
    most: 3,
    synopsis: 'LOGICAL_PORT IP MAC',
    options: '--may-exist',
    writes: true,
    run(ctx) {
      const [, logical_port = '', ipText = '', mac = ''] = ctx.argv;
      getRouterPort(ctx, logical_port);
      const ip = parseAddress(ipText);
      if (!isMac(mac)) fail(`invalid mac address ${mac}.`);
      const existing = findBinding(ctx, logical_port, ipText);
      if (existing === undefined) {
        ctx.insert('Static_MAC_Binding', { logical_port, ip, mac });
        return;
      }
      if (!ctx.has('--may-exist'))
        fail(`${logical_port}, ${ip}: a Static_MAC_Binding with this logical_port and ip already exists`);
      ctx.update('Static_MAC_Binding', existing._uuid, { mac });
    },
  },
  {
    name: 'static-mac-binding-del',
    least: 2,
    most: 2,
    synopsis: 'LOGICAL_PORT IP',
    options: '--if-exists',
    writes: true,
    run(ctx) {
      const [, port = '', ipText = ''] = ctx.argv;
      getRouterPort(ctx, port);
      const ip = parseAddress(ipText);
      const row = findBinding(ctx, port, ip);
      if (row !== undefined) ctx.delete('Static_MAC_Binding', row._uuid);
      else if (!ctx.has('--if-exists')) fail(`no matching Static_MAC_Binding with port ${port} and ip ${ip}`);
    },
  },
  {
    name: 'static-mac-binding-list',
    least: 0,
    most: 0,
    synopsis: '',
    options: '',
    writes: false,
    run(ctx) {
      const rows = ctx
        .rows('Static_MAC_Binding')
        .map(({ logical_port, ip, mac }) => ({ key: field(logical_port, 25) + field(ip, 25), mac }));
      if (rows.length === 0) return;
      ctx.print(`${field('LOGICAL_PORT', 25)}${field('IP', 25)}MAC\n`);
      for (const { key, mac } of sortedByText(rows, ({ key }) => key)) ctx.print(`${key}${mac}\n`);
    },
  },
];
