/** A packet at a hook: through the tables in their order, its addresses translated. */
import type { Link } from '../link.ts';
import type { Namespace } from '../namespace.ts';
import { matchesRule, type Passing } from './matching.ts';
import { decide, translate, type Side } from './nat.ts';
import {
  ORDER,
  type Chain,
  type Hook,
  type NatRange,
  type RejectWith,
  type Table,
  type TableName,
  type Target,
} from './rule.ts';
import { ruleText } from './rule-text.ts';

/** What came of a packet at a hook. */
export type Verdict =
  | { readonly kind: 'accept'; readonly passing: Passing; readonly notes: readonly Side[] }
  /** `by` is the rule or policy, as iptables writes it. */
  | { readonly kind: 'drop'; readonly by: string }
  | { readonly kind: 'reject'; readonly by: string; readonly reason: RejectWith };

type NatTarget = Extract<Target, { range: NatRange }>;

type Outcome =
  | { readonly kind: 'accept' | 'return' }
  | { readonly kind: 'drop'; readonly by: string }
  | { readonly kind: 'reject'; readonly by: string; readonly reason: RejectWith }
  | { readonly kind: 'nat'; readonly target: NatTarget };

const LOOPBACK = 0x7f000001;
const ACCEPT: Outcome = { kind: 'accept' };
/** Chains that call one another deeper than this are a circle, which iptables refuses. */
const DEEPEST = 64;

/** The side that NAT may change at a hook. */
const SIDES: Readonly<Record<Hook, Side | null>> = {
  PREROUTING: 'destination',
  OUTPUT: 'destination',
  POSTROUTING: 'source',
  INPUT: 'source',
  FORWARD: null,
};

/** What a hook makes of a packet. */
export function passHook(net: Namespace, hook: Hook, passing: Passing): Verdict {
  const { netfilter } = net;
  const notes: Side[] = [];
  const side = SIDES[hook];
  for (const name of ORDER[hook]) {
    if (name === 'nat' && side !== null) {
      if (translateAt(net, hook, side, passing)) notes.push(side);
      continue;
    }
    const outcome = traverse(net, name, hook, passing);
    if (outcome.kind === 'drop' || outcome.kind === 'reject') return outcome;
  }
  const { tracked } = passing;
  if (tracked != null && (hook === 'POSTROUTING' || hook === 'INPUT'))
    netfilter.conntrack.confirm(tracked.connection);
  return { kind: 'accept', passing, notes };
}

/** The first packet of a connection asks the table; every one is changed as was decided. True when this one was. */
function translateAt(net: Namespace, hook: Hook, side: Side, passing: Passing): boolean {
  const { tracked } = passing;
  if (tracked == null) return false;
  const { connection, direction, isError } = tracked;
  const isFirst = !isError && direction === 'original' && !connection.isConfirmed;
  if (isFirst && !connection.decided.has(side)) {
    const outcome = traverse(net, 'nat', hook, passing);
    const range = outcome.kind === 'nat' ? rangeOf(outcome.target, passing) : null;
    decide(net.netfilter.conntrack, connection, side, range);
  }
  const before = passing.datagram;
  passing.datagram = translate(before, tracked, side);
  return passing.datagram !== before;
}

/** Where a target leads for this packet: MASQUERADE to the device's own address, REDIRECT to this machine. */
function rangeOf({ kind, range }: NatTarget, { iif, oif }: Passing): NatRange {
  const own = (link: Link | null): number | undefined => link?.addresses4[0]?.local;
  const address = kind === 'MASQUERADE' ? own(oif) : kind === 'REDIRECT' ? (own(iif) ?? LOOPBACK) : undefined;
  return address === undefined ? range : { ...range, addresses: { first: address, last: address } };
}

function traverse(net: Namespace, name: TableName, hook: Hook, passing: Passing): Outcome {
  const table = net.netfilter.tables.get(name);
  const chain = table?.get(hook);
  if (table === undefined || chain === undefined) return ACCEPT;
  const outcome = passChain(net, name, table, chain, passing, 0);
  if (outcome.kind !== 'return') return outcome;
  if (chain.counts) {
    chain.packets += 1;
    chain.bytes += passing.datagram.length;
  }
  return chain.policy === 'DROP' ? { kind: 'drop', by: `${name}: -P ${chain.name} DROP` } : ACCEPT;
}

function passChain(
  net: Namespace,
  name: TableName,
  table: Table,
  chain: Chain,
  passing: Passing,
  depth: number,
): Outcome {
  for (const rule of chain.rules) {
    if (!matchesRule(net, rule.spec, passing)) continue;
    rule.packets += 1;
    rule.bytes += passing.datagram.length;
    const { target } = rule.spec;
    const by = `${name}: -A ${chain.name} ${ruleText(rule.spec)}`;
    if (target === null) continue;
    switch (target.kind) {
      case 'ACCEPT':
        return ACCEPT;
      case 'DROP':
        return { kind: 'drop', by };
      case 'RETURN':
        return { kind: 'return' };
      case 'REJECT':
        return { kind: 'reject', by, reason: target.reason };
      case 'MARK':
        passing.mark = ((passing.mark & ~target.mask) ^ target.value) >>> 0;
        continue;
      case 'chain': {
        const next = table.get(target.name);
        const outcome: Outcome =
          next === undefined || depth >= DEEPEST
            ? { kind: 'return' }
            : passChain(net, name, table, next, passing, depth + 1);
        if (outcome.kind !== 'return' || target.isGoto) return outcome;
        continue;
      }
      default:
        return { kind: 'nat', target };
    }
  }
  return { kind: 'return' };
}
