/** A cursor over the tokens of a text that remembers the first error. */
import { type NumberLiteral, formatNumber } from './number.ts';
import { fromOctetText, toOctetText } from './octet-text.ts';
import { quote } from './quoted.ts';
import { scanToken } from './scan.ts';
import { type Token, type TokenKind, formatToken } from './token.ts';

const INT_MAX = 0x7fff_ffffn;

/** `token` is the current token; the constructor has read the first. */
export class Lexer {
  token: Token;
  /** The first error, the only one worth telling. */
  error: string | undefined;
  /** The number read last, which some actions look at even when the current token is none. */
  number: NumberLiteral | undefined;
  private readonly source: string;
  private ahead: Token | undefined;

  constructor(text: string) {
    this.source = toOctetText(text);
    this.token = scanToken(this.source, 0);
    this.number = this.token.number;
  }

  get kind(): TokenKind {
    return this.token.kind;
  }

  /** Moves on by one token. */
  advance(): void {
    this.token = this.ahead ?? scanToken(this.source, this.token.end);
    this.ahead = undefined;
    if (this.token.number !== undefined) this.number = this.token.number;
  }

  /** Kind of the token after the current one. */
  lookahead(): TokenKind {
    this.ahead ??= scanToken(this.source, this.token.end);
    return this.ahead.kind;
  }

  /** Moves on and says true when the current token is of `kind`. */
  match(kind: TokenKind): boolean {
    if (this.token.kind !== kind) return false;
    this.advance();
    return true;
  }

  matchId(id: string): boolean {
    if (this.token.kind !== 'id' || this.token.text !== id) return false;
    this.advance();
    return true;
  }

  matchString(text: string): boolean {
    if (this.token.kind !== 'string' || this.token.text !== text) return false;
    this.advance();
    return true;
  }

  /** Like `match`, but another token is an error. */
  expect(kind: TokenKind): boolean {
    if (kind === 'end') return this.expectEnd();
    if (this.match(kind)) return true;
    this.syntaxError(`expecting \`${kind}'`);
    return false;
  }

  expectEnd(): boolean {
    if (this.token.kind === 'end') return true;
    this.syntaxError('expecting end of input');
    return false;
  }

  /** The current token as a decimal number below 2^31, without moving on. */
  peekInt(): number | undefined {
    const { number } = this.token;
    return this.token.kind === 'integer' && number?.format === 'decimal' && number.value <= INT_MAX
      ? Number(number.value)
      : undefined;
  }

  takeInt(): number | undefined {
    const value = this.peekInt();
    if (value !== undefined) this.advance();
    return value;
  }

  expectInt(): number | undefined {
    const value = this.takeInt();
    if (value === undefined) this.syntaxError('expecting small integer');
    return value;
  }

  /** Records `message`, unless there is an error already; an error token's own text takes precedence. */
  fail(message: string): void {
    this.error ??= this.token.kind === 'error' ? this.token.text : message;
  }

  /** `Syntax error at ... MESSAGE.` for the current token. */
  syntaxError(message?: string): void {
    if (this.error !== undefined) return;
    const { start, end } = this.token;
    const at =
      this.token.kind === 'end'
        ? ' at end of input'
        : ` at \`${fromOctetText(this.source.slice(start, end))}'`;
    this.fail(`Syntax error${at}${message === undefined ? '' : ` ${message}`}.`);
  }
}

/** All tokens of a text, the end not included. */
export function* tokensOf(text: string): Generator<Token> {
  const source = toOctetText(text);
  for (let token = scanToken(source, 0); token.kind !== 'end'; token = scanToken(source, token.end))
    yield token;
}

/**
 * Replaces `^NAME` by the chassis's template variables; every other token is written back without white space. A text without `^` is returned as it is;
 * undefined when a variable is missing. `seen` is told every name.
 */
export function expandTemplates(
  text: string,
  variables: (name: string) => string | undefined,
  seen?: (name: string) => void,
): string | undefined {
  if (!text.includes('^')) return text;
  let out: string | undefined = '';
  for (const token of tokensOf(text)) {
    if (token.kind !== 'template') {
      out += formatToken(token);
      continue;
    }
    seen?.(token.text);
    const value = variables(token.text);
    if (value === undefined) return undefined;
    out += value;
  }
  return out;
}

/** A constant as the lexer reads it back: a quoted string or a number. */
export function formatConstantText(constant: string | NumberLiteral): string {
  return typeof constant === 'string' ? quote(constant) : formatNumber(constant);
}
