/** `packet-out`: packets that a controller puts into a bridge, in the form of one text or of several words. */
import { FIELDS } from '../../flow/fields.table.ts';
import type { Flow } from '../../flow/flow.ts';
import { createMatch, setMatchField, setMatchWord } from '../../flow/match.ts';
import { parsePort } from '../../flow/ofport-text.ts';
import { WORD } from '../../flow/words.table.ts';
import { parseActions } from '../../ofproto/actions/act-list.ts';
import type { OfpAct } from '../../ofproto/actions/ofpact.ts';
import { viaOpenFlow } from '../../ofproto/actions/via-openflow.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import { parsePacketHex, parsePacketOut, type PacketOut } from '../../ofproto/packet-out-text.ts';
import { PROTOCOLS, type OfVersion, type Protocols } from '../../ofproto/protocol.table.ts';
import {
  packetOutError,
  packetOutKey,
  packetOutReadError,
} from '../../ofproto/request/packet-out-request.ts';
import { OfctlError } from './error.ts';
import type { OfctlOptions } from './options.ts';
import { FORMAT_COST, REQUEST_COST, versionFor, xidAfterNames } from './protocol.ts';
import { readingOptions } from './reading-options.ts';
import { errorReply, sentPacketText, SwitchError } from './refused-request.ts';

/** Sends one packet; the key tells its port and what else comes with it. */
export type SendPacket = (octets: Uint8Array, said: Flow, actions: readonly OfpAct[]) => void;

/** Sends what a message of `version` carries, without another look at it. */
export function sendNow(bridge: Bridge, packet: PacketOut, version: OfVersion, send: SendPacket): void {
  send(packet.octets, packetOutKey(bridge, packet, version), viaOpenFlow(packet.actions, version));
}

/** Each packet with a barrier behind it; the first that is refused is the last. */
function sendEach(
  bridge: Bridge,
  packets: Iterable<PacketOut>,
  usable: Protocols,
  options: OfctlOptions,
  send: SendPacket,
): void {
  const version = versionFor(options, usable);
  const format = version === 1 && (usable & PROTOCOLS.of10Plain) === 0 ? FORMAT_COST : 0;
  let index = 0;
  for (const packet of packets) {
    const error = packetOutReadError(bridge, packet, version) ?? packetOutError(bridge, packet, version);
    if (error !== null) {
      const content = sentPacketText(bridge, packet, version, options);
      const xid = xidAfterNames(options, format + REQUEST_COST * index);
      throw new SwitchError(errorReply(error, version, 'OFPT_PACKET_OUT', content, xid));
    }
    sendNow(bridge, packet, version, send);
    index += 1;
  }
}

/** Packets of the older form, each read when it is its turn. */
function* readPackets(hexes: readonly string[], rest: Omit<PacketOut, 'octets'>): Generator<PacketOut> {
  for (const hex of hexes) {
    const octets = parsePacketHex(hex);
    if (!octets.ok) throw new OfctlError(octets.error);
    yield { octets: octets.value, ...rest };
  }
}

/** The older form: a port, actions, and packets behind them. */
function sendListed(
  bridge: Bridge,
  [port = '', actionText = '', ...hexes]: readonly string[],
  options: OfctlOptions,
  send: SendPacket,
): void {
  const reading = readingOptions(bridge, options);
  const read = parseActions(actionText, reading);
  if (!read.ok) throw new OfctlError(read.error);
  const inPort = parsePort(port, reading.names, reading.warn);
  if (inPort === undefined) throw new OfctlError(`${bridge.name}: unknown port \`${port}'`);
  const metadata = createMatch();
  setMatchField(metadata, FIELDS.in_port, BigInt(inPort));
  setMatchWord(metadata, WORD.packetType, 0, 0xffffffff);
  const { protocols } = read.value;
  sendEach(bridge, readPackets(hexes, { metadata, ...read.value }), protocols, options, send);
}

/** `words` follow the bridge: one text, or IN_PORT ACTIONS PACKET... */
export function sendPackets(
  bridge: Bridge,
  words: readonly string[],
  options: OfctlOptions,
  send: SendPacket,
): void {
  if (words.length === 2) throw new OfctlError('Too many arguments (4)');
  if (words.length > 2) return sendListed(bridge, words, options, send);
  const parsed = parsePacketOut(words[0] ?? '', readingOptions(bridge, options));
  if (!parsed.ok) throw new OfctlError(parsed.error);
  sendEach(bridge, [parsed.value], parsed.value.protocols, options, send);
}
