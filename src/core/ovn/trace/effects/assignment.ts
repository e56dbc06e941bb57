/** Assignments: what they change, and what the minimal trace says of it. */
import { formatField } from '../../../flow/field-text.ts';
import type { Subfield } from '../../../flow/field.ts';
import { type Flow, getField, setField } from '../../../flow/flow.ts';
import { formatAction } from '../../actions/actions.ts';
import { type FieldRef, formatFieldRef, resolveFieldRef } from '../../expr/field-ref.ts';
import { formatHex } from '../../expr/number.ts';
import { type Cursor, type Effect, addNode } from '../cursor.ts';
import { hasField, isRegister, readSubfield, writeSubfield } from '../packet.ts';

export const load: Effect<'load'> = (action, cursor, run) => {
  const { destination, value } = action;
  const { field, offset, length } = resolveFieldRef(destination);
  if (!isRegister(field)) addNode(cursor, 'modify', formatAction(action).replace(/;$/, ''));
  if (!hasField(cursor.flow, field)) return;
  if (typeof value === 'string') {
    setField(cursor.flow, field, run.portNumber(cursor.datapath, value) ?? 0);
    return;
  }
  const part = (1n << BigInt(length)) - 1n;
  const mask = ((value.mask ?? part) & part) << BigInt(offset);
  const bits = (value.value & part) << BigInt(offset);
  setField(cursor.flow, field, (getField(cursor.flow, field) & ~mask) | (bits & mask));
};

export const ovnfieldLoad: Effect<'ovnfield_load'> = (action, cursor) => {
  const mtu = typeof action.value === 'string' ? 0n : action.value.value & 0xffffn;
  addNode(cursor, 'modify', `${action.destination.symbol.name} = ${mtu}`);
};

function valueText(flow: Flow, source: Subfield): string {
  const { field, offset, length } = source;
  return offset === 0 && length >= field.bits
    ? formatField(field, getField(flow, field))
    : formatHex(readSubfield(flow, source));
}

/** `DESTINATION = VALUE`, unless the destination is a register. */
function summarize(cursor: Cursor, source: Subfield, ref: FieldRef, destination: Subfield): void {
  if (isRegister(destination.field)) return;
  addNode(cursor, 'modify', `${formatFieldRef(ref)} = ${valueText(cursor.flow, source)}`);
}

export const move: Effect<'move'> = ({ left, right }, cursor) => {
  const destination = resolveFieldRef(left);
  const source = resolveFieldRef(right);
  summarize(cursor, source, left, destination);
  if (!hasField(cursor.flow, destination.field) || !hasField(cursor.flow, source.field)) return;
  writeSubfield(cursor.flow, destination, readSubfield(cursor.flow, source));
};

export const exchange: Effect<'exchange'> = ({ left, right }, cursor) => {
  const a = resolveFieldRef(left);
  const b = resolveFieldRef(right);
  summarize(cursor, b, left, a);
  summarize(cursor, a, right, b);
  const { flow } = cursor;
  if (!hasField(flow, a.field) || !hasField(flow, b.field)) return;
  const valueA = readSubfield(flow, a);
  const valueB = readSubfield(flow, b);
  writeSubfield(flow, b, valueA);
  writeSubfield(flow, a, valueB);
};

export const push: Effect<'push'> = ({ field }, cursor) => {
  const subfield = resolveFieldRef(field);
  const value = readSubfield(cursor.flow, subfield);
  addNode(cursor, 'modify', `push(${formatFieldRef(field)}) -> ${formatHex(value)}`);
  cursor.stack.push({ value, size: Math.ceil(subfield.length / 8) });
};

export const pop: Effect<'pop'> = ({ field }, cursor) => {
  const saved = cursor.stack.pop();
  if (saved !== undefined) writeSubfield(cursor.flow, resolveFieldRef(field), saved.value);
  const text = saved === undefined ? '/* empty stack */' : formatHex(saved.value);
  addNode(cursor, 'modify', `pop(${formatFieldRef(field)}) <- ${text}`);
};
