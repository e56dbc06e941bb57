/** Commands that change flows by requests: add-flow, add-flows, mod-flows, del-flows. */
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { ActTextOptions } from '../../ofproto/actions/act-text.ts';
import { parseFlow, splitCommand, type FlowCommand, type FlowMod } from '../../ofproto/flow-parse.ts';
import { changeFlows } from '../../ofproto/request/flow-request.ts';
import { PROTOCOLS, type OfVersion } from '../../ofproto/protocol.table.ts';
import { sendBundle } from './bundle.ts';
import { OfctlError } from './error.ts';
import { fileLines } from './file-lines.ts';
import type { OfctlOptions } from './options.ts';
import { FORMAT_COST, REQUEST_COST, versionFor, xidAfterNames } from './protocol.ts';
import { readingOptions } from './reading-options.ts';
import { errorReply, logNormalization, sentFlowText, SwitchError } from './refused-request.ts';
import { fitsOpenFlow10, flowModName } from './request-text.ts';

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

/** The transaction id of a flow_mod: a format or table ids may have to be switched on first. */
function flowModXid(mod: FlowMod, version: OfVersion, options: OfctlOptions, index: number): string {
  const format = version === 1 && !fitsOpenFlow10(mod) ? FORMAT_COST : 0;
  const tables = version === 1 && mod.table !== null ? FORMAT_COST : 0;
  return xidAfterNames(options, format + tables + REQUEST_COST * index);
}

/** Each request with a barrier behind it; the first that fails is the last. */
function sendEach(bridge: Bridge, mods: readonly FlowMod[], version: OfVersion, options: OfctlOptions): void {
  for (const [index, mod] of mods.entries()) {
    const error = changeFlows(bridge, mod, version);
    if (error === null) continue;
    const content = ` ${sentFlowText(bridge, mod, version, options, error)}`;
    const xid = flowModXid(mod, version, options, index);
    throw new SwitchError(errorReply(error, version, flowModName(mod, version), content, xid));
  }
}

/** One connection carries all of `mods`, in a format that fits each of them. */
function sendFlowMods(bridge: Bridge, mods: readonly FlowMod[], options: OfctlOptions): void {
  for (const mod of mods) logNormalization(bridge, mod, options);
  const usable = mods.reduce((all, mod) => all & mod.protocols, PROTOCOLS.any);
  // A bundle needs OpenFlow 1.3.
  const version = versionFor(options, options.bundle ? usable & PROTOCOLS.of13Up : usable);
  if (!options.bundle) return sendEach(bridge, mods, version, options);
  const requests = mods.map((mod) => ({ kind: 'flow' as const, mod }));
  sendBundle(bridge, requests, version, options, () => undefined);
}

/** `add-flow`, `mod-flows` and `del-flows` with a flow on the command line. */
export const changeFlow = (bridge: Bridge, text: string, command: FlowCommand, options: OfctlOptions): void =>
  sendFlowMods(bridge, [parseFlowText(bridge, text, command, options)], options);

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
