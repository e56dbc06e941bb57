/** Control plane protection: meters for the packets that go to controllers. */
import { parseUuid } from '../../base/uuid.ts';
import { mapOrder, type NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { fail } from '../ovsdb/stop.ts';
import { findCopp, getCopp, getRouter, getSwitch } from './lookup.ts';

const PROTOCOLS = [
  'arp',
  'arp-resolve',
  'dhcpv4-opts',
  'dhcpv6-opts',
  'dns',
  'event-elb',
  'icmp4-error',
  'icmp6-error',
  'igmp',
  'nd-na',
  'nd-ns',
  'nd-ns-resolve',
  'nd-ra-opts',
  'tcp-reset',
  'bfd',
  'reject',
  'svc-monitor',
  'dhcpv4-relay',
];

function checkProtocol(name: string): void {
  if (!PROTOCOLS.includes(name)) fail(`Invalid control protocol. Allowed values: ${PROTOCOLS.join(', ')}.`);
}

export const COPP_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'copp-add',
    least: 3,
    most: 3,
    synopsis: 'NAME PROTO METER',
    options: '',
    writes: true,
    run(ctx) {
      const [, id = '', protocol = '', meter = ''] = ctx.argv;
      checkProtocol(protocol);
      const isUuid = parseUuid(id) !== undefined;
      const row = isUuid ? getCopp(ctx, id) : findCopp(ctx, id);
      const uuid = row?._uuid ?? ctx.insert('Copp', {});
      const meters = new Map([...(row?.meters ?? []), [protocol, meter]]);
      ctx.update('Copp', uuid, { meters, ...(isUuid ? {} : { name: id }) });
    },
  },
  {
    name: 'copp-del',
    least: 1,
    most: 2,
    synopsis: 'NAME [PROTO]',
    options: '',
    writes: true,
    run(ctx) {
      const [, id = '', protocol] = ctx.argv;
      if (protocol !== undefined) checkProtocol(protocol);
      const row = findCopp(ctx, id);
      if (row === undefined) return;
      const meters = new Map([...row.meters].filter(([key]) => protocol !== undefined && key !== protocol));
      if (meters.size === 0) ctx.delete('Copp', row._uuid);
      else ctx.update('Copp', row._uuid, { meters });
    },
  },
  {
    name: 'copp-list',
    least: 1,
    most: 1,
    synopsis: 'NAME',
    options: '',
    writes: false,
    run(ctx) {
      for (const [key, value] of mapOrder(findCopp(ctx, ctx.argument(1))?.meters ?? new Map()))
        ctx.print(`${key}: ${value}\n`);
    },
  },
  {
    name: 'ls-copp-add',
    least: 2,
    most: 2,
    synopsis: 'NAME SWITCH',
    options: '',
    writes: true,
    run(ctx) {
      const { _uuid } = getSwitch(ctx, ctx.argument(2));
      ctx.update('Logical_Switch', _uuid, { copp: getCopp(ctx, ctx.argument(1))._uuid });
    },
  },
  {
    name: 'lr-copp-add',
    least: 2,
    most: 2,
    synopsis: 'NAME ROUTER',
    options: '',
    writes: true,
    run(ctx) {
      const { _uuid } = getRouter(ctx, ctx.argument(2));
      ctx.update('Logical_Router', _uuid, { copp: getCopp(ctx, ctx.argument(1))._uuid });
    },
  },
];
