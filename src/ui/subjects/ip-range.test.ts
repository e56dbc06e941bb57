import { expect, it } from 'vitest';
import { holdsIp, ipOf } from './ip-range.ts';

it.each([
  ['192.168.0.0/24', '192.168.0.77', true],
  ['192.168.0.1/24', '192.168.1.77', false],
  ['10.0.0.0/8', '10.255.0.1', true],
  ['0.0.0.0/0', '8.8.8.8', true],
  ['10.0.0.1/32', '10.0.0.1', true],
  ['10.0.0.1/32', '10.0.0.2', false],
  ['fd00:1::/64', 'fd00:1::5', true],
  ['fd00:1::/64', 'fd00:1:0:1::5', false],
  ['fd00:1::/64', '10.0.0.1', false],
  ['10.0.0.0', '10.0.0.0', false],
  ['10.0.0.0/33', '10.0.0.0', false],
  ['192.168.50', '192.168.50.1', false],
])('%s holds %s: %s', (subnet, text, expected) => {
  const ip = ipOf(text);
  expect(ip && holdsIp(subnet, ip)).toBe(expected);
});

it.each([
  '10.0.0',
  '10.0.0.256',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8::',
  '40:44:00:00:00:02',
  'g::1',
  '',
])('%j is no address', (text) => expect(ipOf(text)).toBeNull());
