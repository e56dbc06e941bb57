import { expect, test } from 'vitest';
import { decode, findLayer } from '../../core/wire/index.ts';
import type { FrameFields } from '../protocol.ts';
import { composeFrame } from './compose-frame.ts';

const FIELDS: FrameFields = {
  protocol: 'udp',
  sourceMac: '40:44:00:00:00:01',
  destinationMac: '40:44:00:00:00:02',
  source: '192.168.0.11',
  destination: '192.168.0.12',
  ttl: 64,
  port: 53,
  data: '',
  vlan: null,
};

test('a DHCPDISCOVER goes from nobody to everybody and has right checksums', () => {
  const frame = decode(composeFrame({ ...FIELDS, protocol: 'dhcp', source: '', destination: '' }));
  expect(findLayer(frame, 'ethernet')).toMatchObject({ destination: 0xffff_ffff_ffffn });
  expect(findLayer(frame, 'ipv4')).toMatchObject({ source: 0, destination: 0xffff_ffff });
  expect(findLayer(frame, 'udp')).toMatchObject({ sourcePort: 68, destinationPort: 67 });
  const dhcp = findLayer(frame, 'dhcp');
  expect(dhcp).toMatchObject({ operation: 'request', clientMac: 0x4044_0000_0001n, clientAddress: 0 });
  expect(dhcp?.options.map(({ code }) => code)).toEqual([53, 55]);
  expect(findLayer(frame, 'ipv4')?.checksum.verdict).toBe('correct');
  expect(findLayer(frame, 'udp')?.checksum.verdict).toBe('correct');
});

test('a VLAN tag stands in front of what asks everybody as well', () => {
  const frame = decode(composeFrame({ ...FIELDS, protocol: 'dhcp', vlan: 20 }));
  expect(findLayer(frame, 'vlan')).toMatchObject({ vlan: 20 });
  expect(findLayer(frame, 'dhcp')).toBeDefined();
});

test.each<[Partial<FrameFields>, string]>([
  [{ sourceMac: '40:44' }, '40:44 is not a MAC address'],
  [{ destinationMac: '' }, 'nothing is not a MAC address'],
  [{ source: '192.168.0' }, '192.168.0 is not an IPv4 address'],
  [{ destination: '2001:db8::1' }, 'source and destination are of different families'],
  [{ source: '2001:db8::x', destination: '2001:db8::1' }, '2001:db8::x is not an IPv6 address'],
  [{ ttl: 256 }, '256 is not a TTL'],
  [{ port: 70_000 }, '70000 is not a port'],
  [{ vlan: 4095 }, '4095 is not a VLAN id'],
  [{ protocol: 'dhcp', sourceMac: 'here' }, 'here is not a MAC address'],
])('%j is refused', (change, message) => {
  expect(() => composeFrame({ ...FIELDS, ...change })).toThrow(message);
});
