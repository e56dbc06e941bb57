/** `type`, `subtype` and `dir` of 802.11 frames: read and checked, then refused on Ethernet. */
import { FilterError } from './filter-error.ts';
import {
  WIRELESS_DIRECTIONS,
  WIRELESS_SUBTYPE_MASK,
  WIRELESS_TYPE_MASK,
  WIRELESS_TYPES,
} from './other-link.ts';
import type { Token } from './scan.ts';
import type { TokenStream } from './token-stream.ts';

/** Reads what follows `word` and throws FilterError in any case. */
export function wirelessType(word: 'type' | 'subtype' | 'dir', stream: TokenStream): never {
  if (word === 'dir') {
    const token = numberOrName(stream);
    if (token.kind === 'name' && !WIRELESS_DIRECTIONS.has(token.text.toLowerCase()))
      throw new FilterError('unknown 802.11 direction');
    throw new FilterError('frame direction supported only with 802.11 headers');
  }
  if (word === 'type') {
    const type = frameType(numberOrName(stream));
    if (stream.takeWord('subtype')) checkSubtype(numberOrName(stream), type);
  } else {
    const token = stream.peek();
    if (token.kind !== 'name') return stream.syntaxError();
    stream.take();
    const name = token.text.toLowerCase();
    if (![...WIRELESS_TYPES.values()].some((type) => type.subtypes.includes(name)))
      throw new FilterError('unknown 802.11 type name');
  }
  throw new FilterError('802.11 link-layer types supported only on 802.11');
}

type NumberOrName = Extract<Token, { kind: 'number' | 'name' }>;

function numberOrName(stream: TokenStream): NumberOrName {
  const token = stream.peek();
  if (token.kind !== 'number' && token.kind !== 'name') return stream.syntaxError();
  stream.take();
  return token;
}

const hex = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;

function frameType(token: NumberOrName): number {
  if (token.kind === 'number') {
    if ((token.number & ~WIRELESS_TYPE_MASK) !== 0)
      throw new FilterError(`invalid 802.11 type value ${hex(token.number)}`);
    return token.number;
  }
  const type = WIRELESS_TYPES.get(tokenName(token));
  if (type === undefined) throw new FilterError(`unknown 802.11 type name "${tokenName(token)}"`);
  return type.number;
}

const tokenName = (token: NumberOrName): string => (token.kind === 'name' ? token.text : '');

function checkSubtype(token: NumberOrName, type: number): void {
  if (token.kind === 'number') {
    if ((token.number & ~WIRELESS_SUBTYPE_MASK) !== 0)
      throw new FilterError(`invalid 802.11 subtype value ${hex(token.number)}`);
    return;
  }
  const known = [...WIRELESS_TYPES.values()].find((one) => one.number === type);
  if (known === undefined) throw new FilterError('unknown 802.11 type');
  const name = tokenName(token);
  if (!known.subtypes.includes(name.toLowerCase()))
    throw new FilterError(`unknown 802.11 subtype name "${name}"`);
}
