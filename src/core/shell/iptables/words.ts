/** The words of a command line, one after the other, with what iptables says where one is missing. */
import { parseIpv4 } from '../../base/address.ts';
import type { PortRange, Prefix4 } from '../../linux/netfilter/rule.ts';
import { servicePort } from '../../wire/index.ts';
import { misuse } from './error.ts';

export class Words {
  readonly #words: readonly string[];
  #at = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get done(): boolean {
    return this.#at >= this.#words.length;
  }

  peek(): string | undefined {
    return this.#words[this.#at];
  }

  next(): string {
    this.#at += 1;
    return this.#words[this.#at - 1] ?? '';
  }

  /** The argument of an option. */
  value(option: string): string {
    return this.done ? misuse(`option "${option}" requires an argument`) : this.next();
  }
}

/** `value` or `value/mask`, in any base; undefined when it is neither. */
export function maskedValue(text: string): { readonly value: number; readonly mask: number } | undefined {
  const [value, mask = '0xffffffff', ...rest] = text.split('/');
  const read = (word: string | undefined): number =>
    word !== undefined && /^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(word) ? Number(word) >>> 0 : Number.NaN;
  const numbers = { value: read(value), mask: read(mask) };
  return rest.length > 0 || Number.isNaN(numbers.value) || Number.isNaN(numbers.mask) ? undefined : numbers;
}

function port(text: string, protocol: 'tcp' | 'udp'): number {
  const number = /^\d+$/.test(text) ? Number(text) : servicePort(protocol, text);
  return number === undefined || number > 65_535
    ? misuse(`invalid port/service \`${text}' specified`)
    : number;
}

/** `port`, `first:last`, either of which may be left out. */
export function portRange(text: string, protocol: 'tcp' | 'udp', separator = ':'): PortRange {
  const [first = '', last, ...rest] = text.split(separator);
  if (rest.length > 0) misuse(`invalid port/service \`${text}' specified`);
  const low = first === '' ? 0 : port(first, protocol);
  const high = last === undefined ? low : last === '' ? 65_535 : port(last, protocol);
  return low > high ? misuse(`invalid portrange (min > max)`) : { first: low, last: high };
}

function maskLength(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= 32) return Number(text);
  const mask = parseIpv4(text);
  if (mask === undefined) return misuse(`invalid mask \`${text}' specified`);
  const length = 32 - Math.clz32(~mask >>> 0) === 0 ? 32 : Math.clz32(~mask >>> 0);
  return (length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0) === mask
    ? length
    : misuse(`invalid mask \`${text}' specified`);
}

/** An address as `inet_aton` takes it: what is missing at the end is zero. */
function shortAddress(text: string): number | undefined {
  if (!/^\d+(?:\.\d+){0,3}$/.test(text)) return undefined;
  const parts = text.split('.');
  return parseIpv4([...parts, ...Array<string>(4 - parts.length).fill('0')].join('.'));
}

/** One or more networks with commas between them; each makes a rule. */
export function prefixes(text: string, inverted: boolean): Prefix4[] {
  return text.split(',').map((word) => {
    const [host = '', mask] = word.split('/');
    const address = shortAddress(host);
    if (address === undefined) return misuse(`host/network \`${host}' not found`);
    const length = mask === undefined ? 32 : maskLength(mask);
    const network = length === 0 ? 0 : (address & (0xffffffff << (32 - length))) >>> 0;
    return { network, length, inverted };
  });
}
