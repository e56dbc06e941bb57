/** Commands that change flows: add-flow, add-flows, mod-flows, del-flows, replace-flows, diff-flows. */
import { createMatch } from '../../flow/index.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { FlowSpec } from '../../ofproto/flow-entry.ts';
import { parseFlow, type FlowCommand, type FlowMod } from '../../ofproto/flow-parse.ts';
import { formatFlow } from '../../ofproto/flow-text.ts';
import { OfctlError } from './error.ts';

function parse(bridge: Bridge, text: string, command: FlowCommand): FlowMod {
  const parsed = parseFlow(text, command, { names: bridge.names, tlv: bridge.tlv });
  if (!parsed.ok) throw new OfctlError(parsed.error);
  return parsed.value;
}

const specOf = (mod: FlowMod): FlowSpec => ({
  table: mod.table ?? 0,
  priority: mod.priority,
  cookie: mod.newCookie ?? 0n,
  match: mod.match,
  actions: mod.actions,
  idleTimeout: mod.idleTimeout,
  hardTimeout: mod.hardTimeout,
  importance: mod.importance,
  flags: mod.flags,
});

export function addFlow(bridge: Bridge, text: string): void {
  const outcome = bridge.tables.add(specOf(parse(bridge, text, 'add')), bridge.clock.now());
  if (typeof outcome === 'string') throw new OfctlError(`OFPT_ERROR (xid=0x2): ${outcome}`);
}

/** Flows that a modify or delete request means. */
function selected(bridge: Bridge, mod: FlowMod, strict: boolean) {
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

/** A modification that means no flow adds one, unless it asks for a cookie. */
export function modifyFlows(bridge: Bridge, text: string, strict: boolean): void {
  const mod = parse(bridge, text, strict ? 'modify_strict' : 'modify');
  const rules = selected(bridge, mod, strict);
  if (rules.length > 0) bridge.tables.modify(rules, specOf(mod), mod.newCookie, bridge.clock.now());
  else if (mod.cookieMask === 0n) bridge.addFlow(specOf(mod));
}

export function deleteFlows(bridge: Bridge, text: string, strict: boolean): void {
  const mod = parse(bridge, text, strict ? 'delete_strict' : 'delete');
  for (const rule of selected(bridge, mod, strict)) bridge.tables.remove(rule);
}

/** Lines of a flow file without remarks and blank lines. */
export const flowLines = (file: string): string[] =>
  file
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '');

export function addFlows(bridge: Bridge, file: string, name: string): void {
  file.split('\n').forEach((raw, index) => {
    const line = raw.replace(/#.*$/, '').trim();
    if (line === '') return;
    const word = /^(add|modify|modify_strict|delete|delete_strict)\s/.exec(line)?.[1];
    const text = word === undefined ? line : line.slice(word.length).trim();
    try {
      if (word === undefined || word === 'add') addFlow(bridge, text);
      else if (word.startsWith('modify')) modifyFlows(bridge, text, word.endsWith('strict'));
      else deleteFlows(bridge, text, word.endsWith('strict'));
    } catch (error) {
      if (error instanceof OfctlError) throw new OfctlError(`${name}:${index + 1}: ${error.message}`);
      throw error;
    }
  });
}

export function replaceFlows(bridge: Bridge, file: string): void {
  bridge.replaceFlows(flowLines(file).map((line) => specOf(parse(bridge, line, 'add'))));
}

/** Rows that only the bridge has, with `-`, and only the file, with `+`; '' when they agree. */
export function diffFlows(bridge: Bridge, file: string): string {
  const wanted = new Set(
    flowLines(file).map((line) => formatFlow(specOf(parse(bridge, line, 'add')), { tlv: bridge.tlv })),
  );
  const held = new Set(
    bridge.tables
      .select({ table: null, match: createMatch() })
      .map((rule) => formatFlow({ ...specOfRule(rule), cookie: rule.cookie }, { tlv: bridge.tlv })),
  );
  const minus = [...held].filter((row) => !wanted.has(row)).map((row) => `-${row}\n`);
  const plus = [...wanted].filter((row) => !held.has(row)).map((row) => `+${row}\n`);
  return [...minus, ...plus].join('');
}

const specOfRule = (rule: FlowSpec): FlowSpec => ({
  table: rule.table,
  priority: rule.priority,
  cookie: rule.cookie,
  match: rule.match,
  actions: rule.actions,
});
