/** How symbols are added to a table: fields, strings, parts of other symbols, predicates, ovn-controller's fields. */
import { InvariantError } from '../../base/assert.ts';
import type { Field } from '../../flow/field.ts';
import { levelOf } from './expr.ts';
import { parseFieldText } from './field-ref.ts';
import { ones } from './number.ts';
import { parseExpr } from './parse.ts';
import { type ExprSymbol, type OvnField, SCOPE, type SymbolTable } from './symbol.ts';

function symbol(parts: Pick<ExprSymbol, 'name' | 'width' | 'level'> & Partial<ExprSymbol>): ExprSymbol {
  return {
    full: ones(parts.width),
    field: undefined,
    ovnField: undefined,
    parent: undefined,
    parentOffset: 0,
    predicate: undefined,
    prerequisites: undefined,
    mustCrossproduct: false,
    writable: 0,
    ...parts,
  };
}

export interface FieldOptions {
  readonly mustCrossproduct?: boolean;
  /** Where it may be assigned, if the field can be written at all. */
  readonly scope?: number;
}

/** A field of the flow: ordinal when a match may mask it, else nominal. */
export function addField(
  table: SymbolTable,
  name: string,
  field: Field,
  prerequisites?: string,
  options: FieldOptions = {},
): void {
  table.add(
    symbol({
      name,
      field,
      width: field.bits,
      level: field.maskable ? 'ordinal' : 'nominal',
      prerequisites,
      mustCrossproduct: options.mustCrossproduct ?? false,
      writable: field.writable ? (options.scope ?? SCOPE.default) : 0,
    }),
  );
}

/** A string whose number, found when flows are made, stands in `field`. */
export function addString(table: SymbolTable, name: string, field: Field): void {
  table.add(
    symbol({ name, field, width: 0, level: 'nominal', writable: field.writable ? SCOPE.default : 0 }),
  );
}

/** Bits of another symbol, written `PARENT[LOW..HIGH]`. */
export function addPart(
  table: SymbolTable,
  name: string,
  part: string,
  prerequisites?: string,
  scope: number = SCOPE.default,
): void {
  const ref = parseFieldText(part, table);
  if (!ref.ok) throw new InvariantError(`${part}: ${ref.error}`);
  const parent = ref.value.symbol;
  table.add(
    symbol({
      name,
      width: ref.value.length,
      level: parent.level,
      parent,
      parentOffset: ref.value.offset,
      prerequisites,
      writable: parent.writable === 0 ? 0 : scope,
    }),
  );
}

/** An expression with a name; nominal as soon as something nominal takes part in it. */
export function addPredicate(table: SymbolTable, name: string, predicate: string): void {
  const expr = parseExpr(predicate, table);
  if (!expr.ok) throw new InvariantError(`${predicate}: ${expr.error}`);
  table.add(symbol({ name, width: 1, level: levelOf(expr.value), predicate }));
}

/** A field that only ovn-controller writes. */
export function addOvnField(table: SymbolTable, name: string, ovnField: OvnField): void {
  table.add(symbol({ name, width: ovnField.bits, level: 'nominal', ovnField, writable: SCOPE.everywhere }));
}
