/** The value of an expression in a scope. What a template asks of values that do not have it is a placed problem. */
import { assertNever } from '../../../base/assert.ts';
import { FILTERS, methodOf, TESTS } from './filters.table.ts';
import { TemplateError, type BinaryOperator, type Expression } from './syntax.ts';
import { compare, equal, isTrue, iterate, str, Undefined, type Value } from './value.ts';

/** Names that can be seen, innermost scope first. */
export class Scope {
  readonly #names = new Map<string, Value>();
  readonly #outer: Scope | null;

  constructor(names: Iterable<readonly [string, Value]>, outer: Scope | null) {
    for (const [name, value] of names) this.#names.set(name, value);
    this.#outer = outer;
  }

  get(name: string): Value | undefined {
    const own = this.#names.get(name);
    return own === undefined ? this.#outer?.get(name) : own;
  }

  set(name: string, value: Value): void {
    this.#names.set(name, value);
  }

  /** Every name that can be seen with its value. */
  all(): Map<string, Value> {
    return new Map([...(this.#outer?.all() ?? []), ...this.#names]);
  }
}

/** Collections of Ansible's in front of a filter's, test's or lookup's name. */
const COLLECTION = /^ansible\.(?:builtin|utils|netcommon)\./;

const RANGE_LIMIT = 10_000;

const there = (value: Value | undefined, what: string): Value =>
  value === undefined ? new Undefined(what) : value;

export class Evaluator {
  /** Told of what was not there where it was needed. */
  readonly #warn: (message: string, line: number) => void;

  constructor(warn: (message: string, line: number) => void) {
    this.#warn = warn;
  }

  value(expression: Expression, scope: Scope): Value {
    const of = (inner: Expression): Value => this.value(inner, scope);
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'name':
        return this.#name(expression.name, scope, expression.line);
      case 'list':
        return expression.items.map(of);
      case 'dict':
        return new Map(expression.pairs.map(([key, item]) => [str(of(key)), of(item)]));
      case 'attribute':
        return this.#attribute(of(expression.of), expression.name, expression.line);
      case 'item':
        return this.#item(of(expression.of), of(expression.index), expression.line);
      case 'slice': {
        const source = of(expression.of);
        const start = expression.start === null ? 0 : Number(of(expression.start));
        const stop = expression.stop === null ? undefined : Number(of(expression.stop));
        if (typeof source === 'string' || Array.isArray(source)) return source.slice(start, stop);
        throw new TemplateError('only lists and texts can be sliced', expression.line);
      }
      case 'call': {
        const callee = of(expression.callee);
        if (typeof callee !== 'function')
          throw new TemplateError(
            callee instanceof Undefined ? `'${callee.what}' is undefined` : 'this value cannot be called',
            expression.line,
          );
        return callee(
          expression.positional.map(of),
          new Map(expression.named.map(([name, value]) => [name, of(value)])),
        );
      }
      case 'filter':
        return this.#filter(
          expression.name,
          of(expression.of),
          expression.positional.map(of),
          new Map(expression.named.map(([name, value]) => [name, of(value)])),
          expression.line,
        );
      case 'test':
        return (
          this.#test(expression.name, of(expression.of), expression.positional.map(of), expression.line) !==
          expression.negated
        );
      case 'not':
        return !isTrue(of(expression.of));
      case 'negative':
        return -Number(of(expression.of));
      case 'binary':
        return this.#binary(expression.operator, expression.left, expression.right, expression.line, scope);
      case 'choice':
        if (isTrue(of(expression.condition))) return of(expression.yes);
        return expression.no === null ? new Undefined('the inline if') : of(expression.no);
      default:
        return assertNever(expression);
    }
  }

  #filter(
    name: string,
    value: Value,
    positional: readonly Value[],
    named: ReadonlyMap<string, Value>,
    line: number,
  ): Value {
    const short = name.replace(COLLECTION, '');
    const filter = Object.hasOwn(FILTERS, short) ? FILTERS[short] : undefined;
    if (!filter) throw new TemplateError(`the filter ${name} is not modelled`, line);
    return filter(value, {
      positional,
      named,
      refuse: (message) => {
        throw new TemplateError(`${name}: ${message}`, line);
      },
      filter: (other, item, rest) => this.#filter(other, item, rest, new Map(), line),
      test: (other, item, rest) => this.#test(other, item, rest, line),
    });
  }

  #test(name: string, value: Value, positional: readonly Value[], line: number): boolean {
    const short = name.replace(COLLECTION, '');
    const test = Object.hasOwn(TESTS, short) ? TESTS[short] : undefined;
    if (!test) throw new TemplateError(`the test ${name} is not modelled`, line);
    return test(value, positional);
  }

  #name(name: string, scope: Scope, line: number): Value {
    const known = scope.get(name);
    return known === undefined ? this.#builtIn(name, scope, line) : known;
  }

  #builtIn(name: string, scope: Scope, line: number): Value {
    switch (name) {
      case 'range':
        return (positional) => {
          const [first = 0, second, step = 1] = positional.map(Number);
          const [from, to] = second === undefined ? [0, first] : [first, second];
          const count = Math.max(0, Math.ceil((to - from) / step));
          if (!(count <= RANGE_LIMIT)) throw new TemplateError('this range is too long', line);
          return Array.from({ length: count }, (_, at) => from + at * step);
        };
      case 'dict':
      case 'namespace':
        return (_, named) => new Map(named);
      case 'lookup':
      case 'query':
      case 'q':
        return ([plugin, ...keys], named) => {
          if (str(plugin ?? null).replace(COLLECTION, '') !== 'vars')
            throw new TemplateError(`lookup of ${str(plugin ?? null)} is not modelled`, line);
          const found = keys.map((key) => {
            const value = scope.get(str(key)) ?? named.get('default');
            if (value === undefined)
              throw new TemplateError(`no variable found with this name: ${str(key)}`, line);
            return value;
          });
          return name === 'lookup' && found.length === 1 ? (found[0] ?? null) : found;
        };
      case 'vars':
        return scope.all();
      default:
        return new Undefined(name);
    }
  }

  #attribute(of: Value, name: string, line: number): Value {
    if (of instanceof Undefined) {
      this.#warn(`'${of.what}' is undefined`, line);
      return new Undefined(`${of.what}.${name}`);
    }
    if (of instanceof Map) {
      const item = of.get(name);
      if (item !== undefined) return item;
    }
    const method = methodOf(of, name);
    return method ? (positional) => method(positional) : new Undefined(name);
  }

  #item(of: Value, index: Value, line: number): Value {
    if (of instanceof Undefined) {
      this.#warn(`'${of.what}' is undefined`, line);
      return new Undefined(`${of.what}[${str(index)}]`);
    }
    if (of instanceof Map) return there(of.get(str(index)), str(index));
    if ((Array.isArray(of) || typeof of === 'string') && typeof index === 'number')
      return there(of.at(index), `item ${index}`);
    return new Undefined(str(index));
  }

  #binary(operator: BinaryOperator, left: Expression, right: Expression, line: number, scope: Scope): Value {
    const a = this.value(left, scope);
    if (operator === 'or') return isTrue(a) ? a : this.value(right, scope);
    if (operator === 'and') return isTrue(a) ? this.value(right, scope) : a;
    const b = this.value(right, scope);
    const order = (): number => {
      const result = compare(a, b);
      if (result === undefined)
        throw new TemplateError(`'${operator}' of values that cannot be compared`, line);
      return result;
    };
    const numbers = (act: (x: number, y: number) => number): number => {
      if (typeof a !== 'number' || typeof b !== 'number')
        throw new TemplateError(`'${operator}' needs numbers`, line);
      return act(a, b);
    };
    switch (operator) {
      case '==':
        return equal(a, b);
      case '!=':
        return !equal(a, b);
      case '<':
        return order() < 0;
      case '<=':
        return order() <= 0;
      case '>':
        return order() > 0;
      case '>=':
        return order() >= 0;
      case 'in':
      case 'not in': {
        const inside =
          typeof b === 'string' ? b.includes(str(a)) : (iterate(b) ?? []).some((item) => equal(item, a));
        return inside === (operator === 'in');
      }
      case '~':
        return str(a) + str(b);
      case '+':
        if (typeof a === 'string' && typeof b === 'string') return a + b;
        if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
        return numbers((x, y) => x + y);
      case '-':
        return numbers((x, y) => x - y);
      case '*':
        return numbers((x, y) => x * y);
      case '//':
      case '%':
        if (b === 0) throw new TemplateError('division by zero', line);
        return numbers((x, y) => (operator === '//' ? Math.floor(x / y) : x - y * Math.floor(x / y)));
      default:
        return assertNever(operator);
    }
  }
}
