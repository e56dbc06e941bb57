/**
 * Which command a typed line means, as FRR's matcher decides: keywords may be abbreviated, the more exact reading
 * wins token by token, and two readings of the same rank are ambiguous.
 */
import { parseIpv6 } from '../../base/address.ts';
import type { Sequence, Syntax, Token } from './syntax.ts';

/** What was typed where a command has names, and the keywords that were given. */
export class Args {
  readonly #named: ReadonlyMap<string, string>;
  readonly #words: ReadonlySet<string>;

  constructor(named: ReadonlyMap<string, string>, words: ReadonlySet<string>) {
    this.#named = named;
    this.#words = words;
  }

  /** Whether the line began with `no`. */
  get no(): boolean {
    return this.#words.has('no');
  }

  /** The keyword, abbreviated or not. */
  has(word: string): boolean {
    return this.#words.has(word);
  }

  find(name: string): string | undefined {
    return this.#named.get(name);
  }

  /** '' when it was not typed. */
  get(name: string): string {
    return this.#named.get(name) ?? '';
  }

  number(name: string): number {
    return Number(this.get(name));
  }

  findNumber(name: string): number | undefined {
    const text = this.find(name);
    return text === undefined ? undefined : Number(text);
  }
}

type Level = 0 | 1 | 2;
const NONE = 0;
const PARTLY = 1;
const EXACT = 2;

const OCTET = /^(?:0|[1-9]\d{0,2})$/;

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => OCTET.test(part) && Number(part) <= 255);
}

function isPrefix(text: string, address: (part: string) => boolean, width: number): boolean {
  const [head = '', length, more] = text.split('/');
  return (
    length !== undefined &&
    more === undefined &&
    /^\d+$/.test(length) &&
    Number(length) <= width &&
    address(head)
  );
}

const MAC = /^[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}$/;

function levelOf(token: Token, word: string): Level {
  switch (token.token) {
    case 'word':
      if (word === token.text) return EXACT;
      return token.text.startsWith(word) ? PARTLY : NONE;
    case 'variable':
      return EXACT;
    case 'range':
      return /^[+-]?\d+$/.test(word) && Number(word) >= token.minimum && Number(word) <= token.maximum
        ? EXACT
        : NONE;
    case 'ipv4':
      return isIpv4(word) ? EXACT : NONE;
    case 'ipv4-prefix':
      return isPrefix(word, isIpv4, 32) ? EXACT : NONE;
    case 'ipv6':
      return parseIpv6(word) === undefined ? NONE : EXACT;
    case 'ipv6-prefix':
      return isPrefix(word, (part) => parseIpv6(part) !== undefined, 128) ? EXACT : NONE;
    case 'mac':
      return MAC.test(word) ? EXACT : NONE;
    case 'mac-prefix':
      return isPrefix(word, (part) => MAC.test(part), 48) ? EXACT : NONE;
  }
}

/** Lower is more specific. */
const rank = (token: Token): number => (token.token === 'word' ? 3 : token.token === 'variable' ? 4 : 2);

/** One reading of a line: a token for each word. */
interface Reading {
  readonly tokens: readonly Token[];
  readonly named: ReadonlyMap<string, string>;
}

/** Negative: the first is better; 0: neither. */
function compareReadings(first: Reading, second: Reading, words: readonly string[]): number {
  for (const [at, word] of words.entries()) {
    const a = first.tokens[at];
    const b = second.tokens[at];
    if (!a || !b) break;
    if (a.token !== b.token) {
      if (rank(a) !== rank(b)) return rank(a) - rank(b);
    } else {
      const difference = levelOf(b, word) - levelOf(a, word);
      if (difference !== 0) return difference;
    }
  }
  return 0;
}

/** Walks a syntax tree along the words and reports every way to reach its end. */
class Walk {
  readonly #words: readonly string[];
  readonly #found: (reading: Reading) => void;
  readonly #tokens: Token[] = [];
  readonly #named: [string, string][] = [];
  /** Whether all words fitted and more were expected. */
  incomplete = false;
  /** The keywords that were expected after all words. */
  readonly expected = new Set<string>();

  constructor(words: readonly string[], found: (reading: Reading) => void) {
    this.#words = words;
    this.#found = found;
  }

  sequence(items: Sequence, from: number, at: number, next: (at: number) => void): void {
    const item = items[from];
    if (!item) next(at);
    else this.#item(item, at, (reached) => this.sequence(items, from + 1, reached, next));
  }

  end(at: number): void {
    if (at === this.#words.length) this.#found({ tokens: [...this.#tokens], named: new Map(this.#named) });
  }

  #item(item: Syntax, at: number, next: (at: number) => void): void {
    switch (item.kind) {
      case 'token':
        this.#token(item, at, next);
        return;
      case 'choice':
        for (const option of item.options)
          this.sequence(option, 0, at, (reached) => {
            if (item.name === '') return next(reached);
            const only = option.length === 1 ? option[0] : undefined;
            const text =
              only?.kind === 'token' && only.token === 'word'
                ? only.text
                : this.#words.slice(at, reached).join(' ');
            this.#named.push([item.name, text]);
            next(reached);
            this.#named.pop();
          });
        return;
      case 'optional':
        next(at);
        if (!item.negatedOnly || this.#words[0] === 'no') this.#item(item.body, at, next);
        return;
      case 'any-order':
        this.#anyOrder(item.options, new Set(), at, next);
    }
  }

  #anyOrder(
    options: readonly Sequence[],
    used: ReadonlySet<number>,
    at: number,
    next: (at: number) => void,
  ): void {
    for (const [index, option] of options.entries())
      if (!used.has(index))
        this.sequence(option, 0, at, (reached) => {
          next(reached);
          this.#anyOrder(options, new Set([...used, index]), reached, next);
        });
  }

  #token(token: Token, at: number, next: (at: number) => void): void {
    const word = this.#words[at];
    if (word === undefined) {
      this.incomplete = true;
      if (token.token === 'word') this.expected.add(token.text);
      return;
    }
    if (levelOf(token, word) === NONE) return;
    if (!token.repeated) {
      this.#tokens.push(token);
      if (token.name !== '') this.#named.push([token.name, word]);
      next(at + 1);
      if (token.name !== '') this.#named.pop();
      this.#tokens.pop();
      return;
    }
    let end = at;
    for (
      let one = this.#words[end];
      one !== undefined && levelOf(token, one) !== NONE;
      one = this.#words[end]
    ) {
      this.#tokens.push(token);
      end += 1;
    }
    if (token.name !== '') this.#named.push([token.name, this.#words.slice(at, end).join(' ')]);
    next(end);
    if (token.name !== '') this.#named.pop();
    this.#tokens.length -= end - at;
  }
}

export type Match<C> =
  | { readonly kind: 'command'; readonly command: C; readonly args: Args }
  | { readonly kind: 'ambiguous' | 'incomplete' | 'unknown' };

/** The commands of one node. */
export class Grammar<C> {
  readonly #commands: readonly {
    readonly command: C;
    readonly syntax: Sequence;
    readonly firsts: readonly string[];
  }[];
  readonly #yields: (command: C) => boolean;

  /** `yields`: a command that gives way to another one with the very same words. */
  constructor(
    commands: readonly { readonly command: C; readonly syntax: Sequence }[],
    yields: (command: C) => boolean,
  ) {
    this.#commands = commands.map((one) => ({ ...one, firsts: firstWords(one.syntax) }));
    this.#yields = yields;
  }

  /** Splits are done: `words` holds at least one word. */
  match(words: readonly string[]): Match<C> {
    let best: { readonly command: C; readonly reading: Reading } | undefined;
    let ambiguous = false;
    let incomplete = false;
    for (const { command, syntax } of this.#candidates(words[0] ?? '')) {
      const walk = new Walk(words, (reading) => {
        const order = best ? compareReadings(reading, best.reading, words) : -1;
        if (order < 0) {
          best = { command, reading };
          ambiguous = false;
        } else if (order === 0 && best) {
          if (!sameWords(reading, best.reading)) ambiguous = true;
          else if (best.command === command) return;
          else if (this.#yields(best.command) === this.#yields(command)) ambiguous = true;
          else if (this.#yields(best.command)) best = { command, reading };
        }
      });
      walk.sequence(syntax, 0, 0, (at) => walk.end(at));
      incomplete ||= walk.incomplete;
    }
    if (!best) return { kind: incomplete ? 'incomplete' : 'unknown' };
    if (ambiguous) return { kind: 'ambiguous' };
    const keywords = best.reading.tokens.filter((token) => token.token === 'word').map((token) => token.text);
    return { kind: 'command', command: best.command, args: new Args(best.reading.named, new Set(keywords)) };
  }

  /** The keywords that may follow `words` and begin with `begun`, in order. */
  following(words: readonly string[], begun: string): readonly string[] {
    const found = new Set<string>();
    for (const { syntax } of this.#candidates(words[0] ?? '')) {
      const walk = new Walk(words, () => undefined);
      walk.sequence(syntax, 0, 0, (at) => walk.end(at));
      for (const word of walk.expected) if (word.startsWith(begun)) found.add(word);
    }
    return [...found].sort();
  }

  #candidates(first: string): readonly { readonly command: C; readonly syntax: Sequence }[] {
    return this.#commands.filter(({ firsts }) => firsts.some((word) => word.startsWith(first)));
  }
}

/** Whether two readings went through the same keywords. */
const sameWords = (a: Reading, b: Reading): boolean =>
  a.tokens.every(
    (token, at) =>
      token.token === b.tokens[at]?.token && (token.token !== 'word' || token.text === b.tokens[at].text),
  );

/** Keywords with which a command can begin. */
function firstWords(sequence: Sequence): readonly string[] {
  const [first, ...rest] = sequence;
  if (!first) return [];
  switch (first.kind) {
    case 'token':
      return [first.text];
    case 'choice':
    case 'any-order':
      return first.options.flatMap((option) => firstWords(option));
    case 'optional':
      return [...firstWords([first.body]), ...firstWords(rest)];
  }
}
