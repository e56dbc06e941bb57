/** The names that a logical expression may use: fields, parts of fields, strings and predicates. */
import { InvariantError } from '../../base/assert.ts';
import type { Field } from '../../flow/field.ts';
import type { Expr } from './expr.ts';

/**
 * What comparisons a symbol allows: ordinal fields all of them and bitwise tests, nominal ones equality only,
 * Boolean ones (predicates without a nominal part) equality and inequality.
 */
export type Level = 'nominal' | 'Boolean' | 'ordinal';

/** Where a field may be assigned: everywhere (`default`) or inside `ct_commit { ... }`. Bits of `writable`. */
export const SCOPE = { default: 1, ctCommit: 2, everywhere: 3 } as const;

/** Fields of a packet that only ovn-controller can write, by the number that its actions carry. */
export interface OvnField {
  readonly id: number;
  readonly bits: number;
}

export interface ExprSymbol {
  readonly name: string;
  /** Bits; 0 for a string. */
  readonly width: number;
  /** `width` ones. */
  readonly full: bigint;
  readonly level: Level;
  /** The field of the flow; undefined for parts, predicates and `ovnField`s. */
  readonly field: Field | undefined;
  readonly ovnField: OvnField | undefined;
  /** For a part: the symbol it is part of, and its lowest bit there. */
  readonly parent: ExprSymbol | undefined;
  readonly parentOffset: number;
  /** For a predicate: the expression it stands for. */
  readonly predicate: string | undefined;
  /** An expression that must hold wherever the symbol is used. */
  readonly prerequisites: string | undefined;
  /** Never a dimension of a conjunctive match, because other fields need it as prerequisite. */
  readonly mustCrossproduct: boolean;
  /** Bits of `SCOPE`. */
  readonly writable: number;
}

/** Symbols by name. Built once, then only read; it also keeps the expansions that annotation has made. */
export class SymbolTable {
  private readonly symbols = new Map<string, ExprSymbol>();
  /** Annotated expansions of prerequisites and predicates, by their text. Annotation fills it. */
  readonly expansions = new Map<string, Expr>();

  get(name: string): ExprSymbol | undefined {
    return this.symbols.get(name);
  }

  /** All symbols in the order they were added. */
  list(): Iterable<ExprSymbol> {
    return this.symbols.values();
  }

  add(symbol: ExprSymbol): void {
    if (this.symbols.has(symbol.name)) throw new InvariantError(`symbol ${symbol.name} exists`);
    this.symbols.set(symbol.name, symbol);
  }

  delete(name: string): void {
    this.symbols.delete(name);
    this.expansions.clear();
  }
}
