/** Looking a packet up in a flow table, and running what is found: resubmit, goto_table, `output:TABLE`. */
import { copyFlow, type Flow } from '../../flow/flow.ts';
import { formatMatch } from '../../flow/match-text.ts';
import type { OfPort } from '../../flow/ofport.table.ts';
import { fragmentOf, inPortOf, isIp, rawEthTypeOf, word } from '../../flow/packet-kind.ts';
import { ETH_TYPE } from '../../flow/protocol.table.ts';
import { WORD } from '../../flow/words.table.ts';
import { TABLE_INTERNAL, type Bridge, type TableMiss } from '../bridge/bridge.ts';
import type { FlowRule } from '../bridge/flow-rule.ts';
import { TABLES } from '../bridge/flow-tables.ts';
import { balancingRule } from './balance.ts';
import { keepKey } from '../../flow/kept-key.ts';
import type { TableNode } from './trace-node.ts';
import type { RunActions, Xlate } from './xlate.ts';

const MAX_DEPTH = 64;
const MAX_RESUBMITS = MAX_DEPTH * MAX_DEPTH;

export interface LookUpOptions {
  /** The input port that the look-up takes the packet to have. */
  readonly inPort: OfPort;
  readonly mayPacketIn: boolean;
  /** Go on to the next table, to a controller ... as tables are configured for a miss. */
  readonly honorTableMiss: boolean;
}

interface Found {
  readonly rule: FlowRule;
  readonly table: number;
}

function countLookUp(x: Xlate, table: number, isHit: boolean): void {
  const { tables } = x.bridge;
  x.count(() => {
    tables.statsOf(table)[isHit ? 'matched' : 'missed'] += 1;
  });
}

/** The rule for the packet: one of the bridge's own rules on a miss. Clauses of a conjunction go to `conjunction`. */
export function lookUp(
  x: Xlate,
  table: number,
  { inPort, mayPacketIn, honorTableMiss }: LookUpOptions,
  conjunction: FlowRule[],
): Found {
  const { bridge, flow } = x;
  if (table === TABLE_INTERNAL) return { rule: balancingRule(x) ?? bridge.noPacketInRule, table };
  const ports = word(flow, WORD.tpPorts);
  const realInPort = inPortOf(flow);
  const fragment = fragmentOf(flow) !== 0;
  if (fragment && bridge.fragments === 'drop') return { rule: bridge.dropFragmentsRule, table };
  if (fragment && bridge.fragments === 'normal') flow[WORD.tpPorts] = 0;
  flow[WORD.inPort] = inPort;
  let at = table;
  let found: FlowRule | undefined;
  let miss: 'default' | TableMiss = 'continue';
  for (; at < TABLES; at += 1) {
    found = bridge.tables.classifier(at)?.lookup(flow, x.mask, conjunction);
    countLookUp(x, at, found !== undefined);
    if (found) break;
    if (honorTableMiss) {
      miss = bridge.tableMiss.get(at) ?? 'default';
      if (miss === 'continue') continue;
    }
    break;
  }
  flow[WORD.tpPorts] = ports;
  flow[WORD.inPort] = realInPort;
  if (found) return { rule: found, table: at };
  return { rule: missRule(bridge, realInPort, miss, mayPacketIn), table: Math.min(at, TABLES - 1) };
}

function missRule(
  bridge: Bridge,
  inPort: OfPort,
  miss: 'default' | TableMiss,
  mayPacketIn: boolean,
): FlowRule {
  if (!mayPacketIn) return bridge.noPacketInRule;
  if (miss === 'continue' || miss === 'controller') {
    const port = bridge.ports.get(inPort);
    return port && !port.flags.noPacketIn ? bridge.missRule : bridge.noPacketInRule;
  }
  return miss === 'default' && bridge.wantsPacketInOnMiss ? bridge.missRule : bridge.noPacketInRule;
}

/** `priority 100, cookie 0x..` after the match, or what a miss is called. */
function tableTitle(x: Xlate, rule: FlowRule, table: number): string {
  const number = `${String(table).padStart(2)}. `;
  const { bridge } = x.input;
  if (rule === bridge.missRule) return `${number}No match, and a "packet-in" is called for.`;
  if (rule === bridge.noPacketInRule) return `${number}No match.`;
  if (rule === bridge.dropFragmentsRule)
    return `${number}Packets are IP fragments and the fragment handling mode is "drop".`;
  const match = formatMatch(rule.match, {
    tlv: bridge.tlv,
    ...(x.input.names ? { names: x.bridge.names } : {}),
  });
  const cookie = rule.cookie === 0n ? '' : `, cookie 0x${rule.cookie.toString(16)}`;
  return `${number}${match}${match === '' ? '' : ', '}priority ${rule.priority}${cookie}`;
}

/** Keeps the key as the open table leaves it, the first time that the packet goes on from there. */
function noteKey(x: Xlate): void {
  if (x.openTable && !x.openTable.after) x.openTable.after = copyFlow(x.flow);
}

/** Opens the node of a table in the trace; gives what was open before. */
export function reportTable(
  x: Xlate,
  rule: FlowRule,
  table: number,
  conjunction: readonly FlowRule[],
): Xlate['nodes'] {
  if (!x.nodes) return null;
  noteKey(x);
  const node: TableNode = {
    kind: 'table',
    text: tableTitle(x, rule, table),
    bridge: x.bridge.name,
    table,
    rule: rule.internal ? null : rule,
    asked: { key: keepKey(x.flow), version: x.bridge.tables.version },
    after: null,
    children: [],
  };
  const above = x.descend(node);
  x.openTable = node;
  const names = x.input.names ? { names: x.bridge.names } : {};
  const clauses = x.bridge.datapath.release === '2.15' ? [] : conjunction;
  for (const clause of new Set(clauses))
    x.detail(
      `conj. ${formatMatch(clause.match, { priority: clause.priority, tlv: x.input.bridge.tlv, ...names })}`,
    );
  return above;
}

/** Limits on how much work one packet may be. */
export function withinLimits(x: Xlate): boolean {
  if (x.depth >= MAX_DEPTH) {
    x.reportError(`over max translation depth ${MAX_DEPTH}`);
    x.error = 'Recursion too deep';
  } else if (x.resubmits >= MAX_RESUBMITS) {
    x.reportError(`over ${MAX_RESUBMITS} resubmit actions`);
    x.error = 'Too many resubmits';
  } else if (x.out.length > 4096) {
    x.reportError('resubmits yielded over 64 kB of actions');
    x.exit = true;
  } else if (x.stack.length > 8192) {
    x.reportError('resubmits yielded over 64 kB of stack');
    x.error = 'Stack too deep';
  } else {
    return true;
  }
  return false;
}

function swapWords(flow: Flow, a: number, b: number): void {
  const kept = word(flow, a);
  flow[a] = word(flow, b);
  flow[b] = kept;
}

/** Exchanges addresses, ports and protocol with those of the connection's original direction. */
function swapTuple(flow: Flow, ipv4: boolean): void {
  const proto = word(flow, WORD.nwProto) & 0xff;
  const ctProto = (word(flow, WORD.ctState) >>> 8) & 0xff;
  flow[WORD.nwProto] = (word(flow, WORD.nwProto) & 0xffffff00) | ctProto;
  flow[WORD.ctState] = (word(flow, WORD.ctState) & 0xffff00ff) | (proto << 8);
  const pairs = ipv4
    ? [[WORD.nwSrc, WORD.ctNwSrc, 2] as const]
    : [[WORD.ipv6Src, WORD.ctIpv6Src, 8] as const];
  for (const [from, to, count] of pairs) for (let i = 0; i < count; i += 1) swapWords(flow, from + i, to + i);
  swapWords(flow, WORD.tpPorts, WORD.ctTpPorts);
}

/** Counts the packet for a flow. */
export function credit(x: Xlate, rule: FlowRule): void {
  const { clock } = x.bridge;
  x.count(({ bytes }) => rule.credit(1, bytes, clock.now()));
}

export interface TableOptions extends LookUpOptions {
  readonly withConnection: boolean;
  readonly isLast: boolean;
  /** How the actions are run, unless plainly. */
  readonly run?: RunActions;
}

/** Looks the packet up in `table` and runs the actions of the flow found. */
export function goToTable(x: Xlate, table: number, options: TableOptions): void {
  if (x.wasMpls) {
    x.freeze();
    return;
  }
  if (!withinLimits(x)) return;
  const oldTable = x.table;
  x.table = table;
  const ipv4 = rawEthTypeOf(x.flow) === ETH_TYPE.ip;
  if (options.withConnection) {
    if (((word(x.flow, WORD.ctState) >>> 8) & 0xff) === 0 || !isIp(x.flow)) {
      x.reportError('resubmit(ct) with non-tracked or non-IP packet!');
      x.table = oldTable;
      return;
    }
    swapTuple(x.flow, ipv4);
    swapTuple(x.mask, ipv4);
  }
  const conjunction: FlowRule[] = [];
  const found = lookUp(x, table, options, conjunction);
  x.table = found.table;
  if (options.withConnection) {
    swapTuple(x.flow, ipv4);
    swapTuple(x.mask, ipv4);
  }
  const { openTable } = x;
  const above = reportTable(x, found.rule, table, conjunction);
  runRule(x, found.rule, table <= oldTable, options);
  noteKey(x);
  x.nodes = above;
  x.openTable = openTable;
  x.table = oldTable;
}

function runRule(x: Xlate, rule: FlowRule, deepens: boolean, { isLast, run }: TableOptions): void {
  const oldRule = x.rule;
  const oldCookie = x.cookie;
  credit(x, rule);
  x.resubmits += 1;
  x.depth += deepens ? 1 : 0;
  x.rule = rule;
  x.cookie = rule.cookie;
  (run ?? x.handlers.run)(x, rule.actions, isLast, false);
  x.cookie = oldCookie;
  x.rule = oldRule;
  x.depth -= deepens ? 1 : 0;
}
