/** Reads the key of one packet as a person types it for `ofproto/trace`: every field an exact value. */
import { err, ok, type Result } from '../base/result.ts';
import { parseFieldValue } from './field-text.ts';
import type { Field } from './field.ts';
import { FIELDS } from './fields.table.ts';
import { createFlow, getField, setField, type Flow } from './flow.ts';
import { keyValues } from './key-value.ts';
import type { PortNames } from './ofport-text.ts';
import { OFPP } from './ofport.table.ts';
import { ipProtoOf, meetsPrerequisite, rawEthTypeOf, word } from './packet-kind.ts';
import { protocolKeyword } from './protocol.table.ts';
import { findField } from './subfield-text.ts';
import type { TlvMap } from './tlv-map.ts';
import { WORD } from './words.table.ts';

export interface ExactFlowOptions {
  readonly names?: PortNames;
  readonly tlv?: TlvMap;
}

function isSet(flow: Flow, field: Field): boolean {
  if (field.option === undefined) return getField(flow, field) !== 0n;
  return ((word(flow, WORD.tunPresent + (field.option >>> 5)) >>> (field.option & 31)) & 1) === 1;
}

/** A key, and as a mask the fields of it that the text names. */
export interface ExactMatch {
  readonly flow: Flow;
  readonly mask: Flow;
}

/** The key of `text`, with vswitchd's error texts. Without `in_port` the packet has none. */
export function parseExactFlow(text: string, options: ExactFlowOptions = {}): Result<Flow> {
  const parsed = parseExactMatch(text, options);
  return parsed.ok ? ok(parsed.value.flow) : parsed;
}

/** What `parseExactFlow` reads, with the fields that are named. */
export function parseExactMatch(text: string, options: ExactFlowOptions = {}): Result<ExactMatch> {
  const flow = createFlow();
  const mask = createFlow();
  for (const { key, value } of keyValues(text)) {
    const keyword = protocolKeyword(key);
    if (keyword) {
      if (rawEthTypeOf(flow) !== 0) return err(`${text}: Ethernet type set multiple times`);
      setField(flow, FIELDS.eth_type, keyword.ethType);
      setField(mask, FIELDS.eth_type, 0xffff);
      if (keyword.ipProto === 0) continue;
      if (ipProtoOf(flow) !== 0) return err(`${text}: network protocol set multiple times`);
      setField(flow, FIELDS.nw_proto, keyword.ipProto);
      setField(mask, FIELDS.nw_proto, 0xff);
      continue;
    }
    const field = findField(key, options.tlv);
    if (!field || (field.name !== key && !field.aliases.includes(key)))
      return err(`${text}: unknown field ${key}`);
    if (!meetsPrerequisite(flow, field.prerequisite))
      return err(`${text}: prerequisites not met for setting ${key}`);
    if (isSet(flow, field)) return err(`${text}: field ${key} set multiple times`);
    const parsed = parseFieldValue(field, value, options.names);
    if (!parsed.ok) return err(`${text}: bad value for ${key} (${parsed.error})`);
    setField(flow, field, parsed.value);
    setField(mask, field, field.name === 'dl_vlan' ? 0xfff : (1n << BigInt(field.bits)) - 1n);
  }
  if (word(flow, WORD.inPort) === 0) flow[WORD.inPort] = OFPP.none;
  return ok({ flow, mask });
}
