/**
 * The grammar of pcap-filter(7). Tests are built as the text is read, since `vlan` and its like change what later
 * words mean.
 *
 * Two kinds of operand stand between `and` and `or`: terms, which start with a word (`host 10.0.0.1`), and
 * identifiers (`10.0.0.2`), which take over the qualifiers of what stands before them.
 */
import { combine, constant, indexed, negative, packetLength, relate } from './arithmetic.ts';
import type { Operand, Relation } from './arithmetic.ts';
import { geneve, mpls, pppoeDiscovery, pppoeSession, vlan } from './encapsulation.ts';
import { FilterError } from './filter-error.ts';
import { broadcast, multicast } from './host.ts';
import {
  dottedIdentifier,
  etherIdentifier,
  ipv6Identifier,
  nameIdentifier,
  networkIdentifier,
  numberIdentifier,
  type NameLookup,
} from './identifier.ts';
import { protocolWord } from './ip-protocol.ts';
import type { Word } from './keyword.table.ts';
import { llcFrame } from './link-protocol.ts';
import type { Offsets } from './offsets.ts';
import { COMPARED_WORDS, LONE_WORDS, PF_ACTIONS, PF_REASONS, PF_WORDS } from './other-link.ts';
import { NO_QUALIFIER, type Direction, type IdentifierType } from './qualifier.ts';
import type { ProtocolWord, Qualifier } from './qualifier.ts';
import { scan, type AddressKind, type Symbol, type Token } from './scan.ts';
import { and, compare, not, number, or, type ArithmeticOperator, type Test, type Value } from './test.ts';
import { wirelessType } from './wireless.ts';

/** What may stand at a place. */
interface Allowed {
  readonly term: boolean;
  readonly identifier: boolean;
  /** Identifiers in parentheses. */
  readonly group: boolean;
}

const TERM: Allowed = { term: true, identifier: false, group: false };
const IDENTIFIER: Allowed = { term: false, identifier: true, group: true };
const EITHER: Allowed = { term: true, identifier: true, group: true };

/** A test, and the qualifiers that a following identifier takes over. */
interface Parsed {
  readonly kind: 'test';
  readonly test: Test;
  readonly qualifier: Qualifier;
  readonly isIdentifier: boolean;
}

/** What is read before it is clear what it is: a number may be an identifier or the left side of a relation. */
type Part =
  | Parsed
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'operand'; readonly operand: Operand };

const DIRECTIONS: ReadonlySet<Word> = new Set<Word>([
  'src',
  'dst',
  'addr1',
  'addr2',
  'addr3',
  'addr4',
  'ra',
  'ta',
]);
const DIRECTED_TYPES: ReadonlySet<Word> = new Set<Word>(['host', 'net', 'port', 'portrange']);
const LONE_TYPES: ReadonlySet<Word> = new Set<Word>(['proto', 'protochain', 'gateway']);

/** Binding strength. `%` and `^` have none in libpcap's grammar: what follows them binds first. */
const STRENGTH: Partial<Record<ArithmeticOperator | 'negative', number>> = {
  '|': 1,
  '&': 2,
  '<<': 3,
  '>>': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  negative: 6,
};
const OPERATORS: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>']);
const RELATIONS: ReadonlySet<string> = new Set(['=', '!=', '>', '>=', '<', '<=']);

export class FilterParser {
  /** Start of the token that was taken last. */
  offset = 0;
  private readonly text: string;
  private readonly offsets: Offsets;
  private readonly lookup: NameLookup;
  private readonly live: boolean;
  private position = 0;
  private ahead: { readonly token: Token; readonly end: number } | undefined;

  constructor(text: string, offsets: Offsets, lookup: NameLookup, live: boolean) {
    this.text = text;
    this.offsets = offsets;
    this.lookup = lookup;
    this.live = live;
  }

  /** Null for an empty expression: every packet passes. Throws FilterError. */
  parse(): Test | null {
    if (this.peek().kind === 'end') return null;
    const parsed = this.expression(this.unit(TERM, NO_QUALIFIER), EITHER);
    if (this.peek().kind !== 'end') this.syntaxError();
    return parsed.test;
  }

  private peek(): Token {
    this.ahead ??= scan(this.text, this.position);
    return this.ahead.token;
  }

  private take(): Token {
    const token = this.peek();
    this.position = this.ahead?.end ?? this.position;
    this.offset = token.offset;
    this.ahead = undefined;
    return token;
  }

  private syntaxError(): never {
    // What follows is not scanned: its errors would hide this one.
    const offset = this.ahead?.token.offset ?? this.position;
    throw new FilterError("can't parse filter expression: syntax error", offset);
  }

  private peekSymbol(): Symbol | undefined {
    const token = this.peek();
    return token.kind === 'symbol' ? token.symbol : undefined;
  }

  private peekWord(): Word | undefined {
    const token = this.peek();
    return token.kind === 'word' ? token.word : undefined;
  }

  private takeSymbol(symbol: Symbol): boolean {
    if (this.peekSymbol() !== symbol) return false;
    this.take();
    return true;
  }

  private expectSymbol(symbol: Symbol): void {
    if (!this.takeSymbol(symbol)) this.syntaxError();
  }

  private takeWord(word: Word): boolean {
    if (this.peekWord() !== word) return false;
    this.take();
    return true;
  }

  private expectNumber(): number {
    const token = this.peek();
    if (token.kind !== 'number') return this.syntaxError();
    this.take();
    return token.number;
  }

  /** `first`, and what `and` and `or` join to it, from left to right: both bind alike. */
  private expression(first: Parsed, allowed: Allowed): Parsed {
    let left = first;
    for (;;) {
      const word = this.peekWord();
      if (word !== 'and' && word !== 'or') return left;
      this.take();
      const right = this.unit(allowed, left.qualifier);
      left = { ...right, test: (word === 'and' ? and : or)(left.test, right.test) };
    }
  }

  private unit(allowed: Allowed, before: Qualifier): Parsed {
    const part = this.part(allowed, before);
    if (part.kind === 'test') return part;
    if (part.kind === 'operand' || !allowed.identifier) return this.syntaxError();
    if (allowed.term && !this.endsOperand()) return this.syntaxError();
    return this.numberTest(part.number, before);
  }

  private numberTest(value: number, qualifier: Qualifier): Parsed {
    return this.identifierTest(numberIdentifier(this.offsets, value, qualifier), qualifier);
  }

  private identifierTest(test: Test, qualifier: Qualifier): Parsed {
    return { kind: 'test', test, qualifier, isIdentifier: true };
  }

  private termTest(test: Test, qualifier: Qualifier = NO_QUALIFIER): Parsed {
    return { kind: 'test', test, qualifier, isIdentifier: false };
  }

  /** One primary; if it is a number and more arithmetic follows, all of that and the relation. */
  private part(allowed: Allowed, before: Qualifier): Part {
    const first = this.primary(allowed, before);
    if (first.kind === 'test' || !allowed.term) return first;
    const symbol = this.peekSymbol();
    if (symbol === undefined || !(OPERATORS.has(symbol) || RELATIONS.has(symbol))) return first;
    const start = first.kind === 'number' ? constant(this.offsets, first.number) : first.operand;
    const left = this.arithmetic(start, null);
    const relation = this.peekSymbol();
    if (relation === undefined || !RELATIONS.has(relation)) return { kind: 'operand', operand: left };
    this.take();
    const right = this.arithmetic(this.operand(), null);
    return this.termTest(relate(this.offsets, relation as Relation, left, right));
  }

  private primary(allowed: Allowed, before: Qualifier): Part {
    const token = this.peek();
    switch (token.kind) {
      case 'number':
        this.take();
        return { kind: 'number', number: token.number };
      case 'name':
      case 'ether':
      case 'dotted':
      case 'ipv6':
      case 'arcnet':
        if (!allowed.identifier) return this.syntaxError();
        this.take();
        return this.identifier(token.kind, token.text, before);
      case 'symbol':
        if (token.symbol === '(') return this.group(allowed, before);
        if (token.symbol === '-' && allowed.term) return { kind: 'operand', operand: this.operand() };
        return this.syntaxError();
      case 'protocol':
        if (!allowed.term) return this.syntaxError();
        this.take();
        if (this.peekSymbol() === '[')
          return { kind: 'operand', operand: this.indexedOperand(token.protocol) };
        return this.qualified(token.protocol);
      case 'word':
        if (token.word === '!') {
          this.take();
          const inner = this.unit({ ...allowed, group: allowed.identifier }, before);
          return { ...inner, test: not(inner.test) };
        }
        if (!allowed.term) return this.syntaxError();
        if (token.word === 'len') return { kind: 'operand', operand: this.operand() };
        return this.qualified(null);
      default:
        return this.syntaxError();
    }
  }

  private group(allowed: Allowed, before: Qualifier): Part {
    this.take();
    const first = this.part({ term: allowed.term, identifier: allowed.group, group: false }, before);
    if (first.kind !== 'test' && this.takeSymbol(')')) return first;
    let parsed: Parsed;
    if (first.kind === 'test') parsed = first;
    else if (first.kind === 'number' && allowed.group && this.joinFollows())
      parsed = this.numberTest(first.number, before);
    else return this.syntaxError();
    const whole = this.expression(parsed, parsed.isIdentifier ? IDENTIFIER : EITHER);
    this.expectSymbol(')');
    if (parsed.isIdentifier) return { ...whole, isIdentifier: true };
    return this.termTest(whole.test, before);
  }

  private joinFollows(): boolean {
    const word = this.peekWord();
    return word === 'and' || word === 'or';
  }

  private identifier(kind: 'name' | AddressKind, text: string, qualifier: Qualifier): Parsed {
    const { offsets } = this;
    const test = (): Test => {
      switch (kind) {
        case 'name':
          return nameIdentifier(offsets, text, qualifier, this.lookup);
        case 'ether':
          return etherIdentifier(offsets, text, qualifier);
        case 'arcnet':
          throw new FilterError('aid supported only on ARCnet');
        case 'ipv6': {
          const length = this.takeSymbol('/') ? this.expectNumber() : null;
          return ipv6Identifier(offsets, text, length, qualifier);
        }
        case 'dotted':
          if (this.takeSymbol('/')) return networkIdentifier(offsets, text, this.expectNumber(), qualifier);
          if (this.takeWord('mask')) {
            const mask = this.peek();
            if (mask.kind !== 'dotted') return this.syntaxError();
            this.take();
            return networkIdentifier(offsets, text, mask.text, qualifier);
          }
          return dottedIdentifier(offsets, text, qualifier);
      }
    };
    return this.identifierTest(test(), qualifier);
  }

  /** A term that starts with a word, after its protocol if it has one. */
  private qualified(protocol: ProtocolWord | null): Parsed {
    const { offsets } = this;
    const word = this.peekWord();
    if (word === undefined) return protocol === null ? this.syntaxError() : this.loneProtocol(protocol);
    if (DIRECTIONS.has(word)) {
      const direction = this.direction();
      const type = this.peekWord();
      if (type === undefined || !DIRECTED_TYPES.has(type))
        return this.headed({ protocol, direction, type: null });
      this.take();
      return this.headed({ protocol, direction, type: type as IdentifierType });
    }
    if (DIRECTED_TYPES.has(word) || LONE_TYPES.has(word)) {
      this.take();
      return this.headed({ protocol, direction: null, type: word as IdentifierType });
    }
    if (word === 'broadcast' || word === 'multicast') {
      this.take();
      return this.termTest((word === 'broadcast' ? broadcast : multicast)(offsets, protocol));
    }
    if (word === 'type' || word === 'subtype' || word === 'dir') {
      this.take();
      return wirelessType(word, {
        peek: () => this.peek(),
        take: () => this.take(),
        takeSubtype: () => this.takeWord('subtype'),
        syntaxError: () => this.syntaxError(),
      });
    }
    if (protocol !== null) return this.loneProtocol(protocol);
    this.take();
    return this.termTest(this.lone(word));
  }

  private loneProtocol(protocol: ProtocolWord): Parsed {
    if (!this.endsOperand()) return this.syntaxError();
    return this.termTest(protocolWord(this.offsets, protocol));
  }

  /** What may follow a whole operand of `and` and `or` comes next. */
  private endsOperand(): boolean {
    return this.joinFollows() || this.peekSymbol() === ')' || this.peek().kind === 'end';
  }

  private headed(qualifier: Qualifier): Parsed {
    return { ...this.unit(IDENTIFIER, qualifier), isIdentifier: false };
  }

  /** `src`, `src or dst`, `dst and src` ... */
  private direction(): Direction {
    const first = this.take();
    if (first.kind !== 'word') return this.syntaxError();
    if ((first.word !== 'src' && first.word !== 'dst') || !this.joinFollows()) return first.word as Direction;
    const join = this.take();
    if (!this.takeWord(first.word === 'src' ? 'dst' : 'src')) return this.syntaxError();
    return join.kind === 'word' && join.word === 'and' ? 'and' : 'or';
  }

  /** Words that take no qualifiers. */
  private lone(word: Word): Test {
    const { offsets } = this;
    switch (word) {
      case 'less':
        return not(compare({ kind: 'length' }, '>', number(this.expectNumber())));
      case 'greater':
        return compare({ kind: 'length' }, '>=', number(this.expectNumber()));
      case 'byte':
        return this.byteTest();
      case 'inbound':
      case 'outbound':
        return this.directionTest(word);
      case 'ifindex': {
        const index = this.expectNumber();
        if (!this.live) throw new FilterError('ifindex not supported on Ethernet when reading savefiles');
        return compare({ kind: 'packet', property: 'interface' }, '=', number(index));
      }
      case 'vlan':
        return vlan(offsets, this.optionalNumber());
      case 'mpls':
        return mpls(offsets, this.optionalNumber());
      case 'pppoed':
        return pppoeDiscovery(offsets);
      case 'pppoes':
        return pppoeSession(offsets, this.optionalNumber());
      case 'geneve':
        return geneve(offsets, this.optionalNumber());
      case 'llc':
        return this.llcTest();
      default:
        return this.foreign(word);
    }
  }

  private optionalNumber(): number | null {
    if (this.peek().kind === 'number') return this.expectNumber();
    if (!this.takeSymbol('(')) return null;
    const inner = this.optionalNumber();
    if (inner === null) return this.syntaxError();
    this.expectSymbol(')');
    return inner;
  }

  private llcTest(): Test {
    const token = this.peek();
    if (token.kind === 'name') {
      this.take();
      return llcFrame(this.offsets, token.text);
    }
    return llcFrame(this.offsets, this.takeWord('rnr') ? 'rnr' : null);
  }

  /** `byte 5 = 6`. With `&` and `|` libpcap forgets to load the octet: what was loaded before is tested. */
  private byteTest(): Test {
    const offset = this.expectNumber();
    const operator = this.peekSymbol();
    if (operator === undefined || !['&', '|', '<', '>', '='].includes(operator)) return this.syntaxError();
    this.take();
    const value = this.expectNumber();
    const left = this.offsets.load('link-header', offset, 1);
    if (operator === '=' || operator === '>') return compare(left, operator, number(value));
    if (operator === '<') return not(compare(left, '>=', number(value)));
    const bits: Value = {
      kind: 'arithmetic',
      operator: operator === '&' ? '&' : '|',
      left: { kind: 'accumulator' },
      right: number(value),
    };
    return not(compare(bits, '=', number(0)));
  }

  private directionTest(word: 'inbound' | 'outbound'): Test {
    if (!this.live)
      throw new FilterError(
        `inbound/outbound not supported on ${this.offsets.linkType === 'ppp' ? 'PPP' : 'Ethernet'} when reading savefiles`,
      );
    const outgoing = compare({ kind: 'packet', property: 'outgoing' }, '=', number(1));
    return word === 'outbound' ? outgoing : not(outgoing);
  }

  /** Words about other kinds of link: their operands are read, then they are refused. */
  private foreign(word: Word): never {
    const lone = LONE_WORDS[word];
    if (lone !== undefined) throw new FilterError(lone);
    const compared = COMPARED_WORDS[word];
    if (compared !== undefined) {
      const symbol = this.peekSymbol();
      if (symbol === '(' || (symbol !== undefined && RELATIONS.has(symbol))) this.take();
      this.expectNumber();
      throw new FilterError(compared);
    }
    const operand = PF_WORDS[word];
    if (operand === undefined) return this.syntaxError();
    const token = this.peek();
    if (token.kind === 'name' && operand !== 'number') {
      if (operand === 'reason' && !PF_REASONS.has(token.text.toLowerCase()))
        throw new FilterError(`unknown PF reason "${token.text}"`);
      if (operand === 'action' && !PF_ACTIONS.has(token.text.toLowerCase()))
        throw new FilterError(`unknown PF action "${token.text}"`);
    } else if (token.kind !== 'number' || (operand !== 'number' && operand !== 'reason'))
      return this.syntaxError();
    this.take();
    throw new FilterError(`${word} supported only on PF linktype`);
  }

  /** Everything that binds stronger than `outer` (null: all), with `left` as its first operand. */
  private arithmetic(left: Operand, outer: ArithmeticOperator | 'negative' | null): Operand {
    let result = left;
    for (;;) {
      const symbol = this.peekSymbol();
      if (symbol === undefined || !OPERATORS.has(symbol)) return result;
      const operator = symbol as ArithmeticOperator;
      const strength = STRENGTH[operator];
      const outerStrength = outer === null ? undefined : STRENGTH[outer];
      if (strength !== undefined && outerStrength !== undefined && outerStrength >= strength) return result;
      this.take();
      const right = this.arithmetic(this.operand(), operator);
      result = combine(this.offsets, operator, result, right);
    }
  }

  private operand(): Operand {
    const token = this.take();
    if (token.kind === 'number') return constant(this.offsets, token.number);
    if (token.kind === 'protocol') return this.indexedOperand(token.protocol);
    if (token.kind === 'word' && token.word === 'len') return packetLength(this.offsets);
    if (token.kind === 'symbol' && token.symbol === '-')
      return negative(this.arithmetic(this.operand(), 'negative'));
    if (token.kind === 'symbol' && token.symbol === '(') {
      const inner = this.arithmetic(this.operand(), null);
      this.expectSymbol(')');
      return inner;
    }
    throw new FilterError("can't parse filter expression: syntax error", token.offset);
  }

  private indexedOperand(protocol: ProtocolWord): Operand {
    this.expectSymbol('[');
    const index = this.arithmetic(this.operand(), null);
    const size = this.takeSymbol(':') ? this.expectNumber() : 1;
    this.expectSymbol(']');
    return indexed(this.offsets, protocol, index, size);
  }
}
