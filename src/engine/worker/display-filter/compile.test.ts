import { describe, expect, it } from 'vitest';
import {
  decode,
  encodeEthernet,
  encodeGeneve,
  encodeIcmp,
  encodeIcmpEcho,
  encodeIpv4,
  encodeTcp,
  encodeUdp,
  encodeVlan,
  ETHERTYPE,
  IP_PROTOCOL,
  ovnOption,
} from '../../../core/wire/index.ts';
import { compileDisplayFilter } from './compile.ts';

const at = (a: number, b: number, c: number, d: number): number =>
  ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
const inner = encodeEthernet(
  { source: 0x404400000001n, destination: 0x404400000002n, type: ETHERTYPE.ipv4 },
  encodeIpv4(
    { source: at(192, 168, 0, 11), destination: at(192, 168, 0, 12), protocol: IP_PROTOCOL.icmp },
    encodeIcmpEcho(8, 7, 3, new Uint8Array(8)),
  ),
);
const [source, destination] = [at(192, 168, 50, 100), at(192, 168, 50, 101)];
const outer = encodeEthernet(
  { source: 0x52540000a101n, destination: 0x52540000a102n, type: ETHERTYPE.ipv4 },
  encodeIpv4(
    { source, destination, protocol: IP_PROTOCOL.udp },
    encodeUdp(
      { sourcePort: 40_000, destinationPort: 6081 },
      encodeGeneve({ vni: 5, options: [ovnOption({ ingress: 1, egress: 2 })] }, inner),
      { family: 4, source, destination },
    ),
  ),
);

const request = encodeEthernet(
  { source: 0x525400000001n, destination: 0x525400000002n, type: ETHERTYPE.vlan },
  encodeVlan(
    { vlan: 200, type: ETHERTYPE.ipv4 },
    encodeIpv4(
      { source: at(10, 0, 0, 1), destination: at(10, 0, 0, 2), protocol: IP_PROTOCOL.tcp, ttl: 64 },
      encodeTcp(
        {
          sourcePort: 40_000,
          destinationPort: 8080,
          sequence: 1,
          acknowledgement: 1,
          flags: 0x18,
          window: 502,
        },
        new TextEncoder().encode('GET /a HTTP/1.1\r\nHost: web.example\r\n\r\n'),
        { family: 4, source: at(10, 0, 0, 1), destination: at(10, 0, 0, 2) },
      ),
    ),
  ),
);

describe('display filters', () => {
  it.each([
    ['tcp contains "GET"', true],
    ['tcp contains 47:45:54', true],
    ['tcp matches "get /[a-z] http"', true],
    ['tcp.payload[0:3] == "GET"', true],
    ['http.request.method == "GET" && http.host contains "example"', true],
    ['http.response', false],
    ['tcp.port in {80, 443, 8000..8090}', true],
    ['tcp.dstport in {80 443}', false],
    ['tcp.dstport in { 22, 8000 .. 8090 }', true],
    ['ip.src in {10.0.0.0..10.0.0.1}', true],
    ['tcp contains "\\r\\nHost: \\x77eb"', true],
    ['tcp contains r"\\r\\n"', false],
    ['tcp matches r"/a\\s+http/1\\.1\\r"', true],
    ['ip.src == ip.dst', false],
    ['ip.src < ip.dst && tcp.srcport != tcp.dstport', true],
    ['http.host == http.host && eth.src[0:3] == eth.dst[0:3]', true],
    [`tcp matches "(.+)+${'x'.repeat(3)}$"`, false],
    ['tcp.flags & 0x08', true],
    ['tcp.flags & 0x02 == 2', false],
    ['tcp.flags.push == true and tcp.flags.syn == 0', true],
    ['eth.addr[0:3] == 52:54:00', true],
    ['eth.src[-1] == 02', false],
    ['eth.dst == 52-54-00-00-00-02 and eth.dst.ig == 0', true],
    ['vlan.id == 200 and ip.src == 10.0.0.0/31', true],
    ['vlan 200 and host 10.0.0.2', true],
    ['ip.src > 10.0.0.1', false],
    ['ip.ttl ge 64 and frame.len lt 200', true],
    ['frame[12:2] == 81:00', true],
    ['!tcp or bgp', false],
    ['vlan and not port 22 and tcp', true],
    // The same words in both: as tcpdump counts, in decimal.
    ['tcp[13] & 8 != 0', false],
    ['vlan and tcp[13] & 8 != 0', true],
  ])('of a segment: %s', (text, expected) => {
    const filter = compileDisplayFilter(text);
    expect(filter.ok && filter.value.matches(decode(request), request)).toBe(expected);
  });

  it('read what an ICMP error quotes', () => {
    const error = encodeEthernet(
      { source: 1n, destination: 2n, type: ETHERTYPE.ipv4 },
      encodeIpv4(
        { source, destination, protocol: IP_PROTOCOL.icmp },
        encodeIcmp({ type: 3, code: 1, rest: 0 }, request.subarray(18, 70)),
      ),
    );
    const filter = compileDisplayFilter('icmp.type == 3 and ip.addr == 10.0.0.2 and tcp.dstport == 8080');
    expect(filter.ok && filter.value.matches(decode(error), error)).toBe(true);
  });

  it('see no tunnel in what an ICMP error quotes', () => {
    const error = encodeEthernet(
      { source: 1n, destination: 2n, type: ETHERTYPE.ipv4 },
      encodeIpv4(
        { source, destination, protocol: IP_PROTOCOL.icmp },
        encodeIcmp({ type: 3, code: 4, rest: 1400 }, outer.subarray(14)),
      ),
    );
    for (const [text, expected] of [
      ['geneve.vni == 5', true],
      ['inner icmp', false],
      ['inner eth', false],
    ] as const) {
      const filter = compileDisplayFilter(text);
      expect(filter.ok && filter.value.matches(decode(error), error)).toBe(expected);
    }
  });

  it.each([
    ['icmp', true],
    ['geneve && icmp', true],
    ['inner icmp', true],
    ['inner udp', false],
    ['inner icmp of geneve', true],
    ['inner icmp of vxlan', false],
    ['inner (icmp or arp) of geneve and geneve.vni == 5', true],
    ['inner host 192.168.0.12', true],
    ['inner host 192.168.50.101', false],
    ['inner icmp[icmptype] == 8 of geneve', true],
    ['inner dst host 192.168.0.12 and icmp of gre', false],
    ['inner ip.src == 192.168.0.11', true],
    ['inner ip.src == 192.168.50.100', false],
    ['ip.addr == 192.168.0.0/24', true],
    ['ip.addr == 10.0.0.0/8', false],
    ['geneve.vni == 5 and geneve.ovn.egress == 2', true],
    ['geneve.vni == 0x5 || arp', true],
    ['icmp.seq > 2 and icmp.seq < 4', true],
    ['not (icmp or arp)', false],
    ['eth.dst == 40:44:00:00:00:02', true],
    ['eth.src contains 40:44', true],
    ['udp.port != 6081', false],
    ['tcp.port', false],
    ['host 192.168.50.101 and udp port 6081', true],
    ['icmp6', false],
    ['', true],
  ])('%s', (text, expected) => {
    const filter = compileDisplayFilter(text);
    expect(filter.ok && filter.value.matches(decode(outer), outer)).toBe(expected);
  });

  it('says which language it read', () => {
    const language = (text: string): string => {
      const filter = compileDisplayFilter(text);
      return filter.ok ? filter.value.language : `${filter.error.message} at ${filter.error.place?.column}`;
    };
    expect(language('geneve and icmp')).toBe('display');
    expect(language('udp port 6081')).toBe('capture');
    expect(language('ip.source == 1.2.3.4')).toBe('ip.source is not a field or protocol that is known at 1');
    expect(language('inner port 53 of geneve')).toBe('capture');
    expect(language('inner icmp of udp')).toBe('udp is not geneve, vxlan or gre at 15');
    expect(language('icmp && (arp')).toBe('a ) is missing at 13');
    expect(language('ip.ttl ==')).toBe('a value is missing at 10');
    expect(language('ip.addr == 10.0.0')).toBe('10.0.0 is not an IPv4 address at 12');
    expect(language('icmp or tcp.port == http')).toBe(
      'this field is of another kind than what stands before at 21',
    );
    expect(language('eth.addr[0:3] == 52:54')).toBe('display');
    expect(language('eth.src == 52:54')).toBe('52:54 is not a MAC address at 12');
    expect(language('ip.ttl[0] == 1')).toBe('a number has no parts at 7');
    expect(language('tcp.port in {80')).toBe('a value is missing at 16');
    expect(language('tcp matches "("')).toBe('( is not a regular expression: a ) is missing at 13');
    expect(language('tcp.port in {1..2..3}')).toBe('a range has two ends at 18');
    expect(language('tcp.port in {1..}')).toBe('a value is missing at 17');
    expect(language('tcp matches "a\\.b"')).toMatch(/^\\\. is no escape of a string.* at 15$/);
    expect(language('ip.src == tcp.port')).toBe(
      'this field is of another kind than what stands before at 11',
    );
    expect(language('ip.src matches ip.dst')).toBe('an expression in quotes is missing at 16');
    expect(language('tcp.seq == 1')).toMatch(/use tcp.seq_raw at 1$/);
    expect(language('frame[')).toMatch(/is not a range at 7$/);
    expect(language('port http or')).toMatch(/syntax error/);
    expect(language('('.repeat(256))).toMatch(/ at 257$/);
    expect(language('('.repeat(300))).toBe('more than 256 brackets and nots at 257');
    expect(language(`${'!'.repeat(4000)}ip`)).toBe('more than 256 brackets and nots at 257');
    expect(language('ip or '.repeat(20_000))).toBe('more than 4096 characters at 4097');
  });
});
