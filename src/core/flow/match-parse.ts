/** Reads matches as `ovs-ofctl` does, with its error texts. */
import { err, ok, type Result } from '../base/result.ts';
import { scanSized } from './c-integer.ts';
import { exactMask, formatField, parseField } from './field-text.ts';
import type { Field } from './field.ts';
import { FIELDS } from './fields.table.ts';
import { keyValues, type KeyValue } from './key-value.ts';
import {
  clearMatchField,
  createMatch,
  matchWordMask,
  setMatchField,
  setMatchWord,
  type Match,
} from './match.ts';
import type { PortNames, Warn } from './ofport-text.ts';
import { protocolKeyword } from './protocol.table.ts';
import { findField, parseSubfield } from './subfield-text.ts';
import type { TlvMap } from './tlv-map.ts';
import { WORD } from './words.table.ts';

export interface MatchParseOptions {
  readonly names?: PortNames;
  readonly tlv?: TlvMap;
  readonly warn?: Warn;
}

/** A tunnel option can be spoken of once: its bits are not joined. */
const isRepeated = (match: Match, { option }: Field): boolean =>
  option !== undefined &&
  ((matchWordMask(match, WORD.tunPresent + (option >>> 5)) >>> (option & 31)) & 1) === 1;

const repeated = ({ name }: Field): Result<never> => err(`field ${name} set multiple times`);

/** Sets `field` in `match` from the text after `field=`. An empty text demands only that a tunnel option is there. */
function setFromText(match: Match, field: Field, text: string, options: MatchParseOptions): Result<null> {
  const parsed = parseField(field, text === '' ? '0/0' : text, options.names, false, options.warn);
  if (!parsed.ok) return parsed;
  if (isRepeated(match, field)) return repeated(field);
  const { value, mask } = parsed.value;
  clearMatchField(match, field);
  if (mask === exactMask(field)) setMatchField(match, field, value);
  else if (mask !== 0n || field.option !== undefined) setMatchField(match, field, value, mask);
  return ok(null);
}

/** `reg0[0..15]=5`. */
function setSubfieldFromText(match: Match, part: KeyValue, options: MatchParseOptions): Result<null> {
  const subfield = parseSubfield(part.key, options.tlv);
  if (!subfield.ok) return subfield;
  const { field, offset, length } = subfield.value;
  const value = scanSized(part.value, field.size);
  if (value.kind !== 'value' || value.rest !== '')
    return err(`${part.key}: cannot parse integer value: ${part.value}`);
  if (value.value >> BigInt(length) !== 0n)
    return err(`${part.key}: value ${formatField(field, value.value)} does not fit into ${length} bits`);
  if (isRepeated(match, field)) return repeated(field);
  const shift = BigInt(offset);
  setMatchField(match, field, value.value << shift, ((1n << BigInt(length)) - 1n) << shift);
  return ok(null);
}

/**
 * Takes one part of a flow's text into `match`. Undefined when it is not about the match (`priority=`, `table=` ...).
 */
export function parseMatchPart(
  match: Match,
  part: KeyValue,
  options: MatchParseOptions,
): Result<null> | undefined {
  const keyword = protocolKeyword(part.key);
  if (keyword) {
    setMatchField(match, FIELDS.eth_type, keyword.ethType);
    if (keyword.ipProto !== 0) setMatchField(match, FIELDS.nw_proto, keyword.ipProto);
    return ok(null);
  }
  if (part.key === 'eth') {
    setMatchWord(match, WORD.packetType, 0, 0xffffffff);
    return ok(null);
  }
  const field = findField(part.key, options.tlv);
  if (field && (field.name === part.key || field.aliases.includes(part.key)))
    return setFromText(match, field, part.value, options);
  return part.key.includes('[') ? setSubfieldFromText(match, part, options) : undefined;
}

/** A text that holds nothing but a match, e.g. `tcp,nw_dst=10.0.0.1,tp_dst=80`. */
export function parseMatch(text: string, options: MatchParseOptions = {}): Result<Match> {
  const match = createMatch();
  for (const part of keyValues(text)) {
    const set = parseMatchPart(match, part, options);
    if (set === undefined)
      return err(part.value === '' ? `field ${part.key} missing value` : `unknown keyword ${part.key}`);
    if (!set.ok) return set;
  }
  return ok(match);
}
