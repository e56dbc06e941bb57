/** NAT rules of routers: deleting, listing, and the addresses that are exempt. */
import { sortedByText, type NbRow, type NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { field } from '../ovsdb/pad.ts';
import { fail } from '../ovsdb/stop.ts';
import { normalPrefix } from './address-text.ts';
import { getAddressSet, getRouter, getRouterPort, type NbctlContext } from './lookup.ts';
import { addNat, parseNatType, type NatType } from './nat-add.ts';

type Nat = NbRow<'NAT'>;
type Router = NbRow<'Logical_Router'>;
type RouterPort = NbRow<'Logical_Router_Port'>;

/** Deletes the rules that fit. Gives how many did. */
function deleteMatching(
  ctx: NbctlContext,
  router: Router,
  type: NatType,
  ip: string | undefined,
  port: RouterPort | undefined,
): number {
  const match = ctx.option('--match');
  const isGone = (nat: Nat): boolean => {
    const old = normalPrefix(type === 'snat' ? nat.logical_ip : nat.external_ip);
    return (
      old !== undefined &&
      nat.type === type &&
      (ip === undefined || ip === old) &&
      (port === undefined || nat.gateway_port === port._uuid) &&
      (match === undefined || nat.match === match)
    );
  };
  const nats = ctx.targets('NAT', router.nat);
  const kept = nats.filter((nat) => !isGone(nat));
  ctx.update('Logical_Router', router._uuid, { nat: kept.map(({ _uuid }) => _uuid) });
  return nats.length - kept.length;
}

function deleteNat(ctx: NbctlContext): void {
  const [, id = '', typeText, ipText, portName] = ctx.argv;
  const router = getRouter(ctx, id);
  const match = ctx.option('--match');
  if (typeText === undefined) {
    if (match === undefined) return ctx.update('Logical_Router', router._uuid, { nat: [] });
    return fail('lr-nat-del with --match must also specify a type.');
  }
  const type = parseNatType(typeText);
  if (ipText === undefined) {
    deleteMatching(ctx, router, type, undefined, undefined);
    return undefined;
  }
  const ip = normalPrefix(ipText);
  if (portName === undefined) {
    const port = ip === undefined ? getRouterPort(ctx, ipText) : undefined;
    deleteMatching(ctx, router, type, ip, port);
    return undefined;
  }
  if (ip === undefined) fail(`${ipText}: Invalid IP address or CIDR`);
  const count = deleteMatching(ctx, router, type, ip, getRouterPort(ctx, portName));
  if (count > 0 || ctx.has('--if-exists')) return undefined;
  const tail =
    match === undefined
      ? ` and gateway_port (${portName})`
      : `, gateway_port (${portName}) and match (${match})`;
  return fail(
    `no matching NAT with the type (${type}), ${type === 'snat' ? 'logical_ip' : 'external_ip'} (${ip})${tail}`,
  );
}

function listNat(ctx: NbctlContext): void {
  const { nat: uuids } = getRouter(ctx, ctx.argument(1));
  const lines = ctx.targets('NAT', uuids).map((nat) => {
    const gateway = ctx.get('Logical_Router_Port', nat.gateway_port)?.name ?? '';
    const key =
      field(nat.type, 17, 13) +
      field(gateway, 22, 18) +
      field(nat.match, 22, 18) +
      field(nat.external_ip, 19, 15);
    const range = field(nat.external_port_range, 17, 13);
    const value =
      nat.external_mac !== null && nat.logical_port !== null
        ? `${range}${field(nat.logical_ip, 20, 16)}${field(nat.external_mac, 21, 17)}${nat.logical_port}`
        : `${range}${nat.logical_ip}`;
    return { key, value };
  });
  if (lines.length === 0) return;
  ctx.print(
    `${field('TYPE', 17, 13)}${field('GATEWAY_PORT', 22, 18)}${field('MATCH', 22, 18)}${field('EXTERNAL_IP', 19, 15)}${field('EXTERNAL_PORT', 17, 13)}${field('LOGICAL_IP', 20, 16)}${field('EXTERNAL_MAC', 21, 17)}LOGICAL_PORT\n`,
  );
  for (const { key, value } of sortedByText(lines, ({ key }) => key))
    ctx.print(`${field(key, 80, 86)}${value}\n`);
}

function setExternalIps(ctx: NbctlContext): void {
  const [, id = '', typeText = '', ipText = '', setName = ''] = ctx.argv;
  const router = getRouter(ctx, id);
  const type = parseNatType(typeText);
  const { _uuid: set } = getAddressSet(ctx, setName);
  const ip = normalPrefix(ipText) ?? fail(`${ipText}: Invalid IP address or CIDR`);
  const nat = ctx
    .targets('NAT', router.nat)
    .find(
      (each) =>
        each.type === type && normalPrefix(type === 'snat' ? each.logical_ip : each.external_ip) === ip,
    );
  if (nat === undefined) return fail(`${type}: Could not locate nat rule for: ${ip}.`);
  return ctx.update(
    'NAT',
    nat._uuid,
    ctx.has('--is-exempted') ? { exempted_ext_ips: set } : { allowed_ext_ips: set },
  );
}

export const NAT_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'lr-nat-add',
    least: 4,
    most: 7,
    synopsis: 'ROUTER TYPE EXTERNAL_IP LOGICAL_IP[LOGICAL_PORT EXTERNAL_MAC] [EXTERNAL_PORT_RANGE]',
    options: '--may-exist,--stateless,--portrange,--add-route,--gateway-port=,--priority=,--match=',
    writes: true,
    run: addNat,
  },
  {
    name: 'lr-nat-del',
    least: 1,
    most: 4,
    synopsis: 'ROUTER [TYPE [IP] [GATEWAY_PORT]]',
    options: '--if-exists,--match=',
    writes: true,
    run: deleteNat,
  },
  {
    name: 'lr-nat-list',
    least: 1,
    most: 1,
    synopsis: 'ROUTER',
    options: '',
    writes: false,
    run: listNat,
  },
  {
    name: 'lr-nat-update-ext-ip',
    least: 4,
    most: 4,
    synopsis: 'ROUTER TYPE IP ADDRESS_SET',
    options: '--is-exempted',
    writes: true,
    run: setExternalIps,
  },
];
