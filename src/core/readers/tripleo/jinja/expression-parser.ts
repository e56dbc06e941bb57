/** Expressions by recursive descent, with Jinja2's order of operators. */
import { readTokens, type Token } from './tokens.ts';
import { BINARY_OPERATORS, TemplateError, type BinaryOperator, type Expression } from './syntax.ts';

/** Operators from the loosest level to the tightest; `not` stands between `and` and the comparisons. */
const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='];
const SUMS = ['+', '-'];
const PRODUCTS = ['*', '//', '%'];
/** Names that end an expression rather than begin one. */
const RESERVED = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else', 'elif', 'recursive']);

const isOperator = (text: string): text is BinaryOperator =>
  BINARY_OPERATORS.some((operator) => operator === text);

export class ExpressionParser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string, line: number) {
    this.#tokens = readTokens(text, line);
  }

  get token(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
  }

  next(): Token {
    const { token } = this;
    this.#at += 1;
    return token;
  }

  is(text: string): boolean {
    return this.token.text === text && (this.token.kind === 'operator' || this.token.kind === 'name');
  }

  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text))
      throw new TemplateError(
        `expected token '${text}', got '${this.token.kind === 'end' ? 'end of tag' : this.token.text}'`,
        this.token.line,
      );
  }

  name(): string {
    const token = this.next();
    if (token.kind !== 'name') throw new TemplateError(`expected a name, got '${token.text}'`, token.line);
    return token.text;
  }

  end(): void {
    if (this.token.kind !== 'end')
      throw new TemplateError(`unexpected '${this.token.text}'`, this.token.line);
  }

  /** Several expressions with commas between make a tuple. */
  tuple(): Expression {
    const first = this.expression();
    if (!this.is(',')) return first;
    const items = [first];
    while (this.take(',')) {
      if (this.token.kind === 'end' || this.is(')')) break;
      items.push(this.expression());
    }
    return { kind: 'list', items, line: first.line };
  }

  expression(conditional = true): Expression {
    let value = this.#or();
    while (conditional && this.take('if')) {
      const condition = this.#or();
      const no = this.take('else') ? this.expression() : null;
      value = { kind: 'choice', condition, yes: value, no, line: value.line };
    }
    return value;
  }

  #binary(level: () => Expression, operators: readonly string[]): Expression {
    let left = level();
    while (
      this.token.kind !== 'string' &&
      operators.includes(this.token.text) &&
      isOperator(this.token.text)
    ) {
      const operator = this.token.text;
      const { line } = this.next();
      left = { kind: 'binary', operator, left, right: level(), line };
    }
    return left;
  }

  #or(): Expression {
    return this.#binary(() => this.#and(), ['or']);
  }

  #and(): Expression {
    return this.#binary(() => this.#not(), ['and']);
  }

  #not(): Expression {
    const { line } = this.token;
    return this.take('not') ? { kind: 'not', of: this.#not(), line } : this.#comparison();
  }

  #comparison(): Expression {
    let left = this.#sum();
    for (;;) {
      const { line } = this.token;
      if (
        this.token.kind === 'operator' &&
        COMPARISONS.includes(this.token.text) &&
        isOperator(this.token.text)
      ) {
        const operator = this.token.text;
        this.next();
        left = { kind: 'binary', operator, left, right: this.#sum(), line };
      } else if (this.take('in')) left = { kind: 'binary', operator: 'in', left, right: this.#sum(), line };
      else if (this.is('not') && this.#tokens[this.#at + 1]?.text === 'in') {
        this.#at += 2;
        left = { kind: 'binary', operator: 'not in', left, right: this.#sum(), line };
      } else return left;
    }
  }

  #sum(): Expression {
    return this.#binary(() => this.#concatenation(), SUMS);
  }

  #concatenation(): Expression {
    return this.#binary(() => this.#product(), ['~']);
  }

  #product(): Expression {
    const value = this.#binary(() => this.#unary(), PRODUCTS);
    if (this.token.kind === 'operator' && ['/', '**'].includes(this.token.text))
      throw new TemplateError(`the operator ${this.token.text} is not modelled`, this.token.line);
    return value;
  }

  #unary(): Expression {
    const { line } = this.token;
    const value: Expression = this.take('-')
      ? { kind: 'negative', of: this.#unary(), line }
      : this.#postfix(this.#primary());
    return this.#filters(value);
  }

  #filters(of: Expression): Expression {
    let value = of;
    for (;;) {
      const { line } = this.token;
      if (this.take('|')) {
        const name = this.#dotted();
        value = { kind: 'filter', of: value, name, ...this.#optionalArguments(), line };
      } else if (this.take('is')) {
        const negated = this.take('not');
        const name = this.#dotted();
        value = { kind: 'test', of: value, name, negated, ...this.#testArguments(), line };
      } else if (this.is('(')) value = { kind: 'call', callee: value, ...this.#arguments() };
      else return value;
    }
  }

  #dotted(): string {
    let name = this.name();
    while (this.take('.')) name += `.${this.name()}`;
    return name;
  }

  #optionalArguments(): ReturnType<ExpressionParser['arguments']> {
    return this.is('(') ? this.#arguments() : { positional: [], named: [], line: this.token.line };
  }

  /** `is divisibleby 3`: one operand may stand without parentheses. */
  #testArguments(): ReturnType<ExpressionParser['arguments']> {
    if (this.is('(')) return this.#arguments();
    const { kind, text, line } = this.token;
    const starts =
      kind === 'string' || kind === 'integer' || (kind === 'name' && !RESERVED.has(text)) || this.is('[');
    return { positional: starts ? [this.#postfix(this.#primary())] : [], named: [], line };
  }

  arguments(): {
    readonly positional: readonly Expression[];
    readonly named: readonly (readonly [string, Expression])[];
    readonly line: number;
  } {
    return this.#arguments();
  }

  #arguments(): ReturnType<ExpressionParser['arguments']> {
    const { line } = this.token;
    this.expect('(');
    const positional: Expression[] = [];
    const named: [string, Expression][] = [];
    while (!this.take(')')) {
      if (this.token.kind === 'name' && this.#tokens[this.#at + 1]?.text === '=') {
        const name = this.name();
        this.expect('=');
        named.push([name, this.expression()]);
      } else positional.push(this.expression());
      if (!this.is(')')) this.expect(',');
    }
    return { positional, named, line };
  }

  #postfix(of: Expression): Expression {
    let value = of;
    for (;;) {
      const { line } = this.token;
      if (this.take('.')) {
        const token = this.next();
        if (token.kind === 'name') value = { kind: 'attribute', of: value, name: token.text, line };
        else if (token.kind === 'integer')
          value = {
            kind: 'item',
            of: value,
            index: { kind: 'literal', value: Number(token.text), line },
            line,
          };
        else throw new TemplateError(`expected name or number`, token.line);
      } else if (this.take('[')) value = this.#subscript(value, line);
      else if (this.is('(')) value = { kind: 'call', callee: value, ...this.#arguments() };
      else return value;
    }
  }

  #subscript(of: Expression, line: number): Expression {
    const start = this.is(':') ? null : this.expression();
    if (this.take(':')) {
      const stop = this.is(']') ? null : this.expression();
      this.expect(']');
      return { kind: 'slice', of, start, stop, line };
    }
    this.expect(']');
    return { kind: 'item', of, index: start as Expression, line };
  }

  #primary(): Expression {
    const token = this.next();
    const { line } = token;
    if (token.kind === 'integer') return { kind: 'literal', value: Number(token.text), line };
    if (token.kind === 'string') {
      let { text } = token;
      while (this.token.kind === 'string') text += this.next().text;
      return { kind: 'literal', value: text, line };
    }
    if (token.kind === 'name') return nameOrConstant(token);
    if (token.text === '(') {
      const value = this.is(')') ? ({ kind: 'list', items: [], line } as const) : this.tuple();
      this.expect(')');
      return value;
    }
    if (token.text === '[') {
      const items: Expression[] = [];
      while (!this.take(']')) {
        items.push(this.expression());
        if (!this.is(']')) this.expect(',');
      }
      return { kind: 'list', items, line };
    }
    if (token.text === '{') {
      const pairs: [Expression, Expression][] = [];
      while (!this.take('}')) {
        const key = this.expression();
        this.expect(':');
        pairs.push([key, this.expression()]);
        if (!this.is('}')) this.expect(',');
      }
      return { kind: 'dict', pairs, line };
    }
    throw new TemplateError(`unexpected '${token.kind === 'end' ? 'end of tag' : token.text}'`, line);
  }
}

function nameOrConstant({ text, line }: Token): Expression {
  switch (text) {
    case 'true':
    case 'True':
      return { kind: 'literal', value: true, line };
    case 'false':
    case 'False':
      return { kind: 'literal', value: false, line };
    case 'none':
    case 'None':
      return { kind: 'literal', value: null, line };
    default:
      return { kind: 'name', name: text, line };
  }
}
