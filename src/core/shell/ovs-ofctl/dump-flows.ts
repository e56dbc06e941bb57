/** `dump-flows` and `dump-aggregate`: the flows of a bridge that a request selects. */
import { matchFieldMask, matchFieldValue, matchFlow } from '../../flow/match.ts';
import { meetsPrerequisite } from '../../flow/packet-kind.ts';
import { matchViaOpenFlow, viaOpenFlow } from '../../ofproto/actions/via-openflow.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { FlowRule } from '../../ofproto/bridge/flow-rule.ts';
import { DEFAULT_PRIORITY } from '../../ofproto/flow-entry.ts';
import { formatFlow } from '../../ofproto/flow-text.ts';
import type { FlowMod } from '../../ofproto/flow-parse.ts';
import { normalizeMatch } from '../../ofproto/normalize-match.ts';
import { selectedFlows, selectionError } from '../../ofproto/request/flow-request.ts';
import { matchRefusal } from '../../ofproto/request/refusal.ts';
import type { OpenFlowPeer, OpenFlowRow } from '../ovsdb/host.ts';
import { parseFlowText } from './change-flows.ts';
import { OfctlError } from './error.ts';
import { messageNames } from './message-names.ts';
import type { OfctlOptions, SortCriterion } from './options.ts';
import { withoutTableIds } from '../../ofproto/protocol.table.ts';
import { dumpVersion, FORMAT_COST, messageHead, xidAfterNames } from './protocol.ts';
import { errorReply, textOptions } from './refused-request.ts';
import { selectionText } from './request-text.ts';

const SECOND = 1e9;

interface RowForm {
  readonly names: boolean;
  /** Ages of Nicira's reply: printed of a reply that is passed on as it came, lost in one that ovs-ofctl reads first. */
  readonly ages: boolean;
}

function flowText(
  bridge: Bridge,
  rule: FlowRule,
  now: number,
  { version, stats }: Pick<OfctlOptions, 'version' | 'stats'>,
  { names, ages }: RowForm,
): string {
  const spec = {
    table: rule.table,
    priority: rule.priority,
    cookie: rule.cookie,
    match: version >= 3 ? matchViaOpenFlow(rule.match, version) : rule.match,
    actions: viaOpenFlow(rule.actions, version, rule.match),
    idleTimeout: rule.idleTimeout,
    hardTimeout: rule.hardTimeout,
    importance: version >= 5 ? rule.importance : 0,
    // Older replies have no flags.
    flags: version >= 4 ? rule.flags : {},
  };
  const text = { tlv: bridge.tlv, ...(names ? { names: messageNames(bridge) } : {}) };
  if (!stats) return formatFlow(spec, text);
  // Nicira's reply in OpenFlow 1.0 tells both ages, that of OpenFlow 1.5 the idle one; others tell none.
  const seconds = (since: number): number => Math.floor((now - since) / SECOND);
  return formatFlow(spec, {
    ...text,
    stats: {
      packets: rule.packets,
      bytes: rule.bytes,
      // The switch rounds to milliseconds.
      duration: Math.floor((now - rule.created) / 1e6) * 1e6,
      idleAge: version === 6 || (ages && version === 1) ? seconds(rule.used) : -1,
      hardAge: ages && version === 1 ? seconds(rule.modified) : -1,
    },
  });
}

/** A bridge as a program finds it behind its management socket. */
export function openFlowPeer(bridge: Bridge, now: number): OpenFlowPeer {
  let byCookie: ReadonlyMap<bigint, readonly FlowRule[]> | undefined;
  return {
    flows: (cookie) => {
      byCookie ??= rulesByCookie(bridge);
      return (byCookie.get(cookie) ?? []).map((rule) => openFlowRow(bridge, rule, now));
    },
  };
}

function rulesByCookie(bridge: Bridge): ReadonlyMap<bigint, readonly FlowRule[]> {
  const found = new Map<bigint, FlowRule[]>();
  for (const rule of bridge.tables.all()) {
    const list = found.get(rule.cookie);
    if (list) list.push(rule);
    else found.set(rule.cookie, [rule]);
  }
  return found;
}

const OPENFLOW_15 = { version: 6, stats: true } as const;

function openFlowRow(bridge: Bridge, rule: FlowRule, now: number): OpenFlowRow {
  const { table, match } = rule;
  const actions = viaOpenFlow(rule.actions, OPENFLOW_15.version, match);
  const alone = { table: 0, priority: DEFAULT_PRIORITY, cookie: 0n, match, actions };
  return {
    withStatistics: flowText(bridge, rule, now, OPENFLOW_15, { names: false, ages: false }),
    plain: `table=${table} ${formatFlow(alone, { tlv: bridge.tlv })}`,
  };
}

/** What a listing asks for, in a format that can carry it. */
function readSelection(bridge: Bridge, filter: string, options: OfctlOptions): FlowMod {
  const asked = parseFlowText(bridge, filter, null, options);
  // A listing names its table without the extension that requests need.
  dumpVersion(options, withoutTableIds(asked.protocols));
  return asked;
}

/** The flows that a listing selects. A message carries no term whose prerequisite is missing: the switch hears of none. */
const selectRules = (bridge: Bridge, asked: FlowMod): FlowRule[] =>
  selectedFlows(bridge, { ...asked, match: normalizeMatch(asked.match) });

/** What the switch answers when it does not take a request of the kind `message`; null when it does. */
function refusedListing(
  bridge: Bridge,
  asked: FlowMod,
  message: 'FLOW' | 'AGGREGATE',
  xid: string,
  options: OfctlOptions,
): string | null {
  const { version } = options;
  const error = selectionError(bridge, asked, version);
  if (error === null) return null;
  // Who shows the request knows no options of tunnels and minds none.
  const unread = matchRefusal(asked.match, version);
  const content = unread
    ? ` ***decode error: ${unread.error}***`
    : selectionText(asked, version, textOptions(bridge, options));
  return errorReply(error, version, `${version === 1 ? 'NXST' : 'OFPST'}_${message} request`, content, xid);
}

/** Rows that do not look at a field stand last, whichever way the others go. */
function compareBy({ field, descending }: SortCriterion, a: FlowRule, b: FlowRule): number {
  const turn = descending ? -1 : 1;
  if (!field) return (a.priority - b.priority) * turn;
  const has = ({ match }: FlowRule): boolean =>
    matchFieldMask(match, field) !== 0n && meetsPrerequisite(matchFlow(match), field.prerequisite);
  if (has(a) !== has(b)) return has(a) ? -1 : 1;
  const [left, right] = [matchFieldValue(a.match, field), matchFieldValue(b.match, field)];
  return (left < right ? -1 : left > right ? 1 : 0) * turn;
}

function sorted(rules: readonly FlowRule[], criteria: readonly SortCriterion[]): readonly FlowRule[] {
  if (criteria.length === 0) return rules;
  return rules.toSorted((a, b) => {
    for (const criterion of criteria) {
      const order = compareBy(criterion, a, b);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** The transaction id of a request for flows: OpenFlow 1.0 asks in Nicira's format, and a filter may name ports. */
const statsXid = (filter: string, options: OfctlOptions): string =>
  xidAfterNames(
    filter === '' ? { ...options, names: false } : options,
    options.version === 1 ? FORMAT_COST : 0,
  );

/** With statistics and neither names nor an order, the reply is passed on with its header. */
export function dumpFlows(
  bridge: Bridge,
  filter: string,
  options: OfctlOptions,
  now: number,
  isTerminal: boolean,
): string {
  const names = options.names ?? isTerminal;
  const asked = readSelection(bridge, filter, options);
  const plain = options.stats && !names && options.sort.length === 0;
  const { version } = options;
  const xid = statsXid(filter, options);
  // What is passed on as it came may be an error; who reads it for its flows ends with one.
  const refused = refusedListing(bridge, asked, 'FLOW', xid, plain ? options : { ...options, names: false });
  if (refused !== null && plain) return `${refused}\n`;
  if (refused !== null) {
    options.log('vconn', 'WARN', `received bad reply: ${refused}`);
    throw new OfctlError('dump flows (Protocol error)');
  }
  const rules = sorted(selectRules(bridge, asked), options.sort);
  const header = messageHead(version === 1 ? 'NXST_FLOW reply' : 'OFPST_FLOW reply', version, xid);
  const rows = rules
    .map((rule) => ` ${flowText(bridge, rule, now, options, { names, ages: plain })}\n`)
    .join('');
  return plain ? `${header}\n${rows}` : rows;
}

/** Sums over the flows selected. */
export function dumpAggregate(bridge: Bridge, filter: string, options: OfctlOptions): string {
  const { version } = options;
  const asked = readSelection(bridge, filter, options);
  const xid = statsXid(filter, options);
  const refused = refusedListing(bridge, asked, 'AGGREGATE', xid, options);
  if (refused !== null) return `${refused}\n`;
  const rules = selectRules(bridge, asked);
  const packets = rules.reduce((sum, rule) => sum + rule.packets, 0);
  const bytes = rules.reduce((sum, rule) => sum + rule.bytes, 0);
  const head = messageHead(version === 1 ? 'NXST_AGGREGATE reply' : 'OFPST_AGGREGATE reply', version, xid);
  return `${head} packet_count=${packets} byte_count=${bytes} flow_count=${rules.length}\n`;
}
