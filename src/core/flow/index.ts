/** Face of the flow room: fields, flows, matches and their texts. */
export type { Field, FieldFormat, FieldHeader, Prerequisite, Subfield } from './field.ts';
export { wholeField } from './field.ts';
export {
  FIELDS,
  FIELD_LIST,
  fieldByHeader,
  fieldByName,
  registerField,
  type FieldName,
} from './fields.table.ts';
export {
  copyFlow,
  createFlow,
  getField,
  getFieldNumber,
  portFromOxm,
  portToOxm,
  setField,
  type Flow,
} from './flow.ts';
export {
  clearMatchField,
  clearMatchWord,
  copyMatch,
  createMatch,
  fieldOnes,
  matchCovers,
  matchEquals,
  matchFieldMask,
  matchFieldValue,
  matchFlow,
  matchKey,
  matchMask,
  matchOfFlow,
  matchWordMask,
  matchWordValue,
  matchesFlow,
  setMatchField,
  setMatchWord,
  type Match,
} from './match.ts';
export { OFPP, RESERVED_PORTS, type OfPort } from './ofport.table.ts';
export { FLOW_WORDS, WORD } from './words.table.ts';
export {
  formatField,
  formatHex,
  isFieldValueValid,
  parseField,
  parseFieldValue,
  type MaskedValue,
} from './field-text.ts';
export { keyValues, scanKeyValue, type KeyValue } from './key-value.ts';
export { parseMatch, parseMatchPart, type MatchParseOptions } from './match-parse.ts';
export { formatMatch, type MatchTextOptions } from './match-text.ts';
export { formatPort, parsePort, quoteName, type PortNames } from './ofport-text.ts';
export * from './packet-kind.ts';
export { ETH_TYPE, IP_PROTO } from './protocol.table.ts';
export { findField, formatSubfield, parseSubfield } from './subfield-text.ts';
export {
  EMPTY_TLV_MAP,
  addTlvMappings,
  removeTlvMappings,
  tlvField,
  type TlvEntry,
  type TlvMap,
  type TlvMapping,
} from './tlv-map.ts';
