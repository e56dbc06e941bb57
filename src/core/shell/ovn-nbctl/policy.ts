/** Routing policies of routers. */
import { parseIpv6 } from '../../base/address.ts';
import { parseUuid, type Uuid } from '../../base/uuid.ts';
import { mapOrder, type NbRow, type NbSchema } from '../../ovsdb/index.ts';
import type { Command } from '../ovsdb/command.ts';
import { fail } from '../ovsdb/stop.ts';
import { isInNetworks, normalAddress, normalPrefix } from './address-text.ts';
import { parsePriority } from './arguments.ts';
import { compareText, findRouterPort, getRouter, type NbctlContext } from './lookup.ts';

type RouterPolicy = NbRow<'Logical_Router_Policy'>;
type Router = NbRow<'Logical_Router'>;

const ACTIONS = ['allow', 'drop', 'reroute', 'jump'] as const;

/** Comma-separated addresses of one family, in normal form. */
function parseNexthops(text: string): readonly string[] {
  const nexthops = text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => normalAddress(part) ?? fail(`bad next hop argument: ${text}`));
  if (new Set(nexthops.map((each) => each.includes('.'))).size > 1)
    fail(`bad next hops argument, not in the same addr family : ${text}`);
  return nexthops;
}

/** The BFD session for a nexthop, made when it is not there yet. */
function bfdSession(ctx: NbctlContext, router: Router, nexthop: string): Uuid {
  const port = ctx.targets('Logical_Router_Port', router.ports).find((each) => isInNetworks(each, nexthop));
  if (port === undefined) return fail(`out lrp not found for ${nexthop} nexthop`);
  const isSix = parseIpv6(nexthop) !== undefined;
  const existing = ctx
    .rows('BFD')
    .find(
      ({ dst_ip, logical_port }) =>
        (parseIpv6(dst_ip) !== undefined) === isSix && dst_ip === nexthop && logical_port === port.name,
    );
  return existing?._uuid ?? ctx.insert('BFD', { dst_ip: nexthop, logical_port: port.name });
}

function parseOptions(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    words.map((word) => {
      const [, key = word, value = ''] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
      return value === '' ? fail(`No value specified for the option : ${key}`) : [key, value];
    }),
  );
}

function addPolicy(ctx: NbctlContext): void {
  const [, id = '', priorityText = '', match = '', actionText = '', fifth = ''] = ctx.argv;
  const router = getRouter(ctx, id);
  const priority = parsePriority(priorityText);
  const chain = ctx.option('--chain');
  const outputName = ctx.option('--output-port');
  const action =
    ACTIONS.find((each) => each === actionText) ??
    fail(`${actionText}: action must be one of "allow", "drop", "reroute", "jump"`);
  const isReroute = action === 'reroute';
  const isJump = action === 'jump';
  if (isReroute && ctx.argv.length < 6) fail('Nexthop is required when action is reroute.');
  if (!isReroute && outputName !== undefined)
    fail('Specifying output-port is only allowed for reroute policies.');
  if (isJump && ctx.argv.length < 6) fail('Chain name is required when action is jump.');
  const isSame = (each: RouterPolicy): boolean =>
    each.priority === priority && each.match === match && (each.chain ?? '') === (chain ?? '');
  if (ctx.targets('Logical_Router_Policy', router.policies).some(isSame)) {
    if (!ctx.has('--may-exist')) fail(`Same routing policy already existed on the logical router ${id}.`);
    return;
  }
  const nexthops = isReroute ? parseNexthops(fifth) : [];
  if (outputName !== undefined && nexthops.length !== 1)
    fail('output-port option is supported only for policies with a single reroute next hop');
  const output =
    outputName === undefined
      ? null
      : (findRouterPort(ctx, outputName) ?? fail(`unknown output-port: ${outputName}`))._uuid;
  const options = parseOptions(ctx.argv.slice(isReroute || isJump ? 6 : 5));
  if (ctx.has('--bfd') && !isReroute) fail('BFD is valid only with reroute action.');
  const made = ctx.insert('Logical_Router_Policy', {
    priority,
    match,
    action,
    options,
    ...(chain === undefined ? {} : { chain }),
    ...(isJump ? { jump_chain: fifth } : {}),
    ...(isReroute ? { nexthops, output_port: output } : {}),
    ...(ctx.has('--bfd')
      ? { bfd_sessions: nexthops.map((nexthop) => bfdSession(ctx, router, nexthop)) }
      : {}),
  });
  ctx.update('Logical_Router', router._uuid, { policies: [...router.policies, made] });
}

function deletePolicies(ctx: NbctlContext): void {
  const [, id = '', second, match] = ctx.argv;
  const router = getRouter(ctx, id);
  const chain = ctx.option('--chain') ?? '';
  const keep = (policies: readonly Uuid[]): void => ctx.update('Logical_Router', router._uuid, { policies });
  if (second === undefined && chain === '') return keep([]);
  const uuid = match === undefined && second !== undefined ? parseUuid(second) : undefined;
  if (uuid !== undefined) {
    if (!router.policies.includes(uuid) && !ctx.has('--if-exists'))
      fail('Logical router policy uuid is not found.');
    return keep(router.policies.filter((each) => each !== uuid));
  }
  const priority = second === undefined ? 0 : parsePriority(second);
  // Priority 0 stands for any, as in the real program.
  const isGone = (policy: RouterPolicy): boolean =>
    (priority === 0 || policy.priority === priority) &&
    (policy.chain ?? '') === chain &&
    (match === undefined || policy.match === match);
  const policies = ctx.targets('Logical_Router_Policy', router.policies);
  return keep(policies.filter((policy) => !isGone(policy)).map(({ _uuid }) => _uuid));
}

function policyText(ctx: NbctlContext, policy: RouterPolicy): string {
  let text = `${String(policy.priority).padStart(10)} ${policy.match.padStart(50)} ${policy.action.padStart(15)}`;
  if (policy.action === 'jump' && policy.jump_chain !== null && policy.jump_chain !== '')
    text += ` -> ${policy.jump_chain}`;
  for (const [i, nexthop] of policy.nexthops.entries()) {
    const shown = normalPrefix(nexthop) ?? '';
    text += i === 0 ? ` ${shown.padStart(25)}` : `, ${shown}`;
  }
  const port = ctx.get('Logical_Router_Port', policy.output_port);
  if (port !== undefined) text += ` ${port.name}`;
  const words = [
    ...(policy.bfd_sessions.length > 0 ? ['bfd'] : []),
    ...mapOrder(policy.options).map(([key, value]) => `${key}=${value}`),
  ];
  return `${text}${words.length === 0 ? '' : `${' '.repeat(15)}${words.join(',')}`}\n`;
}

function listPolicies(ctx: NbctlContext): void {
  const { policies } = getRouter(ctx, ctx.argument(1));
  const chainOf = (policy: RouterPolicy): string => policy.chain ?? '';
  const sorted = ctx
    .targets('Logical_Router_Policy', policies)
    .sort(
      (a, b) =>
        compareText(chainOf(a), chainOf(b)) || b.priority - a.priority || compareText(a.match, b.match),
    );
  if (sorted.length === 0) return;
  ctx.print('Routing Policies\n');
  const hasChains = sorted.some((policy) => chainOf(policy) !== '');
  for (const [i, policy] of sorted.entries()) {
    const chain = chainOf(policy);
    const previous = sorted[i - 1];
    if (hasChains && (previous === undefined || chainOf(previous) !== chain))
      ctx.print(chain === '' ? 'Chain <Default>:\n' : `\nChain ${chain}:\n`);
    ctx.print(policyText(ctx, policy));
  }
}

export const POLICY_COMMANDS: readonly Command<NbSchema>[] = [
  {
    name: 'lr-policy-add',
    least: 4,
    most: Infinity,
    synopsis: 'ROUTER PRIORITY MATCH ACTION [NEXTHOP] [OPTIONS - KEY=VALUE ...]',
    options: '--may-exist,--bfd?,--chain=,--output-port=',
    writes: true,
    run: addPolicy,
  },
  {
    name: 'lr-policy-del',
    least: 1,
    most: 3,
    synopsis: 'ROUTER [{PRIORITY | UUID} [MATCH]]',
    options: '--if-exists,--chain=',
    writes: true,
    run: deletePolicies,
  },
  {
    name: 'lr-policy-list',
    least: 1,
    most: 1,
    synopsis: 'ROUTER',
    options: '',
    writes: false,
    reads: () => ({
      Logical_Router: ['name', 'policies'],
      Logical_Router_Port: ['name'],
      Logical_Router_Policy: ['output_port', 'bfd_sessions'],
    }),
    run: listPolicies,
  },
];
