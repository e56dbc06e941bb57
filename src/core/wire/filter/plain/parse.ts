/** Reads the plain form of a filter: words, joined by `and`, `or`, `not` and parentheses; `and` binds closer than `or`. */
import { parseIpv4, parseIpv6, parseMac } from '../../../base/address.ts';
import { FilterError } from '../filter-error.ts';
import { PROTOCOLS, TUNNELS, type AddressRange, type End, type PlainFilter } from './phrase.ts';
import type { Phrase, PlainProtocol, Trait, Tunnel, TunnelName } from './phrase.ts';

interface Word {
  readonly text: string;
  readonly offset: number;
}

const MAX_VLAN = 0xfff;
const MAX_PORT = 0xffff;
const MAX_VNI = 0xffffff;
const MAX_KEY = 0xffffffff;
const ENDS: Readonly<Record<string, End>> = {
  from: 'from',
  src: 'from',
  to: 'to',
  dst: 'to',
  host: 'either',
  with: 'either',
};
/** Words that a reader may put in without a change of meaning. */
const FILLING: ReadonlySet<string> = new Set(['a', 'an', 'the', 'packet', 'packets']);

const isProtocol = (text: string): text is PlainProtocol => (PROTOCOLS as readonly string[]).includes(text);
const isTunnel = (text: string): text is TunnelName => (TUNNELS as readonly string[]).includes(text);

class PlainParser {
  private readonly words: readonly Word[];
  private readonly end: number;
  private position = 0;
  private vlan: number | null = null;

  constructor(text: string) {
    this.words = [...text.matchAll(/[()]|[^\s()]+/g)]
      .map((match) => ({ text: match[0].toLowerCase(), offset: match.index }))
      .filter(({ text: word }) => !FILLING.has(word));
    this.end = text.length;
  }

  parse(): PlainFilter {
    const phrase = this.join('or', () => this.join('and', () => this.unit()));
    if (this.take('in')) this.readVlan();
    if (this.peek() !== undefined) this.fail('expected `and`, `or` or the end');
    return { phrase, vlan: this.vlan };
  }

  private readVlan(): void {
    if (!this.take('vlan')) this.fail('expected `vlan` and its number');
    this.vlan = this.number(MAX_VLAN, 'VLAN');
  }

  private join(kind: 'and' | 'or', read: () => Phrase): Phrase {
    const first = read();
    const parts = [first];
    while (this.take(kind)) parts.push(read());
    return parts.length === 1 ? first : { kind, parts };
  }

  private unit(): Phrase {
    if (this.take('not')) return { kind: 'not', phrase: this.unit() };
    if (this.take('(')) {
      const phrase = this.join('or', () => this.join('and', () => this.unit()));
      if (!this.take(')')) this.fail('expected `)`');
      return phrase;
    }
    return this.packet();
  }

  private packet(): Phrase {
    const isInner = this.take('inner');
    const alone = this.tunnel();
    if (alone !== undefined) {
      if (isInner) this.fail('a tunnel inside a tunnel is not told apart');
      return { kind: 'inner', traits: [], tunnel: alone };
    }
    const traits: Trait[] = [];
    for (let trait = this.trait(); trait !== undefined; trait = this.trait()) traits.push(trait);
    if (traits.length === 0)
      this.fail('expected a protocol, an address (`from`, `to`, `host`), a `port` or a tunnel');
    if (!isInner) return { kind: 'packet', traits };
    if (!this.take('of')) this.fail(`expected \`of\` and a tunnel (${TUNNELS.join(', ')})`);
    const tunnel = this.tunnel();
    if (tunnel === undefined) return this.fail(`expected a tunnel (${TUNNELS.join(', ')})`);
    const mac = traits.some((trait) => trait.kind === 'mac' || isArp(trait));
    if (mac && tunnel.name === 'gre') this.fail('gre carries no Ethernet frames; gretap does');
    return { kind: 'inner', traits, tunnel };
  }

  private trait(): Trait | undefined {
    const word = this.peek()?.text;
    if (word === undefined) return undefined;
    if (isProtocol(word)) {
      this.position += 1;
      return { kind: 'protocol', protocol: word };
    }
    if (this.take('port')) return { kind: 'port', end: 'either', port: this.number(MAX_PORT, 'port') };
    const end = ENDS[word];
    if (end === undefined) return undefined;
    this.position += 1;
    if (this.take('port')) return { kind: 'port', end, port: this.number(MAX_PORT, 'port') };
    if (word !== 'host') this.take('host');
    const text = this.peek()?.text ?? '';
    const mac = parseMac(text);
    const range = addressRange(text);
    if (mac === undefined && range === undefined) this.fail('expected an address or `port`');
    this.position += 1;
    if (mac !== undefined) return { kind: 'mac', end, mac };
    return range === undefined ? undefined : { kind: 'address', end, range };
  }

  private tunnel(): Tunnel | undefined {
    const word = this.peek()?.text;
    if (word === undefined || !isTunnel(word)) return undefined;
    this.position += 1;
    const isGre = word === 'gre' || word === 'gretap';
    if (this.take(isGre ? 'key' : 'vni'))
      return { name: word, vni: this.number(isGre ? MAX_KEY : MAX_VNI, isGre ? 'key' : 'VNI') };
    return { name: word, vni: null };
  }

  private number(maximum: number, what: string): number {
    const text = this.peek()?.text ?? '';
    const value = /^(?:0x[0-9a-f]+|\d+)$/.test(text) ? Number(text) : NaN;
    if (!(value <= maximum)) this.fail(`expected a ${what} of at most ${maximum}`);
    this.position += 1;
    return value;
  }

  private peek(): Word | undefined {
    return this.words[this.position];
  }

  private take(text: string): boolean {
    if (this.peek()?.text !== text) return false;
    this.position += 1;
    return true;
  }

  private fail(message: string): never {
    const word = this.peek();
    throw new FilterError(
      word === undefined ? message : `${message}, not \`${word.text}\``,
      word?.offset ?? this.end,
    );
  }
}

const isArp = (trait: Trait): boolean => trait.kind === 'protocol' && trait.protocol === 'arp';

function addressRange(text: string): AddressRange | undefined {
  const [address = '', length, ...more] = text.split('/');
  if (more.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  const four = parseIpv4(address);
  if (four !== undefined) {
    const bits = length === undefined ? 32 : Number(length);
    return bits <= 32 ? { family: 4, address: four, bits } : undefined;
  }
  const six = parseIpv6(address);
  const bits = length === undefined ? 128 : Number(length);
  return six === undefined || bits > 128 ? undefined : { family: 6, address: six, bits };
}

/** Throws FilterError with the place in `text`. */
export const parsePlain = (text: string): PlainFilter => new PlainParser(text).parse();
