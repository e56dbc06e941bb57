/** A symbol or some bits of it, as actions and comparisons name one: `ip4.src`, `reg0[3]`, `eth.dst[0..15]`. */
import { invariant } from '../../base/assert.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Field, Subfield } from '../../flow/field.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { Lexer } from './lexer.ts';
import type { ExprSymbol, SymbolTable } from './symbol.ts';

/** Bits `offset` to `offset + length - 1` of `symbol`; both 0 for a string. */
export interface FieldRef {
  readonly symbol: ExprSymbol;
  readonly offset: number;
  readonly length: number;
}

/** The bits in brackets; the opening one has been read. */
function parseBits(lexer: Lexer, symbol: ExprSymbol): FieldRef | undefined {
  if (symbol.width === 0) {
    lexer.fail(`Cannot select subfield of string field ${symbol.name}.`);
    return undefined;
  }
  const low = lexer.expectInt();
  if (low === undefined) return undefined;
  let high = low;
  if (lexer.match('..')) {
    const last = lexer.expectInt();
    if (last === undefined) return undefined;
    high = last;
  }
  if (!lexer.expect(']')) return undefined;
  if (low > high) {
    lexer.fail(`Invalid bit range ${low} to ${high}.`);
  } else if (high >= symbol.width) {
    lexer.fail(`Cannot select bits ${low} to ${high} of ${symbol.width}-bit field ${symbol.name}.`);
  } else if (symbol.level === 'nominal' && (low !== 0 || high !== symbol.width - 1)) {
    lexer.fail(`Cannot select subfield of nominal field ${symbol.name}.`);
  } else {
    return { symbol, offset: low, length: high - low + 1 };
  }
  return undefined;
}

/** Reads a field; undefined with the lexer's error set when there is none. */
export function parseFieldRef(lexer: Lexer, symbols: SymbolTable | undefined): FieldRef | undefined {
  const symbol = lexer.kind === 'id' ? symbols?.get(lexer.token.text) : undefined;
  if (symbol === undefined) {
    lexer.syntaxError('expecting field name');
    return undefined;
  }
  lexer.advance();
  return lexer.match('[') ? parseBits(lexer, symbol) : { symbol, offset: 0, length: symbol.width };
}

/** A field written as a whole text. */
export function parseFieldText(text: string, symbols: SymbolTable): Result<FieldRef> {
  const lexer = new Lexer(text);
  const ref = parseFieldRef(lexer, symbols);
  lexer.expectEnd();
  return ref === undefined || lexer.error !== undefined ? err(lexer.error ?? 'no field') : ok(ref);
}

/** Text that `parseFieldRef` reads back. */
export function formatFieldRef(ref: FieldRef): string {
  const { symbol, offset, length } = ref;
  if (offset === 0 && length === symbol.width) return symbol.name;
  return length === 1 ? `${symbol.name}[${offset}]` : `${symbol.name}[${offset}..${offset + length - 1}]`;
}

/**
 * Why `ref` cannot be used where `bits` bits (0: a string) are needed and, with `scope`, where it is assigned;
 * undefined when it can.
 */
export function fieldProblem(ref: FieldRef, bits: number, scope?: number): string | undefined {
  const { symbol, offset, length } = ref;
  if (bits !== length) {
    if (bits > 0 && length > 0)
      return `Cannot use ${length}-bit field ${symbol.name}[${offset}..${offset + length - 1}] where ${bits}-bit field is required.`;
    return bits > 0
      ? `Cannot use string field ${symbol.name} where numeric field is required.`
      : `Cannot use numeric field ${symbol.name} where string field is required.`;
  }
  return scope !== undefined && (symbol.writable & scope) === 0
    ? `Field ${symbol.name} is not modifiable.`
    : undefined;
}

/** Stands for fields that only ovn-controller writes where OpenFlow wants one of its own; the switch refuses it. */
const UNKNOWN_FIELD: Field = { ...FIELDS.reg0, name: '<unknown>', nxmName: '<unknown>', headers: [] };

/** The bits of the flow that `ref` stands for. Not for predicates. */
export function resolveFieldRef(ref: FieldRef): Subfield {
  let { symbol, offset } = ref;
  while (symbol.parent !== undefined) {
    offset += symbol.parentOffset;
    symbol = symbol.parent;
  }
  const field = symbol.field ?? (symbol.ovnField === undefined ? undefined : UNKNOWN_FIELD);
  invariant(field, `${ref.symbol.name} has no field`);
  return { field, offset, length: symbol.width === 0 ? field.bits : ref.length };
}
