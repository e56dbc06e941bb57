/** Commands about a bridge's settings: TLV table, fragments, port behaviour. */
import { addTlvMappings, EMPTY_TLV_MAP, removeTlvMappings } from '../../flow/tlv-map.ts';
import { parsePort } from '../../flow/ofport-text.ts';
import type { Bridge } from '../../ofproto/bridge/bridge.ts';
import { setPortFlag, type PortFlags } from '../../ofproto/bridge/port.ts';
import { parseTlvMap } from '../../ofproto/request/tlv-text.ts';
import { messageNames } from './message-names.ts';
import { errorReply, SwitchError } from './refused-request.ts';
import { OfctlError } from './error.ts';
import { parseCtMatch } from '../../ofproto/conntrack/ct-match.ts';
import type { OfctlOptions } from './options.ts';

export function addTlvMap(bridge: Bridge, text: string, options: OfctlOptions): void {
  const mappings = parseTlvMap(text);
  if (!mappings.ok) throw new OfctlError(mappings.error);
  const map = addTlvMappings(bridge.tlv, mappings.value);
  if (!map.ok) throw new SwitchError(errorReply(map.error, options.version, 'NXT_TLV_TABLE_MOD'));
  bridge.tlv = map.value;
}

/** Without mappings, all of them go. */
export function deleteTlvMap(bridge: Bridge, text: string | undefined): void {
  if (text === undefined || text === '') {
    bridge.tlv = EMPTY_TLV_MAP;
    return;
  }
  const mappings = parseTlvMap(text);
  if (!mappings.ok) throw new OfctlError(mappings.error);
  bridge.tlv = removeTlvMappings(bridge.tlv, mappings.value);
}

export function setFragments(bridge: Bridge, text: string): void {
  if (text === 'reassemble')
    throw new OfctlError(
      `${bridge.name}: setting fragment handling mode failed (this switch probably doesn't support mode "reassemble")`,
    );
  if (text !== 'normal' && text !== 'drop' && text !== 'nx-match')
    throw new OfctlError(`${text}: unknown fragment handling mode`);
  bridge.fragments = text;
}

const BEHAVIOURS: Readonly<Record<string, readonly [keyof PortFlags, boolean]>> = {
  up: ['down', false],
  down: ['down', true],
  receive: ['noReceive', false],
  'receive-stp': ['noReceiveStp', false],
  flood: ['noFlood', false],
  forward: ['noForward', false],
  'packet-in': ['noPacketIn', false],
};

export function modifyPort(bridge: Bridge, portText: string, action: string): void {
  const number = parsePort(portText, messageNames(bridge));
  const port = number === undefined ? undefined : bridge.ports.get(number);
  if (!port) throw new OfctlError(`${bridge.name}: couldn't find port \`${portText}'`);
  const negative = /^no-?/i.exec(action)?.[0] ?? '';
  const behaviour = BEHAVIOURS[action.slice(negative.length).toLowerCase()];
  if (!behaviour) throw new OfctlError(`unknown mod-port command '${action}'`);
  const [flag, value] = behaviour;
  setPortFlag(port, flag, value !== (negative !== ''));
}

/** The zone of `zone=N`; only 16 bits of the number count. */
const zoneOf = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) & 0xffff : undefined);

export function flushZone(bridge: Bridge, text: string): void {
  const zone = zoneOf(text);
  if (zone === undefined) throw new OfctlError(`invalid zone_id "${text}"`);
  bridge.datapath.conntrack.flush(zone);
}

/** `ct-flush`: connections by zone, mark, labels and tuples. */
export function flushConnections({ datapath }: Bridge, words: readonly string[]): void {
  const match = parseCtMatch(words);
  if (!match.ok) throw new OfctlError(`Failed to parse CT match: ${match.error}`);
  const { zone, isWholeTuple, fits } = match.value;
  // A tuple without a zone is one of zone 0.
  datapath.conntrack.flush(isWholeTuple ? (zone ?? 0) : zone, fits);
}
