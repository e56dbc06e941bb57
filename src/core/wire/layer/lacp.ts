/** LACPDUs (IEEE 802.1AX clause 6.4.2): what a port says of itself and of what it knows of its partner. */
import { formatMac } from '../../base/address.ts';
import { readMac, readU16, writeMac, writeU16 } from '../octets.ts';
import { field, flagNames, type HeaderNode } from './header-node.ts';
import {
  payloadFrom,
  report,
  type DecodeContext,
  type LayerBase,
  type Parsed,
  type Target,
} from './layer-base.ts';

/** Bits of the state that a port tells. */
export const LACP_STATE = {
  activity: 0x01,
  timeout: 0x02,
  aggregation: 0x04,
  synchronization: 0x08,
  collecting: 0x10,
  distributing: 0x20,
  defaulted: 0x40,
  expired: 0x80,
} as const;

export interface LacpParty {
  readonly systemPriority: number;
  readonly system: bigint;
  readonly key: number;
  readonly portPriority: number;
  readonly port: number;
  readonly state: number;
}

export interface Lacpdu {
  readonly actor: LacpParty;
  readonly partner: LacpParty;
}

export interface LacpLayer extends LayerBase, Lacpdu {
  readonly kind: 'lacp';
}

/** From the subtype to the end of the reserved octets. */
const PDU_SIZE = 110;
const LACP = 1;
const ACTOR = { type: 1, at: 2 } as const;
const PARTNER = { type: 2, at: 22 } as const;
const PARTY_SIZE = 20;
const COLLECTOR = { type: 3, at: 42, size: 16 } as const;

const readParty = (octets: Uint8Array, at: number): LacpParty => ({
  systemPriority: readU16(octets, at + 2),
  system: readMac(octets, at + 4),
  key: readU16(octets, at + 10),
  portPriority: readU16(octets, at + 12),
  port: readU16(octets, at + 14),
  state: octets[at + 16] as number,
});

function writeParty(
  octets: Uint8Array,
  place: { readonly type: number; readonly at: number },
  party: LacpParty,
): void {
  const { type, at } = place;
  octets[at] = type;
  octets[at + 1] = PARTY_SIZE;
  writeU16(octets, at + 2, party.systemPriority);
  writeMac(octets, at + 4, party.system);
  writeU16(octets, at + 10, party.key);
  writeU16(octets, at + 12, party.portPriority);
  writeU16(octets, at + 14, party.port);
  octets[at + 16] = party.state;
}

/** The PDU that begins with the subtype; undefined when it is no LACPDU of version 1 with both parties. */
export function readLacpdu(octets: Uint8Array): Lacpdu | undefined {
  const isWhole =
    octets.length >= COLLECTOR.at &&
    octets[0] === LACP &&
    octets[ACTOR.at] === ACTOR.type &&
    octets[ACTOR.at + 1] === PARTY_SIZE &&
    octets[PARTNER.at] === PARTNER.type &&
    octets[PARTNER.at + 1] === PARTY_SIZE;
  if (!isWhole) return undefined;
  return { actor: readParty(octets, ACTOR.at), partner: readParty(octets, PARTNER.at) };
}

/** What follows the Ethernet header (type 0x8809). */
export function encodeLacpdu(pdu: Lacpdu): Uint8Array {
  const octets = new Uint8Array(PDU_SIZE);
  octets[0] = LACP;
  octets[1] = 1;
  writeParty(octets, ACTOR, pdu.actor);
  writeParty(octets, PARTNER, pdu.partner);
  octets[COLLECTOR.at] = COLLECTOR.type;
  octets[COLLECTOR.at + 1] = COLLECTOR.size;
  return octets;
}

/** Slow protocols; others than LACP stay octets. */
export function decodeLacp(context: DecodeContext, target: Target): Parsed<LacpLayer> {
  const { offset, end } = target;
  const pdu = readLacpdu(context.octets.subarray(offset, end));
  if (pdu === undefined) {
    if (context.octets[offset] === LACP) report(context, 'LACPDU cut or malformed', offset);
    return { layer: null, next: payloadFrom(offset, end) };
  }
  const headerSize = Math.min(PDU_SIZE, end - offset);
  return {
    layer: { kind: 'lacp', offset, headerSize, size: end - offset, ...pdu },
    next: payloadFrom(offset + headerSize, end),
  };
}

const FLAGS = Object.entries(LACP_STATE).map(([name, bit]) => [bit, name] as const);

const partyTree = (name: string, party: LacpParty, at: number): HeaderNode =>
  field(name, formatMac(party.system), at, PARTY_SIZE, [
    field('system priority', String(party.systemPriority), at + 2, 2),
    field('system', formatMac(party.system), at + 4, 6),
    field('key', String(party.key), at + 10, 2),
    field('port priority', String(party.portPriority), at + 12, 2),
    field('port', String(party.port), at + 14, 2),
    field('state', flagNames(party.state, FLAGS), at + 16, 1),
  ]);

export const lacpTree = (layer: LacpLayer): HeaderNode =>
  field('LACP', '', layer.offset, layer.headerSize, [
    partyTree('actor', layer.actor, layer.offset + ACTOR.at),
    partyTree('partner', layer.partner, layer.offset + PARTNER.at),
  ]);
