/**
 * The grammar of display filters as Wireshark has it, and `inner` beside it.
 *
 *     expression = term {("or" | "||") term};  term = factor {("and" | "&&") factor};  factor = ("not" | "!") factor | "(" expression ")" | test
 *     test = "inner" factor ["of" tunnel] | name [slice] ["&" number] [relation value | "in" "{" value [".." value] {"," ...} "}"]; a value may be another field
 *     slice = "[" range {"," range} "]";  range = at | at ":" length | from "-" to | ":" length | at ":"
 *
 * A protocol matches at any depth, tunnels included; `inner` looks behind a tunnel's header only, whichever tunnel it is or
 * the one named. Of a field with several values any will do, but for `!=` all have to differ.
 */
import { err, ok, type Problem, type Result } from '../../../core/base/result.ts';
import { decodePacket, type Layer } from '../../../core/wire/index.ts';
import {
  between,
  comparison,
  fieldComparison,
  octetsOf,
  type Holds,
  type Literal,
  type Relation,
} from './compare.ts';
import type { Field, FieldType, FieldValue } from './field.ts';
import { FIELDS, RAW_INSTEAD } from './fields.table.ts';

export type Test = (layers: readonly Layer[], frame: Uint8Array) => boolean;

export const TUNNELS: ReadonlySet<string> = new Set(['geneve', 'vxlan', 'gre']);

/** What a tunnel header carries; null for a packet that is in none, or in none of that name. */
export function behindTunnel(layers: readonly Layer[], tunnel: string | null): readonly Layer[] | null {
  const at = layers.findIndex(({ kind }) => (tunnel === null ? TUNNELS.has(kind) : kind === tunnel));
  return at < 0 ? null : layers.slice(at + 1);
}

interface Token extends Literal {
  readonly at: number;
}

class Refusal extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
]);

/** A string without its escapes: those of C, as wireshark-filter(4) has them. `at` is where it begins. */
function unescaped(text: string, at: number): string {
  const pattern = /\\(?:x([0-9a-f]{1,2})|u([0-9a-f]{4})|([0-7]{1,3})|([^]))/gi;
  return text.replaceAll(pattern, (whole, hex, unicode, octal, character, offset: number) => {
    const code = hex ?? unicode;
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const control = CONTROLS.get(character);
    if (control !== undefined) return String.fromCharCode(control);
    if (/[\\"'?]/.test(character)) return character;
    throw new Refusal(`${whole} is no escape of a string; r"..." takes all as it is`, at + offset);
  });
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern =
    /r?"((?:\\[^]|[^"\\])*)"|&&|\|\||==|!=|<=|>=|\.\.|[()[\]{}!<>&~,]|(?:(?!\.\.)[^\s()[\]{}!<>=&|",~])+|[^\s]/g;
  for (const match of text.matchAll(pattern)) {
    const [whole, inside] = match;
    const written = whole.startsWith('r') ? inside : inside && unescaped(inside, match.index + 1);
    tokens.push({ text: written ?? whole, at: match.index, quoted: inside !== undefined });
  }
  return [...tokens, { text: '', at: text.length, quoted: false }];
}

interface Spelling {
  readonly relation: Relation;
  readonly not?: true;
}

/** Spellings of relations; `not` holds where the relation does not of any value. */
const RELATIONS: ReadonlyMap<string, Spelling> = new Map<string, Spelling>([
  ['==', { relation: '==' }],
  ['eq', { relation: '==' }],
  ['any_eq', { relation: '==' }],
  ['!=', { relation: '==', not: true }],
  ['ne', { relation: '==', not: true }],
  ['all_ne', { relation: '==', not: true }],
  ['<', { relation: '<' }],
  ['lt', { relation: '<' }],
  ['<=', { relation: '<=' }],
  ['le', { relation: '<=' }],
  ['>', { relation: '>' }],
  ['gt', { relation: '>' }],
  ['>=', { relation: '>=' }],
  ['ge', { relation: '>=' }],
  ['contains', { relation: 'contains' }],
  ['matches', { relation: 'matches' }],
  ['~', { relation: 'matches' }],
]);

/** The values that stand left of a relation. */
interface Operand {
  readonly type: FieldType;
  readonly values: (layers: readonly Layer[], frame: Uint8Array) => readonly FieldValue[];
  /** What holds of a value where no relation follows. */
  readonly alone: Holds;
}

/** A problem has its offset in the text. */
export function parseDisplayFilter(text: string): Result<Test, Problem> {
  try {
    return ok(new Parser(tokensOf(text)).whole());
  } catch (error) {
    if (error instanceof Refusal)
      return err({ message: error.message, place: { offset: error.at, column: error.at + 1 } });
    throw error;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Test {
    const result = this.#expression();
    const rest = this.#peek();
    if (rest.text !== '') throw new Refusal(`${rest.text} is not expected here`, rest.at);
    return result;
  }

  #peek(): Token {
    return this.#tokens[this.#position] as Token;
  }

  #next(): Token {
    const token = this.#peek();
    if (this.#position < this.#tokens.length - 1) this.#position += 1;
    return token;
  }

  #take(...words: readonly string[]): boolean {
    const token = this.#peek();
    const hit = !token.quoted && words.includes(token.text);
    if (hit) this.#next();
    return hit;
  }

  #must(word: string): void {
    if (!this.#take(word)) throw new Refusal(`a ${word} is missing`, this.#peek().at);
  }

  #expression(): Test {
    let left = this.#term();
    while (this.#take('or', '||')) {
      const [a, b] = [left, this.#term()];
      left = (layers, frame) => a(layers, frame) || b(layers, frame);
    }
    return left;
  }

  #term(): Test {
    let left = this.#factor();
    while (this.#take('and', '&&')) {
      const [a, b] = [left, this.#factor()];
      left = (layers, frame) => a(layers, frame) && b(layers, frame);
    }
    return left;
  }

  #factor(): Test {
    if (this.#take('not', '!')) {
      const inside = this.#factor();
      return (layers, frame) => !inside(layers, frame);
    }
    if (this.#take('inner')) {
      const inside = this.#factor();
      const tunnel = this.#take('of') ? this.#tunnel() : null;
      return (layers, frame) => {
        const rest = behindTunnel(layers, tunnel);
        return rest !== null && inside(rest, frame);
      };
    }
    if (!this.#take('(')) return this.#test();
    const inside = this.#expression();
    this.#must(')');
    return inside;
  }

  #tunnel(): string {
    const { text: name, at } = this.#next();
    if (!TUNNELS.has(name))
      throw new Refusal(`${name === '' ? 'the end' : name} is not geneve, vxlan or gre`, at);
    return name;
  }

  #test(): Test {
    const name = this.#next();
    if (name.text === '') throw new Refusal('something is missing here', name.at);
    const field = name.quoted ? undefined : FIELDS.get(name.text);
    if (!field) {
      const raw = RAW_INSTEAD.get(name.text);
      throw new Refusal(
        raw === undefined
          ? `${name.text} is not a field or protocol that is known`
          : `${name.text} counts from the start of a conversation, which is not known here: use ${raw}`,
        name.at,
      );
    }
    const operand = this.#masked(this.#sliced(valuesOf(field)));
    if (this.#take('in')) return some(operand, this.#set(operand.type));
    const found = this.#peek().quoted ? undefined : RELATIONS.get(this.#peek().text);
    if (!found) return some(operand, operand.alone);
    this.#next();
    const value = this.#value();
    const other = value.quoted ? undefined : FIELDS.get(value.text);
    if (other) return this.#fields(operand, found, this.#masked(this.#sliced(valuesOf(other))), value.at);
    const holds = placed(comparison(operand.type, found.relation, value), value.at);
    if (!found.not) return some(operand, holds);
    return (layers, frame) => {
      const all = operand.values(layers, frame);
      return all.length > 0 && !all.some(holds);
    };
  }

  /** One field with another: of several values any two will do, but for `!=` all have to differ. */
  #fields(left: Operand, { relation, not }: Spelling, right: Operand, at: number): Test {
    if (relation === 'matches') throw new Refusal('an expression in quotes is missing', at);
    const holds = fieldComparison(left.type, relation, right.type);
    if (!holds) throw new Refusal('this field is of another kind than what stands before', at);
    return (layers, frame) => {
      const [all, others] = [left.values(layers, frame), right.values(layers, frame)];
      const any = all.some((a) => others.some((b) => holds(a, b)));
      return not ? all.length > 0 && others.length > 0 && !any : any;
    };
  }

  #value(): Token {
    const value = this.#next();
    if (value.text === '' && !value.quoted) throw new Refusal('a value is missing', value.at);
    if (!value.quoted && NO_VALUE.has(value.text)) throw new Refusal('a value is missing', value.at);
    return value;
  }

  /** Parts of each value: of text its letters, of everything else but numbers its octets. */
  #sliced(operand: Operand): Operand {
    const { at } = this.#peek();
    if (!this.#take('[')) return operand;
    const { type } = operand;
    if (type === 'number' || type === 'flag') throw new Refusal('a number has no parts', at);
    const ranges: ((size: number) => readonly [number, number])[] = [];
    do {
      const range = this.#next();
      ranges.push(rangeOf(range));
    } while (this.#take(','));
    this.#must(']');
    const parts = (value: FieldValue): readonly FieldValue[] => {
      const whole = type === 'text' ? String(value) : octetsOf(type, value);
      const spans = ranges.map((range) => range(whole.length));
      // What does not reach so far has no such part.
      if (spans.some(([from, to]) => from < 0 || from >= to || to > whole.length)) return [];
      if (typeof whole === 'string') return [spans.map(([from, to]) => whole.slice(from, to)).join('')];
      return [Uint8Array.from(spans.flatMap(([from, to]) => [...whole.subarray(from, to)]))];
    };
    return {
      type: type === 'text' ? 'text' : 'octets',
      values: (layers, frame) => operand.values(layers, frame).flatMap(parts),
      alone: operand.alone,
    };
  }

  /** Numbers by the bits of a mask; alone it holds where any of them is set. */
  #masked(operand: Operand): Operand {
    const { at } = this.#peek();
    if (!this.#take('&', 'bitand', 'bitwise_and')) return operand;
    if (operand.type !== 'number' && operand.type !== 'flag')
      throw new Refusal('only a number has bits to look at', at);
    const value = this.#value();
    const mask = Number(value.text);
    if (!Number.isInteger(mask)) throw new Refusal(`${value.text} is not a number`, value.at);
    return {
      type: 'number',
      values: (layers, frame) => operand.values(layers, frame).map((one) => (Number(one) & mask) >>> 0),
      alone: (one) => one !== 0,
    };
  }

  #set(type: FieldType): Holds {
    this.#must('{');
    const holds: Holds[] = [];
    while (!this.#take('}')) {
      const value = this.#value();
      const to = this.#take('..') ? this.#value() : null;
      if (this.#peek().text === '..' && !this.#peek().quoted)
        throw new Refusal('a range has two ends', this.#peek().at);
      holds.push(placed(to ? between(type, value, to) : comparison(type, '==', value), value.at));
      this.#take(',');
    }
    if (holds.length === 0) throw new Refusal('a value is missing', this.#peek().at);
    return (one) => holds.some((each) => each(one));
  }
}

const NO_VALUE: ReadonlySet<string> = new Set(['..', ')', '(', '}', '{', ']', '[', '&&', '||', ',']);

const some =
  (operand: Operand, holds: Holds): Test =>
  (layers, frame) =>
    operand.values(layers, frame).some(holds);

/** Headers, and those of the packet that an ICMP error among them speaks of: Wireshark reads them too. No tunnel leads there. */
function withQuoted(layers: readonly Layer[], frame: Uint8Array): readonly Layer[] {
  const quoted = layers.flatMap((layer) => {
    if (layer.kind === 'icmp') return layer.quoted ?? [];
    return layer.kind === 'icmpv6' && layer.message.kind === 'error' ? layer.message.quoted : [];
  });
  return quoted.length === 0
    ? layers
    : [...layers, ...quoted.flatMap((range) => decodePacket(frame, range).layers)];
}

const valuesOf = (field: Field): Operand => ({
  type: field.type,
  values: (layers, frame) => withQuoted(layers, frame).flatMap((layer) => field.of(layer, frame) ?? []),
  alone: () => true,
});

function placed(result: Result<Holds>, at: number): Holds {
  if (!result.ok) throw new Refusal(result.error, at);
  return result.value;
}

/** `at`, `at:length`, `from-to`, `:length`, `at:`; from the end where negative. To is exclusive. */
function rangeOf({ text, at }: Token): (size: number) => readonly [number, number] {
  const found = /^(-?\d+)?(?:(:)(\d+)?|-(-?\d+))?$/.exec(text);
  if (!found || text === '' || text === ':') throw new Refusal(`${text} is not a range`, at);
  const [, first = '0', colon, length, last] = found;
  return (size) => {
    const from = Number(first) < 0 ? size + Number(first) : Number(first);
    if (last !== undefined) return [from, (Number(last) < 0 ? size + Number(last) : Number(last)) + 1];
    if (colon === undefined) return [from, from + 1];
    return [from, length === undefined ? size : from + Number(length)];
  };
}
