/** A request that the switch refused, as the program shows it: the error, and what was asked. */
import { formatMatch } from '../../flow/match-text.ts';
import { type Match } from '../../flow/match.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import type { FlowMod } from '../../ofproto/flow-parse.ts';
import type { GroupMod } from '../../ofproto/group-text.ts';
import { normalizeMatch } from '../../ofproto/normalize-match.ts';
import { formatPacketOut, type PacketOut } from '../../ofproto/packet-out-text.ts';
import type { OfVersion } from '../../ofproto/protocol.table.ts';
import { groupRefusalOf } from '../../ofproto/request/group-request.ts';
import { packetOutRefusal } from '../../ofproto/request/packet-out-request.ts';
import { refusalOf } from '../../ofproto/request/refusal.ts';
import { messageNames } from './message-names.ts';
import type { OfctlOptions } from './options.ts';
import { messageHead } from './protocol.ts';
import { ethernetOnly, fitsOpenFlow10, flowModText, groupModText, needsEthernet } from './request-text.ts';

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
  ...(options.names === true ? { names: messageNames(bridge) } : {}),
});

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
export function sentFlowText(
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

/** A group's request, in the same way. */
export function sentGroupText(
  bridge: Bridge,
  mod: GroupMod,
  version: OfVersion,
  options: OfctlOptions,
): string {
  const refusal = groupRefusalOf(mod, version);
  for (const [module, text] of refusal?.log ?? []) options.log(module, 'WARN', text);
  return refusal
    ? ` ***decode error: ${refusal.error}***`
    : groupModText(mod, version, textOptions(bridge, options));
}

/** A packet's request, in the same way. */
export function sentPacketText(
  bridge: Bridge,
  packet: PacketOut,
  version: OfVersion,
  options: OfctlOptions,
): string {
  const refusal = packetOutRefusal(packet, version);
  for (const [module, text] of refusal?.log ?? []) options.log(module, 'WARN', text);
  return refusal
    ? ` ***decode error: ${refusal.error}***`
    : ` ${formatPacketOut(packet, version, textOptions(bridge, options)).trimEnd()}`;
}
