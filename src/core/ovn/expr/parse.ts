/** Text to expression, with the checks that need no prerequisites: levels of measurement, widths, negation. */
import { type Result, err, ok } from '../../base/result.ts';
import { type ConstantNames, type ConstantSet, checkConstants, parseConstantSet } from './constants.ts';
import { type Expr, FALSE, type Relop, TRUE, cmp, combine, join, negate, turn } from './expr.ts';
import { type FieldRef, parseFieldRef } from './field-ref.ts';
import { Lexer } from './lexer.ts';
import { type NumberLiteral, ones } from './number.ts';
import type { SymbolTable } from './symbol.ts';
import type { TokenKind } from './token.ts';

const MAX_DEPTH = 100;

function relopOf(kind: TokenKind): Relop | undefined {
  switch (kind) {
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return kind;
    default:
      return undefined;
  }
}

function compare(ref: FieldRef, relop: Relop, constant: string | NumberLiteral, set?: string): Expr {
  const { symbol, offset, length } = ref;
  if (typeof constant === 'string') return cmp(symbol, relop, 0n, 0n, constant, set);
  if (length === symbol.width) {
    return cmp(symbol, relop, constant.value, constant.mask ?? symbol.full, '', set);
  }
  const shift = BigInt(offset);
  const part = ones(length);
  const mask = constant.mask === undefined ? part : constant.mask & part;
  return cmp(symbol, relop, (constant.value & part) << shift, mask << shift, '', set);
}

/** An operand of `&&` and `||`; `atomic` when `!` may stand before it. */
interface Operand {
  readonly expr: Expr;
  readonly atomic: boolean;
}

class Parser {
  private readonly lexer: Lexer;
  private readonly symbols: SymbolTable;
  private readonly names: ConstantNames;
  /** Inside an odd number of `!`. */
  private not = false;
  private depth = 0;

  constructor(lexer: Lexer, symbols: SymbolTable, names: ConstantNames) {
    this.lexer = lexer;
    this.symbols = symbols;
    this.names = names;
  }

  parse(): Expr | undefined {
    const { lexer } = this;
    const first = this.operand();
    const { kind } = lexer;
    if (first === undefined || (kind !== '&&' && kind !== '||')) return first;
    const type = kind === '&&' ? 'and' : 'or';
    const terms = [first];
    while (lexer.match(kind)) {
      const next = this.operand();
      if (next === undefined) return undefined;
      terms.push(next);
    }
    if (lexer.kind === '&&' || lexer.kind === '||') {
      lexer.fail('&& and || must be parenthesized when used together.');
      return undefined;
    }
    return join(type, terms);
  }

  private operand(): Expr | undefined {
    if (!this.lexer.match('!')) return this.primary()?.expr;
    this.not = !this.not;
    const operand = this.primary();
    this.not = !this.not;
    if (operand === undefined) return undefined;
    if (!operand.atomic) {
      this.lexer.fail('Missing parentheses around operand of !.');
      return undefined;
    }
    return negate(operand.expr);
  }

  private primary(): Operand | undefined {
    const { lexer } = this;
    switch (lexer.kind) {
      case '(':
        lexer.advance();
        return this.parenthesized();
      case 'template':
        lexer.fail('Unexpanded template.');
        return undefined;
      case 'id':
        return lexer.lookahead() === '(' ? this.call() : this.fieldFirst();
      default:
        return this.constantFirst();
    }
  }

  private parenthesized(): Operand | undefined {
    const { lexer } = this;
    if (this.depth >= MAX_DEPTH) {
      lexer.fail('Parentheses nested too deeply.');
      return undefined;
    }
    this.depth += 1;
    const expr = this.parse();
    this.depth -= 1;
    return lexer.expect(')') && expr !== undefined ? { expr, atomic: true } : undefined;
  }

  private call(): Operand | undefined {
    const { lexer } = this;
    if (!lexer.matchId('is_chassis_resident')) {
      lexer.fail('parsing function name');
      return undefined;
    }
    lexer.advance();
    if (lexer.kind !== 'string') {
      lexer.syntaxError('expecting string');
      return undefined;
    }
    const port = lexer.token.text;
    lexer.advance();
    if (!lexer.expect(')')) return undefined;
    return { expr: { kind: 'condition', not: false, port }, atomic: true };
  }

  private relop(): Relop | undefined {
    const relop = relopOf(this.lexer.kind);
    if (relop === undefined) this.lexer.syntaxError('expecting relational operator');
    else this.lexer.advance();
    return relop;
  }

  /** `FIELD`, or `FIELD OP CONSTANTS`. */
  private fieldFirst(): Operand | undefined {
    const { lexer } = this;
    const ref = parseFieldRef(lexer, this.symbols);
    if (ref === undefined) return undefined;
    if (relopOf(lexer.kind) !== undefined) {
      const relop = this.relop();
      const set = parseConstantSet(lexer, this.names);
      return relop === undefined || set === undefined ? undefined : this.comparison(ref, relop, set);
    }
    if (ref.length === 0 || lexer.kind === '=') {
      lexer.syntaxError('expecting relational operator');
      return undefined;
    }
    if (ref.length > 1 && !this.not) {
      lexer.fail("Explicit `!= 0' is required for inequality test of multibit field against 0.");
      return undefined;
    }
    const zero: NumberLiteral = { value: 0n, mask: undefined, format: 'hexadecimal' };
    const set: ConstantSet = { type: 'integer', constants: [{ value: zero }], inCurlies: false };
    const operand = this.comparison(ref, '!=', set);
    return operand === undefined ? undefined : { expr: operand.expr, atomic: true };
  }

  /** `0`, `1`, `CONSTANTS OP FIELD`, or the range `CONSTANT OP FIELD OP CONSTANT`. */
  private constantFirst(): Operand | undefined {
    const { lexer } = this;
    const left = parseConstantSet(lexer, this.names);
    if (left === undefined) return undefined;
    const [only] = left.constants;
    const number = only === undefined || typeof only.value === 'string' ? undefined : only.value;
    if (
      relopOf(lexer.kind) === undefined &&
      left.constants.length === 1 &&
      !left.inCurlies &&
      number?.format === 'decimal' &&
      number.mask === undefined &&
      number.value <= 1n
    ) {
      return { expr: number.value === 1n ? TRUE : FALSE, atomic: true };
    }
    const first = this.relop();
    if (first === undefined) return undefined;
    const ref = parseFieldRef(lexer, this.symbols);
    if (ref === undefined) return undefined;
    if (relopOf(lexer.kind) === undefined) return this.comparison(ref, turn(first), left);
    const second = this.relop();
    const right = parseConstantSet(lexer, this.names);
    if (second === undefined || right === undefined) return undefined;
    const isLess = (relop: Relop): boolean => relop === '<' || relop === '<=';
    const isMore = (relop: Relop): boolean => relop === '>' || relop === '>=';
    if (!(isLess(first) && isLess(second)) && !(isMore(first) && isMore(second))) {
      lexer.fail(
        "Range expressions must have the form `x < field < y' or `x > field > y', with each `<' optionally replaced by `<=' or `>' by `>=').",
      );
      return undefined;
    }
    const low = this.comparison(ref, turn(first), left);
    const high = this.comparison(ref, second, right);
    if (lexer.error !== undefined || low === undefined || high === undefined) return undefined;
    return { expr: combine('and', low.expr, high.expr), atomic: false };
  }

  private comparison(ref: FieldRef, relop: Relop, set: ConstantSet): Operand | undefined {
    const { lexer } = this;
    if (!checkConstants(lexer, ref.symbol, set)) return undefined;
    const problem = this.relopProblem(ref, relop, set) ?? this.nominalProblem(ref, relop, set);
    if (problem !== undefined) {
      lexer.fail(problem);
      return undefined;
    }
    const terms = set.constants.map((constant) => compare(ref, relop, constant.value, constant.set));
    const [only] = terms;
    if (only === undefined) return { expr: relop === '!=' ? TRUE : FALSE, atomic: false };
    const kind = relop === '==' ? 'or' : 'and';
    return { expr: terms.length === 1 ? only : { kind, terms }, atomic: false };
  }

  private relopProblem({ symbol }: FieldRef, relop: Relop, set: ConstantSet): string | undefined {
    if (relop === '==' || relop === '!=') return undefined;
    const only = 'Only == and != operators may be used';
    if (set.inCurlies) return `${only} with value sets.`;
    if (symbol.level !== 'ordinal') return `${only} with ${symbol.level} field ${symbol.name}.`;
    const [first] = set.constants;
    if (first === undefined) return `${only} to compare a field against an empty value set.`;
    if (typeof first.value !== 'string' && first.value.mask !== undefined)
      return `${only} with masked constants.  Consider using subfields instead (e.g. eth.src[0..15] > 0x1111 in place of eth.src > 00:00:00:00:11:11/00:00:00:00:ff:ff).`;
    return undefined;
  }

  /** Nominal symbols cannot be tested for inequality, as no flow could do that. */
  private nominalProblem({ symbol }: FieldRef, relop: Relop, set: ConstantSet): string | undefined {
    if (symbol.level !== 'nominal') return undefined;
    const { name } = symbol;
    if (symbol.predicate === undefined) {
      return relop === (this.not ? '!=' : '==')
        ? undefined
        : `Nominal field ${name} may only be tested for equality (taking enclosing \`!' operators into account).`;
    }
    const inverted = (relop === '!=') !== this.not;
    const positive = set.constants.every(
      ({ value }) => typeof value !== 'string' && ((value.value & 1n) === 1n) !== inverted,
    );
    return positive
      ? undefined
      : `Nominal predicate ${name} may only be tested positively, e.g. \`${name}' or \`${name} == 1' but not \`!${name}' or \`${name} == 0'.`;
  }
}

/** Reads an expression from `lexer`, up to the first token that is not part of it. */
export function parseExprFrom(
  lexer: Lexer,
  symbols: SymbolTable,
  names: ConstantNames = {},
): Expr | undefined {
  if (lexer.error !== undefined) return undefined;
  const expr = new Parser(lexer, symbols, names).parse();
  return lexer.error === undefined ? expr : undefined;
}

/** The expression that the whole of `text` is; the error is the real program's text. */
export function parseExpr(text: string, symbols: SymbolTable, names: ConstantNames = {}): Result<Expr> {
  const lexer = new Lexer(text);
  const expr = parseExprFrom(lexer, symbols, names);
  lexer.expectEnd();
  return expr === undefined || lexer.error !== undefined ? err(lexer.error ?? 'no expression') : ok(expr);
}
