/** `dump-flows`: the flows of a bridge that a request selects, as rows of text. */
import { asOpenFlow10 } from '../../ofproto/actions/openflow10.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { FlowRule } from '../../ofproto/bridge/flow-rule.ts';
import { parseFlow } from '../../ofproto/flow-parse.ts';
import { formatFlow } from '../../ofproto/flow-text.ts';
import { OfctlError } from './error.ts';
import type { OfctlOptions } from './options.ts';

const SECOND = 1e9;

export function flowText(
  bridge: Bridge,
  rule: FlowRule,
  now: number,
  options: OfctlOptions,
  names: boolean,
): string {
  const actions = options.version === 1 ? asOpenFlow10(rule.actions) : rule.actions;
  const spec = {
    table: rule.table,
    priority: rule.priority,
    cookie: rule.cookie,
    match: rule.match,
    actions,
    idleTimeout: rule.idleTimeout,
    hardTimeout: rule.hardTimeout,
    importance: rule.importance,
    flags: rule.flags,
  };
  const text = { tlv: bridge.tlv, ...(names ? { names: bridge.names } : {}) };
  if (!options.stats) return formatFlow(spec, text);
  const hasAge = options.version === 1;
  const stats = {
    packets: rule.packets,
    bytes: rule.bytes,
    // The switch rounds to milliseconds.
    duration: Math.floor((now - rule.created) / 1e6) * 1e6,
    idleAge: hasAge ? Math.floor((now - rule.used) / SECOND) : -1,
    hardAge: hasAge ? Math.floor((now - rule.modified) / SECOND) : -1,
  };
  return formatFlow(spec, { ...text, stats });
}

export function selectRules(bridge: Bridge, filter: string): FlowRule[] {
  const parsed = parseFlow(filter, null, { names: bridge.names, tlv: bridge.tlv });
  if (!parsed.ok) throw new OfctlError(parsed.error);
  const { table, match, cookie, cookieMask, outPort, outGroup } = parsed.value;
  const rules = bridge.tables.select({ table, match, cookie, cookieMask, outPort, outGroup });
  // A switch answers table by table.
  return rules.toSorted((a, b) => a.table - b.table);
}

/** With statistics and without names, a reply's header comes first, as the program passes it on. */
export function dumpFlows(
  bridge: Bridge,
  filter: string,
  options: OfctlOptions,
  now: number,
  isTerminal: boolean,
): string {
  const names = options.names ?? isTerminal;
  const rules = selectRules(bridge, filter);
  const plain = options.stats && !names && options.sort === null;
  if (!plain) {
    const direction = options.sort === 'ascending' ? 1 : -1;
    if (options.sort !== null) rules.sort((a, b) => (a.priority - b.priority) * direction);
    else rules.sort((a, b) => a.table - b.table || b.priority - a.priority);
  }
  const header =
    options.version === 1
      ? 'NXST_FLOW reply (xid=0x4):\n'
      : `OFPST_FLOW reply (OF1.${options.version - 1}) (xid=0x2):\n`;
  const rows = rules.map((rule) => ` ${flowText(bridge, rule, now, options, names)}\n`).join('');
  return plain ? header + rows : rows;
}
