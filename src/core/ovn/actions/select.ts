/** `FIELD = select(...)`: one of several numbers, by hash and weight (ECMP routes). */
import { type FieldRef, formatFieldRef, resolveFieldRef } from '../expr/field-ref.ts';
import type { SelectAction, SelectMember } from './action.ts';
import type { ActionParser } from './action-parser.ts';
import type { ActionDefinition } from './definition.ts';

const DEFAULT_WEIGHT = 100;

function parseMember(parser: ActionParser): SelectMember | undefined {
  const { lexer } = parser;
  const id = parser.uint16('id');
  if (id === undefined) return undefined;
  let weight: number | undefined = DEFAULT_WEIGHT;
  if (lexer.match('=')) {
    weight = parser.uint16('weight');
    if (weight === 0) lexer.syntaxError("weight can't be 0");
  }
  lexer.match(',');
  return weight === undefined ? undefined : { id, weight };
}

/** Up to the parenthesis that ends the list. */
function parseMembers(parser: ActionParser): readonly SelectMember[] | undefined {
  const members: SelectMember[] = [];
  while (!parser.lexer.match(')')) {
    const member = parseMember(parser);
    if (member === undefined) return undefined;
    members.push(member);
  }
  if (members.length > 1) return members;
  parser.lexer.syntaxError('expecting at least 2 group members');
  return undefined;
}

function parseHashFields(parser: ActionParser): string | undefined {
  const { lexer } = parser;
  lexer.expect(';');
  if (!lexer.matchId('hash_fields')) {
    lexer.syntaxError('expecting hash_fields');
    return undefined;
  }
  if (!lexer.match('=') || lexer.kind !== 'string' || lexer.lookahead() !== ')') {
    lexer.syntaxError('invalid hash_fields');
    return undefined;
  }
  const fields = lexer.token.text;
  lexer.advance();
  lexer.expect(')');
  return fields;
}

function parse(parser: ActionParser, destination: FieldRef): SelectAction | undefined {
  const { lexer } = parser;
  if (!parser.isAssignable(destination)) return undefined;
  const { symbol, offset, length } = destination;
  if (length < 16) {
    lexer.fail(
      `cannot use ${length}-bit field ${symbol.name}[${offset}..${offset + length - 1}] for "select", which requires at least 16 bits.`,
    );
    return undefined;
  }
  if (!parser.hasNextTable('select')) return undefined;
  parser.enterCall();
  const hasFields = lexer.matchId('values');
  if (hasFields) {
    lexer.expect('=');
    lexer.expect('(');
  }
  const members = parseMembers(parser);
  if (members === undefined) return undefined;
  const hashFields = hasFields ? parseHashFields(parser) : undefined;
  if (hasFields && hashFields === undefined) return undefined;
  return { kind: 'select', destination, members, hashFields, table: parser.env.table + 1 };
}

export const select: ActionDefinition<SelectAction> = {
  assignment: parse,
  format({ destination, members, hashFields }) {
    const list = members.map(({ id, weight }) => `${id}=${weight}`).join(', ');
    const argument = hashFields === undefined ? list : `values=(${list}); hash_fields="${hashFields}"`;
    return `${formatFieldRef(destination)} = select(${argument});`;
  },
  encode({ destination, members, hashFields, table }, encoder) {
    const { field, offset, length } = resolveFieldRef(destination);
    const method = hashFields === undefined ? 'dp_hash' : `hash,fields(${hashFields})`;
    const symmetric =
      encoder.params.features.hashL4Symmetric && hashFields === undefined
        ? ',selection_method_param=0x100000000'
        : '';
    const buckets = members.map(
      ({ id, weight }, index) =>
        `,bucket=bucket_id=${index},weight:${weight},actions=load:${id}->${field.name}[${offset}..${offset + length - 1}],resubmit(,${encoder.localTable(table)})`,
    );
    encoder.group(`type=select,selection_method=${method}${symmetric}${buckets.join('')}`);
  },
};
