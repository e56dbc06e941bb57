/** Renders a Jinja2 template. The answer knows for each line of its text which line of the template wrote it. */
import { assertNever } from '../../../base/assert.ts';
import type { Problem } from '../../../base/result.ts';
import { problemAt } from '../../yaml/node.ts';
import { Evaluator, Scope } from './evaluate.ts';
import type { Dialect } from './segments.ts';
import { TemplateError, type Part } from './syntax.ts';
import { parseTemplate } from './template-parser.ts';
import { isTrue, iterate, str, Undefined, type Value } from './value.ts';

export type { Dialect } from './segments.ts';

/** What Ansible's template module does. */
export const ANSIBLE: Dialect = { trimBlocks: true, hidesNone: true };
/** What TripleO does when it renders its own `.j2.yaml` files. */
export const TRIPLEO: Dialect = { trimBlocks: false, hidesNone: false };

const OUTPUT_LIMIT = 2_000_000;

export interface Rendered {
  readonly text: string;
  /** For line n of `text` (from 1) the template's line, at n - 1. */
  readonly lines: readonly number[];
  readonly problems: readonly Problem[];
}

class Renderer {
  readonly problems: Problem[] = [];
  readonly lines: number[] = [];
  readonly #file: string;
  readonly #dialect: Dialect;
  readonly #evaluator: Evaluator;
  readonly #warned = new Set<string>();
  #text = '';
  #row = 0;

  constructor(file: string, dialect: Dialect) {
    this.#file = file;
    this.#dialect = dialect;
    this.#evaluator = new Evaluator((message, line) => this.#warn(message, line));
  }

  get text(): string {
    return this.#text;
  }

  #warn(message: string, line: number): void {
    const key = `${line}:${message}`;
    if (!this.#warned.has(key))
      this.problems.push(problemAt({ file: this.#file, line, column: 1 }, message, 'warning'));
    this.#warned.add(key);
  }

  #write(text: string, line: number, sameLine: boolean): void {
    if (this.#text.length + text.length > OUTPUT_LIMIT)
      throw new TemplateError('the rendered text is too long', line);
    this.lines[this.#row] ??= line;
    let at = line;
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      this.#row += 1;
      if (!sameLine) at += 1;
      if (i + 1 < text.length) this.lines[this.#row] ??= at;
    }
    this.#text += text;
  }

  parts(parts: readonly Part[], scope: Scope): void {
    for (const part of parts) this.#part(part, scope);
  }

  #part(part: Part, scope: Scope): void {
    switch (part.kind) {
      case 'text':
        this.#write(part.text, part.line, false);
        return;
      case 'output': {
        const value = this.#evaluator.value(part.expression, scope);
        if (value instanceof Undefined) this.#warn(`'${value.what}' is undefined`, part.line);
        if (value === null && this.#dialect.hidesNone) return;
        this.#write(str(value), part.line, true);
        return;
      }
      case 'if': {
        const chosen = part.branches.find(
          ({ condition }) => condition === null || isTrue(this.#evaluator.value(condition, scope)),
        );
        if (chosen) this.parts(chosen.body, scope);
        return;
      }
      case 'for':
        this.#for(part, scope);
        return;
      case 'set': {
        const value = this.#evaluator.value(part.value, scope);
        const target = part.attribute === null ? null : scope.get(part.target);
        if (target instanceof Map && part.attribute !== null) target.set(part.attribute, value);
        else if (part.attribute === null) scope.set(part.target, value);
        else throw new TemplateError('cannot assign an attribute on a value that is no namespace', part.line);
        return;
      }
      case 'capture': {
        const before = this.#text;
        const row = this.#row;
        this.parts(part.body, scope);
        scope.set(part.target, this.#text.slice(before.length));
        this.#text = before;
        this.#row = row;
        this.lines.length = Math.min(
          this.lines.length,
          row + (before === '' || before.endsWith('\n') ? 0 : 1),
        );
        return;
      }
      default:
        assertNever(part);
    }
  }

  #for(part: Extract<Part, { kind: 'for' }>, scope: Scope): void {
    const source = this.#evaluator.value(part.source, scope);
    if (source instanceof Undefined) this.#warn(`'${source.what}' is undefined`, part.line);
    const all = iterate(source);
    if (!all) throw new TemplateError('this value cannot be gone over', part.line);
    const named = (item: Value): (readonly [string, Value])[] => {
      if (part.names.length === 1) return [[part.names[0] ?? '', item]];
      const pieces = iterate(item) ?? [];
      if (pieces.length !== part.names.length)
        throw new TemplateError(
          `expected ${part.names.length} values to unpack, got ${pieces.length}`,
          part.line,
        );
      return part.names.map((name, at) => [name, pieces[at] ?? null]);
    };
    const { only } = part;
    const items = all.filter(
      (item) => only === null || isTrue(this.#evaluator.value(only, new Scope(named(item), scope))),
    );
    items.forEach((item, at) => {
      const loop = new Map<string, Value>([
        ['index', at + 1],
        ['index0', at],
        ['revindex', items.length - at],
        ['revindex0', items.length - at - 1],
        ['first', at === 0],
        ['last', at === items.length - 1],
        ['length', items.length],
      ]);
      this.parts(part.body, new Scope([...named(item), ['loop', loop]], scope));
    });
    if (items.length === 0) this.parts(part.otherwise, scope);
  }
}

/** Renders `template` with `variables`. An error of the template ends the text where it stands. */
export function renderTemplate(
  template: string,
  file: string,
  variables: ReadonlyMap<string, Value>,
  dialect: Dialect,
): Rendered {
  const renderer = new Renderer(file, dialect);
  try {
    renderer.parts(parseTemplate(template, dialect), new Scope(variables, null));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    renderer.problems.push(problemAt({ file, line: error.line, column: 1 }, error.message));
  }
  return { text: `${renderer.text}\n`, lines: renderer.lines, problems: renderer.problems };
}
