/** `--dhcp-option`: which option, for whom, and the octets that a value's text stands for (dnsmasq(8)). */
import { parseIpv4 } from '../../../base/address.ts';
import { concatBytes } from '../../../base/bytes.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { encodeUtf8 } from '../../../base/utf8.ts';
import { writeU32 } from '../../../wire/octets.ts';
import { optionKind, optionNamed } from './option.table.ts';
import { setTagOf, tagOf } from './tags.ts';
import { parseDuration } from './time.ts';

export interface DhcpOption {
  readonly code: number;
  readonly tags: readonly string[];
  /** Sent unasked. */
  readonly forced: boolean;
  readonly value: Uint8Array;
  /** Addresses, of which 0.0.0.0 stands for the server's own. */
  readonly isAddresses: boolean;
  /** Text, ended by a zero for clients that do so. */
  readonly isText: boolean;
}

type Value = Pick<DhcpOption, 'value' | 'isAddresses' | 'isText'>;

const octetsOf = (address: number): Uint8Array => {
  const octets = new Uint8Array(4);
  writeU32(octets, 0, address);
  return octets;
};

const plain = (value: Uint8Array): Result<Value> => ok({ value, isAddresses: false, isText: false });

/** `10.0.0.0/8,10.0.0.1`: prefixes are written as classless routes have them. */
function addressesOf(text: string): Result<Value> {
  let isAddresses = true;
  const parts: Uint8Array[] = [];
  for (const word of text.split(',')) {
    const [head = '', length] = word.split('/');
    const address = parseIpv4(head);
    if (address === undefined) return err('bad IPv4 address');
    if (length === undefined) parts.push(octetsOf(address));
    else {
      const bits = Number.parseInt(length, 10) || 0;
      isAddresses = false;
      parts.push(Uint8Array.of(bits), octetsOf(address).subarray(0, Math.min(4, Math.ceil(bits / 8))));
    }
  }
  return ok({ value: concatBytes(parts), isAddresses, isText: false });
}

/** Names of RFC 3397, a tail that was there before as a pointer. */
function domainsOf(text: string): Uint8Array {
  const octets: number[] = [];
  const places = new Map<string, number>();
  for (const name of text.split(',').filter((word) => word !== '')) {
    let rest = name === '.' ? '' : name.toLowerCase().replace(/\.$/, '');
    while (rest !== '') {
      const place = places.get(rest);
      if (place !== undefined) {
        octets.push(0xc0 | (place >> 8), place & 0xff);
        break;
      }
      places.set(rest, octets.length);
      const [label = '', ...others] = rest.split('.');
      octets.push(label.length, ...encodeUtf8(label));
      rest = others.join('.');
    }
    if (rest === '') octets.push(0);
  }
  return Uint8Array.from(octets);
}

/** Whole numbers take as many octets as the option has, or as they need; `b`, `s` and `i` behind them say 1, 2, 4. */
function numberOf(text: string, fixed: number): Uint8Array {
  const value = Number.parseInt(text, 10) >>> 0;
  const suffix = { b: 1, s: 2, i: 4 }[text.at(-1) ?? ''];
  const needed = value > 0xffff ? 4 : value > 0xff ? 2 : 1;
  const size = suffix ?? (fixed === 0 ? needed : fixed);
  return octetsOf(value).subarray(4 - size);
}

/** The octets of a value; what form it has follows from the option where that is known, else from the text. */
export function optionValue(code: number, text: string): Result<Value> {
  const kind = optionKind(code);
  const looksLikeAddresses = /^[\d.,/]*$/.test(text) && /\d/.test(text) && !text.startsWith('/');
  if (kind?.form === 'addresses')
    return looksLikeAddresses && text.includes('.') ? addressesOf(text) : err('bad IP address');
  if (kind?.form === 'time' && /\d/.test(text)) return plain(octetsOf(parseDuration(text) ?? 0));
  const isName = kind?.form === 'name' || kind?.form === 'domains';
  if (!isName && /^[\da-f]*(?::[\da-f]*)+$/i.test(text))
    return plain(Uint8Array.from(text.split(':'), (digits) => Number.parseInt(digits, 16) & 0xff));
  if (!isName && /^-?\d+[bsi]?$/.test(text)) return plain(numberOf(text, kind?.size ?? 0));
  if (!isName && looksLikeAddresses) return addressesOf(text);
  if (kind?.form === 'domains') return plain(domainsOf(text));
  return ok({ value: encodeUtf8(text), isAddresses: false, isText: true });
}

/** Splits `option:NAME` or a number from what precedes and follows it. */
export interface OptionWords {
  readonly code: number;
  readonly tags: readonly string[];
  /** Null: only the option was named. */
  readonly rest: string | null;
}

/** `internal` also takes names of options that dnsmasq sets by itself. */
export function optionWords(text: string, internal: boolean): Result<OptionWords> {
  const words = text.split(',');
  const tags: string[] = [];
  for (const [at, word] of words.entries()) {
    const rest = at + 1 < words.length ? words.slice(at + 1).join(',') : null;
    if (/^\d*$/.test(word)) return ok({ code: Number(word) & 0xff, tags, rest });
    if (word.startsWith('option:')) {
      const kind = optionNamed(word.slice('option:'.length));
      if (kind === undefined || (kind.internal && !internal)) return err('bad dhcp-option');
      return ok({ code: kind.code, tags, rest });
    }
    const foreign = /^(?:option6|vendor|encap|vi-encap):/.exec(word)?.[0];
    if (foreign !== undefined) return err(`${foreign} in an option is not modelled`);
    tags.push(tagOf(word) ?? setTagOf(word) ?? word);
  }
  return err('bad dhcp-option');
}

/** `[tag:TAG,...]OPTION[,VALUE]`. */
export function parseDhcpOption(text: string, forced: boolean): Result<DhcpOption> {
  const words = optionWords(text, false);
  if (!words.ok) return words;
  const { code, tags, rest } = words.value;
  const value =
    rest === null || rest === '' ? plain(new Uint8Array(0)) : optionValue(code, rest.replaceAll('"', ''));
  if (!value.ok) return value;
  if (value.value.value.length > 255) return err('dhcp-option too long');
  return ok({ code, tags, forced, ...value.value });
}
