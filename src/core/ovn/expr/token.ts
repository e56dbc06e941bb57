/** The tokens of the logical language and the text form that the lexer reads back. */
import { type NumberLiteral, formatNumber } from './number.ts';
import { quote } from './quoted.ts';

/** Tokens without data; the kind is the text. */
export type BareToken =
  | '('
  | ')'
  | '{'
  | '}'
  | '['
  | ']'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '!'
  | '&&'
  | '||'
  | '..'
  | ','
  | ';'
  | '='
  | '<->'
  | '--'
  | ':'
  | '-';

/** `macro` is `$NAME`, `group` is `@NAME`, `template` is `^NAME`. */
export type TokenKind =
  | BareToken
  | 'end'
  | 'id'
  | 'string'
  | 'integer'
  | 'masked'
  | 'macro'
  | 'group'
  | 'template'
  | 'error';

export interface Token {
  readonly kind: TokenKind;
  /** Name, unquoted string or error text; '' for the others. */
  readonly text: string;
  readonly number: NumberLiteral | undefined;
  /** Where it stands in the source, in octets. */
  readonly start: number;
  readonly end: number;
}

/** Text of one token; the end is written `$`. */
export function formatToken(token: Token): string {
  switch (token.kind) {
    case 'end':
      return '$';
    case 'id':
      return token.text;
    case 'string':
      return quote(token.text);
    case 'error':
      return `error(${quote(token.text)})`;
    case 'macro':
      return `$${token.text}`;
    case 'group':
      return `@${token.text}`;
    case 'template':
      return `^${token.text}`;
    case 'integer':
    case 'masked':
      return token.number === undefined ? '' : formatNumber(token.number);
    default:
      return token.kind;
  }
}
