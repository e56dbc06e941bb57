/**
 * Expressions of tests joined by words, as every line of the page takes them that chooses things:
 *
 *     expression = term {"or" term};  term = factor {"and" factor};  factor = "not" factor | "(" expression ")" | test
 *
 * What a test is, each user of this file says.
 */
import type { Result } from '../core/base/result.ts';

export interface ExpressionProblem {
  readonly message: string;
  /** Character offset in the text. */
  readonly at: number;
}

export type Test<Thing> = (thing: Thing) => boolean;

/** Characters of the longest expression that is read. */
export const LONGEST_EXPRESSION = 4096;
/** Brackets and `not` inside one another: each takes room on the stack, and texts come from links and files too. */
const DEEPEST = 64;

interface Token {
  readonly kind: 'word' | 'string' | 'operator' | 'open' | 'close' | 'end';
  readonly text: string;
  readonly at: number;
}

/** Where a test reads its words. */
export interface TokenReader {
  peek(): Token;
  take(): Token;
  /** Takes `word` if it is next. */
  takeWord(word: string): boolean;
  /** Gives the expression up with a problem. */
  refuse(message: string, at: number): never;
}

class Refusal extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

function tokens(text: string): readonly Token[] {
  const list: Token[] = [];
  for (const match of text.matchAll(/\s+|"([^"]*)"|(==|!=|<=|>=|~|<|>)|([()])|([^\s()"=!~<>]+|[=!])/g)) {
    const [whole, quoted, operator, bracket, word] = match;
    const at = match.index;
    if (quoted !== undefined) list.push({ kind: 'string', text: quoted, at });
    else if (operator !== undefined) list.push({ kind: 'operator', text: operator, at });
    else if (bracket !== undefined)
      list.push({ kind: bracket === '(' ? 'open' : 'close', text: bracket, at });
    else if (word !== undefined) list.push({ kind: 'word', text: word, at });
    else if (whole.trim() !== '') list.push({ kind: 'word', text: whole, at });
  }
  return [...list, { kind: 'end', text: '', at: text.length }];
}

/** Reads an expression whose tests `readTest` reads; it is called where a test has to begin. */
export function parseExpression<Thing>(
  text: string,
  readTest: (reader: TokenReader) => Test<Thing>,
): Result<Test<Thing>, ExpressionProblem> {
  if (text.length > LONGEST_EXPRESSION)
    return {
      ok: false,
      error: { message: `more than ${LONGEST_EXPRESSION} characters`, at: LONGEST_EXPRESSION },
    };
  const list = tokens(text);
  let position = 0;
  let depth = 0;
  const peek = (): Token => list[position] ?? { kind: 'end', text: '', at: text.length };
  const refuse = (message: string, at: number): never => {
    throw new Refusal(message, at);
  };
  const take = (): Token => {
    const token = peek();
    position += 1;
    return token;
  };
  const takeWord = (word: string): boolean => {
    const hit = peek().kind === 'word' && peek().text === word;
    if (hit) position += 1;
    return hit;
  };
  const expression = (): Test<Thing> => {
    const tests = [term()];
    while (takeWord('or')) tests.push(term());
    return (thing) => tests.some((test) => test(thing));
  };
  const term = (): Test<Thing> => {
    const tests = [factor()];
    while (takeWord('and')) tests.push(factor());
    return (thing) => tests.every((test) => test(thing));
  };
  /** What `read` reads is one deeper. */
  const within = (at: number, read: () => Test<Thing>): Test<Thing> => {
    depth += 1;
    if (depth > DEEPEST) refuse(`more than ${DEEPEST} inside one another`, at);
    const inner = read();
    depth -= 1;
    return inner;
  };
  const factor = (): Test<Thing> => {
    const { at } = peek();
    if (takeWord('not')) {
      const inner = within(at, factor);
      return (thing) => !inner(thing);
    }
    if (peek().kind !== 'open') {
      if (peek().kind === 'end') refuse('something is missing here', at);
      if (peek().kind === 'operator' || peek().kind === 'close')
        refuse(`${peek().text} is not expected here`, at);
      return readTest({ peek, take, takeWord, refuse });
    }
    take();
    const inner = within(at, expression);
    if (peek().kind !== 'close') refuse('a ) is missing', peek().at);
    take();
    return inner;
  };
  try {
    const result = expression();
    const rest = peek();
    return rest.kind === 'end'
      ? { ok: true, value: result }
      : { ok: false, error: { message: `${rest.text} is not expected here`, at: rest.at } };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: { message: error.message, at: error.at } };
    throw error;
  }
}
