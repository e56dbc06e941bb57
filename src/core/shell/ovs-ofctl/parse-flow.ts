/** `parse-flow`, `parse-flows` and `parse-group`: what a text means, and in which message it would travel. */
import type { FlowMod } from '../../ofproto/flow-parse.ts';
import { parseGroup } from '../../ofproto/group-text.ts';
import {
  formatProtocol,
  formatProtocols,
  protocolsOf,
  versionOf,
  type Protocols,
} from '../../ofproto/protocol.table.ts';
import { readingOptions } from './reading-options.ts';
import { logNormalization, sentFlowText } from './refused-request.ts';
import type { OfctlOptions } from './options.ts';
import { OfctlError } from './error.ts';
import { messageHead } from './protocol.ts';
import { flowModName, groupModName, groupModText } from './request-text.ts';

/** The first of the `usable` formats that is allowed, and the line that tells which are usable. */
function choose(usable: Protocols, options: OfctlOptions) {
  const allowed = options.versions.reduce((all, version) => all | protocolsOf(version), 0);
  const both = usable & allowed;
  const heading = `usable protocols: ${formatProtocols(usable)}\n`;
  if (both === 0) throw new OfctlError('no usable protocol', heading);
  return { chosen: both & -both, heading };
}

/** A group of no bridge, as a switch would be told to add it. */
export function parsedGroup(text: string, options: OfctlOptions): string {
  const parsed = parseGroup(text, 'add', readingOptions(null, options));
  if (!parsed.ok) throw new OfctlError(parsed.error);
  const mod = parsed.value;
  const { chosen, heading } = choose(mod.protocols, options);
  const version = versionOf(chosen);
  const head = messageHead(groupModName(version), version, '0x1');
  return `${heading}chosen version: OpenFlow1${version - 1}\n${head}${groupModText(mod, version, {})}\n`;
}

/** The formats that could carry all of `mods`, the one that is chosen, and each as it would be sent. */
export function parsedText(mods: readonly FlowMod[], options: OfctlOptions): string {
  for (const mod of mods) logNormalization(null, mod, options);
  const usable = mods.reduce((all, mod) => all & mod.protocols, 0x1ff);
  const { chosen, heading } = choose(usable, options);
  const version = versionOf(chosen);
  const rows = mods.map((mod, index) => {
    const head = messageHead(flowModName(mod, version), version, `0x${(index + 1).toString(16)}`);
    return `${head} ${sentFlowText(null, mod, version, options)}\n`;
  });
  return `${heading}chosen protocol: ${formatProtocol(chosen)}\n${rows.join('')}`;
}
