import { describe, expect, it } from 'vitest';
import {
  decode,
  encodeEthernet,
  encodeGeneve,
  encodeIcmpEcho,
  encodeIpv4,
  encodeUdp,
  ETHERTYPE,
  IP_PROTOCOL,
  ovnOption,
} from '../../core/wire/index.ts';
import { compileDisplayFilter } from './display-filter.ts';

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

describe('display filters', () => {
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
  });
});
