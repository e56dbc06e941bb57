/** `packet-out`: packets that a controller puts into a bridge, in the form of one text or of several words. */
import { fromHex } from '../../base/bytes.ts';
import { parsePort } from '../../flow/ofport-text.ts';
import { OFPP, type OfPort } from '../../flow/ofport.table.ts';
import { parseActions } from '../../ofproto/actions/act-list.ts';
import type { OfpAct } from '../../ofproto/actions/ofpact.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import { readingOptions } from './change-flows.ts';
import { OfctlError } from './error.ts';
import type { OfctlOptions } from './options.ts';

/** Sends one packet. */
export type SendPacket = (octets: Uint8Array, inPort: OfPort, actions: readonly OfpAct[]) => void;

const ETHERNET_HEADER = 14;

function octetsOf(hex: string, where: string): Uint8Array {
  const digits = hex.replaceAll(/\s/g, '');
  const octets = fromHex(digits);
  if (!octets) throw new OfctlError(`${where}Trailing garbage in packet data`);
  if (octets.length < ETHERNET_HEADER) throw new OfctlError(`${where}Packet data too short for Ethernet`);
  return octets;
}

function actionsOf(bridge: Bridge, text: string, options: OfctlOptions): readonly OfpAct[] {
  const parsed = parseActions(text, readingOptions(bridge, options));
  if (!parsed.ok) throw new OfctlError(parsed.error);
  return parsed.value.actions;
}

function portOf(bridge: Bridge, text: string): OfPort {
  const port = parsePort(text, bridge.names);
  if (port === undefined) throw new OfctlError(`${bridge.name}: unknown port \`${text}'`);
  return port;
}

/** `in_port=PORT packet=HEX actions=...`; the actions stand last. */
function sendOne(bridge: Bridge, text: string, options: OfctlOptions, send: SendPacket): void {
  const at = /(^|[\s,])actions?=/.exec(text);
  const head = at ? text.slice(0, at.index) : text;
  const actions = at ? text.slice(at.index + at[0].length) : '';
  let inPort: OfPort = OFPP.controller;
  let octets: Uint8Array | undefined;
  for (const word of head.split(/[\s,]+/).filter((one) => one !== '')) {
    const [key = '', value = ''] = word.split(/=(.*)/s);
    if (key === 'in_port') inPort = portOf(bridge, value);
    else if (key === 'packet') octets = octetsOf(value, 'packet: ');
    else throw new OfctlError(`packet-out with ${key} is not modelled here`);
  }
  if (!octets) throw new OfctlError('must specify packet');
  send(octets, inPort, actionsOf(bridge, actions, options));
}

/** `words` follow the bridge: one text, or IN_PORT ACTIONS PACKET... */
export function sendPackets(
  bridge: Bridge,
  words: readonly string[],
  options: OfctlOptions,
  send: SendPacket,
): void {
  const [first = '', actions, ...packets] = words;
  if (actions === undefined) {
    sendOne(bridge, first, options, send);
    return;
  }
  const acts = actionsOf(bridge, actions, options);
  const inPort = portOf(bridge, first);
  for (const packet of packets) send(octetsOf(packet, ''), inPort, acts);
}
