/** `FIELD = CONSTANT`, `FIELD = FIELD`, `FIELD <-> FIELD`, and what else may stand after `FIELD =`. */
import { wholeField } from '../../flow/field.ts';
import { setSubfield } from '../../ofproto/actions/ofpact.ts';
import { parseConstantFor } from '../expr/constants.ts';
import { type FieldRef, fieldProblem, formatFieldRef, resolveFieldRef } from '../expr/field-ref.ts';
import { formatConstantText } from '../expr/lexer.ts';
import type { Action, LoadAction, MoveAction } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import type { ActionDefinition } from './definition.ts';
import { OctetWriter } from './octet-writer.ts';

function parseLoad(parser: ActionParser, destination: FieldRef): LoadAction | undefined {
  if (!parser.isAssignable(destination)) return undefined;
  const value = parseConstantFor(parser.lexer, destination.symbol);
  if (value === undefined) return undefined;
  return { kind: destination.symbol.ovnField === undefined ? 'load' : 'ovnfield_load', destination, value };
}

const typeName = ({ symbol }: FieldRef): string => (symbol.width > 0 ? 'integer' : 'string');

/** Why the two fields do not go together. */
function mismatch(left: FieldRef, right: FieldRef, exchange: boolean): string | undefined {
  if (typeName(left) !== typeName(right)) {
    const [from, to] = exchange ? [left, right] : [right, left];
    const verb = exchange ? ["Can't exchange", 'with'] : ["Can't assign", 'to'];
    return `${verb[0]} ${typeName(from)} field (${from.symbol.name}) ${verb[1]} ${typeName(to)} field (${to.symbol.name}).`;
  }
  if (left.length !== right.length) {
    return exchange
      ? `Can't exchange ${left.length}-bit field with ${right.length}-bit field.`
      : `Can't assign ${right.length}-bit value to ${left.length}-bit destination.`;
  }
  if (left.length === 0 && left.symbol.field?.bits !== right.symbol.field?.bits)
    return `String fields ${left.symbol.name} and ${right.symbol.name} are incompatible for ${exchange ? 'exchange' : 'assignment'}.`;
  return undefined;
}

function parseMove(parser: ActionParser, left: FieldRef, exchange: boolean): MoveAction | undefined {
  const right = parser.field();
  if (right === undefined) return undefined;
  const problem =
    mismatch(left, right, exchange) ??
    fieldProblem(left, left.length, parser.scope) ??
    (exchange ? fieldProblem(right, right.length, parser.scope) : undefined);
  if (problem !== undefined) {
    parser.lexer.fail(problem);
    return undefined;
  }
  return { kind: exchange ? 'exchange' : 'move', left, right };
}

/** A statement that begins with a field. */
export function parseAssignment(parser: ActionParser): Action | undefined {
  const { lexer } = parser;
  const left = parser.field();
  if (left === undefined) return undefined;
  if (lexer.match('<->')) return parseMove(parser, left, true);
  if (!lexer.match('=')) {
    lexer.syntaxError("expecting `=' or `<->'");
    return undefined;
  }
  if (lexer.kind !== 'id') return parseLoad(parser, left);
  const word = lexer.token.text;
  const call = parser.grammar.assignments.get(word);
  // The relay checks alone are recognized without looking for the parenthesis.
  if (call !== undefined && (lexer.lookahead() === '(' || word.startsWith('dhcp_relay_')))
    return call(parser, left);
  return parseMove(parser, left, false);
}

function formatMove(action: MoveAction, operator: string): string {
  return `${formatFieldRef(action.left)} ${operator} ${formatFieldRef(action.right)};`;
}

export const load: ActionDefinition<LoadAction & { readonly kind: 'load' }> = {
  format: (action) => `${formatFieldRef(action.destination)} = ${formatConstantText(action.value)};`,
  encode({ destination, value }, encoder) {
    const subfield = resolveFieldRef(destination);
    if (typeof value === 'string') {
      encoder.put(setSubfield(wholeField(subfield.field), BigInt(encoder.params.portNumber(value) ?? 0)));
      return;
    }
    const part = (1n << BigInt(subfield.length)) - 1n;
    const shift = BigInt(subfield.offset);
    encoder.put({
      kind: 'set_field',
      field: subfield.field,
      value: (value.value & part) << shift,
      mask: ((value.mask ?? part) & part) << shift,
      load: false,
    });
  },
};

const FRAG_MTU_MAGIC = 0x6f766e00;

/** `icmp4.frag_mtu = N` and `icmp6.frag_mtu = N`: a note that ovn-controller reads when it builds the ICMP error. */
export const ovnfieldLoad: ActionDefinition<LoadAction & { readonly kind: 'ovnfield_load' }> = {
  format({ destination, value }) {
    const mtu = typeof value === 'string' ? 0n : value.value;
    return `${destination.symbol.name} = ${mtu & 0xffffn};`;
  },
  encode({ destination, value }, encoder) {
    const field = destination.symbol.ovnField;
    if (field === undefined || typeof value === 'string') return;
    const data = new OctetWriter()
      .u32(FRAG_MTU_MAGIC)
      .u16(field.id)
      .zeros(2)
      .uint(value.value, field.bits / 8);
    encoder.put({ kind: 'note', data: data.octets() });
  },
};

export const move: ActionDefinition<MoveAction & { readonly kind: 'move' }> = {
  format: (action) => formatMove(action, '='),
  encode: ({ left, right }, encoder) => encoder.move(resolveFieldRef(right), resolveFieldRef(left)),
};

export const exchange: ActionDefinition<MoveAction & { readonly kind: 'exchange' }> = {
  format: (action) => formatMove(action, '<->'),
  encode({ left, right }, encoder) {
    encoder.push(resolveFieldRef(right));
    encoder.push(resolveFieldRef(left));
    encoder.pop(resolveFieldRef(right));
    encoder.pop(resolveFieldRef(left));
  },
};
