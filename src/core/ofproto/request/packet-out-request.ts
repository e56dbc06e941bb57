/** What a switch finds wrong with a packet that a controller gives it, before the packet is sent. */
import type { Flow } from '../../flow/flow.ts';
import { extractFlow } from '../../flow/extract.ts';
import { matchOfFlow, matchFlow, matchMask } from '../../flow/match.ts';
import { packetMask } from '../../flow/flow-text.ts';
import { WORD } from '../../flow/words.table.ts';
import { checkActions } from '../actions/check.ts';
import { viaOpenFlow } from '../actions/via-openflow.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { metadataInMessage, type PacketOut } from '../packet-out-text.ts';
import { PROTOCOLS, type OfVersion } from '../protocol.table.ts';
import { translate } from '../xlate/translate.ts';
import { checkReferences, type RequestError } from './flow-request.ts';
import { refuseActs, type Refusal } from './refusal.ts';

/** The packet's key with what the message says of it. */
export function packetOutKey(bridge: Bridge, asked: PacketOut, version: OfVersion): Flow {
  const metadata = metadataInMessage(asked, version);
  const said = matchFlow(metadata);
  const packetType = said[WORD.packetType] ?? 0;
  const flow = extractFlow(asked.octets, { packetType, vlanLimit: bridge.datapath.vlanLimit });
  matchMask(metadata).forEach((bits, at) => {
    if (bits !== 0) flow[at] = said[at] as number;
  });
  return flow;
}

/** Why a switch cannot read the message; null when it can. */
export const packetOutRefusal = (asked: PacketOut, version: OfVersion): Refusal | null =>
  refuseActs(viaOpenFlow(asked.actions, version), version);

/** What makes a switch refuse the message before it looks at its tables. */
export function packetOutReadError(bridge: Bridge, asked: PacketOut, version: OfVersion): RequestError {
  const refusal = packetOutRefusal(asked, version);
  if (refusal !== null) return refusal.error;
  const key = packetOutKey(bridge, asked, version);
  const actions = viaOpenFlow(asked.actions, version);
  const { error, protocols } = checkActions(actions, matchOfFlow(key, packetMask(key)), { table: 0 });
  if (error !== undefined) return error;
  // Later versions than 1.0 want the packet to have what actions change.
  return version > 1 && (protocols & ~PROTOCOLS.of10Any) === 0 ? 'OFPBAC_MATCH_INCONSISTENT' : null;
}

/** What the tables as they are now make of it, without sending anything. */
export function packetOutError(bridge: Bridge, asked: PacketOut, version: OfVersion): RequestError {
  const actions = viaOpenFlow(asked.actions, version);
  const unknown = checkReferences(bridge, actions);
  if (unknown !== null) return unknown;
  const { error, frozenIds } = translate({
    bridge,
    flow: packetOutKey(bridge, asked, version),
    packet: asked.octets,
    sideEffects: false,
    stats: null,
    trace: false,
    names: false,
    actions,
    inPacketOut: true,
    frozen: null,
  });
  for (const id of frozenIds) bridge.datapath.frozen.release(id);
  return error === null ? null : 'OFPFMFC_UNKNOWN';
}
