/** The tokens of an expression, one ahead: libpcap's scanner too is asked only when the grammar must know. */
import { FilterError } from './filter-error.ts';
import type { Word } from './keyword.table.ts';
import { scan, type Sign, type Token } from './scan.ts';

export class TokenStream {
  /** Start of the token that was taken last. */
  offset = 0;
  private readonly text: string;
  private position = 0;
  private ahead: { readonly token: Token; readonly end: number } | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Throws FilterError for a number or an address that is wrong. */
  peek(): Token {
    this.ahead ??= scan(this.text, this.position);
    return this.ahead.token;
  }

  take(): Token {
    const token = this.peek();
    this.position = this.ahead?.end ?? this.position;
    this.offset = token.offset;
    this.ahead = undefined;
    return token;
  }

  syntaxError(): never {
    // What follows is not scanned: its errors would hide this one.
    const offset = this.ahead?.token.offset ?? this.position;
    throw new FilterError("can't parse filter expression: syntax error", offset);
  }

  peekSymbol(): Sign | undefined {
    const token = this.peek();
    return token.kind === 'symbol' ? token.symbol : undefined;
  }

  peekWord(): Word | undefined {
    const token = this.peek();
    return token.kind === 'word' ? token.word : undefined;
  }

  takeSymbol(symbol: Sign): boolean {
    if (this.peekSymbol() !== symbol) return false;
    this.take();
    return true;
  }

  takeWord(word: Word): boolean {
    if (this.peekWord() !== word) return false;
    this.take();
    return true;
  }

  expectSymbol(symbol: Sign): void {
    if (!this.takeSymbol(symbol)) this.syntaxError();
  }

  expectNumber(): number {
    const token = this.peek();
    if (token.kind !== 'number') return this.syntaxError();
    this.take();
    return token.number;
  }

  /** A number, also in parentheses; null if something else comes next. */
  optionalNumber(): number | null {
    if (this.peek().kind === 'number') return this.expectNumber();
    if (!this.takeSymbol('(')) return null;
    const inner = this.optionalNumber();
    if (inner === null) return this.syntaxError();
    this.expectSymbol(')');
    return inner;
  }

  joinFollows(): boolean {
    const word = this.peekWord();
    return word === 'and' || word === 'or';
  }

  /** What may follow a whole operand of `and` and `or` comes next. */
  endsOperand(): boolean {
    return this.joinFollows() || this.peekSymbol() === ')' || this.peek().kind === 'end';
  }
}
