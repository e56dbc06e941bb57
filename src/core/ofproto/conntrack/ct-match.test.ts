import { expect, it } from 'vitest';
import { parseIpv4 } from '../../base/address.ts';
import type { Connection } from './connection.ts';
import { parseCtMatch } from './ct-match.ts';
import { reverseTuple, type Tuple } from './tuple.ts';

// What the real ovs-vswitchd says.
it.each([
  ['zone=x', 'failed to parse zone'],
  ['mark=x', 'failed to parse mark'],
  ['labels=', 'failed to parse labels'],
  ['foo', 'field foo missing value'],
  ['ct_foo=1', 'invalid conntrack tuple field: ct_foo'],
  ['mark=5 zone=2', 'invalid conntrack tuple field: zone'],
  ['ct_tp_src=5', 'port is set without protocol'],
  ['ct_nw_proto=17,icmp_id=5', 'invalid L4 fields'],
  ['ct_nw_src=1.1.1.1,ct_ipv6_dst=::1', 'the L3 protocol does not match ::1'],
  ['ct_nw_src=1.1.1.1,ct_nw_src=1.1.1.2', 'ct_nw_src is set multiple times'],
  ['ct_nw_src=1.1.1.1 ct_nw_src=2.2.2.2 ct_nw_src=2.2.2.3', 'invalid arguments'],
  ['ct_nw_proto=x', 'failed to parse field ct_nw_proto'],
  ['ct_nw_proto=300', 'failed to parse field ct_nw_proto'],
  ['ct_nw_src=1.1.1', 'failed to parse field ct_nw_src'],
])('refuses %s', (text, words) => {
  const match = parseCtMatch(text.split(' '));
  expect(match.ok ? 'taken' : match.error).toBe(words);
});

const ip = (text: string): bigint => BigInt(parseIpv4(text) ?? 0);
const original: Tuple = {
  family: 4,
  protocol: 6,
  source: ip('10.0.0.1'),
  destination: ip('10.0.0.2'),
  sourcePort: 1000,
  destinationPort: 80,
  icmpType: 0,
  icmpCode: 0,
};
const connection: Connection = {
  zone: 1,
  original,
  reply: reverseTuple(original) ?? original,
  seenReply: false,
  isAssured: false,
  asked: null,
  sourceNat: false,
  destinationNat: false,
  mark: 7,
  label: 0x123n,
  helper: '',
  timeouts: null,
  master: null,
  tcp: null,
  expires: 0,
  started: 0,
  packets: [0, 0],
  bytes: [0, 0],
};

it.each([
  ['', true],
  ['mark=7', true],
  ['mark=0x17/0xf', true],
  ['mark=7/x', true],
  ['mark=6', false],
  ['labels=0x23/0xff', true],
  ['mark=7 labels=0x124', false],
  ['ct_nw_proto=6', true],
  ['ct_nw_proto=17', false],
  ['ct_nw_src=10.0.0.1,ct_nw_proto=6,ct_tp_dst=80', true],
  ['ct_nw_src=10.0.0.2', false],
  ['ct_nw_dst=10.0.0.2 ct_nw_src=10.0.0.2', true],
  ['ct_nw_dst=10.0.0.2 ct_nw_src=10.0.0.1', false],
  ['ct_ipv6_dst=fe80::1', false],
])('%s', (text, fits) => {
  const match = parseCtMatch(text === '' ? [] : text.split(' '));
  expect(match.ok && match.value.fits(connection)).toBe(fits);
});

it('knows a tuple that names one connection', () => {
  const whole = 'ct_nw_src=10.0.0.1,ct_nw_dst=10.0.0.2,ct_nw_proto=6,ct_tp_src=1000,ct_tp_dst=80';
  const isWhole = (...words: string[]): boolean => {
    const match = parseCtMatch(words);
    return match.ok && match.value.isWholeTuple;
  };
  expect(isWhole('zone=1', whole)).toBe(true);
  expect(isWhole('mark=7', whole)).toBe(false);
  expect(isWhole(whole, 'ct_nw_src=10.0.0.2')).toBe(false);
  expect(isWhole('ct_nw_proto=6')).toBe(false);
});
