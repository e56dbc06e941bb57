/** `parse-flow` and `parse-flows`: what a flow's text means, and in which message it would travel. */
import type { FlowMod } from '../../ofproto/flow-parse.ts';
import { formatProtocol, formatProtocols, protocolsOf, versionOf } from '../../ofproto/protocol.table.ts';
import { logNormalization, sentText } from './change-flows.ts';
import type { OfctlOptions } from './options.ts';
import { OfctlError } from './error.ts';
import { messageHead } from './protocol.ts';
import { flowModName } from './request-text.ts';

/** The formats that could carry all of `mods`, the one that is chosen, and each as it would be sent. */
export function parsedText(mods: readonly FlowMod[], options: OfctlOptions): string {
  for (const mod of mods) logNormalization(null, mod, options);
  const usable = mods.reduce((all, mod) => all & mod.protocols, 0x1ff);
  const allowed = options.versions.reduce((all, version) => all | protocolsOf(version), 0);
  const both = usable & allowed;
  const heading = `usable protocols: ${formatProtocols(usable)}\n`;
  if (both === 0) throw new OfctlError('no usable protocol', heading);
  const chosen = both & -both;
  const version = versionOf(chosen);
  const rows = mods.map((mod, index) => {
    const head = messageHead(flowModName(mod, version), version, `0x${(index + 1).toString(16)}`);
    return `${head} ${sentText(null, mod, version, options)}\n`;
  });
  return `${heading}chosen protocol: ${formatProtocol(chosen)}\n${rows.join('')}`;
}
