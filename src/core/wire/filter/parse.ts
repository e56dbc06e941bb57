/**
 * The grammar of pcap-filter(7). Tests are built as the text is read, since `vlan` and its like change what later
 * words mean.
 *
 * Two kinds of operand stand between `and` and `or`: terms, which start with a word (`host 10.0.0.1`), and
 * identifiers (`10.0.0.2`), which take over the qualifiers of what stands before them.
 */
import { constant, relate, type Operand, type Relation } from './arithmetic.ts';
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
import { loneWord } from './lone-word.ts';
import type { Offsets } from './offsets.ts';
import { OPERATORS, OperandParser } from './operand-parser.ts';
import { NO_QUALIFIER, type Direction, type IdentifierType } from './qualifier.ts';
import type { ProtocolWord, Qualifier } from './qualifier.ts';
import type { AddressKind } from './scan.ts';
import { and, not, or, type Test } from './test.ts';
import { TokenStream } from './token-stream.ts';
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
const RELATIONS: ReadonlySet<string> = new Set(['=', '!=', '>', '>=', '<', '<=']);

export class FilterParser {
  private readonly stream: TokenStream;
  private readonly operands: OperandParser;
  private readonly offsets: Offsets;
  private readonly lookup: NameLookup;
  private readonly live: boolean;

  constructor(text: string, offsets: Offsets, lookup: NameLookup, live: boolean) {
    this.stream = new TokenStream(text);
    this.operands = new OperandParser(this.stream, offsets);
    this.offsets = offsets;
    this.lookup = lookup;
    this.live = live;
  }

  /** Start of the token that was taken last. */
  get offset(): number {
    return this.stream.offset;
  }

  /** Null for an empty expression: every packet passes. Throws FilterError. */
  parse(): Test | null {
    const { stream } = this;
    if (stream.peek().kind === 'end') return null;
    const parsed = this.expression(this.unit(TERM, NO_QUALIFIER), EITHER);
    if (stream.peek().kind !== 'end') stream.syntaxError();
    return parsed.test;
  }

  /** `first`, and what `and` and `or` join to it, from left to right: both bind alike. */
  private expression(first: Parsed, allowed: Allowed): Parsed {
    let left = first;
    for (;;) {
      const word = this.stream.peekWord();
      if (word !== 'and' && word !== 'or') return left;
      this.stream.take();
      const right = this.unit(allowed, left.qualifier);
      left = { ...right, test: (word === 'and' ? and : or)(left.test, right.test) };
    }
  }

  private unit(allowed: Allowed, before: Qualifier): Parsed {
    const part = this.part(allowed, before);
    if (part.kind === 'test') return part;
    if (part.kind === 'operand' || !allowed.identifier) return this.stream.syntaxError();
    if (allowed.term && !this.stream.endsOperand()) return this.stream.syntaxError();
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
    const { stream, operands, offsets } = this;
    const first = this.primary(allowed, before);
    if (first.kind === 'test' || !allowed.term) return first;
    const symbol = stream.peekSymbol();
    if (symbol === undefined || !(OPERATORS.has(symbol) || RELATIONS.has(symbol))) return first;
    const start = first.kind === 'number' ? constant(offsets, first.number) : first.operand;
    const left = operands.arithmetic(start, null);
    const relation = stream.peekSymbol();
    if (relation === undefined || !RELATIONS.has(relation)) return { kind: 'operand', operand: left };
    stream.take();
    const right = operands.arithmetic(operands.operand(), null);
    return this.termTest(relate(offsets, relation as Relation, left, right));
  }

  private primary(allowed: Allowed, before: Qualifier): Part {
    const { stream, operands } = this;
    const token = stream.peek();
    switch (token.kind) {
      case 'number':
        stream.take();
        return { kind: 'number', number: token.number };
      case 'name':
      case 'ether':
      case 'dotted':
      case 'ipv6':
      case 'arcnet':
        if (!allowed.identifier) return stream.syntaxError();
        stream.take();
        return this.identifier(token.kind, token.text, before);
      case 'symbol':
        if (token.symbol === '(') return this.group(allowed, before);
        if (token.symbol === '-' && allowed.term) return { kind: 'operand', operand: operands.operand() };
        return stream.syntaxError();
      case 'protocol':
        if (!allowed.term) return stream.syntaxError();
        stream.take();
        if (stream.peekSymbol() === '[')
          return { kind: 'operand', operand: operands.indexed(token.protocol) };
        return this.qualified(token.protocol);
      case 'word':
        if (token.word === '!') {
          stream.take();
          const inner = this.unit({ ...allowed, group: allowed.identifier }, before);
          return { ...inner, test: not(inner.test) };
        }
        if (!allowed.term) return stream.syntaxError();
        if (token.word === 'len') return { kind: 'operand', operand: operands.operand() };
        return this.qualified(null);
      default:
        return stream.syntaxError();
    }
  }

  private group(allowed: Allowed, before: Qualifier): Part {
    const { stream } = this;
    stream.take();
    const first = this.part({ term: allowed.term, identifier: allowed.group, group: false }, before);
    if (first.kind !== 'test' && stream.takeSymbol(')')) return first;
    let parsed: Parsed;
    if (first.kind === 'test') parsed = first;
    else if (first.kind === 'number' && allowed.group && stream.joinFollows())
      parsed = this.numberTest(first.number, before);
    else return stream.syntaxError();
    const whole = this.expression(parsed, parsed.isIdentifier ? IDENTIFIER : EITHER);
    stream.expectSymbol(')');
    if (parsed.isIdentifier) return { ...whole, isIdentifier: true };
    return this.termTest(whole.test, before);
  }

  private identifier(kind: 'name' | AddressKind, text: string, qualifier: Qualifier): Parsed {
    return this.identifierTest(this.addressOrName(kind, text, qualifier), qualifier);
  }

  private addressOrName(kind: 'name' | AddressKind, text: string, qualifier: Qualifier): Test {
    const { offsets, stream } = this;
    switch (kind) {
      case 'name':
        return nameIdentifier(offsets, text, qualifier, this.lookup);
      case 'ether':
        return etherIdentifier(offsets, text, qualifier);
      case 'arcnet':
        throw new FilterError('aid supported only on ARCnet');
      case 'ipv6': {
        const length = stream.takeSymbol('/') ? stream.expectNumber() : null;
        return ipv6Identifier(offsets, text, length, qualifier);
      }
      case 'dotted':
        if (stream.takeSymbol('/')) return networkIdentifier(offsets, text, stream.expectNumber(), qualifier);
        if (stream.takeWord('mask')) {
          const mask = stream.peek();
          if (mask.kind !== 'dotted') return stream.syntaxError();
          stream.take();
          return networkIdentifier(offsets, text, mask.text, qualifier);
        }
        return dottedIdentifier(offsets, text, qualifier);
    }
  }

  /** A term that starts with a word, after its protocol if it has one. */
  private qualified(protocol: ProtocolWord | null): Parsed {
    const { offsets, stream } = this;
    const word = stream.peekWord();
    if (word === undefined) return protocol === null ? stream.syntaxError() : this.loneProtocol(protocol);
    if (DIRECTIONS.has(word)) {
      const direction = this.direction();
      const type = stream.peekWord();
      if (type === undefined || !DIRECTED_TYPES.has(type))
        return this.headed({ protocol, direction, type: null });
      stream.take();
      return this.headed({ protocol, direction, type: type as IdentifierType });
    }
    if (DIRECTED_TYPES.has(word) || LONE_TYPES.has(word)) {
      stream.take();
      return this.headed({ protocol, direction: null, type: word as IdentifierType });
    }
    if (word === 'broadcast' || word === 'multicast') {
      stream.take();
      return this.termTest((word === 'broadcast' ? broadcast : multicast)(offsets, protocol));
    }
    if (word === 'type' || word === 'subtype' || word === 'dir') {
      stream.take();
      return wirelessType(word, stream);
    }
    if (protocol !== null) return this.loneProtocol(protocol);
    if (stream.joinFollows()) return stream.syntaxError();
    stream.take();
    return this.termTest(loneWord(word, stream, offsets, this.live));
  }

  private loneProtocol(protocol: ProtocolWord): Parsed {
    if (!this.stream.endsOperand()) return this.stream.syntaxError();
    return this.termTest(protocolWord(this.offsets, protocol));
  }

  private headed(qualifier: Qualifier): Parsed {
    return { ...this.unit(IDENTIFIER, qualifier), isIdentifier: false };
  }

  /** `src`, `src or dst`, `dst and src` ... */
  private direction(): Direction {
    const { stream } = this;
    const first = stream.take();
    if (first.kind !== 'word') return stream.syntaxError();
    if ((first.word !== 'src' && first.word !== 'dst') || !stream.joinFollows())
      return first.word as Direction;
    const join = stream.take();
    if (!stream.takeWord(first.word === 'src' ? 'dst' : 'src')) return stream.syntaxError();
    return join.kind === 'word' && join.word === 'and' ? 'and' : 'or';
  }
}
