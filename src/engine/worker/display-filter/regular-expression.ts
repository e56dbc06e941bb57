/**
 * Regular expressions that never take long: all ways through an expression are followed at once (Thompson's construction),
 * so that a search takes steps in proportion to the text times the expression, whatever was typed. What cannot be searched
 * for in this way (references back, looking around) is refused by name. The syntax is that of PCRE, without upper and lower case.
 */
import { err, ok, type Result } from '../../../core/base/result.ts';

/** Whether a character, by its code, is meant. */
type Meant = (code: number) => boolean;

const meantBy = (literal: number | Meant): Meant =>
  typeof literal === 'number' ? (code) => code === literal : literal;

/** Where a part begins when it is followed by what begins at `next`. */
type Part = (next: number) => number;

type Anchor = 'start' | 'end' | 'last line' | 'word' | 'no word';

type State =
  | { readonly kind: 'character'; readonly meant: Meant; readonly next: number }
  | { readonly kind: 'anchor'; readonly anchor: Anchor; readonly next: number }
  | { readonly kind: 'fork'; readonly ways: number[] }
  | { readonly kind: 'found' };

/** States of the largest expression: counts write their part out as often as they say. */
const MOST_STATES = 4000;

class Unreadable extends Error {}

const LINE_FEED = 10;
const codeOf = (character: string): number => character.charCodeAt(0);
const isDigit: Meant = (code) => code >= 48 && code <= 57;
const isLetter: Meant = (code) => (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
const isWord: Meant = (code) => isDigit(code) || isLetter(code) || code === 95;
const isSpace: Meant = (code) => code === 32 || (code >= 9 && code <= 13);
const not =
  (meant: Meant): Meant =>
  (code) =>
    !meant(code);

const SETS: Readonly<Record<string, Meant>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};
const ANCHORS: Readonly<Record<string, Anchor>> = {
  A: 'start',
  z: 'end',
  Z: 'last line',
  b: 'word',
  B: 'no word',
};
const CONTROLS: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9, v: 11, 0: 0 };
const NAMED: Readonly<Record<string, Meant>> = {
  alpha: isLetter,
  digit: isDigit,
  alnum: (code) => isDigit(code) || isLetter(code),
  upper: isLetter,
  lower: isLetter,
  space: isSpace,
  word: isWord,
  xdigit: (code) => isDigit(code) || (isLetter(code) && (code | 32) <= 102),
  punct: (code) => code > 32 && code < 127 && !isDigit(code) && !isLetter(code),
};

/** The same in the other case as well. */
const eitherCase =
  (meant: Meant): Meant =>
  (code) =>
    meant(code) || (isLetter(code) && meant(code ^ 32));

class Reader {
  readonly #text: string;
  #at = 0;
  #copies = 0;
  readonly states: State[] = [{ kind: 'found' }];

  constructor(text: string) {
    this.#text = text;
  }

  whole(): number {
    const part = this.#ways();
    if (this.#at < this.#text.length) throw new Unreadable('a ) has no ( before it');
    return part(0);
  }

  #take(text: string): boolean {
    const hit = this.#text.startsWith(text, this.#at);
    if (hit) this.#at += text.length;
    return hit;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at += found[0].length;
    return found;
  }

  #state(state: State): number {
    if (this.states.length >= MOST_STATES) throw new Unreadable('it is too large');
    return this.states.push(state) - 1;
  }

  #ways(): Part {
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    const [only] = parts;
    if (only && parts.length === 1) return only;
    return (next) => this.#state({ kind: 'fork', ways: parts.map((part) => part(next)) });
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#at < this.#text.length && !/[|)]/.test(this.#text.charAt(this.#at)))
      parts.push(this.#counted(this.#one()));
    return (next) => parts.reduceRight((behind, part) => part(behind), next);
  }

  #counted(part: Part): Part {
    const found = this.#match(/[*+?]|\{(\d+)(?:(,)(\d*))?\}/y);
    if (!found) return part;
    const [sign, low, comma, high] = found;
    if (this.#take('+')) throw new Unreadable('counts that give nothing back are not known');
    this.#take('?');
    if (this.#match(/[*+?]/y)) throw new Unreadable('nothing stands before a count');
    const least = low === undefined ? Number(sign === '+') : Number(low);
    const most =
      low === undefined
        ? sign === '?'
          ? 1
          : Infinity
        : comma === undefined
          ? least
          : high
            ? Number(high)
            : Infinity;
    if (most < least || least > 1000 || (most > 1000 && most !== Infinity))
      throw new Unreadable(`${sign} counts no numbers up to 1000 in their order`);
    return (next) => {
      let behind = next;
      if (most === Infinity) {
        const ways: number[] = [];
        behind = this.#state({ kind: 'fork', ways });
        ways.push(part(behind), next);
      } else
        for (let at = least; at < most; at += 1)
          behind = this.#state({ kind: 'fork', ways: [this.#copy(part, behind), next] });
      for (let at = 0; at < least; at += 1) behind = this.#copy(part, behind);
      return behind;
    };
  }

  /** Also parts of no states take their time. */
  #copy(part: Part, next: number): number {
    this.#copies += 1;
    if (this.#copies > 4 * MOST_STATES) throw new Unreadable('it is too large');
    return part(next);
  }

  #one(): Part {
    if (this.#take('(')) return this.#group();
    if (this.#take('^')) return this.#anchor('start');
    if (this.#take('$')) return this.#anchor('last line');
    if (this.#take('.')) return this.#character((code) => code !== LINE_FEED);
    if (this.#take('[')) return this.#character(this.#set());
    if (/[*+?]/.test(this.#text.charAt(this.#at))) throw new Unreadable('nothing stands before a count');
    const anchor = this.#match(/\\([AzZbB])/y);
    if (anchor) return this.#anchor(ANCHORS[anchor[1] ?? ''] ?? 'start');
    return this.#character(meantBy(this.#literal()));
  }

  #group(): Part {
    if (this.#match(/\?(?:[=!]|<[=!])/y)) throw new Unreadable('looking ahead or behind is not known');
    if (this.#take('?i)')) return (next) => next;
    if (!this.#match(/\?(?::|P?<[A-Za-z_]\w*>)/y) && this.#take('?'))
      throw new Unreadable('such a group is not known');
    const inside = this.#ways();
    if (!this.#take(')')) throw new Unreadable('a ) is missing');
    return inside;
  }

  #anchor(anchor: Anchor): Part {
    return (next) => this.#state({ kind: 'anchor', anchor, next });
  }

  #character(meant: Meant): Part {
    return (next) => this.#state({ kind: 'character', meant: eitherCase(meant), next });
  }

  /** The code of one character, or what `\d` and its like mean. */
  #literal(): number | Meant {
    if (!this.#take('\\')) {
      const code = codeOf(this.#text.charAt(this.#at));
      this.#at += 1;
      return code;
    }
    const hex = this.#match(/x(?:\{([0-9a-f]{1,4})\}|([0-9a-f]{1,2}))/iy);
    if (hex) return Number.parseInt(hex[1] ?? hex[2] ?? '0', 16);
    const letter = this.#text.charAt(this.#at);
    this.#at += 1;
    if (letter === '') throw new Unreadable('it ends with a \\');
    const set = SETS[letter];
    if (set) return set;
    if (/[1-9kg]/.test(letter)) throw new Unreadable('references back are not known');
    const code = CONTROLS[letter];
    if (code === undefined && /\w/.test(letter)) throw new Unreadable(`\\${letter} is not known`);
    return code ?? codeOf(letter);
  }

  /** What stands between brackets; the first is read. */
  #set(): Meant {
    const isOther = this.#take('^');
    const members: Meant[] = [];
    for (let isFirst = true; isFirst || !this.#take(']'); isFirst = false) {
      if (this.#at >= this.#text.length) throw new Unreadable('a ] is missing');
      const name = this.#match(/\[:(\^?)([a-z]+):\]/y);
      if (name) {
        const named = NAMED[name[2] ?? ''];
        if (!named) throw new Unreadable(`${name[0]} is not known`);
        members.push(name[1] === '^' ? not(named) : named);
        continue;
      }
      const from = this.#at;
      const low = this.#take('\\b') ? 8 : this.#literal();
      if (!this.#match(/-(?!\])/y)) {
        members.push(meantBy(low));
        continue;
      }
      const high = this.#literal();
      if (typeof low !== 'number' || typeof high !== 'number' || high < low)
        throw new Unreadable(`${this.#text.slice(from, this.#at)} is not a range`);
      members.push((code) => code >= low && code <= high);
    }
    // Of a negated set neither case may be a member.
    const either = eitherCase((code) => members.some((meant) => meant(code)));
    return isOther ? (code) => !either(code) && !(isLetter(code) && either(code ^ 32)) : either;
  }
}

function holds(anchor: Anchor, text: string, at: number): boolean {
  const isIn = (place: number): boolean =>
    place >= 0 && place < text.length && isWord(text.charCodeAt(place));
  switch (anchor) {
    case 'start':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'last line':
      return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === LINE_FEED);
    case 'word':
      return isIn(at - 1) !== isIn(at);
    case 'no word':
      return isIn(at - 1) === isIn(at);
  }
}

/** Whether the expression is found anywhere in a text. The error says what of it cannot be read. */
export function regularExpression(pattern: string): Result<(text: string) => boolean> {
  const reader = new Reader(pattern);
  let start: number;
  try {
    start = reader.whole();
  } catch (error) {
    if (error instanceof Unreadable) return err(error.message);
    throw error;
  }
  const { states } = reader;
  return ok((text) => {
    let present: number[] = [];
    for (let at = 0; at <= text.length; at += 1) {
      // Also here it may begin. A state is gone through once at each character.
      const reached = new Set<number>();
      const waiting = [...present, start];
      for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
        if (reached.has(state)) continue;
        reached.add(state);
        const one = states[state];
        if (one?.kind === 'found') return true;
        if (one?.kind === 'fork') waiting.push(...one.ways);
        else if (one?.kind === 'anchor' && holds(one.anchor, text, at)) waiting.push(one.next);
      }
      const code = text.charCodeAt(at);
      present = [];
      if (at < text.length)
        for (const state of reached) {
          const one = states[state];
          if (one?.kind === 'character' && one.meant(code)) present.push(one.next);
        }
    }
    return false;
  });
}
