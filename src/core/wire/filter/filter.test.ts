import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6 } from '../../base/address.ts';
import { fromHex } from '../../base/bytes.ts';
import { decode, findLayer, type Decoded } from '../decode.ts';
import { encodeEthernet } from '../layer/ethernet.ts';
import { encodeGeneve } from '../layer/geneve.ts';
import { encodeIcmpEcho } from '../layer/icmp.ts';
import { encodeIpv4 } from '../layer/ipv4.ts';
import { encodeIpv6 } from '../layer/ipv6.ts';
import { encodeMpls } from '../layer/mpls.ts';
import { encodeTcp } from '../layer/tcp.ts';
import { encodeUdp } from '../layer/udp.ts';
import { encodeVlan } from '../layer/vlan.ts';
import { compileFilter, type FilterOptions } from './compile.ts';
import { interpretFilter } from './evaluate.ts';

const source = parseIpv4('10.0.0.1') ?? 0;
const destination = parseIpv4('192.168.7.9') ?? 0;
const source6 = parseIpv6('2001:db8::1') ?? 0n;
const destination6 = parseIpv6('fe80::2') ?? 0n;
const ether = (type: number, payload: Uint8Array): Uint8Array =>
  encodeEthernet({ destination: 0x0a0000000002n, source: 0x0a0000000001n, type }, payload);
const tcpHeader = {
  sourcePort: 40000,
  destinationPort: 80,
  sequence: 1,
  acknowledgement: 0,
  flags: 2,
  window: 9,
};
const pseudo = { family: 4, source, destination } as const;
const data = Uint8Array.of(1, 2, 3, 4);

const tcp = encodeIpv4({ source, destination, protocol: 6 }, encodeTcp(tcpHeader, data, pseudo));
const icmp = encodeIpv4({ source, destination, protocol: 1 }, encodeIcmpEcho(8, 7, 1, data));
const udp6 = encodeIpv6(
  { source: source6, destination: destination6, nextHeader: 17 },
  encodeUdp({ sourcePort: 53, destinationPort: 5000 }, data, {
    family: 6,
    source: source6,
    destination: destination6,
  }),
);
const geneve = (inner: Uint8Array, protocol = 0x6558): Uint8Array =>
  encodeIpv4(
    { source, destination, protocol: 17 },
    encodeUdp({ sourcePort: 5, destinationPort: 6081 }, encodeGeneve({ vni: 77, protocol }, inner), pseudo),
  );

const FRAMES = {
  tcp: ether(0x0800, tcp),
  icmp: ether(0x0800, icmp),
  udp6: ether(0x86dd, udp6),
  vlan: ether(0x8100, encodeVlan({ vlan: 50, type: 0x0800 }, icmp)),
  qinq: ether(0x88a8, encodeVlan({ vlan: 7, type: 0x8100 }, encodeVlan({ vlan: 50, type: 0x0800 }, tcp))),
  mpls: ether(0x8847, encodeMpls({ label: 100, bottom: true, ttl: 64 }, tcp)),
  geneve: ether(0x0800, geneve(ether(0x0800, icmp))),
  geneveIp: ether(0x0800, geneve(tcp, 0x0800)),
  arp: ether(0x0806, new Uint8Array(28)),
  stp: ether(7, Uint8Array.of(0x42, 0x42, 3, 0, 0, 0, 0)),
} as const;

function matching(text: string, options: FilterOptions = {}): string {
  const result = compileFilter(text, options);
  if (!result.ok) return `error: ${result.error.message}`;
  return Object.entries(FRAMES)
    .filter(([, frame]) => result.value.matches(frame))
    .map(([name]) => name)
    .join(' ');
}

describe('filters', () => {
  it.each<[string, string]>([
    ['', Object.keys(FRAMES).join(' ')],
    ['ip', 'tcp icmp geneve geneveIp'],
    ['ip6', 'udp6'],
    ['not ip', 'udp6 vlan qinq mpls arp stp'],
    ['tcp', 'tcp'],
    ['icmp or arp', 'icmp arp'],
    ['host 10.0.0.1', 'tcp icmp geneve geneveIp'],
    ['src host 192.168.7.9', ''],
    ['dst net 192.168', 'tcp icmp geneve geneveIp'],
    ['net 192.168.7.0/24 and tcp', 'tcp'],
    ['net 10.0.0.0 mask 255.0.0.0 and icmp', 'icmp'],
    ['host 2001:db8::1', 'udp6'],
    ['net fe80::/10', 'udp6'],
    ['port 80', 'tcp'],
    ['tcp dst port http', 'tcp'],
    ['port domain', 'udp6'],
    ['udp portrange 6000-6100', 'geneve geneveIp'],
    ['port 80 or 53', 'tcp udp6'],
    ['ether src 0a:00:00:00:00:01 and arp', 'arp'],
    ['ether dst 0a00.0000.0002 and stp', 'stp'],
    ['ip proto 1', 'icmp'],
    ['ip6 proto \\udp', 'udp6'],
    ['ether proto 0x88a8', 'qinq'],
    ['vlan', 'vlan qinq'],
    ['vlan 50', 'vlan'],
    ['vlan and icmp', 'vlan'],
    ['vlan 7 and vlan 50 and tcp port 80', 'qinq'],
    ['vlan or icmp', 'vlan qinq'],
    ['mpls 100 and host 10.0.0.1', 'mpls'],
    ['geneve', 'geneve geneveIp'],
    ['geneve 77 and icmp', 'geneve'],
    ['geneve and tcp port 80', 'geneveIp'],
    ['geneve and ether host 0a:00:00:00:00:01', 'geneve'],
    ['tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn', 'tcp'],
    ['icmp[icmptype] = icmp-echo', 'icmp'],
    ['ip[8] = 64 and ip[2:2] > 40', 'tcp geneve geneveIp'],
    ['ip[6:2] & 0x1fff = 0 and not tcp and not udp', 'icmp'],
    ['ether[0] & 1 != 0', ''],
    ['len > 60', 'udp6 qinq mpls geneve geneveIp'],
    ['greater 90', 'geneve geneveIp'],
    ['less 21', 'stp'],
    ['ip6 protochain 17', 'udp6'],
    ['llc', 'stp'],
    ['ip and not (icmp or udp)', 'tcp'],
    ['src or dst host 10.0.0.1 && !icmp', 'tcp geneve geneveIp'],
  ])('%s', (text, expected) => {
    expect(matching(text)).toBe(expected);
  });

  it.each<[string, string]>([
    ['host', "can't parse filter expression: syntax error"],
    ['tcp and', "can't parse filter expression: syntax error"],
    ['ip or 10.0.0.1', 'syntax error in filter expression'],
    ['host 300.1.1.1', "invalid IPv4 address '300.1.1.1'"],
    ['host nowhere', "unknown host 'nowhere'"],
    ['port nowhere', "unknown port 'nowhere'"],
    ['port 70000', 'illegal port number 70000 > 65535'],
    ['udp port ssh', "port 'ssh' is tcp"],
    ['net 10.0.0.1/24', 'non-network bits set in "10.0.0.1/24"'],
    ['host 10.0.0.0/8', 'Mask syntax for networks only'],
    ['port 10.0.0.1', "'port' modifier applied to ip host"],
    ['tcp host 10.0.0.1', "'tcp' modifier applied to host"],
    ['ip host ::1', "'ip' modifier applied to ip6 host"],
    ['ip proto nothing', "unknown ip proto 'nothing'"],
    ['tcp proto 6', "'tcp proto' is bogus"],
    ['vlan 4096', 'VLAN tag 4096 greater than maximum 4095'],
    ['mpls and vlan', 'no VLAN match after MPLS'],
    ['ether[0:3] = 1', 'data size must be 1, 2, or 4'],
    ['len / 0 = 1', 'division by zero'],
    ['ip[0', "can't parse filter expression: syntax error"],
    ['ip and ip6', 'expression rejects all packets'],
    ['tcp and udp', 'expression rejects all packets'],
    ['arp and port 80', 'expression rejects all packets'],
    ['1:2:3:', 'bogus ethernet address 1:2:3:'],
    ['host 1.2.3.4 and 99999999999', 'number 99999999999 overflows 32 bits'],
    ['inbound', 'inbound/outbound not supported on Ethernet when reading savefiles'],
    ['type mgt', '802.11 link-layer types supported only on 802.11'],
    ['gateway snup', "'gateway' not supported in this configuration"],
  ])('%s: %s', (text, message) => {
    expect(matching(text)).toBe(`error: ${message}`);
  });

  it('says where the error is', () => {
    const result = compileFilter('icmp and host nowhere');
    expect(!result.ok && result.error.place).toEqual({ line: 1, column: 15, offset: 14 });
  });

  it('asks for names', () => {
    const lookup = { host: (name: string): number[] => (name === 'gw' ? [source] : []) };
    expect(matching('src gw and icmp', { lookup })).toBe('icmp');
  });

  it('finds headers behind other link headers', () => {
    const cooked = Uint8Array.from([8, 0, ...new Uint8Array(8), 4, ...new Uint8Array(9), ...tcp]);
    const check = (linkType: number, text: string, frame: Uint8Array): boolean | string => {
      const result = compileFilter(text, { linkType });
      return result.ok ? result.value.matches(frame) : result.error.message;
    };
    expect(check(276, 'tcp port 80 and outbound', cooked)).toBe(true);
    expect(check(276, 'vlan', cooked)).toBe('no VLAN support for Linux cooked v2');
    expect(check(101, 'src 10.0.0.1 and tcp port 80', tcp)).toBe(true);
  });

  it('knows the direction while capturing', () => {
    const result = compileFilter('outbound', { live: true });
    expect(
      result.ok && [true, false].map((outgoing) => result.value.matches(FRAMES.tcp, { outgoing })),
    ).toEqual([true, false]);
  });
});

describe('against the decoder', () => {
  const golden = new URL('../../../../golden/packets/corpus.jsonl', import.meta.url);
  const frames = readFileSync(golden, 'utf8')
    .trim()
    .split('\n')
    .map((line) => decode(fromHex((JSON.parse(line) as { hex: string }).hex) ?? new Uint8Array(0)));

  /** Frames of which the decoder says so; only the outermost headers count for a filter. */
  function check(text: string, among: readonly Decoded[], oracle: (decoded: Decoded) => boolean): void {
    const result = compileFilter(text);
    if (!result.ok) throw new Error(`${text}: ${result.error.message}`);
    const differing = among.filter((decoded) => result.value.matches(decoded.octets) !== oracle(decoded));
    expect(differing.length, text).toBe(0);
  }

  const network = (decoded: Decoded): Decoded['layers'][number] | undefined => decoded.layers[1];

  it('finds addresses of every recorded packet', () => {
    const whole = frames.filter(({ problems }) => problems.length === 0);
    for (const decoded of whole) {
      const layer = network(decoded);
      if (layer?.kind === 'ipv4')
        check(`ip src ${formatIpv4(layer.source)}`, whole, (one) => {
          const other = network(one);
          return other?.kind === 'ipv4' && other.source === layer.source;
        });
      if (layer?.kind === 'ipv6')
        check(`dst host ${formatIpv6(layer.destination)}`, whole, (one) => {
          const other = network(one);
          return other?.kind === 'ipv6' && other.destination === layer.destination;
        });
      const link = decoded.layers[0];
      if (link?.kind === 'ethernet')
        check(
          `ether src ${formatMac(link.source)}`,
          whole,
          (one) => findLayer(one, 'ethernet')?.source === link.source,
        );
    }
  });

  it('compares arithmetic as the octets have it', () => {
    const offset = fc.nat(60);
    const size = fc.constantFrom(1, 2, 4);
    const relation = fc.constantFrom('=', '!=', '<', '>', '<=', '>=');
    fc.assert(
      fc.property(
        offset,
        size,
        relation,
        fc.integer({ min: 1, max: 0xffffffff }),
        fc.nat(0xffffffff),
        (at, width, sign, mask, value) => {
          check(`ether[${at}:${width}] & ${mask} ${sign} ${value}`, frames, ({ octets }) => {
            if (at + width > octets.length) return false;
            let found = 0;
            for (let i = 0; i < width; i += 1) found = found * 256 + (octets[at + i] ?? 0);
            return compareWith((found & mask) >>> 0, sign, value);
          });
        },
      ),
      { numRuns: 100 },
    );
  });
});

function compareWith(left: number, sign: string, right: number): boolean {
  if (sign === '=') return left === right;
  if (sign === '!=') return left !== right;
  if (sign.startsWith('<')) return left < right || (sign === '<=' && left === right);
  return left > right || (sign === '>=' && left === right);
}

it('never throws, whatever the text', () => {
  const words = fc.constantFrom(
    'host',
    'ip',
    'and',
    '(',
    ')',
    'not',
    '[',
    ']',
    ':',
    '10.0.0.1',
    'port',
    '80',
    '=',
    'vlan',
    'geneve',
    '&',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 8 }), (parts) => {
      const result = compileFilter(parts.join(' '));
      if (result.ok) result.value.matches(FRAMES.geneve);
    }),
    { numRuns: 500 },
  );
});

describe('a program against the plain reading of its expression', () => {
  const primitive = fc.constantFrom(
    'ip',
    'ip6',
    'arp',
    'tcp',
    'udp',
    'icmp',
    'host 10.0.0.1',
    'src net 10.0.0.0/8',
    'dst host fe80::1',
    'port 53',
    'tcp port 179',
    'udp portrange 4000-7000',
    'ether multicast',
    'ip[8] < 5',
    'ether[12:2] > 1500',
    'len > 100',
    'ip[6:2] & 0x1fff = 0',
    'icmp[icmptype] = icmp-echo',
    'tcp[tcpflags] & tcp-syn != 0',
    'ip6[6] = 58',
    'ip proto 47',
    'ether proto 0x88cc',
  );
  const moving = fc.constantFrom('vlan', 'vlan 50', 'mpls', 'geneve', 'geneve 5');
  const { text } = fc.letrec<{ text: string }>((tie) => ({
    text: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      primitive,
      fc
        .tuple(tie('text'), fc.constantFrom('and', 'or'), tie('text'))
        .map(([a, sign, b]) => `(${a}) ${sign} (${b})`),
      tie('text').map((one) => `not (${one})`),
      fc.tuple(moving, tie('text')).map(([first, then]) => `${first} and (${then})`),
    ),
  }));
  // Long enough for every load, so that what a simplified program leaves out cannot matter.
  const golden = new URL('../../../../golden/packets/corpus.jsonl', import.meta.url);
  const whole = readFileSync(golden, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const padded = new Uint8Array(2000);
      padded.set((fromHex((JSON.parse(line) as { hex: string }).hex) ?? new Uint8Array(0)).subarray(0, 1900));
      return padded;
    });

  it('takes the same packets', () => {
    fc.assert(
      fc.property(text, (expression) => {
        const filter = compileFilter(expression);
        if (!filter.ok) return;
        const { matches, test } = filter.value;
        const differing = whole.filter((octets) => matches(octets) !== interpretFilter(test, octets));
        expect(differing.length, expression).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
