/** Load balancers, and those of switches and routers. */
import type { Uuid } from '../../base/uuid.ts';
import { sortedByText, type NbRow, type NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { field } from '../ovsdb/pad.ts';
import { booleanOf } from '../ovsdb/scan.ts';
import { fail } from '../ovsdb/stop.ts';
import { findLoadBalancer, getLoadBalancer, getRouter, getSwitch, type NbctlContext } from './lookup.ts';
import { parseEndpoint, parseTemplateVip, parseVip, type Vip } from './vip.ts';

type LoadBalancer = NbRow<'Load_Balancer'>;

function vipArgument(ctx: NbctlContext, isTemplate: boolean, family: 4 | 6): Vip {
  const [, , key = '', value = ''] = ctx.argv;
  const parsed = isTemplate ? parseTemplateVip(key, value, family) : parseVip(key, value);
  if (parsed.ok) return parsed.value;
  for (const text of parsed.error.logs) ctx.run.log.log('socket_util', 'ERR', text);
  return fail(parsed.error.message);
}

function addLoadBalancer(ctx: NbctlContext): void {
  const [, name = '', , , protocolText, familyText] = ctx.argv;
  const isReject = ctx.has('--reject');
  const isEvent = ctx.has('--event');
  const isTemplate = ctx.has('--template');
  if (isEvent && isReject) fail("--reject and --event can't specified at the same time");
  const protocol = protocolText ?? 'tcp';
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp')
    return fail(`${protocol}: protocol must be one of "tcp", "udp",  or "sctp".`);
  const family = familyText === undefined || familyText === 'ipv4' ? 4 : 6;
  const vip = vipArgument(ctx, isTemplate, family);
  if (protocolText !== undefined && !vip.hasPort)
    fail('Protocol is unnecessary when no port of vip is given.');
  const existing = ctx.has('--add-duplicate') ? undefined : findLoadBalancer(ctx, name);
  if (existing !== undefined) {
    if (existing.vips.has(vip.key) && !ctx.has('--may-exist'))
      fail(`${name}: a load balancer with this vip (${vip.key}) already exists`);
    return ctx.update('Load_Balancer', existing._uuid, {
      vips: new Map([...existing.vips, [vip.key, vip.backends]]),
      ...(protocolText === undefined ? {} : { protocol }),
    });
  }
  const options = new Map<string, string>();
  if (isReject) options.set('reject', 'true');
  if (isEvent) options.set('event', 'true');
  if (ctx.has('--add-route')) options.set('add_route', 'true');
  if (isTemplate) options.set('template', 'true').set('address-family', `ipv${family}`);
  ctx.insert('Load_Balancer', { name, protocol, vips: new Map([[vip.key, vip.backends]]), options });
  return undefined;
}

function deleteLoadBalancer(ctx: NbctlContext): void {
  const [, id = '', vip] = ctx.argv;
  const row = findLoadBalancer(ctx, id);
  if (row === undefined) return;
  if (vip === undefined) return ctx.delete('Load_Balancer', row._uuid);
  if (!row.vips.has(vip)) {
    if (!ctx.has('--if-exists')) fail(`vip ${vip} is not part of the load balancer.`);
    return;
  }
  const vips = new Map([...row.vips].filter(([key]) => key !== vip));
  if (vips.size === 0) return ctx.delete('Load_Balancer', row._uuid);
  return ctx.update('Load_Balancer', row._uuid, { vips });
}

/** The lines of one load balancer; undefined when it has no virtual address. */
function balancerText(ctx: NbctlContext, row: LoadBalancer, width: number): string | undefined {
  if (row.vips.size === 0) return undefined;
  const isTemplate = booleanOf(row.options, 'template', false);
  let text = '';
  for (const [i, [vip, backends]] of [...row.vips].entries()) {
    let protocol: string = row.protocol ?? '';
    if (isTemplate && row.protocol === null) {
      ctx.warn(`Load Balancer ${row._uuid} (${row.name}) is a template and misses protocol`);
      continue;
    }
    if (!isTemplate) {
      const parsed = parseEndpoint(vip);
      if (!parsed.ok) {
        if (parsed.error !== '') ctx.run.log.log('socket_util', 'ERR', parsed.error);
        continue;
      }
      if (parsed.value.port === 0) protocol = '';
      else if (row.protocol === null) protocol = '(null)';
    }
    const rest = `${field(protocol, 11, 7)}${field(vip, width + 4, width)}${backends}`;
    text += i === 0 ? `${row._uuid}    ${field(row.name, 20, 16)}${rest}` : `\n${' '.repeat(60)}${rest}`;
  }
  return text;
}

function printBalancers(ctx: NbctlContext, rows: readonly LoadBalancer[]): void {
  const width = Math.max(0, ...rows.flatMap(({ vips }) => [...vips.keys()].map((vip) => vip.length)));
  const shown = rows.flatMap((row) => {
    const text = balancerText(ctx, row, width);
    return text === undefined ? [] : [{ key: field(row.name, 20, 16), text }];
  });
  if (shown.length === 0) return;
  ctx.print(
    `${field('UUID', 40, 36)}${field('LB', 20, 16)}${field('PROTO', 11, 7)}${field('VIP', width + 4, width)}IPs\n`,
  );
  for (const { text } of sortedByText(shown, ({ key }) => key)) ctx.print(`${text}\n`);
}

type OwnerTable = 'Logical_Switch' | 'Logical_Router';

function ownerCommands(
  prefix: 'lr' | 'ls',
  table: OwnerTable,
  word: 'router' | 'switch',
): readonly Command<NbSchema>[] {
  const get = (ctx: NbctlContext): NbRow<OwnerTable> =>
    table === 'Logical_Router' ? getRouter(ctx, ctx.argument(1)) : getSwitch(ctx, ctx.argument(1));
  const put = (ctx: NbctlContext, uuid: Uuid, load_balancer: readonly Uuid[]): void =>
    ctx.update(table, uuid, { load_balancer });
  const synopsis = word.toUpperCase();
  return [
    {
      name: `${prefix}-lb-add`,
      least: 2,
      most: 2,
      synopsis: `${synopsis} LB`,
      options: '--may-exist',
      writes: true,
      run(ctx) {
        const { _uuid: owner, load_balancer } = get(ctx);
        const { _uuid } = getLoadBalancer(ctx, ctx.argument(2));
        if (!load_balancer.includes(_uuid)) return put(ctx, owner, [...load_balancer, _uuid]);
        if (!ctx.has('--may-exist')) fail(`${_uuid} : a load balancer with this UUID already exists`);
        return undefined;
      },
    },
    {
      name: `${prefix}-lb-del`,
      least: 1,
      most: 2,
      synopsis: `${synopsis} [LB]`,
      options: '--if-exists',
      writes: true,
      run(ctx) {
        const { _uuid: owner, load_balancer } = get(ctx);
        if (ctx.argv.length === 2) return put(ctx, owner, []);
        const { _uuid, name } = getLoadBalancer(ctx, ctx.argument(2));
        if (load_balancer.includes(_uuid))
          return put(
            ctx,
            owner,
            load_balancer.filter((uuid) => uuid !== _uuid),
          );
        if (!ctx.has('--if-exists')) fail(`load balancer ${name} is not part of any logical ${word}.`);
        return undefined;
      },
    },
    {
      name: `${prefix}-lb-list`,
      least: 1,
      most: 1,
      synopsis,
      options: '',
      writes: false,
      run(ctx) {
        const row = get(ctx);
        const groups = ctx.targets('Load_Balancer_Group', row.load_balancer_group);
        const uuids = [...row.load_balancer, ...groups.flatMap((group) => group.load_balancer)];
        printBalancers(ctx, ctx.targets('Load_Balancer', uuids));
      },
    },
  ];
}

export const LOAD_BALANCER_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'lb-add',
    least: 3,
    most: 5,
    synopsis: 'LB VIP[:PORT] IP[:PORT]... [PROTOCOL] [ADDRESS_FAMILY]',
    options: '--may-exist,--add-duplicate,--reject,--event,--add-route,--template',
    writes: true,
    run: addLoadBalancer,
  },
  {
    name: 'lb-del',
    least: 1,
    most: 2,
    synopsis: 'LB [VIP]',
    options: '--if-exists',
    writes: true,
    run: deleteLoadBalancer,
  },
  {
    name: 'lb-list',
    least: 0,
    most: 1,
    synopsis: '[LB]',
    options: '',
    writes: false,
    run(ctx) {
      const [, name] = ctx.argv;
      printBalancers(
        ctx,
        ctx.rows('Load_Balancer').filter((row) => name === undefined || row.name === name),
      );
    },
  },
  ...ownerCommands('lr', 'Logical_Router', 'router'),
  ...ownerCommands('ls', 'Logical_Switch', 'switch'),
];
