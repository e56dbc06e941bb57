/**
 * Which packets a list shows. Two languages, told apart by trying: display filters as Wireshark has them (`geneve.vni == 5 &&
 * icmp`), where a protocol matches at any depth, tunnels included; and what pcap-filter(7) has (`host 10.0.0.1 and port 53`).
 *
 *     expression = term {("or" | "||") term};  term = factor {("and" | "&&") factor};  factor = ("not" | "!") factor | "(" expression ")" | test
 *     test = "inner" factor ["of" tunnel] | field [("==" | "!=" | "<" | "<=" | ">" | ">=" | "contains") value]
 *
 * `inner` looks behind a tunnel's header only, whichever tunnel it is or the one named (`inner icmp of geneve`). What follows
 * it may be pcap-filter's too when nothing else stands beside it (`inner host 10.0.0.1 and port 53 of geneve`).
 */
import { formatIpv6, parseIpv6 } from '../../core/base/address.ts';
import { err, ok, type Problem, type Result } from '../../core/base/result.ts';
import { compileFilter, type Decoded, type Layer } from '../../core/wire/index.ts';
import { FIELDS, PROTOCOLS, type FieldValue } from './display-filter.table.ts';

export interface DisplayFilter {
  /** Which language the text was read in. */
  readonly language: 'display' | 'capture';
  readonly matches: (decoded: Decoded, frame: Uint8Array) => boolean;
}

type Test = (layers: readonly Layer[], frame: Uint8Array) => boolean;

/** '' lets everything through. A problem has its offset in the text. */
export function compileDisplayFilter(text: string): Result<DisplayFilter, Problem> {
  if (text.trim() === '') return ok({ language: 'display', matches: () => true });
  const display = parse(text);
  if (display.ok) {
    const test = display.value;
    return ok({ language: 'display', matches: (decoded, frame) => test(decoded.layers, frame) });
  }
  const carried = compileCarried(text);
  if (carried) return ok({ language: 'capture', matches: carried });
  const capture = compileFilter(text);
  if (capture.ok)
    return ok({ language: 'capture', matches: (_decoded, frame) => capture.value.matches(frame) });
  // A text with a dot in a word, or with ==, or that begins with inner was meant for display.
  return /^\s*inner\b|[a-z]\.[a-z]|==|&&|contains/.test(text) ? display : err(capture.error);
}

/** `inner` before, and perhaps `of` a tunnel behind, what pcap-filter has: it sees the frame in the tunnel alone. */
function compileCarried(text: string): DisplayFilter['matches'] | null {
  const [, words = '', tunnel = null] = /^\s*inner\s+(.+?)(?:\s+of\s+(\w+))?\s*$/.exec(text) ?? [];
  const filter = words === '' || (tunnel !== null && !TUNNELS.has(tunnel)) ? null : compileFilter(words);
  if (!filter?.ok) return null;
  return (decoded, frame) => {
    const inside = behindTunnel(decoded.layers, tunnel)?.[0];
    return inside?.kind === 'ethernet' && filter.value.matches(frame.subarray(inside.offset));
  };
}

interface Token {
  readonly text: string;
  readonly at: number;
  readonly quoted: boolean;
}

class Refusal extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(/"([^"]*)"|&&|\|\||==|!=|<=|>=|[()!<>]|[^\s()!<>=&|"]+|\S/g))
    tokens.push({ text: match[1] ?? match[0], at: match.index, quoted: match[1] !== undefined });
  return [...tokens, { text: '', at: text.length, quoted: false }];
}

const RELATIONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'contains', 'eq', 'ne']);

function parse(text: string): Result<Test, Problem> {
  const tokens = tokensOf(text);
  let position = 0;
  const peek = (): Token => tokens[position] as Token;
  const take = (...words: readonly string[]): boolean => {
    const token = peek();
    const hit = !token.quoted && words.includes(token.text);
    if (hit) position += 1;
    return hit;
  };
  const expression = (): Test => {
    let left = term();
    while (take('or', '||')) {
      const [a, b] = [left, term()];
      left = (layers, frame) => a(layers, frame) || b(layers, frame);
    }
    return left;
  };
  const term = (): Test => {
    let left = factor();
    while (take('and', '&&')) {
      const [a, b] = [left, factor()];
      left = (layers, frame) => a(layers, frame) && b(layers, frame);
    }
    return left;
  };
  const factor = (): Test => {
    if (take('not', '!')) {
      const inside = factor();
      return (layers, frame) => !inside(layers, frame);
    }
    if (take('inner')) {
      const inside = factor();
      const tunnel = take('of') ? tunnelName() : null;
      return (layers, frame) => {
        const rest = behindTunnel(layers, tunnel);
        return rest !== null && inside(rest, frame);
      };
    }
    if (!take('(')) return test();
    const inside = expression();
    if (!take(')')) throw new Refusal('a ) is missing', peek().at);
    return inside;
  };
  const tunnelName = (): string => {
    const { text: name, at } = peek();
    position += 1;
    if (!TUNNELS.has(name))
      throw new Refusal(`${name === '' ? 'the end' : name} is not geneve, vxlan or gre`, at);
    return name;
  };
  const test = (): Test => {
    const name = peek();
    position += 1;
    if (name.text === '') throw new Refusal('something is missing here', name.at);
    const field = FIELDS.get(name.text);
    const protocol = PROTOCOLS.get(name.text);
    if (!field && !protocol)
      throw new Refusal(`${name.text} is not a field or protocol that is known`, name.at);
    if (!RELATIONS.has(peek().text) || peek().quoted) {
      if (protocol) return (layers) => layers.some(protocol);
      return (layers, frame) => layers.some((layer) => (field?.(layer, frame) ?? []).length > 0);
    }
    const relation = peek().text;
    position += 1;
    const value = peek();
    position += 1;
    if (!field) throw new Refusal(`${name.text} is a protocol and has no value`, name.at);
    if (value.text === '') throw new Refusal('a value is missing', value.at);
    const holds = comparison(relation, value.text);
    const values = (layers: readonly Layer[], frame: Uint8Array) =>
      layers.flatMap((layer) => field(layer, frame) ?? []);
    if (relation === '!=' || relation === 'ne')
      return (layers, frame) => {
        const all = values(layers, frame);
        return all.length > 0 && all.every(holds);
      };
    return (layers, frame) => values(layers, frame).some(holds);
  };
  try {
    const result = expression();
    const rest = peek();
    if (rest.text !== '') throw new Refusal(`${rest.text} is not expected here`, rest.at);
    return ok(result);
  } catch (error) {
    if (error instanceof Refusal)
      return err({ message: error.message, place: { offset: error.at, column: error.at + 1 } });
    throw error;
  }
}

const TUNNELS: ReadonlySet<string> = new Set(['geneve', 'vxlan', 'gre']);

/** What a tunnel header carries; null for a packet that is in none, or in none of that name. */
function behindTunnel(layers: readonly Layer[], tunnel: string | null): readonly Layer[] | null {
  const at = layers.findIndex(({ kind }) => (tunnel === null ? TUNNELS.has(kind) : kind === tunnel));
  return at < 0 ? null : layers.slice(at + 1);
}

/** Of one value; with several, any will do, but all have to differ for `!=`. */
function comparison(relation: string, text: string): (value: FieldValue) => boolean {
  const number = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : null;
  const same = (value: FieldValue): boolean => {
    if (typeof value === 'number') return value === number;
    const [network = '', bits] = text.split('/');
    if (bits !== undefined) return inNetwork(value, network, Number(bits));
    return value === canonical(text);
  };
  const order = (value: FieldValue): number =>
    typeof value === 'number' && number !== null ? value - number : Number.NaN;
  switch (relation) {
    case '==':
    case 'eq':
      return same;
    case '!=':
    case 'ne':
      return (value) => !same(value);
    case '<':
      return (value) => order(value) < 0;
    case '<=':
      return (value) => order(value) <= 0;
    case '>':
      return (value) => order(value) > 0;
    case '>=':
      return (value) => order(value) >= 0;
    default:
      return (value) => String(value).includes(text.toLowerCase());
  }
}

/** Addresses as the core prints them. */
function canonical(text: string): string {
  const six =
    text.includes(':') && !/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text) ? parseIpv6(text) : undefined;
  return six === undefined ? text.toLowerCase() : formatIpv6(six);
}

function inNetwork(value: string, network: string, bits: number): boolean {
  const number = (text: string): number | null => {
    const parts = text.split('.').map(Number);
    return parts.length === 4 && parts.every((part) => part >= 0 && part < 256)
      ? parts.reduce((sum, part) => sum * 256 + part, 0)
      : null;
  };
  const [a, b] = [number(value), number(network)];
  if (a === null || b === null || !(bits >= 0 && bits <= 32)) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(a / size) === Math.floor(b / size);
}
