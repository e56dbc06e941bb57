/** Statements of a Jinja2 template: `for`, `if`, `set`. Others are refused by name. */
import { ExpressionParser } from './expression-parser.ts';
import { cutSegments, type Dialect, type Segment } from './segments.ts';
import { TemplateError, type Part } from './syntax.ts';

const NESTING_LIMIT = 60;

class TemplateParser {
  readonly #segments: readonly Segment[];
  #at = 0;
  #depth = 0;

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
  }

  /** Parts up to one of the statements in `ends`, which stays to be read; '' is the end of the template. */
  parts(ends: readonly string[], opened: number): Part[] {
    this.#depth += 1;
    if (this.#depth > NESTING_LIMIT) throw new TemplateError('statements are nested too deeply', opened);
    const parts: Part[] = [];
    for (;;) {
      const segment = this.#segments[this.#at];
      if (!segment) {
        if (!ends.includes(''))
          throw new TemplateError(`unexpected end of template: ${ends.join(' or ')} is missing`, opened);
        break;
      }
      if (segment.kind === 'statement') {
        const word = /^\s*(\w+)/.exec(segment.text)?.[1] ?? '';
        if (ends.includes(word)) break;
        this.#at += 1;
        parts.push(this.#statement(word, segment));
        continue;
      }
      this.#at += 1;
      if (segment.kind === 'text') parts.push({ kind: 'text', text: segment.text, line: segment.line });
      else {
        const parser = new ExpressionParser(segment.text, segment.line);
        const expression = parser.tuple();
        parser.end();
        parts.push({ kind: 'output', expression, line: segment.line });
      }
    }
    this.#depth -= 1;
    return parts;
  }

  /** The statement that ended the last parts. */
  #closing(): { readonly word: string; readonly parser: ExpressionParser } {
    const segment = this.#segments[this.#at] as Segment;
    this.#at += 1;
    const parser = new ExpressionParser(segment.text, segment.line);
    return { word: parser.name(), parser };
  }

  #statement(word: string, { text, line }: Segment): Part {
    const parser = new ExpressionParser(text, line);
    if (parser.token.kind !== 'name') throw new TemplateError('a statement begins with its name', line);
    parser.next();
    switch (word) {
      case 'if':
        return this.#if(parser, line);
      case 'for':
        return this.#for(parser, line);
      case 'set':
        return this.#set(parser, line);
      case 'else':
      case 'elif':
      case 'endif':
      case 'endfor':
      case 'endset':
        throw new TemplateError(`unexpected ${word}`, line);
      default:
        throw new TemplateError(`the statement ${word} is not modelled`, line);
    }
  }

  #if(first: ExpressionParser, line: number): Part {
    const branches: { condition: ReturnType<ExpressionParser['expression']> | null; body: Part[] }[] = [];
    let condition: ReturnType<ExpressionParser['expression']> | null = first.expression();
    first.end();
    for (;;) {
      const body = this.parts(condition === null ? ['endif'] : ['elif', 'else', 'endif'], line);
      branches.push({ condition, body });
      const { word, parser } = this.#closing();
      if (word === 'endif') return { kind: 'if', branches, line };
      condition = word === 'elif' ? parser.expression() : null;
      parser.end();
    }
  }

  #for(parser: ExpressionParser, line: number): Part {
    const names = [parser.name()];
    while (parser.take(',')) names.push(parser.name());
    parser.expect('in');
    const source = parser.expression(false);
    const only = parser.take('if') ? parser.expression() : null;
    parser.end();
    const body = this.parts(['else', 'endfor'], line);
    const otherwise = this.#closing().word === 'else' ? this.parts(['endfor'], line) : [];
    if (otherwise.length > 0) this.#closing();
    return { kind: 'for', names, source, only, body, otherwise, line };
  }

  #set(parser: ExpressionParser, line: number): Part {
    const target = parser.name();
    const attribute = parser.take('.') ? parser.name() : null;
    if (parser.take('=')) {
      const value = parser.tuple();
      parser.end();
      return { kind: 'set', target, attribute, value, line };
    }
    parser.end();
    const body = this.parts(['endset'], line);
    this.#closing();
    return { kind: 'capture', target, body, line };
  }
}

/** The parts of a template. Throws `TemplateError`. */
export function parseTemplate(text: string, dialect: Dialect): Part[] {
  return new TemplateParser(cutSegments(text, dialect)).parts([''], 1);
}
