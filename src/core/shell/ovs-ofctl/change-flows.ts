/** Commands that change flows by requests: add-flow, add-flows, mod-flows, del-flows. */
import { FIELDS } from '../../flow/fields.table.ts';
import { formatMatch } from '../../flow/match-text.ts';
import { copyMatch, matchFieldMask, setMatchField, type Match } from '../../flow/match.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { ActTextOptions } from '../../ofproto/actions/act-text.ts';
import type { FlowSpec } from '../../ofproto/flow-entry.ts';
import { parseFlow, splitCommand, type FlowCommand, type FlowMod } from '../../ofproto/flow-parse.ts';
import { normalizeMatch } from '../../ofproto/normalize-match.ts';
import { changeFlows } from '../../ofproto/request/flow-request.ts';
import { refusalOf } from '../../ofproto/request/refusal.ts';
import { PROTOCOLS, type OfVersion } from '../../ofproto/protocol.table.ts';
import { OfctlError } from './error.ts';
import type { OfctlOptions } from './options.ts';
import { FORMAT_COST, messageHead, REQUEST_COST, versionFor, xidAfterNames } from './protocol.ts';
import { fitsOpenFlow10, flowModName, flowModText } from './request-text.ts';

/** With what texts for a bridge (or for none) are read: its names and options, and the log. */
export const readingOptions = (
  bridge: Bridge | null,
  { log }: Pick<OfctlOptions, 'log'>,
): ActTextOptions => ({
  ...(bridge ? { names: bridge.names, tlv: bridge.tlv } : {}),
  warn: (module, text, level = 'WARN') => log(module, level, text),
});

export function parseFlowText(
  bridge: Bridge | null,
  text: string,
  command: FlowCommand | null,
  options: OfctlOptions,
): FlowMod {
  const parsed = parseFlow(text, command, readingOptions(bridge, options));
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
function flowModXid(mod: FlowMod, version: OfVersion, options: OfctlOptions, index: number): string {
  const format = version === 1 && !fitsOpenFlow10(mod) ? FORMAT_COST : 0;
  const tables = version === 1 && mod.table !== null ? FORMAT_COST : 0;
  return xidAfterNames(options, format + tables + REQUEST_COST * index);
}

/** A flow without what a switch counts of it. */
export const plainSpec = (rule: FlowSpec): FlowSpec => ({
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

/** Terms about headers mean packets of Ethernet; that is written beside a recirculation id. */
const needsEthernet = (match: Match): boolean =>
  matchFieldMask(match, FIELDS.recirc_id) !== 0n &&
  matchFieldMask(match, FIELDS.packet_type) === 0n &&
  Object.values(FIELDS).some((field) => field.prerequisite !== 'none' && matchFieldMask(match, field) !== 0n);

function ethernetOnly(match: Match): Match {
  const changed = copyMatch(match);
  setMatchField(changed, FIELDS.packet_type, 0n);
  return changed;
}

/** Terms without meaning are sent as they are; that the switch will leave them out is told. */
export function logNormalization(bridge: Bridge | null, { match }: FlowMod, { log }: OfctlOptions): void {
  const normal = normalizeMatch(match);
  if (normal === match) return;
  const tlv = bridge ? { tlv: bridge.tlv } : {};
  const text = (one: Match): string => formatMatch(needsEthernet(match) ? ethernetOnly(one) : one, tlv);
  log('ofp_match', 'INFO', 'normalization changed ofp_match, details:');
  log('ofp_match', 'INFO', ` pre: ${text(match)}`);
  log('ofp_match', 'INFO', `post: ${text(normal)}`);
}

/**
 * A request as it is shown beside an error: what it says, or why nobody can read it. The octets that the real program
 * adds to the latter are not shown.
 */
export function sentText(
  bridge: Bridge | null,
  mod: FlowMod,
  version: OfVersion,
  options: OfctlOptions,
  error?: string,
): string {
  // OpenFlow 1.0's own match holds such terms, and whoever reads it leaves them out again.
  if (version === 1 && fitsOpenFlow10(mod) && error !== undefined) logNormalization(bridge, mod, options);
  const refusal = refusalOf(mod, version);
  if (refusal === null || (error !== undefined && refusal.error !== error))
    return flowModText(mod, version, bridge ? textOptions(bridge, options) : {});
  for (const [module, text] of refusal.log) options.log(module, 'WARN', text);
  return `***decode error: ${refusal.error}***`;
}

/** All of `mods`, or with the first error none of them: a bundle. Flows that an undone request removed count from zero. */
function sendBundle(
  bridge: Bridge,
  mods: readonly FlowMod[],
  version: OfVersion,
  options: OfctlOptions,
): void {
  const before: readonly FlowSpec[] = [...bridge.tables.all()].map(plainSpec);
  mods.forEach((mod, index) => {
    const error = changeFlows(bridge, mod, version);
    if (error === null) return;
    bridge.replaceFlows(before);
    const request = messageHead('OFPT_FLOW_MOD', version, xidAfterNames(options, index));
    const commit = messageHead('OFPT_BUNDLE_CONTROL', version, xidAfterNames(options, mods.length + 2));
    throw new SwitchError(
      `Error ${error} for: ${request} ${sentText(bridge, mod, version, options, error)}\n` +
        `Error OFPBFC_MSG_FAILED for: ${commit}\n bundle_id=0 type=COMMIT_REQUEST flags=atomic ordered\n` +
        `ovs-ofctl: talking to unix:/var/run/openvswitch/${bridge.name}.mgmt (Protocol error)`,
    );
  });
}

/** Each request with a barrier behind it; the first that fails is the last. */
function sendEach(bridge: Bridge, mods: readonly FlowMod[], version: OfVersion, options: OfctlOptions): void {
  for (const [index, mod] of mods.entries()) {
    const error = changeFlows(bridge, mod, version);
    if (error === null) continue;
    const content = ` ${sentText(bridge, mod, version, options, error)}`;
    const xid = flowModXid(mod, version, options, index);
    throw new SwitchError(errorReply(error, version, flowModName(mod, version), content, xid));
  }
}

/** One connection carries all of `mods`, in a format that fits each of them. `asRead`: their terms were not looked at yet. */
export function sendFlowMods(
  bridge: Bridge,
  mods: readonly FlowMod[],
  options: OfctlOptions,
  asRead = true,
): void {
  if (asRead) for (const mod of mods) logNormalization(bridge, mod, options);
  const usable = mods.reduce((all, mod) => all & mod.protocols, PROTOCOLS.any);
  // A bundle needs OpenFlow 1.3.
  const version = versionFor(options, options.bundle ? usable & PROTOCOLS.of13Up : usable);
  if (options.bundle) sendBundle(bridge, mods, version, options);
  else sendEach(bridge, mods, version, options);
}

/** `add-flow`, `mod-flows` and `del-flows` with a flow on the command line. */
export const changeFlow = (bridge: Bridge, text: string, command: FlowCommand, options: OfctlOptions): void =>
  sendFlowMods(bridge, [parseFlowText(bridge, text, command, options)], options);

interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/** Lines of a file of flows or groups that hold something, without remarks. */
export function fileLines(file: string): NumberedLine[] {
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
  return fileLines(file).map(({ number, text }) => {
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
  const mods = flowModsOf(file, name, fixed, readingOptions(bridge, options));
  sendFlowMods(bridge, mods, options);
}
