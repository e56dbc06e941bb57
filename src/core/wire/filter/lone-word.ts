/** Terms of one word that takes no qualifiers: `less 100`, `vlan 5`, `llc`, and words about links that are not here. */
import { geneve, mpls, pppoeDiscovery, pppoeSession, vlan } from './encapsulation.ts';
import { FilterError } from './filter-error.ts';
import type { Word } from './keyword.table.ts';
import { llcFrame } from './link-protocol.ts';
import type { Offsets } from './offsets.ts';
import { COMPARED_WORDS, LONE_WORDS, PF_ACTIONS, PF_REASONS, PF_WORDS } from './other-link.ts';
import { compare, not, number, type Test, type Value } from './test.ts';
import type { TokenStream } from './token-stream.ts';

const OUTGOING = 4;

/** The test of `word`, which was just taken. `live`: while capturing, so direction and interface are known. */
export function loneWord(word: Word, stream: TokenStream, offsets: Offsets, live: boolean): Test {
  switch (word) {
    case 'less':
      return not(compare({ kind: 'length' }, '>', number(stream.expectNumber())));
    case 'greater':
      return compare({ kind: 'length' }, '>=', number(stream.expectNumber()));
    case 'byte':
      return byteTest(stream, offsets);
    case 'inbound':
    case 'outbound':
      return directionTest(word, offsets, live);
    case 'ifindex':
      return interfaceTest(stream.expectNumber(), offsets, live);
    case 'vlan':
      return vlan(offsets, stream.optionalNumber());
    case 'mpls':
      return mpls(offsets, stream.optionalNumber());
    case 'pppoed':
      return pppoeDiscovery(offsets);
    case 'pppoes':
      return pppoeSession(offsets, stream.optionalNumber());
    case 'geneve':
      return geneve(offsets, stream.optionalNumber());
    case 'llc':
      return llcTest(stream, offsets);
    default:
      return foreignWord(word, stream);
  }
}

function llcTest(stream: TokenStream, offsets: Offsets): Test {
  const token = stream.peek();
  if (token.kind === 'name') {
    stream.take();
    return llcFrame(offsets, token.text);
  }
  return llcFrame(offsets, stream.takeWord('rnr') ? 'rnr' : null);
}

/** `byte 5 = 6`. With `&` and `|` libpcap forgets to load the octet: what was loaded before is tested. */
function byteTest(stream: TokenStream, offsets: Offsets): Test {
  const offset = stream.expectNumber();
  const operator = stream.peekSymbol();
  if (operator === undefined || !['&', '|', '<', '>', '='].includes(operator)) return stream.syntaxError();
  stream.take();
  const value = stream.expectNumber();
  const left = offsets.load('link-header', offset, 1);
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

/** A cooked header says where the packet came from; elsewhere only the running capture knows. */
function directionTest(word: 'inbound' | 'outbound', offsets: Offsets, live: boolean): Test {
  const outgoing = outgoingTest(offsets, live);
  return word === 'outbound' ? outgoing : not(outgoing);
}

function outgoingTest(offsets: Offsets, live: boolean): Test {
  if (offsets.linkType === 'cooked') return offsets.field('link-header', 0, 2, '=', OUTGOING);
  if (offsets.linkType === 'cooked2') return offsets.field('link-header', 10, 1, '=', OUTGOING);
  if (live) return compare({ kind: 'packet', property: 'outgoing' }, '=', number(1));
  throw new FilterError(`inbound/outbound not supported on ${offsets.linkName} when reading savefiles`);
}

function interfaceTest(index: number, offsets: Offsets, live: boolean): Test {
  if (offsets.linkType === 'cooked2') return offsets.field('link-header', 4, 4, '=', index);
  if (live) return compare({ kind: 'packet', property: 'interface' }, '=', number(index));
  throw new FilterError(`ifindex not supported on ${offsets.linkName} when reading savefiles`);
}

/** Words about other kinds of link: their operands are read, then they are refused. */
function foreignWord(word: Word, stream: TokenStream): never {
  const lone = LONE_WORDS[word];
  if (lone !== undefined) throw new FilterError(lone);
  const compared = COMPARED_WORDS[word];
  if (compared !== undefined) {
    const symbol = stream.peekSymbol();
    if (symbol !== undefined && ['(', '=', '!=', '>', '>=', '<', '<='].includes(symbol)) stream.take();
    stream.expectNumber();
    throw new FilterError(compared);
  }
  const operand = PF_WORDS[word];
  if (operand === undefined) return stream.syntaxError();
  const token = stream.peek();
  if (token.kind === 'name' && operand !== 'number') {
    if (operand === 'reason' && !PF_REASONS.has(token.text.toLowerCase()))
      throw new FilterError(`unknown PF reason "${token.text}"`);
    if (operand === 'action' && !PF_ACTIONS.has(token.text.toLowerCase()))
      throw new FilterError(`unknown PF action "${token.text}"`);
  } else if (token.kind !== 'number' || (operand !== 'number' && operand !== 'reason'))
    return stream.syntaxError();
  stream.take();
  throw new FilterError(`${word} supported only on PF linktype`);
}
