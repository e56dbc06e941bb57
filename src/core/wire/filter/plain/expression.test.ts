import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIpv4, formatIpv6, formatMac } from '../../../base/address.ts';
import { encodeArp } from '../../layer/arp.ts';
import { encodeEthernet } from '../../layer/ethernet.ts';
import { encodeGeneve } from '../../layer/geneve.ts';
import { encodeGre } from '../../layer/gre.ts';
import { encodeIpv4 } from '../../layer/ipv4.ts';
import { encodeIpv6 } from '../../layer/ipv6.ts';
import { encodeUdp } from '../../layer/udp.ts';
import { encodeVlan } from '../../layer/vlan.ts';
import { encodeVxlan } from '../../layer/vxlan.ts';
import { compileFilter } from '../compile.ts';
import { plainFilter } from './expression.ts';

const said = (text: string): string => {
  const result = plainFilter(text);
  return result.ok ? result.value : `${result.error.place?.offset}: ${result.error.message}`;
};

describe('the plain form of a filter', () => {
  it.each<[string, string]>([
    ['icmp', 'icmp'],
    ['arp from 10.0.0.1', '(arp) and (src host 10.0.0.1)'],
    ['tcp to port 80 or udp', '((tcp) and (dst port 80)) or (udp)'],
    ['not from 10.0.0.0/8', 'not (src net 10.0.0.0/8)'],
    ['host 0a:00:00:00:00:01', 'ether host 0a:00:00:00:00:01'],
    ['geneve in vlan 50', 'vlan 50 and (udp port 6081)'],
    [
      'inner icmp of geneve',
      '(udp port 6081) and (udp[10:2] = 0x6558) and (udp[8 + (4 * (2 + (udp[8:1] & 0x3f))) + 12:2] = 0x0800) and (udp[8 + (4 * (2 + (udp[8:1] & 0x3f))) + 14 + 9:1] = 1)',
    ],
    ['inner icmp', '10: expected `of` and a tunnel (geneve, vxlan, gre, gretap)'],
    ['icmp foo', '5: expected `and`, `or` or the end, not `foo`'],
    ['geneve vni 16777216', '11: expected a VNI of at most 16777215, not `16777216`'],
    ['inner arp of gre', '16: gre carries no Ethernet frames; gretap does'],
    ['inner arp from fe80::1 of vxlan', '0: no packet is all of this at once'],
  ])('%s', (text, expected) => {
    expect(said(text)).toBe(expected);
  });

  const ADDRESSES = [0x0a000001, 0x0a000002, 0x0a010203];
  const ADDRESSES6 = [0xfe80_0000_0000_0000_0000_0000_0000_0001n, 0x2001_0db8_0000_0000_0000_0000_0000_0002n];
  const MACS = [0x0a0000000001n, 0x0a0000000002n];
  const PORTS = [53, 80];
  const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

  const transport = fc.record({
    source: pick(PORTS),
    destination: pick(PORTS),
    protocol: pick([1, 6, 17, 58, 132]),
  });
  const datagram = ({ source, destination }: { source: number; destination: number }): Uint8Array => {
    const octets = new Uint8Array(24);
    octets[1] = source;
    octets[3] = destination;
    return octets;
  };
  const packet = fc.oneof(
    fc
      .record({
        source: pick(ADDRESSES),
        destination: pick(ADDRESSES),
        offset: pick([0, 0, 8]),
        inside: transport,
      })
      .map(({ source, destination, offset, inside }) => ({
        type: 0x0800,
        octets: encodeIpv4(
          { source, destination, protocol: inside.protocol, fragmentOffset: offset },
          datagram(inside),
        ),
      })),
    fc
      .record({ source: pick(ADDRESSES6), destination: pick(ADDRESSES6), inside: transport })
      .map(({ source, destination, inside }) => ({
        type: 0x86dd,
        octets: encodeIpv6({ source, destination, nextHeader: inside.protocol }, datagram(inside)),
      })),
    fc.record({ senderIp: pick(ADDRESSES), targetIp: pick(ADDRESSES) }).map((ips) => ({
      type: 0x0806,
      octets: encodeArp({ operation: 1, senderMac: 1n, targetMac: 0n, ...ips }),
    })),
  );
  const trait = fc.oneof(
    pick(['ip', 'ip6', 'icmp', 'icmp6', 'tcp', 'udp', 'sctp']),
    fc
      .tuple(pick(['from', 'to', 'host']), pick([...ADDRESSES.map(formatIpv4), '10.0.0.0/16']))
      .map((words) => words.join(' ')),
    fc
      .tuple(
        pick(['from', 'to', 'host']),
        pick([...ADDRESSES6.map(formatIpv6), 'fe80::/10', '2001:db8::/33']),
      )
      .map((words) => words.join(' ')),
    fc.tuple(pick(['from ', 'to ', '']), pick(PORTS)).map(([end, port]) => `${end}port ${port}`),
  );
  const frameTrait = fc.oneof(
    trait,
    fc.constant('arp'),
    fc.tuple(pick(['from', 'to', 'host']), pick(MACS.map(formatMac))).map((words) => words.join(' ')),
  );

  const matches = (text: string, frame: Uint8Array): boolean | undefined => {
    const plain = plainFilter(text);
    if (!plain.ok) return undefined;
    const filter = compileFilter(plain.value, { optimize: false });
    if (!filter.ok) throw new Error(`${plain.value}: ${filter.error.message}`);
    return filter.value.matches(frame);
  };
  const overIp = (protocol: number, payload: Uint8Array): Uint8Array =>
    encodeEthernet(
      { destination: 2n, source: 1n, type: 0x0800 },
      encodeIpv4({ source: 1, destination: 2, protocol }, payload),
    );
  const overUdp = (destinationPort: number, payload: Uint8Array): Uint8Array =>
    overIp(
      17,
      encodeUdp({ sourcePort: 999, destinationPort }, payload, { family: 4, source: 1, destination: 2 }),
    );

  const greFields = fc.record(
    { key: fc.constantFrom(5, 0xfffffff0), sequence: fc.nat(9), checksum: fc.boolean() },
    { requiredKeys: ['checksum'] },
  );
  const tunnel = fc.oneof(
    fc.record({ vni: pick([5, 7]), words: fc.integer({ min: 0, max: 3 }) }).map(({ vni, words }) => ({
      name: 'geneve' as const,
      number: vni as number | undefined,
      wrap: (inner: Uint8Array): Uint8Array =>
        overUdp(
          6081,
          encodeGeneve(
            {
              vni,
              protocol: 0x6558,
              options: Array.from({ length: words }, () => ({
                optionClass: 0x0102,
                type: 0x80,
                value: new Uint8Array(4),
              })),
            },
            inner,
          ),
        ),
    })),
    pick([5, 7]).map((vni) => ({
      name: 'vxlan' as const,
      number: vni as number | undefined,
      wrap: (inner: Uint8Array): Uint8Array => overUdp(4789, encodeVxlan({ vni }, inner)),
    })),
    greFields.map((fields) => ({
      name: 'gretap' as const,
      number: fields.key,
      wrap: (inner: Uint8Array): Uint8Array => overIp(47, encodeGre({ ...fields, protocol: 0x6558 }, inner)),
    })),
  );

  it('finds inside a tunnel what the same words find outside', () => {
    fc.assert(
      fc.property(
        packet,
        pick(MACS),
        pick(MACS),
        tunnel,
        fc.array(frameTrait, { minLength: 1, maxLength: 3 }),
        fc.option(pick([5, 7])),
        ({ type, octets }, source, destination, { name, number, wrap }, traits, asked) => {
          const frame = encodeEthernet({ source, destination, type }, octets);
          const own = matches(traits.join(' '), frame);
          const key = asked === null ? '' : ` ${name === 'gretap' ? 'key' : 'vni'} ${asked}`;
          const inside = matches(`inner ${traits.join(' ')} of ${name}${key}`, wrap(frame));
          if (inside === undefined || own === undefined) return;
          expect(inside).toBe(own && (asked === null || asked === number));
          const negated = matches(`not inner ${traits.join(' ')} of ${name}${key}`, wrap(frame));
          expect(negated).toBe(!inside);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('finds inside gre, which carries IP alone, what the same words find outside', () => {
    fc.assert(
      fc.property(
        packet,
        greFields,
        fc.array(trait, { minLength: 1, maxLength: 3 }),
        ({ type, octets }, fields, traits) => {
          if (type === 0x0806) return;
          const own = matches(
            traits.join(' '),
            encodeEthernet({ source: 1n, destination: 2n, type }, octets),
          );
          const inside = matches(
            `inner ${traits.join(' ')} of gre`,
            overIp(47, encodeGre({ ...fields, protocol: type }, octets)),
          );
          if (inside !== undefined) expect(inside).toBe(own);
        },
      ),
    );
  });

  it('takes the VLAN into account where one is named', () => {
    const inner = encodeEthernet(
      { source: 1n, destination: 2n, type: 0x0800 },
      encodeIpv4({ source: 1, destination: 2, protocol: 1 }, new Uint8Array(8)),
    );
    const outer = overUdp(6081, encodeGeneve({ vni: 5, protocol: 0x6558 }, inner)).subarray(14);
    const tagged = encodeEthernet(
      { source: 1n, destination: 2n, type: 0x8100 },
      encodeVlan({ vlan: 50, type: 0x0800 }, outer),
    );
    expect(matches('inner icmp of geneve in vlan 50', tagged)).toBe(true);
    expect(matches('inner icmp of geneve in vlan 51', tagged)).toBe(false);
    expect(matches('inner tcp of geneve in vlan 50', tagged)).toBe(false);
  });
});
