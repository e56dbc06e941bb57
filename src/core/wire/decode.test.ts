import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseIpv4, parseIpv6, parseMac } from '../base/address.ts';
import { fromHex } from '../base/bytes.ts';
import {
  decode,
  encodeArp,
  encodeBfd,
  encodeDhcp,
  encodeDhcpOption,
  encodeDhcpv6,
  encodeDhcpv6Option,
} from './index.ts';
import {
  encodeDns,
  encodeEthernet,
  encodeGeneve,
  encodeGre,
  encodeIcmp,
  encodeIcmpEcho,
  encodeIcmpv6,
} from './index.ts';
import {
  encodeIgmp,
  encodeIpv4,
  encodeIpv6,
  encodeIpv6Fragment,
  encodeLinkLayerOption,
  encodeLldpTlv,
} from './index.ts';
import {
  encodeMpls,
  encodeSctp,
  encodeSctpChunk,
  encodeStp,
  encodeTcp,
  encodeUdp,
  encodeVlan,
} from './index.ts';
import {
  encodeVxlan,
  ETHERTYPE,
  findLayer,
  headerTree,
  IP_PROTOCOL,
  neighborBody,
  ovnKeys,
  ovnOption,
} from './index.ts';
import type { HeaderNode, Layer, LayerKind, LayerOf } from './index.ts';

const golden = new URL('../../../golden/packets/corpus.jsonl', import.meta.url);
const frames = readFileSync(golden, 'utf8')
  .trim()
  .split('\n')
  .map((line) => fromHex((JSON.parse(line) as { hex: string }).hex) ?? new Uint8Array(0));

const A = parseIpv4('10.0.0.1') ?? 0;
const B = parseIpv4('10.0.0.2') ?? 0;
const A6 = parseIpv6('fd00::1') ?? 0n;
const B6 = parseIpv6('fd00::2') ?? 0n;
const MAC_A = parseMac('0a:00:00:00:00:01') ?? 0n;
const MAC_B = parseMac('0a:00:00:00:00:02') ?? 0n;
const V4 = { family: 4, source: A, destination: B } as const;
const V6 = { family: 6, source: A6, destination: B6 } as const;
const DATA = Uint8Array.of(1, 2, 3, 4, 5);
const NOTHING = new Uint8Array(0);

const ether = (type: number, payload: Uint8Array): Uint8Array =>
  encodeEthernet({ destination: MAC_B, source: MAC_A, type }, payload);
const ip4 = (protocol: number, payload: Uint8Array): Uint8Array =>
  ether(ETHERTYPE.ipv4, encodeIpv4({ source: A, destination: B, protocol }, payload));
const ip6 = (nextHeader: number, payload: Uint8Array): Uint8Array =>
  ether(ETHERTYPE.ipv6, encodeIpv6({ source: A6, destination: B6, nextHeader }, payload));
const udp4 = (sourcePort: number, destinationPort: number, payload: Uint8Array): Uint8Array =>
  ip4(IP_PROTOCOL.udp, encodeUdp({ sourcePort, destinationPort }, payload, V4));

/** The first layer of a kind; the frame must be without problems. */
function only<K extends LayerKind>(frame: Uint8Array, kind: K): LayerOf<K> {
  const decoded = decode(frame);
  expect(decoded.problems).toEqual([]);
  const layer = findLayer(decoded, kind);
  if (layer === undefined)
    throw new Error(`no ${kind} in ${decoded.layers.map((one) => one.kind).join('/')}`);
  return layer;
}

const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffffffff);
const payload = fc.uint8Array({ maxLength: 40 });

describe('decoding what was encoded', () => {
  const round = <T extends object, L extends Layer>(
    fields: fc.Arbitrary<T>,
    build: (fields: T) => Uint8Array,
    read: (frame: Uint8Array) => L,
  ): void => {
    fc.assert(
      fc.property(fields, (one) => {
        expect(read(build(one))).toMatchObject(one);
      }),
      { numRuns: 60 },
    );
  };

  it('ARP', () => {
    const mac = fc.bigInt({ min: 0n, max: 0xffffffffffffn });
    round(
      fc.record({
        operation: fc.integer({ min: 1, max: 4 }),
        senderMac: mac,
        senderIp: u32,
        targetMac: mac,
        targetIp: u32,
      }),
      (fields) => ether(ETHERTYPE.arp, encodeArp(fields)),
      (frame) => only(frame, 'arp'),
    );
  });

  it('VLAN tags, stacked', () => {
    const tag = fc.record({ vlan: fc.nat(4095), priority: fc.nat(7), dropEligible: fc.boolean() });
    round(
      tag,
      (fields) =>
        ether(
          ETHERTYPE.serviceVlan,
          encodeVlan({ ...fields, type: ETHERTYPE.vlan }, encodeVlan({ vlan: 7, type: 0x88b5 }, DATA)),
        ),
      (frame) => only(frame, 'vlan'),
    );
  });

  it('IPv4 with options', () => {
    round(
      fc.record({
        source: u32,
        destination: u32,
        ttl: fc.nat(255),
        tos: fc.nat(255),
        identification: u16,
        dontFragment: fc.boolean(),
      }),
      (fields) =>
        ether(
          ETHERTYPE.ipv4,
          encodeIpv4({ ...fields, protocol: 253, options: Uint8Array.of(148, 4, 0, 0) }, DATA),
        ),
      (frame) => only(frame, 'ipv4'),
    );
  });

  it('IPv4 fragments', () => {
    round(
      fc.record({ fragmentOffset: fc.nat(8000).map((value) => value * 8), moreFragments: fc.boolean() }),
      (fields) =>
        ether(ETHERTYPE.ipv4, encodeIpv4({ ...fields, source: A, destination: B, protocol: 253 }, DATA)),
      (frame) => only(frame, 'ipv4'),
    );
  });

  it('IPv6 fragments', () => {
    const id = { identification: 0x01020304, fragmentOffset: 1208, moreFragments: true };
    const frame = ip6(44, encodeIpv6Fragment({ ...id, nextHeader: 17 }, DATA));
    expect(only(frame, 'ipv6-extension')).toMatchObject({ ...id, header: 'fragment', nextHeader: 17 });
  });

  it('UDP, also with an odd payload', () => {
    fc.assert(
      fc.property(u16, payload, (sourcePort, data) => {
        const header = { sourcePort, destinationPort: 9 };
        const frame4 = ip4(IP_PROTOCOL.udp, encodeUdp(header, data, V4));
        const frame6 = ip6(IP_PROTOCOL.udp, encodeUdp(header, data, V6));
        for (const frame of [frame4, frame6]) {
          const layer = findLayer(decode(frame), 'udp');
          expect(layer).toMatchObject({ ...header, checksum: { verdict: 'correct' } });
        }
      }),
    );
  });

  it('TCP', () => {
    round(
      fc.record({
        sourcePort: u16,
        destinationPort: u16,
        sequence: u32,
        acknowledgement: u32,
        flags: fc.nat(0x1ff),
        window: u16,
      }),
      (fields) =>
        ip4(IP_PROTOCOL.tcp, encodeTcp({ ...fields, options: Uint8Array.of(2, 4, 5, 0xb4) }, DATA, V4)),
      (frame) => only(frame, 'tcp'),
    );
  });

  it('SCTP', () => {
    round(
      fc.record({ sourcePort: u16, destinationPort: u16, verificationTag: u32 }),
      (fields) => ip4(IP_PROTOCOL.sctp, encodeSctp(fields, encodeSctpChunk(0, 3, DATA))),
      (frame) => only(frame, 'sctp'),
    );
  });

  it('Geneve with OVN keys', () => {
    fc.assert(
      fc.property(fc.nat(0xffffff), fc.nat(0x7fff), u16, (vni, ingress, egress) => {
        const inner = ether(
          ETHERTYPE.arp,
          encodeArp({ operation: 1, senderMac: MAC_A, senderIp: A, targetMac: 0n, targetIp: B }),
        );
        const layer = only(
          udp4(50000, 6081, encodeGeneve({ vni, options: [ovnOption({ ingress, egress })] }, inner)),
          'geneve',
        );
        expect([layer.vni, ovnKeys(layer)]).toEqual([vni, { ingress, egress }]);
      }),
    );
  });

  it('DHCP', () => {
    round(
      fc.record({
        operation: fc.constantFrom('request' as const, 'reply' as const),
        hops: fc.nat(255),
        transactionId: u32,
        seconds: u16,
        flags: u16,
        clientAddress: u32,
        yourAddress: u32,
        nextServer: u32,
        relay: u32,
        clientMac: fc.bigInt({ min: 0n, max: 0xffffffffffffn }),
      }),
      (fields) => udp4(68, 67, encodeDhcp(fields, [encodeDhcpOption(53, Uint8Array.of(1))])),
      (frame) => only(frame, 'dhcp'),
    );
  });

  it('BFD', () => {
    round(
      fc.record({
        diagnostic: fc.nat(31),
        state: fc.constantFrom('AdminDown' as const, 'Down' as const, 'Init' as const, 'Up' as const),
        flags: fc.nat(0x3f),
        multiplier: fc.nat(255),
        myDiscriminator: u32,
        yourDiscriminator: u32,
        desiredMinTx: u32,
        requiredMinRx: u32,
        requiredMinEchoRx: u32,
      }),
      (fields) => udp4(49152, 3784, encodeBfd(fields)),
      (frame) => only(frame, 'bfd'),
    );
  });

  it('DNS', () => {
    const question = { name: 'vm1.ovn.org', type: 1, class: 1 };
    const answer = { ...question, ttl: 3600, data: Uint8Array.of(10, 0, 0, 4) };
    const layer = only(
      udp4(53, 5000, encodeDns({ id: 7, flags: 0x8180, questions: [question], answers: [answer] })),
      'dns',
    );
    expect(layer.questions).toMatchObject([question]);
    expect(layer.records).toMatchObject([{ ...question, section: 'answer', ttl: 3600, text: '10.0.0.4' }]);
  });

  it('DHCPv6 options inside options', () => {
    const address = encodeDhcpv6Option(5, new Uint8Array(24));
    const association = encodeDhcpv6Option(3, Uint8Array.from([...new Uint8Array(12), ...address]));
    const frame = ip6(
      IP_PROTOCOL.udp,
      encodeUdp({ sourcePort: 547, destinationPort: 546 }, encodeDhcpv6(7, 0x123456, [association]), V6),
    );
    expect(only(frame, 'dhcpv6')).toMatchObject({
      transactionId: 0x123456,
      options: [{ code: 3, options: [{ code: 5 }] }],
    });
  });

  it('neighbour discovery', () => {
    const body = neighborBody(0x60000000, B6, [encodeLinkLayerOption(2, MAC_B)]);
    expect(only(ip6(58, encodeIcmpv6({ type: 136, code: 0 }, body, V6)), 'icmpv6')).toMatchObject({
      checksum: { verdict: 'correct' },
      message: { target: B6, solicited: true, override: true, router: false, options: [{ mac: MAC_B }] },
    });
  });

  it('spanning tree, LLDP and IGMP', () => {
    const configuration = {
      flags: 1,
      root: { priority: 0x8000, mac: MAC_A },
      rootPathCost: 4,
      bridge: { priority: 0x9000, mac: MAC_B },
      port: 0x8001,
      messageAge: 256,
      maxAge: 5120,
      helloTime: 512,
      forwardDelay: 3840,
    };
    const bpdu = Uint8Array.from([0x42, 0x42, 3, ...encodeStp(0, configuration)]);
    expect(only(ether(bpdu.length, bpdu), 'stp')).toMatchObject({ configuration });
    const name = encodeLldpTlv(
      5,
      Uint8Array.from('gw1', (char) => char.charCodeAt(0)),
    );
    expect(only(ether(ETHERTYPE.lldp, name), 'lldp').tlvs).toMatchObject([{ type: 5 }]);
    expect(only(ip4(2, encodeIgmp({ type: 0x16, group: B })), 'igmp')).toMatchObject({
      type: 0x16,
      group: B,
    });
  });
});

describe('layers in order', () => {
  const echo = ip4(1, encodeIcmpEcho(8, 1, 1, DATA));
  it.each<[string, Uint8Array]>([
    ['ethernet/ipv4/icmp/payload', echo],
    ['ethernet/ipv4/udp/vxlan/ethernet/ipv4/icmp/payload', udp4(1, 4789, encodeVxlan({ vni: 5 }, echo))],
    ['ethernet/ipv4/gre/ethernet/ipv4/icmp/payload', ip4(47, encodeGre({ protocol: 0x6558, key: 1 }, echo))],
    [
      'ethernet/mpls/mpls/ipv4/icmp/payload',
      ether(
        ETHERTYPE.mpls,
        encodeMpls(
          { label: 16, bottom: false, ttl: 64 },
          encodeMpls({ label: 17, bottom: true, ttl: 64 }, echo.subarray(14)),
        ),
      ),
    ],
    ['ethernet/ipv4/icmp', ip4(1, encodeIcmp({ type: 3, code: 1 }, echo.subarray(14)))],
  ])('%s', (expected, frame) => {
    const { layers, problems } = decode(frame);
    expect([layers.map(({ kind }) => kind).join('/'), problems]).toEqual([expected, []]);
  });
});

it.each<[number, Uint8Array, string]>([
  [101, encodeIpv4({ source: A, destination: B, protocol: 253 }, DATA), 'ipv4/payload'],
  [113, Uint8Array.of(0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x88, 0xb5, 1), 'cooked/payload'],
  [276, Uint8Array.of(0x88, 0xb5, 0, 0, 0, 0, 0, 7, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0, 1), 'cooked/payload'],
  [999, DATA, 'payload'],
])('decodes link type %s', (linkType, octets, expected) => {
  expect(
    decode(octets, linkType)
      .layers.map(({ kind }) => kind)
      .join('/'),
  ).toBe(expected);
});

describe('damage', () => {
  function check(frame: Uint8Array, expected: string): void {
    expect(decode(frame).problems.map(({ message, place }) => `${place?.offset}: ${message}`)).toEqual([
      expected,
    ]);
  }

  const segment = encodeTcp(
    { sourcePort: 1, destinationPort: 2, sequence: 0, acknowledgement: 0, flags: 2, window: 0 },
    NOTHING,
    V4,
  );
  const wrongSum = (frame: Uint8Array): Uint8Array => {
    const copy = frame.slice();
    copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 1;
    return copy;
  };

  it.each<[string, Uint8Array]>([
    ['0: Ethernet header cut: 5 of 14 octets', DATA],
    ['14: IPv4 header cut: 5 of 20 octets', ether(ETHERTYPE.ipv4, DATA)],
    ['14: IP version 0 where 4 was announced', ether(ETHERTYPE.ipv4, new Uint8Array(20))],
    ['50: wrong TCP checksum', wrongSum(ip4(6, segment))],
    ['36: wrong ICMP checksum', wrongSum(ip4(1, encodeIcmpEcho(8, 1, 1, DATA)))],
  ])('%s', (expected, frame) => check(frame, expected));

  it('keeps the layers before it', () => {
    const frame = udp4(1, 6081, encodeGeneve({ vni: 1 }, ether(ETHERTYPE.ipv4, DATA)));
    expect(decode(frame).layers.map(({ kind }) => kind)).toEqual([
      'ethernet',
      'ipv4',
      'udp',
      'geneve',
      'ethernet',
      'payload',
    ]);
  });

  it('never throws on recorded frames with octets changed or cut off', () => {
    const damaged = fc.record({
      index: fc.nat(frames.length - 1),
      at: fc.nat(),
      value: fc.nat(255),
      end: fc.nat(),
    });
    fc.assert(
      fc.property(damaged, ({ index, at, value, end }) => {
        const frame = (frames[index] ?? NOTHING).slice();
        frame[at % frame.length] = value;
        headerTree(decode(frame));
        headerTree(decode(frame.subarray(0, end % frame.length)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('header tree', () => {
  function* walk(nodes: readonly HeaderNode[]): Iterable<HeaderNode> {
    for (const node of nodes) {
      yield node;
      yield* walk(node.children);
    }
  }

  it('keeps every field inside its parent and the frame', () => {
    for (const frame of frames)
      for (const node of walk(headerTree(decode(frame)))) {
        const end = node.offset + node.size;
        expect(end, `${node.name} ${node.text}`).toBeLessThanOrEqual(frame.length);
        for (const child of node.children) {
          expect(child.offset, `${node.name}: ${child.name}`).toBeGreaterThanOrEqual(node.offset);
          expect(child.offset + child.size, `${node.name}: ${child.name}`).toBeLessThanOrEqual(end);
        }
      }
  });

  it('shows the keys of OVN in a Geneve option', () => {
    const frame = udp4(
      1,
      6081,
      encodeGeneve({ vni: 3, options: [ovnOption({ ingress: 32769 & 0x7fff, egress: 2 })] }, NOTHING),
    );
    const [geneve] = headerTree(decode(frame)).filter(({ name }) => name === 'Geneve');
    const option = geneve?.children.find(({ name }) => name === 'option');
    expect([geneve?.text, option?.text, option?.children.map(({ name, text }) => `${name} ${text}`)]).toEqual(
      ['VNI 3', '0x0102 / 0x80', ['ingress key 1', 'egress key 2']],
    );
  });
});
