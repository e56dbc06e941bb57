/** Text of the actions that copy values between fields: set_field, load, move, push, pop, delete_field. */
import { err, ok, type Result } from '../../base/result.ts';
import { scanSized } from '../../flow/c-integer.ts';
import { exactMask, formatField, formatHex, isFieldValueValid, parseField } from '../../flow/field-text.ts';
import type { Field, Subfield } from '../../flow/field.ts';
import { formatSubfield, findField, parseSubfield, scanSubfield } from '../../flow/subfield-text.ts';
import { protocolsOfField } from '../protocol.table.ts';
import type { ActFormatter, ActParser } from './act-text.ts';
import type { SetFieldAct } from './ofpact.ts';

/** `value->key`; the error texts are those of every action of this form. */
export function splitArrow(text: string): Result<{ readonly value: string; readonly key: string }> {
  const at = text.indexOf('->');
  if (at < 0) return err(`${text}: missing \`->'`);
  const key = text.slice(at + 2);
  return key === ''
    ? err(`${text}: missing field name following \`->'`)
    : ok({ value: text.slice(0, at), key });
}

const parseSetField: ActParser = (text, parse) => {
  const split = splitArrow(text);
  if (!split.ok) return split;
  const { value: valueText, key } = split.value;
  const field = findField(key, parse.tlv);
  if (!field || (field.name !== key && !field.aliases.includes(key)))
    return err(`${key} is not a valid OXM field name`);
  if (!field.writable) return err(`${key} is read-only`);
  const parsed = parseField(field, valueText, parse.names, parse.printed, parse.warn);
  if (!parsed.ok) return parsed;
  if (!isFieldValueValid(field, parsed.value.value))
    return err(`${valueText} is not a valid value for field ${key}`);
  parse.protocols &= protocolsOfField(field);
  return ok({ kind: 'set_field', field, value: parsed.value.value, mask: parsed.value.mask, load: false });
};

const parseLoad: ActParser = (text, parse) => {
  const split = splitArrow(text);
  if (!split.ok) return split;
  const destination = parseSubfield(split.value.key, parse.tlv);
  if (!destination.ok) return destination;
  const { field, offset, length } = destination.value;
  const value = scanSized(text, field.size);
  if (value.kind !== 'value') return err(`${text}: cannot parse integer value`);
  if (value.value >> BigInt(length) !== 0n)
    return err(`${text}: value ${formatField(field, value.value)} does not fit into ${length} bits`);
  const shift = BigInt(offset);
  return ok({
    kind: 'set_field',
    field,
    value: value.value << shift,
    mask: ((1n << BigInt(length)) - 1n) << shift,
    load: true,
  });
};

const parseMove: ActParser = (text, parse) => {
  const source = scanSubfield(text, parse.tlv);
  if (!source.ok) return source;
  const { subfield, rest } = source.value;
  if (!rest.startsWith('->')) return err(`${text}: missing \`->' following source`);
  const destination = parseSubfield(rest.slice(2), parse.tlv);
  if (!destination.ok) return destination;
  if (subfield.length !== destination.value.length)
    return err(
      `${text}: source field is ${subfield.length} bits wide but destination is ${destination.value.length} bits wide`,
    );
  return ok({ kind: 'move', source: subfield, destination: destination.value });
};

const parseStack =
  (kind: 'push' | 'pop'): ActParser =>
  (text, parse) => {
    const scanned = scanSubfield(text, parse.tlv);
    if (!scanned.ok) return scanned;
    const { subfield, rest } = scanned.value;
    return rest === '' ? ok({ kind, subfield }) : err(`${rest}: trailing garbage following push or pop`);
  };

export const SET_FIELD_PARSERS: Readonly<Record<string, ActParser>> = {
  set_field: parseSetField,
  load: parseLoad,
  move: parseMove,
  push: parseStack('push'),
  pop: parseStack('pop'),
  delete_field: (text, parse) => {
    const field = findField(text, parse.tlv);
    return field ? ok({ kind: 'delete_field', field }) : err(`unknown field \`${text}'`);
  },
};

/** The runs of set mask bits, lowest first, at most 64 bits each: what one `load` each writes. */
export function loadSegments(
  act: SetFieldAct,
): readonly { readonly destination: Subfield; readonly value: bigint }[] {
  const segments: { destination: Subfield; value: bigint }[] = [];
  const { field, mask, value } = act;
  let bit = 0;
  while (bit < field.bits) {
    if (((mask >> BigInt(bit)) & 1n) === 0n) {
      bit += 1;
      continue;
    }
    let end = bit + 1;
    while (end < Math.min(bit + 64, field.bits) && ((mask >> BigInt(end)) & 1n) === 1n) end += 1;
    const length = end - bit;
    segments.push({
      destination: { field, offset: bit, length },
      value: (value >> BigInt(bit)) & ((1n << BigInt(length)) - 1n),
    });
    bit = end;
  }
  return segments;
}

/** Whether `mask` covers all bits of the field. */
export const isWholeMask = (field: Field, mask: bigint): boolean => mask === exactMask(field);

export const SET_FIELD_FORMATTERS: {
  readonly [K in 'set_field' | 'move' | 'push' | 'pop' | 'delete_field']: ActFormatter<K>;
} = {
  set_field: (act, { names }) =>
    act.load
      ? loadSegments(act)
          .map(({ value, destination }) => `load:${formatHex(value)}->${formatSubfield(destination)}`)
          .join(',')
      : `set_field:${formatField(act.field, act.value, act.mask, names)}->${act.field.name}`,
  move: ({ source, destination }) => `move:${formatSubfield(source)}->${formatSubfield(destination)}`,
  push: ({ subfield }) => `push:${formatSubfield(subfield)}`,
  pop: ({ subfield }) => `pop:${formatSubfield(subfield)}`,
  delete_field: ({ field }) => `delete_field:${field.name}`,
};
