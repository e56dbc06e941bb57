/**
 * The notation in which FRR describes a command (`neighbor <A.B.C.D|WORD> remote-as (1-4294967295)`), read into a tree.
 * `<a|b>` chooses, `[a]` may be left out, `{a|b}` takes any of them in any order, `WORD...` takes all that is left;
 * `$name` after a token or a choice names what was typed there.
 */
import { InvariantError } from '../../base/assert.ts';

type TokenKind =
  | 'word'
  | 'variable'
  | 'range'
  | 'ipv4'
  | 'ipv4-prefix'
  | 'ipv6'
  | 'ipv6-prefix'
  | 'mac'
  | 'mac-prefix';

export interface Token {
  readonly kind: 'token';
  readonly token: TokenKind;
  readonly text: string;
  /** Of a range. */
  readonly minimum: number;
  readonly maximum: number;
  readonly repeated: boolean;
  readonly name: string;
}

export type Syntax =
  | Token
  | { readonly kind: 'choice'; readonly options: readonly Sequence[]; readonly name: string }
  | { readonly kind: 'optional'; readonly body: Syntax; readonly negatedOnly: boolean }
  | { readonly kind: 'any-order'; readonly options: readonly Sequence[] };

export type Sequence = readonly Syntax[];

const FIXED: Readonly<Record<string, TokenKind>> = {
  'A.B.C.D': 'ipv4',
  'A.B.C.D/M': 'ipv4-prefix',
  'X:X::X:X': 'ipv6',
  'X:X::X:X/M': 'ipv6-prefix',
  'X:X:X:X:X:X': 'mac',
  'X:X:X:X:X:X/M': 'mac-prefix',
};

const LEXEMES =
  /\s+|!\[|[<>[\]{}|]|\$[a-z_0-9]+|\(-?\d+-\d+\)|\.\.\.|[^\s<>[\]{}|$().]+(?:\.[^\s<>[\]{}|$().]+)*/gy;

class Reader {
  readonly #lexemes: readonly string[];
  #at = 0;

  constructor(text: string) {
    const lexemes: string[] = [];
    let end = 0;
    for (const match of text.matchAll(LEXEMES)) {
      end = match.index + match[0].length;
      if (match[0].trim() !== '') lexemes.push(match[0]);
    }
    if (end !== text.length) throw new InvariantError(`command syntax: ${text.slice(end)}`);
    this.#lexemes = lexemes;
  }

  get next(): string | undefined {
    return this.#lexemes[this.#at];
  }

  take(): string {
    const lexeme = this.#lexemes[this.#at];
    if (lexeme === undefined) throw new InvariantError('command syntax ends early');
    this.#at += 1;
    return lexeme;
  }

  accept(lexeme: string): boolean {
    if (this.next !== lexeme) return false;
    this.#at += 1;
    return true;
  }

  name(): string {
    return this.next?.startsWith('$') ? this.take().slice(1) : '';
  }
}

function readToken(reader: Reader): Token {
  const text = reader.take();
  const repeated = reader.accept('...');
  const name = reader.name();
  const base = { kind: 'token', text, minimum: 0, maximum: 0, repeated, name } as const;
  if (text.startsWith('(')) {
    const [, minimum, maximum] = /^\((-?\d+)-(\d+)\)$/.exec(text) ?? [];
    return { ...base, token: 'range', minimum: Number(minimum), maximum: Number(maximum) };
  }
  const fixed = Object.hasOwn(FIXED, text) ? FIXED[text] : undefined;
  return { ...base, token: fixed ?? (/^[A-Z][-_A-Z:0-9]*$/.test(text) ? 'variable' : 'word') };
}

function readOptions(reader: Reader, close: string): Sequence[] {
  const options: Sequence[] = [];
  do options.push(readSequence(reader));
  while (reader.accept('|'));
  if (!reader.accept(close)) throw new InvariantError(`command syntax lacks ${close}`);
  return options;
}

function readOne(reader: Reader): Syntax {
  if (reader.accept('<')) {
    const options = readOptions(reader, '>');
    return { kind: 'choice', options, name: reader.name() };
  }
  if (reader.accept('{')) return { kind: 'any-order', options: readOptions(reader, '}') };
  const negatedOnly = reader.accept('![');
  if (negatedOnly || reader.accept('[')) {
    const options = readOptions(reader, ']');
    return { kind: 'optional', body: { kind: 'choice', options, name: reader.name() }, negatedOnly };
  }
  return readToken(reader);
}

function readSequence(reader: Reader): Sequence {
  const items: Syntax[] = [];
  while (reader.next !== undefined && !['|', '>', ']', '}'].includes(reader.next))
    items.push(readOne(reader));
  return items;
}

/** Reads a description from one of our tables; a faulty one is a bug of ours. */
export function readSyntax(text: string): Sequence {
  const reader = new Reader(text);
  const sequence = readSequence(reader);
  if (reader.next !== undefined) throw new InvariantError(`command syntax: ${text}`);
  return sequence;
}
