/** Commands that change flows: add-flow, add-flows, mod-flows, del-flows, replace-flows, diff-flows. */
import { matchKey } from '../../flow/match.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import { sameActions } from '../../ofproto/bridge/flow-tables.ts';
import type { FlowSpec } from '../../ofproto/flow-entry.ts';
import { parseFlow, splitCommand, type FlowCommand, type FlowMod } from '../../ofproto/flow-parse.ts';
import { formatFlow } from '../../ofproto/flow-text.ts';
import { changeFlows } from '../../ofproto/request/flow-request.ts';
import { PROTOCOLS, type OfVersion } from '../../ofproto/protocol.table.ts';
import { viaOpenFlow } from '../../ofproto/actions/via-openflow.ts';
import { OfctlError } from './error.ts';
import type { OfctlOptions } from './options.ts';
import { versionFor } from './protocol.ts';

export function parseFlowText(bridge: Bridge | null, text: string, command: FlowCommand | null): FlowMod {
  const options = bridge ? { names: bridge.names, tlv: bridge.tlv } : {};
  const parsed = parseFlow(text, command, options);
  if (!parsed.ok) throw new OfctlError(parsed.error);
  return parsed.value;
}

/** The switch's answer to a request that it does not carry out. */
export const errorReply = (error: string, version: OfVersion, request: string): string =>
  `OFPT_ERROR${version === 1 ? '' : ` (OF1.${version - 1})`} (xid=0x2): ${error}\n${request}${version === 1 ? '' : ` (OF1.${version - 1})`} (xid=0x2):`;

/** Ends the program with what the switch answered. */
export class SwitchError extends Error {
  override readonly name = 'SwitchError';
}

function send(bridge: Bridge, mod: FlowMod, options: OfctlOptions): void {
  const version = versionFor(options, options.bundle ? mod.protocols & PROTOCOLS.of13Up : mod.protocols);
  const error = changeFlows(bridge, mod, version);
  if (error !== null) throw new SwitchError(errorReply(error, version, 'OFPT_FLOW_MOD'));
}

/** `add-flow`, `mod-flows` and `del-flows` with a flow on the command line. */
export function changeFlow(bridge: Bridge, text: string, command: FlowCommand, options: OfctlOptions): void {
  send(bridge, parseFlowText(bridge, text, command), options);
}

interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/** Lines of a flow file that hold something, without remarks. */
function flowLines(file: string): NumberedLine[] {
  return file
    .split('\n')
    .map((line, index) => ({ number: index + 1, text: line.replace(/#.*$/, '').trim() }))
    .filter(({ text }) => text !== '');
}

/** A file's flows; all are read before the first is sent. A line may begin with its own command. */
export function changeFlowsFrom(
  bridge: Bridge,
  file: string,
  name: string,
  fixed: FlowCommand | null,
  options: OfctlOptions,
): void {
  const mods = flowLines(file).map(({ number, text }) => {
    const { command, rest } = fixed ? { command: fixed, rest: text } : splitCommand(text);
    const parsed = parseFlow(rest, command, { names: bridge.names, tlv: bridge.tlv });
    if (!parsed.ok) throw new OfctlError(`${name}:${number}: ${parsed.error}`);
    return parsed.value;
  });
  for (const mod of mods) send(bridge, mod, options);
}

interface Entry {
  readonly spec: FlowSpec;
  readonly key: string;
}

const keyOf = (spec: FlowSpec): string => `${spec.table}/${spec.priority}/${matchKey(spec.match)}`;

function entriesOfFile(bridge: Bridge | null, file: string, version: OfVersion): Entry[] {
  return flowLines(file).map(({ text }) => {
    const mod = parseFlowText(bridge, text, 'add');
    const spec: FlowSpec = {
      table: mod.table ?? 0,
      priority: mod.priority,
      cookie: mod.newCookie ?? 0n,
      match: mod.match,
      actions: viaOpenFlow(mod.actions, version, mod.match),
      idleTimeout: mod.idleTimeout,
      hardTimeout: mod.hardTimeout,
      importance: mod.importance,
      flags: mod.flags,
    };
    return { spec, key: keyOf(spec) };
  });
}

const entriesOfBridge = (bridge: Bridge, version: OfVersion): Entry[] =>
  [...bridge.tables.all()].map((rule) => {
    const spec = { ...plain(rule), actions: viaOpenFlow(rule.actions, version, rule.match) };
    return { spec, key: keyOf(spec) };
  });

const plain = (rule: FlowSpec): FlowSpec => ({
  table: rule.table,
  priority: rule.priority,
  cookie: rule.cookie,
  match: rule.match,
  actions: rule.actions,
  idleTimeout: rule.idleTimeout ?? 0,
  hardTimeout: rule.hardTimeout ?? 0,
  importance: rule.importance ?? 0,
  flags: rule.flags ?? {},
});

const same = (a: FlowSpec, b: FlowSpec): boolean =>
  a.cookie === b.cookie &&
  (a.idleTimeout ?? 0) === (b.idleTimeout ?? 0) &&
  (a.hardTimeout ?? 0) === (b.hardTimeout ?? 0) &&
  (a.importance ?? 0) === (b.importance ?? 0) &&
  sameActions(a.actions, b.actions);

/** Makes the flows those of the file, leaving alone what is there already. */
export function replaceFlows(bridge: Bridge, file: string, options: OfctlOptions): void {
  const { version } = options;
  const wanted = new Map(entriesOfFile(bridge, file, version).map((entry) => [entry.key, entry.spec]));
  for (const rule of bridge.tables.all()) {
    const spec = wanted.get(keyOf(rule));
    if (!spec) bridge.tables.remove(rule);
    else if (same(spec, { ...plain(rule), actions: viaOpenFlow(rule.actions, version, rule.match) }))
      wanted.delete(keyOf(rule));
  }
  for (const spec of wanted.values()) bridge.tables.add(spec, bridge.clock.now());
}

/** A bridge, or the content of a flow file. */
export type FlowSource = Bridge | string;

/** Rows that only the first source has, with `-`, and only the second, with `+`; '' when they agree. */
export function diffFlows(first: FlowSource, second: FlowSource, options: OfctlOptions): string {
  const bridge = [first, second].find((source) => typeof source !== 'string') ?? null;
  const read = (source: FlowSource): Map<string, FlowSpec> => {
    const entries =
      typeof source === 'string'
        ? entriesOfFile(bridge, source, options.version)
        : entriesOfBridge(source, options.version);
    return new Map(entries.map((entry) => [entry.key, entry.spec]));
  };
  const [old, fresh] = [read(first), read(second)];
  const text = (spec: FlowSpec): string => formatFlow(spec, bridge ? { tlv: bridge.tlv } : {});
  let out = '';
  for (const [key, spec] of old) {
    const other = fresh.get(key);
    if (other && same(spec, other)) continue;
    out += `-${text(spec)}\n`;
    if (other) out += `+${text(other)}\n`;
  }
  for (const [key, spec] of fresh) if (!old.has(key)) out += `+${text(spec)}\n`;
  return out;
}
