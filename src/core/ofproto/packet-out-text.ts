/** The text of packets that a controller puts into a switch: `in_port=1 packet=... reg0=5 actions=...`. */
import { fromHex } from '../base/bytes.ts';
import { err, ok, type Result } from '../base/result.ts';
import { FIELDS } from '../flow/fields.table.ts';
import { parseField } from '../flow/field-text.ts';
import { keyValues } from '../flow/key-value.ts';
import { parseMatchPart } from '../flow/match-parse.ts';
import { formatMatch } from '../flow/match-text.ts';
import { createMatch, matchFieldValue, setMatchField, setMatchWord, type Match } from '../flow/match.ts';
import { parsePort } from '../flow/ofport-text.ts';
import { OFPP, type OfPort } from '../flow/ofport.table.ts';
import { findField } from '../flow/subfield-text.ts';
import { WORD } from '../flow/words.table.ts';
import { formatActions, parseActions } from './actions/act-list.ts';
import type { ActTextOptions } from './actions/act-text.ts';
import type { OfpAct } from './actions/ofpact.ts';
import { viaOpenFlow } from './actions/via-openflow.ts';
import { formatPacket } from './packet-text.ts';
import { PROTOCOLS, protocolsOfMatch, type OfVersion, type Protocols } from './protocol.table.ts';

/** A packet that a controller sends, before any protocol version is chosen. */
export interface PacketOut {
  readonly octets: Uint8Array;
  /** What comes with the packet: its port, and registers, metadata and the like. */
  readonly metadata: Match;
  readonly actions: readonly OfpAct[];
  readonly protocols: Protocols;
}

const ETHERNET_HEADER = 14;

/** The octets of an Ethernet frame in hexadecimal, blanks apart. */
export function parsePacketHex(hex: string): Result<Uint8Array> {
  const octets = fromHex(hex.replaceAll(/\s/g, ''));
  if (!octets) return err('Trailing garbage in packet data');
  return octets.length < ETHERNET_HEADER ? err('Packet data too short for Ethernet') : ok(octets);
}

/** Ports that a packet may be said to come from, beside those of the switch. */
const SOURCES: ReadonlySet<OfPort> = new Set([OFPP.local, OFPP.none, OFPP.controller]);

const isPipelineField = (name: string): boolean =>
  /^(?:tun_(?!ttl$|tos$).*|metadata|in_port|in_port_oxm|x{0,2}reg\d+|packet_type)$/.test(name);

class PacketOutReader {
  octets: Uint8Array | undefined;
  readonly metadata: Match = createMatch();
  protocols: Protocols = PROTOCOLS.any;
  readonly options: ActTextOptions;

  constructor(options: ActTextOptions) {
    this.options = options;
    setMatchField(this.metadata, FIELDS.in_port, BigInt(OFPP.controller));
    setMatchWord(this.metadata, WORD.packetType, 0, 0xffffffff);
  }

  /** A problem, or undefined when the part was taken. */
  take(key: string, value: string): string | undefined {
    if (value === '') return `field ${key} missing value`;
    switch (key) {
      case 'in_port':
        return this.takePort(value);
      case 'packet_type': {
        const [space, type] = value.split(/,(.*)/s);
        if (type === undefined) return `${key}(${value}) can't be interpreted`;
        const number = (text: string | undefined): number =>
          Number.parseInt(text ?? '', text?.startsWith('0x') ? 16 : 10) || 0;
        setMatchWord(
          this.metadata,
          WORD.packetType,
          ((number(space) << 16) | (number(type) & 0xffff)) >>> 0,
          0xffffffff,
        );
        return undefined;
      }
      case 'packet': {
        const octets = parsePacketHex(value);
        if (!octets.ok) return `${key}: ${octets.error}`;
        this.octets = octets.value;
        return undefined;
      }
      default:
        return this.takeField(key, value);
    }
  }

  private takePort(value: string): string | undefined {
    const port = parsePort(value, this.options.names, this.options.warn);
    if (port === undefined) return `${value} is not a valid OpenFlow port`;
    if (port > OFPP.max && !SOURCES.has(port)) return `${value} is not a valid OpenFlow port for PACKET_OUT`;
    setMatchField(this.metadata, FIELDS.in_port, BigInt(port));
    return undefined;
  }

  private takeField(key: string, value: string): string | undefined {
    const { names, tlv, warn } = this.options;
    const field = findField(key, tlv);
    if (!field || (field.name !== key && !field.aliases.includes(key))) return `unknown keyword ${key}`;
    const set = parseMatchPart(
      this.metadata,
      { key, value, delimiter: '=' },
      { ...(names ? { names } : {}), ...(tlv ? { tlv } : {}), ...(warn ? { warn } : {}) },
    );
    if (set && !set.ok) return set.error;
    const parsed = parseField(field, value, names);
    // The last field that is named counts.
    if (parsed.ok) this.protocols = protocolsOfMatch(field, parsed.value.mask);
    return isPipelineField(field.name) ? undefined : `${key} is not a valid pipeline field for PACKET_OUT`;
  }
}

/** Reads one packet with the error texts of ovs-ofctl. */
export function parsePacketOut(text: string, options: ActTextOptions): Result<PacketOut> {
  const reader = new PacketOutReader(options);
  const at = text.indexOf('action');
  const equals = at < 0 ? -1 : text.indexOf('=', at + 1);
  for (const { key, value } of keyValues(at < 0 ? text : text.slice(0, at))) {
    const problem = reader.take(key, value);
    if (problem !== undefined) return err(problem);
  }
  const { octets, metadata } = reader;
  if (!octets) return err('must specify packet');
  if (equals < 0) return ok({ octets, metadata, actions: [], protocols: reader.protocols });
  const parsed = parseActions(text.slice(equals + 1), options);
  if (!parsed.ok) return parsed;
  const protocols = reader.protocols & parsed.value.protocols;
  return ok({ octets, metadata, actions: parsed.value.actions, protocols });
}

/** Since OpenFlow 1.5 a message carries more than the port. */
export function metadataInMessage({ metadata }: PacketOut, version: OfVersion): Match {
  if (version === 6) return metadata;
  const carried = createMatch();
  setMatchField(carried, FIELDS.in_port, matchFieldValue(metadata, FIELDS.in_port));
  setMatchWord(carried, WORD.packetType, 0, 0xffffffff);
  return carried;
}

/** `in_port=1 actions=drop data_len=42` and the packet on a line of its own. */
export function formatPacketOut(asked: PacketOut, version: OfVersion, options: ActTextOptions): string {
  const metadata = metadataInMessage(asked, version);
  const match = formatMatch(metadata, {
    ...(options.names ? { names: options.names } : {}),
    ...(options.tlv ? { tlv: options.tlv } : {}),
  });
  const actions = formatActions(viaOpenFlow(asked.actions, version), options);
  const type = Number(matchFieldValue(metadata, FIELDS.packet_type));
  return `${match} actions=${actions} data_len=${asked.octets.length}\n${formatPacket(asked.octets, type)}`;
}
