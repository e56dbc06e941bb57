/** Which member of a bond sends a packet: chosen at once, or when the packet comes back by its hash. */
import { copyFlow } from '../../flow/flow.ts';
import { createMatch, setMatchWord } from '../../flow/match.ts';
import type { OfPort } from '../../flow/ofport.table.ts';
import { markBits, word } from '../../flow/packet-kind.ts';
import { WORD } from '../../flow/words.table.ts';
import { outputTo } from '../actions/ofpact.ts';
import type { Bond } from '../bond/bond.ts';
import { BUCKETS } from '../bond/bond-buckets.ts';
import { TABLE_INTERNAL, type Bridge } from '../bridge/bridge.ts';
import { FlowRule } from '../bridge/flow-rule.ts';
import type { Port } from '../bridge/port.ts';
import type { Xlate } from './xlate.ts';

/** Of the flows that ovs-vswitchd makes for a bond, one a bucket. */
const PRIORITY = 20;

/** Whether packets of the bond come back before they are sent. */
export function isRecirculated(x: Xlate, bond: Bond): boolean {
  const { recirculates } = bond;
  x.onlyWhile(() => bond.recirculates === recirculates);
  return x.bridge.datapath.features.recirculation && recirculates;
}

/** The member that sends the packet as it is now, or any where it will come back; null when none may. */
export function bondMember(x: Xlate, bond: Bond, vlan: number): Port | null {
  const comesBack = isRecirculated(x, bond);
  const port = bond.choose(x.flow, comesBack ? undefined : x.mask, vlan);
  const key = copyFlow(x.flow);
  x.onlyWhile(() => bond.memberFor(key, undefined, vlan) === port);
  if (port && !comesBack) x.count(({ bytes }) => bond.account(key, vlan, bytes));
  return port;
}

function bondOf(bridge: Bridge, recircId: number): Bond | undefined {
  for (const { bond } of bridge.bundles) if (bond?.recircId === recircId) return bond;
  return undefined;
}

function ruleFor(x: Xlate, recircId: number, bucket: number, port: OfPort): FlowRule {
  const match = createMatch();
  setMatchWord(match, WORD.recircId, recircId, 0xffffffff);
  setMatchWord(match, WORD.dpHash, bucket, BUCKETS - 1);
  const spec = { table: TABLE_INTERNAL, priority: PRIORITY, cookie: 0n, match, actions: [outputTo(port)] };
  return new FlowRule(spec, x.bridge.clock.now(), true);
}

/** The flow of the switch's own table that sends a packet that came back; undefined when no bond waits for it. */
export function balancingRule(x: Xlate): FlowRule | undefined {
  const recircId = word(x.flow, WORD.recircId);
  const bond = bondOf(x.bridge, recircId);
  markBits(x.mask, WORD.recircId, 0xffffffff);
  markBits(x.mask, WORD.dpHash, BUCKETS - 1);
  const bucket = word(x.flow, WORD.dpHash) % BUCKETS;
  bond?.run();
  const port = bond?.buckets?.memberOf(bucket);
  if (!bond) return undefined;
  x.onlyWhile(() => {
    bond.run();
    return bond.buckets?.memberOf(bucket) === port;
  });
  if (!port) return undefined;
  x.count(({ bytes }) => {
    if (bond.isBalanced) bond.buckets?.account(bucket, bytes);
  });
  return ruleFor(x, recircId, bucket, port.ofPort);
}
