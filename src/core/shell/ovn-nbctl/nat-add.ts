/** `lr-nat-add`: what a NAT rule may be, and how it gets along with those that are there. */
import type { NbRow } from '../../ovsdb/index.ts';
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
import { getRouter, getRouterPort, getSwitchPort, type NbctlContext } from './lookup.ts';

type Nat = NbRow<'NAT'>;
type Router = NbRow<'Logical_Router'>;
type RouterPort = NbRow<'Logical_Router_Port'>;
export type NatType = Nat['type'];

export function parseNatType(text: string): NatType {
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

/** Adds a rule to a router. */
export function addNat(ctx: NbctlContext): void {
  const [, id = '', typeText = '', externalText = '', logicalText = ''] = ctx.argv;
  const router = getRouter(ctx, id);
  const type = parseNatType(typeText);
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
