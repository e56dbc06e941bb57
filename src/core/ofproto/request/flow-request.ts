/** What a switch does with flow_mod requests, of any OpenFlow version. */
import { matchMask, matchWordMask, type Match } from '../../flow/match.ts';
import type { TlvMap } from '../../flow/tlv-map.ts';
import { WORD } from '../../flow/words.table.ts';
import type { OfpAct } from '../actions/ofpact.ts';
import { matchViaOpenFlow, viaOpenFlow } from '../actions/via-openflow.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { FlowRule } from '../bridge/flow-rule.ts';
import { TABLES } from '../bridge/flow-tables.ts';
import type { FlowFlags, FlowSpec } from '../flow-entry.ts';
import type { FlowMod } from '../flow-parse.ts';
import { normalizeMatch } from '../normalize-match.ts';
import type { OfVersion } from '../protocol.table.ts';
import { matchRefusal, refusalOf } from './refusal.ts';

/** An OpenFlow error name, or null when the request was carried out. */
export type RequestError = string | null;

/** Groups and meters that actions name must exist. */
export function checkReferences(bridge: Bridge, actions: readonly OfpAct[]): RequestError {
  for (const act of actions) {
    let nested: readonly OfpAct[] = [];
    switch (act.kind) {
      case 'group':
        if (!bridge.groups.has(act.group)) return 'OFPBAC_BAD_OUT_GROUP';
        break;
      case 'meter':
        if (!bridge.meters.has(act.meter)) return 'OFPMMFC_INVALID_METER';
        break;
      case 'controller':
        if (act.meter !== 0 && !bridge.meters.has(act.meter)) return 'OFPMMFC_INVALID_METER';
        break;
      case 'clone':
      case 'write_actions':
        nested = act.actions;
        break;
      default:
        break;
    }
    const problem = checkReferences(bridge, nested);
    if (problem !== null) return problem;
  }
  return null;
}

/** OpenFlow 1.0 and 1.1 always start a flow's counters anew. */
const flagsOf = (flags: FlowFlags, version: OfVersion): FlowFlags =>
  version < 3 ? { ...flags, resetCounts: true } : flags;

function specOf(mod: FlowMod, actions: readonly OfpAct[], version: OfVersion): FlowSpec {
  return {
    table: mod.table ?? 0,
    priority: mod.priority,
    cookie: mod.newCookie ?? 0n,
    match: mod.match,
    actions,
    idleTimeout: mod.idleTimeout,
    hardTimeout: mod.hardTimeout,
    importance: version >= 5 ? mod.importance : 0,
    flags: mod.command === 'add' ? flagsOf(mod.flags, version) : mod.flags,
  };
}

/** The flows that a modify or delete request means. */
export function selectedFlows(bridge: Bridge, mod: FlowMod): FlowRule[] {
  const strict = mod.command === 'modify_strict' || mod.command === 'delete_strict';
  const { table, match, cookie, cookieMask, outPort, outGroup, priority } = mod;
  return bridge.tables.select({
    table,
    match,
    cookie,
    cookieMask,
    outPort,
    outGroup,
    ...(strict ? { priority } : {}),
  });
}

/** Whether a modification that means no flow makes one. */
const addsWhenNone = (mod: FlowMod, version: OfVersion): boolean => version <= 2 && mod.cookieMask === 0n;

/** What only the switch's own flows may look at. */
const matchesHidden = (match: Match): boolean =>
  matchWordMask(match, WORD.recircId) !== 0 || matchWordMask(match, WORD.dpHash) !== 0;

/** The switch's own flows look at the recirculation id or the first register. */
const OWN_WORDS: ReadonlySet<number> = new Set([WORD.recircId, WORD.reg0]);

/** Whether a request to delete in the switch's own table could mean one of its flows. */
const meansOwnFlows = ({ command, match, cookieMask }: FlowMod): boolean =>
  command === 'delete' &&
  cookieMask === 0n &&
  matchMask(match).every((bits, at) => bits === 0 || OWN_WORDS.has(at));

/** Whether a tunnel option is spoken of that the switch was not told how to find (`add-tlv-map`). */
function usesUnmapped(match: Match, actions: readonly OfpAct[], tlv: TlvMap): boolean {
  const mapped = new Set(tlv.entries.map((entry) => entry.index));
  for (let half = 0; half < 2; half += 1)
    for (let bit = 0; bit < 32; bit += 1)
      if (((matchWordMask(match, WORD.tunPresent + half) >>> bit) & 1) === 1 && !mapped.has(32 * half + bit))
        return true;
  return namesUnmapped(actions, mapped);
}

/** Looks through plain action data for fields that are options. */
function namesUnmapped(part: unknown, mapped: ReadonlySet<number>): boolean {
  if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return false;
  if ('option' in part && typeof part.option === 'number') return !mapped.has(part.option);
  return Object.values(part).some((inner) => namesUnmapped(inner, mapped));
}

/** In OpenFlow 1.1 and later no table means the first one, but for what is deleted. */
const tableInMessage = ({ table, command }: FlowMod, version: OfVersion): number | null =>
  table === null && version > 1 && command !== 'delete' && command !== 'delete_strict' ? 0 : table;

/** What is wrong with the match of a request, or with fields that its actions name: a listing has only these. */
export function selectionError(
  { tlv }: Bridge,
  { match, actions }: FlowMod,
  version: OfVersion,
): RequestError {
  const refusal = matchRefusal(match, version);
  if (refusal !== null) return refusal.error;
  const read = normalizeMatch(matchViaOpenFlow(match, version));
  return usesUnmapped(read, actions, tlv) ? 'NXFMFC_INVALID_TLV_FIELD' : null;
}

/** What is wrong with a request before the tables' flows are looked at: a bundle does not even take it in. */
export function flowReadError(bridge: Bridge, asked: FlowMod, version: OfVersion): RequestError {
  const unread = selectionError(bridge, asked, version);
  if (unread !== null) return unread;
  const match = normalizeMatch(matchViaOpenFlow(asked.match, version));
  const refusal = refusalOf(asked, version);
  if (refusal !== null) return refusal.error;
  if (asked.table !== null && asked.table > TABLES) return 'OFPBRC_BAD_TABLE_ID';
  const removes = asked.command === 'delete' || asked.command === 'delete_strict';
  // Table 254 is the switch's own.
  if (asked.table === TABLES) return removes && !meansOwnFlows({ ...asked, match }) ? null : 'OFPBRC_EPERM';
  return !removes && matchesHidden(match) ? 'OFPBRC_EPERM' : null;
}

/** Carries out a request by itself, that came in a message of `version`. */
export function changeFlows(bridge: Bridge, asked: FlowMod, version: OfVersion): RequestError {
  const error = applyFlowMod(bridge, asked, version);
  bridge.tables.feed.announce();
  return error;
}

/** The same as a part of something larger, of which those who watch are told later. */
export function applyFlowMod(bridge: Bridge, asked: FlowMod, version: OfVersion): RequestError {
  const unread = flowReadError(bridge, asked, version);
  if (unread !== null) return unread;
  const mod = {
    ...asked,
    match: normalizeMatch(matchViaOpenFlow(asked.match, version)),
    table: tableInMessage(asked, version),
  };
  const actions = viaOpenFlow(mod.actions, version, mod.match);
  const now = bridge.clock.now();
  if (mod.table === TABLES) return null;
  if (mod.command === 'delete' || mod.command === 'delete_strict') {
    for (const rule of selectedFlows(bridge, mod)) bridge.tables.remove(rule);
    return null;
  }
  const isModify = mod.command === 'modify' || mod.command === 'modify_strict';
  // What changes nothing is not looked at any further.
  if (isModify && !addsWhenNone(mod, version) && selectedFlows(bridge, mod).length === 0) return null;
  const problem = checkReferences(bridge, actions);
  if (problem !== null) return problem;
  const spec = specOf(mod, actions, version);
  if (mod.command === 'add' || mod.command === null) {
    const outcome = bridge.tables.add(spec, now);
    return typeof outcome === 'string' ? outcome : null;
  }
  const rules = selectedFlows(bridge, mod);
  // Since OpenFlow 1.1 a modification's cookie only selects.
  const newCookie = version === 1 ? mod.newCookie : null;
  if (rules.length > 0) bridge.tables.modify(rules, spec, newCookie, now);
  else if (addsWhenNone(mod, version)) bridge.tables.add(spec, now);
  return null;
}
