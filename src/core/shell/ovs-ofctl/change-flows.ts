/** Commands that change flows: add-flow, add-flows, mod-flows, del-flows, replace-flows, diff-flows. */
import { matchKey } from '../../flow/match.ts';
import { formatMatch } from '../../flow/match-text.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import { sameActions } from '../../ofproto/bridge/flow-tables.ts';
import type { ActTextOptions } from '../../ofproto/actions/act-text.ts';
import type { FlowSpec } from '../../ofproto/flow-entry.ts';
import { parseFlow, splitCommand, type FlowCommand, type FlowMod } from '../../ofproto/flow-parse.ts';
import { formatFlow } from '../../ofproto/flow-text.ts';
import { normalizeMatch } from '../../ofproto/normalize-match.ts';
import { changeFlows } from '../../ofproto/request/flow-request.ts';
import type { OfVersion } from '../../ofproto/protocol.table.ts';
import { viaOpenFlow } from '../../ofproto/actions/via-openflow.ts';
import { OfctlError } from './error.ts';
import type { OfctlOptions } from './options.ts';
import { FORMAT_COST, messageHead, versionFor, xidAfterNames } from './protocol.ts';
import { fitsOpenFlow10, flowModName, flowModText } from './request-text.ts';

export function parseFlowText(bridge: Bridge | null, text: string, command: FlowCommand | null): FlowMod {
  const options = bridge ? { names: bridge.names, tlv: bridge.tlv } : {};
  const parsed = parseFlow(text, command, options);
  if (!parsed.ok) throw new OfctlError(parsed.error);
  return parsed.value;
}

/** The switch's answer to a request that it does not carry out; `content` is what was asked, with what stands before it. */
export const errorReply = (
  error: string,
  version: OfVersion,
  request: string,
  content = '',
  xid = '0x2',
): string =>
  `${messageHead('OFPT_ERROR', version, xid)} ${error}\n${messageHead(request, version, xid)}${content}`;

/** Ends the program with what the switch answered. */
export class SwitchError extends Error {
  override readonly name = 'SwitchError';
}

/** What is shown of ports and tables in messages: names where they are asked for. */
export const textOptions = (bridge: Bridge, options: OfctlOptions) => ({
  tlv: bridge.tlv,
  ...(options.names === true ? { names: bridge.names } : {}),
});

/** The transaction id of a flow_mod: a format or table ids may have to be switched on first. */
function flowModXid(mod: FlowMod, version: OfVersion, options: OfctlOptions): string {
  const format = version === 1 && !fitsOpenFlow10(mod) ? FORMAT_COST : 0;
  const tables = version === 1 && mod.table !== null ? FORMAT_COST : 0;
  return xidAfterNames(options, format + tables);
}

/** Terms without meaning are sent as they are; that the switch will leave them out is told. */
export function logNormalization(bridge: Bridge | null, { match }: FlowMod, { log }: OfctlOptions): void {
  const normal = normalizeMatch(match);
  if (normal === match) return;
  const tlv = bridge ? { tlv: bridge.tlv } : {};
  log('ofp_match', 'INFO', 'normalization changed ofp_match, details:');
  log('ofp_match', 'INFO', ` pre: ${formatMatch(match, tlv)}`);
  log('ofp_match', 'INFO', `post: ${formatMatch(normal, tlv)}`);
}

/** All of `mods`, or with the first error none of them: a bundle. Flows that an undone request removed count from zero. */
function sendBundle(bridge: Bridge, mods: readonly FlowMod[], options: OfctlOptions): void {
  const before: readonly FlowSpec[] = [...bridge.tables.all()].map(plain);
  for (const mod of mods) logNormalization(bridge, mod, options);
  mods.forEach((mod, index) => {
    const version = versionFor(options, mod.protocols);
    const error = changeFlows(bridge, mod, version);
    if (error === null) return;
    bridge.replaceFlows(before);
    const request = messageHead('OFPT_FLOW_MOD', version, xidAfterNames(options, index));
    const commit = messageHead('OFPT_BUNDLE_CONTROL', version, xidAfterNames(options, mods.length + 2));
    throw new SwitchError(
      `Error ${error} for: ${request} ${flowModText(mod, version, textOptions(bridge, options))}\n` +
        `Error OFPBFC_MSG_FAILED for: ${commit}\n bundle_id=0 type=COMMIT_REQUEST flags=atomic ordered\n` +
        `ovs-ofctl: talking to unix:/var/run/openvswitch/${bridge.name}.mgmt (Protocol error)`,
    );
  });
}

function send(bridge: Bridge, mod: FlowMod, options: OfctlOptions): void {
  logNormalization(bridge, mod, options);
  const version = versionFor(options, mod.protocols);
  const error = changeFlows(bridge, mod, version);
  if (error === null) return;
  const content = ` ${flowModText(mod, version, textOptions(bridge, options))}`;
  const xid = flowModXid(mod, version, options);
  throw new SwitchError(errorReply(error, version, flowModName(mod, version), content, xid));
}

/** `add-flow`, `mod-flows` and `del-flows` with a flow on the command line. */
export function changeFlow(bridge: Bridge, text: string, command: FlowCommand, options: OfctlOptions): void {
  const mod = parseFlowText(bridge, text, command);
  if (options.bundle) sendBundle(bridge, [mod], options);
  else send(bridge, mod, options);
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

/** The requests that a flow file holds. Ends the program at the first line that cannot be read. */
export function flowModsOf(
  file: string,
  name: string,
  fixed: FlowCommand | null,
  options: ActTextOptions,
): FlowMod[] {
  return flowLines(file).map(({ number, text }) => {
    const { command, rest } = fixed ? { command: fixed, rest: text } : splitCommand(text);
    const parsed = parseFlow(rest, command, options);
    if (!parsed.ok) throw new OfctlError(`${name}:${number}: ${parsed.error}`);
    return parsed.value;
  });
}

/** A file's flows; all are read before the first is sent. A line may begin with its own command. */
export function changeFlowsFrom(
  bridge: Bridge,
  file: string,
  name: string,
  fixed: FlowCommand | null,
  options: OfctlOptions,
): void {
  const mods = flowModsOf(file, name, fixed, { names: bridge.names, tlv: bridge.tlv });
  if (options.bundle) sendBundle(bridge, mods, options);
  else for (const mod of mods) send(bridge, mod, options);
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
