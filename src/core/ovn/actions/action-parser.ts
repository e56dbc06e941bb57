/** What the parsers of single actions share: the lexer, the place in the pipeline, prerequisites found on the way. */
import { InvariantError } from '../../base/assert.ts';
import { expandText } from '../expr/annotate.ts';
import { type Expr, combine } from '../expr/expr.ts';
import { type FieldRef, fieldProblem, parseFieldRef } from '../expr/field-ref.ts';
import type { Lexer } from '../expr/lexer.ts';
import { parseExpr } from '../expr/parse.ts';
import { SCOPE, type SymbolTable } from '../expr/symbol.ts';
import type { TokenKind } from '../expr/token.ts';
import type { Action, OptionType, Pipeline } from './action.ts';

const MAX_DEPTH = 32;

/** Finds an option by its name. */
export type OptionTable = (name: string) => OptionType | undefined;

/** Where the actions stand and what they may refer to. */
export interface ParseEnv {
  readonly pipeline: Pipeline;
  /** Number of tables of the pipeline; 0 forbids `next`. */
  readonly tableCount: number;
  /** The logical table of the flow. */
  readonly table: number;
  readonly dhcpOptions: OptionTable;
  readonly dhcpv6Options: OptionTable;
}

/** The words that begin a statement, and the ones that may stand after `FIELD =`. */
export interface Grammar {
  readonly statements: ReadonlyMap<string, (parser: ActionParser) => Action | undefined>;
  readonly assignments: ReadonlyMap<
    string,
    (parser: ActionParser, destination: FieldRef) => Action | undefined
  >;
  readonly assign: (parser: ActionParser) => Action | undefined;
}

/** Errors go to the lexer; after one, what is returned does not matter. */
export class ActionParser {
  readonly lexer: Lexer;
  readonly symbols: SymbolTable;
  readonly env: ParseEnv;
  readonly grammar: Grammar;
  /** What the match must also say; undefined for nothing. */
  prerequisites: Expr | undefined;
  private readonly depth: number;
  /** One bit of `SCOPE`: which fields may be assigned here. */
  readonly scope: number;

  constructor(
    lexer: Lexer,
    symbols: SymbolTable,
    env: ParseEnv,
    grammar: Grammar,
    depth = 0,
    scope: number = SCOPE.default,
  ) {
    this.lexer = lexer;
    this.symbols = symbols;
    this.env = env;
    this.grammar = grammar;
    this.depth = depth;
    this.scope = scope;
  }

  private add(expr: Expr): void {
    this.prerequisites = combine('and', this.prerequisites, expr);
  }

  /** Adds a prerequisite as it is written, e.g. `ip`. */
  require(text: string): void {
    const expr = parseExpr(text, this.symbols);
    if (!expr.ok) throw new InvariantError(`prerequisite ${text}: ${expr.error}`);
    this.add(expr.value);
  }

  /** A field that is no predicate, with its prerequisites. */
  field(): FieldRef | undefined {
    const { lexer } = this;
    const ref = parseFieldRef(lexer, this.symbols);
    if (ref === undefined) return undefined;
    if (ref.symbol.predicate !== undefined) {
      lexer.fail(`Predicate symbol ${ref.symbol.name} used where lvalue required.`);
    }
    for (let { symbol } = ref; lexer.error === undefined; symbol = symbol.parent) {
      if (symbol.prerequisites !== undefined) {
        const expr = expandText(symbol.prerequisites, this.symbols);
        if (!expr.ok) lexer.fail(expr.error);
        else this.add(expr.value);
      }
      if (symbol.parent === undefined) break;
    }
    return lexer.error === undefined ? ref : undefined;
  }

  /** A field of `bits` bits (0: a string) to be read. */
  source(bits: number): FieldRef | undefined {
    if (this.lexer.error !== undefined) return undefined;
    const ref = this.field();
    if (ref === undefined) return undefined;
    return this.check(fieldProblem(ref, bits)) ? ref : undefined;
  }

  /** Whether `ref` is a field of `bits` bits that may be assigned here. */
  isAssignable(ref: FieldRef, bits: number = ref.length): boolean {
    return this.check(fieldProblem(ref, bits, this.scope));
  }

  private check(problem: string | undefined): boolean {
    if (problem !== undefined) this.lexer.fail(problem);
    return problem === undefined;
  }

  uint16(what: string): number | undefined {
    const value = this.lexer.peekInt();
    if (value === undefined || value > 0xffff) {
      this.lexer.syntaxError(`expecting ${what}`);
      return undefined;
    }
    this.lexer.advance();
    return value;
  }

  /** Skips a word and the `(` that is known to follow it. */
  enterCall(): void {
    this.lexer.advance();
    this.lexer.advance();
  }

  /** The table that follows; false with an error when this is the last one. */
  hasNextTable(name: string): boolean {
    if (this.env.table < this.env.tableCount) return true;
    this.lexer.fail(`"${name}" action not allowed in last table.`);
    return false;
  }

  /**
   * `{ ... }`. With `prerequisite` that stands for what the inner actions need, otherwise their prerequisites become
   * those of the outer ones.
   */
  nested(prerequisite: string | undefined, scope = this.scope): readonly Action[] | undefined {
    const { lexer } = this;
    if (!lexer.expect('{')) return undefined;
    if (this.depth + 1 === MAX_DEPTH) {
      lexer.fail('maximum depth of nested actions reached');
      return undefined;
    }
    const inner = new ActionParser(lexer, this.symbols, this.env, this.grammar, this.depth + 1, scope);
    const actions = inner.actions('}');
    if (prerequisite !== undefined) this.require(prerequisite);
    else if (inner.prerequisites !== undefined)
      this.prerequisites =
        this.prerequisites === undefined
          ? inner.prerequisites
          : combine('and', inner.prerequisites, this.prerequisites);
    return lexer.error === undefined ? actions : undefined;
  }

  /** Actions up to `sentinel`; `drop;` alone is none. */
  actions(sentinel: TokenKind): readonly Action[] {
    const { lexer } = this;
    if (lexer.kind === 'id' && lexer.token.text === 'drop' && lexer.lookahead() === ';') {
      this.enterCall();
      lexer.expect(sentinel);
      return [];
    }
    const actions: Action[] = [];
    while (lexer.error === undefined && !lexer.match(sentinel)) {
      const action = this.action();
      if (action !== undefined) actions.push(action);
    }
    return actions;
  }

  private action(): Action | undefined {
    const { lexer } = this;
    if (lexer.kind === 'template') {
      lexer.fail('Unexpanded template.');
      return undefined;
    }
    if (lexer.kind !== 'id') {
      lexer.syntaxError();
      return undefined;
    }
    const action = this.statement();
    lexer.expect(';');
    return action;
  }

  private statement(): Action | undefined {
    const { lexer, grammar } = this;
    const ahead = lexer.lookahead();
    if (ahead === '=' || ahead === '<->' || ahead === '[') return grammar.assign(this);
    const parse = grammar.statements.get(lexer.token.text);
    if (parse === undefined) {
      lexer.syntaxError('expecting action');
      return undefined;
    }
    lexer.advance();
    return parse(this);
  }
}
