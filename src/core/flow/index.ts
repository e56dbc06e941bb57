/** Face of the flow room: fields, flows, matches and their texts. */
export type { Field } from './field.ts';
export { wholeField } from './field.ts';
export { FIELDS, registerField } from './fields.table.ts';
export { copyMatch, createMatch, matchFieldValue, matchKey, setMatchField, type Match } from './match.ts';
export { OFPP, type OfPort } from './ofport.table.ts';
export * from './packet-kind.ts';
