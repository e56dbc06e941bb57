/**
 * The plain form of a filter as an expression of pcap-filter(7).
 *
 * What is inside a tunnel is read by offsets from the outer UDP or IP header, since the word `geneve` of libpcap
 * changes what stands behind it and cannot be joined by `or`; other tunnels have no word.
 */
import { formatIpv4, formatIpv6, formatMac } from '../../../base/address.ts';
import { err, ok, type Problem, type Result } from '../../../base/result.ts';
import { FilterError } from '../filter-error.ts';
import { parsePlain } from './parse.ts';
import type { AddressRange, End, Phrase, PlainProtocol, Trait } from './phrase.ts';
import { innerOffsets, tunnelTests, type InnerOffsets } from './tunnel-offsets.ts';

type Network = 'ip' | 'ip6' | 'arp';

const ETHERTYPES: Readonly<Record<Network, string>> = { ip: '0x0800', ip6: '0x86dd', arp: '0x0806' };
const NETWORKS_OF: Readonly<Record<PlainProtocol, readonly Network[]>> = {
  ip: ['ip'],
  ip6: ['ip6'],
  arp: ['arp'],
  icmp: ['ip'],
  icmp6: ['ip6'],
  tcp: ['ip', 'ip6'],
  udp: ['ip', 'ip6'],
  sctp: ['ip', 'ip6'],
};
const NUMBERS: Readonly<Partial<Record<PlainProtocol, number>>> = {
  icmp: 1,
  icmp6: 58,
  tcp: 6,
  udp: 17,
  sctp: 132,
};
const WITH_PORTS = [6, 17, 132];
const IPV6_FRAGMENT = 44;
const IPV6_SIZE = 40;

/** Where source and destination address stand in each header. */
const ADDRESSES: Readonly<Record<Network, { readonly from: number; readonly to: number }>> = {
  ip: { from: 12, to: 16 },
  ip6: { from: 8, to: 24 },
  arp: { from: 14, to: 24 },
};

const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;
const bracketed = (tests: readonly string[]): readonly string[] =>
  tests.length === 1 ? tests : tests.map((test) => `(${test})`);
const all = (tests: readonly string[]): string => bracketed(tests).join(' and ');
const any = (tests: readonly string[]): string => bracketed(tests).join(' or ');

function networksOf(trait: Trait): readonly Network[] | undefined {
  switch (trait.kind) {
    case 'protocol':
      return NETWORKS_OF[trait.protocol];
    case 'address':
      return trait.range.family === 4 ? ['ip', 'arp'] : ['ip6'];
    case 'port':
      return ['ip', 'ip6'];
    case 'mac':
      return undefined;
  }
}

/** The 32-bit words of an address range that count: offset, value, mask. */
function wordsOf(range: AddressRange): readonly { offset: number; value: number; mask: number }[] {
  const count = range.family === 4 ? 1 : 4;
  return Array.from({ length: count }, (_, index) => {
    const bits = Math.min(32, Math.max(0, range.bits - index * 32));
    const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
    const word =
      range.family === 4 ? range.address : Number((range.address >> BigInt(96 - index * 32)) & 0xffffffffn);
    return { offset: index * 4, value: (word & mask) >>> 0, mask };
  }).filter(({ mask }) => mask !== 0);
}

/** Tests on what a tunnel carries. */
class Inner {
  private readonly at: InnerOffsets;

  constructor(at: InnerOffsets) {
    this.at = at;
  }

  expression(traits: readonly Trait[]): string {
    const networks = traits.map(networksOf).filter((list) => list !== undefined);
    const frame = traits.flatMap((trait) => (trait.kind === 'mac' ? [this.mac(trait.end, trait.mac)] : []));
    if (networks.length === 0) return all([...this.at.tests, ...frame]);
    const possible = (['ip', 'ip6', 'arp'] as const).filter((network) =>
      networks.every((list) => list.includes(network)),
    );
    if (possible.length === 0) throw new FilterError('no packet is all of this at once', 0);
    const first = possible[0];
    if (possible.length === 1 && first !== undefined)
      return all([...this.at.tests, ...frame, ...this.over(first, traits)]);
    return all([...this.at.tests, ...frame, any(possible.map((network) => all(this.over(network, traits))))]);
  }

  private over(network: Network, traits: readonly Trait[]): readonly string[] {
    const tests = [`${this.at.type} = ${ETHERTYPES[network]}`];
    const numbers = traits.flatMap((trait) =>
      trait.kind === 'protocol' ? (NUMBERS[trait.protocol] ?? []) : [],
    );
    const ports = traits.filter((trait) => trait.kind === 'port');
    for (const number of numbers) tests.push(this.protocol(network, number, ports.length > 0));
    // Of a protocol without ports, no packet has one.
    if (ports.length > 0 && !numbers.some((number) => WITH_PORTS.includes(number)))
      tests.push(any(WITH_PORTS.map((number) => this.protocol(network, number, true))));
    for (const trait of traits)
      if (trait.kind === 'address') tests.push(this.address(network, trait.end, trait.range));
    // What comes later of a fragmented packet has no ports.
    if (ports.length > 0 && network === 'ip') tests.push(`${this.at.network(6, 2)} & 0x1fff = 0`);
    for (const { end, port } of ports) tests.push(this.port(network, end, port));
    return tests;
  }

  private protocol(network: Network, number: number, direct: boolean): string {
    if (network === 'ip') return `${this.at.network(9, 1)} = ${number}`;
    const next = `${this.at.network(6, 1)} = ${number}`;
    if (direct) return next;
    const fragment = all([
      `${this.at.network(6, 1)} = ${IPV6_FRAGMENT}`,
      `${this.at.network(IPV6_SIZE, 1)} = ${number}`,
    ]);
    return any([next, fragment]);
  }

  private address(network: Network, end: End, range: AddressRange): string {
    const words = wordsOf(range);
    const one = (start: number): string =>
      all(
        words.map(({ offset, value, mask }) => {
          const read = this.at.network(start + offset, 4);
          return `${mask === 0xffffffff ? read : `${read} & ${hex(mask, 8)}`} = ${hex(value, 8)}`;
        }),
      );
    const { from, to } = ADDRESSES[network];
    return atEnd(
      end,
      () => one(from),
      () => one(to),
    );
  }

  private mac(end: End, mac: bigint): string {
    const { frame } = this.at;
    if (frame === undefined) throw new FilterError('this tunnel carries no Ethernet frames', 0);
    const high = hex(Number(mac >> 16n), 8);
    const low = hex(Number(mac & 0xffffn), 4);
    const one = (start: number): string =>
      all([`${frame(start, 4)} = ${high}`, `${frame(start + 4, 2)} = ${low}`]);
    return atEnd(
      end,
      () => one(6),
      () => one(0),
    );
  }

  private port(network: Network, end: End, port: number): string {
    const size = network === 'ip' ? `((${this.at.network(0, 1)} & 0x0f) * 4)` : String(IPV6_SIZE);
    const one = (offset: number): string =>
      `${this.at.network(offset === 0 ? size : `${size} + ${offset}`, 2)} = ${port}`;
    return atEnd(
      end,
      () => one(0),
      () => one(2),
    );
  }
}

const atEnd = (end: End, from: () => string, to: () => string): string => {
  if (end === 'either') return any([from(), to()]);
  return end === 'from' ? from() : to();
};

const END_WORDS: Readonly<Record<End, string>> = { from: 'src ', to: 'dst ', either: '' };

/** A trait of the packet itself, in libpcap's words. */
function outerTrait(trait: Trait): string {
  switch (trait.kind) {
    case 'protocol':
      return trait.protocol;
    case 'mac':
      return `ether ${END_WORDS[trait.end]}host ${formatMac(trait.mac)}`.replace(/(src|dst) host/, '$1');
    case 'port':
      return `${END_WORDS[trait.end]}port ${trait.port}`;
    case 'address': {
      const { range, end } = trait;
      const whole = range.family === 4 ? 32 : 128;
      const words = wordsOf(range);
      const text =
        range.family === 4
          ? formatIpv4(words[0]?.value ?? 0)
          : formatIpv6((range.address >> BigInt(128 - range.bits)) << BigInt(128 - range.bits));
      if (range.bits === whole) return `${END_WORDS[end]}host ${text}`;
      return `${END_WORDS[end]}net ${text}/${range.bits}`;
    }
  }
}

function expressionOf(phrase: Phrase): string {
  switch (phrase.kind) {
    case 'and':
      return all(phrase.parts.map(expressionOf));
    case 'or':
      return any(phrase.parts.map(expressionOf));
    case 'not':
      return `not (${expressionOf(phrase.phrase)})`;
    case 'packet':
      return all(phrase.traits.map(outerTrait));
    case 'inner':
      if (phrase.traits.length === 0) return all(tunnelTests(phrase.tunnel));
      return new Inner(innerOffsets(phrase.tunnel)).expression(phrase.traits);
  }
}

/**
 * The expression of pcap-filter(7) that says the same as a filter in plain words, to be given to `compileFilter` or
 * to a real tcpdump.
 *
 * Words: `[inner] TRAIT... [of TUNNEL]`, joined by `and`, `or`, `not` and parentheses, at the end `in vlan N`.
 * A trait is a protocol (ip, ip6, arp, icmp, icmp6, tcp, udp, sctp), `from`, `to` or `host` with an IPv4, IPv6
 * (`/LENGTH` if a network is meant) or Ethernet address, or `[from|to] port N`. A tunnel is geneve or vxlan
 * (`vni N`), gre or gretap (`key N`), and runs over IPv4; the frames inside are taken as untagged. Without `inner`
 * a tunnel's name means every packet of it.
 *
 * The problem's place is an offset in `text`.
 */
export function plainFilter(text: string): Result<string, Problem> {
  try {
    const { phrase, vlan } = parsePlain(text);
    const expression = expressionOf(phrase);
    return ok(vlan === null ? expression : `vlan ${vlan} and (${expression})`);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const offset = error.offset ?? 0;
    return err({ message: error.message, place: { line: 1, column: offset + 1, offset } });
  }
}
