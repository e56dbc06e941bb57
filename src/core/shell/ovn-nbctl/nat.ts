/** NAT rules of routers. */
import { sortedByText, type NbRow, type NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { field } from '../ovsdb/pad.ts';
import { atoi } from '../ovsdb/scan.ts';
import { fail } from '../ovsdb/stop.ts';
import {
  isInNetworks,
  isMac,
  normalAddress4,
  normalAddress6,
  normalPrefix,
  normalPrefix4,
  normalPrefix6,
} from './address-text.ts';
import { parsePriority } from './arguments.ts';
import { getAddressSet, getRouter, getRouterPort, getSwitchPort, type NbctlContext } from './lookup.ts';

type Nat = NbRow<'NAT'>;
type Router = NbRow<'Logical_Router'>;
type RouterPort = NbRow<'Logical_Router_Port'>;
type NatType = Nat['type'];

function parseType(text: string): NatType {
  if (text === 'dnat' || text === 'snat' || text === 'dnat_and_snat') return text;
  return fail(`${text}: type must be one of "dnat", "snat" and "dnat_and_snat".`);
}

/** `N` or `N-M`, with N less than M. */
function isPortRange(text: string): boolean {
  const [low = '', high, ...more] = text.split('-').filter((part) => part !== '');
  if (atoi(low) <= 0) return false;
  if (!text.includes('-')) return true;
  return high !== undefined && more.length === 0 && atoi(low) < atoi(high) && atoi(high) <= 65535;
}

/** Both addresses in normal form. */
function parseAddresses(
  type: NatType,
  externalText: string,
  logicalText: string,
): readonly [external: string, logical: string] {
  const four = normalAddress4(externalText);
  const external = four ?? normalAddress6(externalText);
  if (external === undefined) return fail(`${externalText}: Not a valid IPv4 or IPv6 address.`);
  const family = four === undefined ? 'IPv6' : 'IPv4';
  if (type === 'snat') {
    const logical = (four === undefined ? normalPrefix6 : normalPrefix4)(logicalText);
    return [external, logical ?? fail(`${logicalText}: should be an ${family} address or network.`)];
  }
  const logical = (four === undefined ? normalAddress6 : normalAddress4)(logicalText);
  return [external, logical ?? fail(`${logicalText}: Not a valid ${family} address.`)];
}

interface Placement {
  readonly port_range: string | null;
  readonly logical_port: string | null;
  readonly external_mac: string | null;
}

/** What follows the addresses: a port range, or a port and MAC for a distributed rule, or both. */
function parsePlacement(ctx: NbctlContext, type: NatType): Placement {
  const [, , , , , fifth, sixth, seventh] = ctx.argv;
  const isRange = ctx.has('--portrange');
  const range = (text: string): string => (isPortRange(text) ? text : fail(`invalid port range ${text}.`));
  if (fifth === undefined) return { port_range: null, logical_port: null, external_mac: null };
  if (sixth === undefined) {
    if (!isRange) fail('lr-nat-add with logical_port must also specify external_mac.');
    return { port_range: range(fifth), logical_port: null, external_mac: null };
  }
  if (type !== 'dnat_and_snat')
    fail('logical_port and external_mac are only valid when type is "dnat_and_snat".');
  if (seventh === undefined && isRange) fail('lr-nat-add with logical_port must also specify external_mac.');
  getSwitchPort(ctx, fifth);
  if (!isMac(sixth)) fail(`invalid mac address ${sixth}.`);
  return {
    port_range: seventh === undefined ? null : range(seventh),
    logical_port: fifth,
    external_mac: sixth,
  };
}

interface Gateway {
  readonly port: RouterPort | undefined;
  /** Distributed gateway ports of the router. */
  readonly count: number;
}

const isGatewayPort = (port: RouterPort): boolean =>
  port.ha_chassis_group !== null || port.gateway_chassis.length > 0;

/** The distributed gateway port of a rule: the one named, or the one whose network has the external address. */
function findGateway(ctx: NbctlContext, router: Router, external: string): Gateway {
  const ports = ctx.targets('Logical_Router_Port', router.ports);
  const gateways = ports.filter(isGatewayPort);
  const name = ctx.option('--gateway-port');
  if (name !== undefined) {
    const port = getRouterPort(ctx, name);
    if (!router.ports.includes(port._uuid))
      fail(`${name} is not a router port of logical router: ${ctx.argument(1)}.`);
    if (!isGatewayPort(port)) fail(`${name} is not a distributed gateway router port.`);
    return { port, count: gateways.length };
  }
  const port = gateways.findLast((each) => isInNetworks(each, external));
  if (gateways.length > 1 && port === undefined)
    fail(
      `logical router: ${ctx.argument(1)} has multiple distributed gateway ports and gateway_port can not be determined from external IP of NAT rule.`,
    );
  return { port, count: gateways.length };
}

interface NewNat extends Placement {
  readonly type: NatType;
  readonly external: string;
  readonly logical: string;
  readonly gateway: Gateway;
  readonly match: string | undefined;
  readonly priority: number;
  readonly isStateless: boolean;
}

/** Compares with a rule that is there. True when nothing more is to be done. */
function meetsExisting(ctx: NbctlContext, nat: Nat, made: NewNat): boolean {
  const { type, external, logical, gateway, match } = made;
  const oldExternal = normalPrefix(nat.external_ip);
  const oldLogical = normalPrefix(nat.logical_ip);
  if (oldExternal === undefined || oldLogical === undefined) return false;
  const isSnat = type === 'snat';
  const mayExist = ctx.has('--may-exist');
  const port = gateway.port;
  const isSameGateway =
    gateway.count <= 1 ||
    (nat.gateway_port !== null && nat.gateway_port === port?._uuid) ||
    (nat.gateway_port === null && port !== undefined && isInNetworks(port, oldExternal));
  const isSameFirst = isSnat ? logical === oldLogical : external === oldExternal;
  const isSameSecond = isSnat ? external === oldExternal : logical === oldLogical;
  let isDone = false;
  let problem: string | undefined;
  if (type === nat.type && isSameGateway && isSameFirst) {
    const key = isSnat ? 'logical_ip' : 'external_ip';
    const value = isSnat ? logical : external;
    if (isSameSecond) {
      if (!mayExist)
        fail(`${external}, ${logical}: a NAT with this external_ip and logical_ip already exists`);
      const { logical_port, external_mac, priority } = made;
      ctx.update('NAT', nat._uuid, {
        logical_port,
        external_mac,
        ...(match === undefined ? {} : { match, priority }),
      });
      isDone = true;
    } else if (match === undefined) {
      problem = `a NAT with this type (${type}), ${key} (${value}) already exists`;
    } else if (nat.match === match) {
      problem = `a NAT with this type (${type}), ${key} (${value}) and match "${match}" already exists`;
    }
  }
  const isShared = (type === 'dnat_and_snat' || nat.type === 'dnat_and_snat') && oldExternal === external;
  if (isShared && (nat.options.get('stateless') === 'true' || made.isStateless)) {
    if (!mayExist) {
      if (problem !== undefined)
        ctx.run.log.log('db_ctl_base', 'ERR', `Discarding unhandled error: ${problem}`);
      problem = `${external}, ${logical}: External ip cannot be shared across stateless and stateful NATs`;
    }
    isDone = true;
  }
  return problem === undefined ? isDone : fail(problem);
}

function addNat(ctx: NbctlContext): void {
  const [, id = '', typeText = '', externalText = '', logicalText = ''] = ctx.argv;
  const router = getRouter(ctx, id);
  const type = parseType(typeText);
  const [external, logical] = parseAddresses(type, externalText, logicalText);
  const placement = parsePlacement(ctx, type);
  const isStateless = ctx.has('--stateless');
  if (type !== 'dnat_and_snat' && isStateless) fail('stateless is not applicable to dnat or snat types');
  if (type === 'snat' && ctx.has('--add-route')) fail('routes cannot be added for snat types.');
  const gateway = findGateway(ctx, router, external);
  const match = ctx.option('--match');
  const priorityText = ctx.option('--priority');
  if (match === undefined && priorityText !== undefined)
    fail('priority can be set only with --match option.');
  const priority = priorityText === undefined ? 0 : parsePriority(priorityText);
  const made: NewNat = { ...placement, type, external, logical, gateway, match, priority, isStateless };
  for (const nat of ctx.targets('NAT', router.nat)) if (meetsExisting(ctx, nat, made)) return;
  const options = new Map([['stateless', String(isStateless)]]);
  if (ctx.has('--add-route')) options.set('add_route', 'true');
  const uuid = ctx.insert('NAT', {
    type,
    external_ip: externalText,
    logical_ip: logical,
    logical_port: placement.logical_port,
    external_mac: placement.external_mac,
    external_port_range: placement.port_range ?? '',
    gateway_port: ctx.has('--gateway-port') ? (gateway.port?._uuid ?? null) : null,
    options,
    ...(match === undefined ? {} : { match, priority }),
  });
  ctx.update('Logical_Router', router._uuid, { nat: [...router.nat, uuid] });
}

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
  const type = parseType(typeText);
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
  const type = parseType(typeText);
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
