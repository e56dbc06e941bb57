import { expect, it } from 'vitest';
import { normaliseLinux } from './linux-normaliser.ts';

it('takes times and interface indexes, and nothing else of a line', () => {
  const reply = (sequence: number, ttl: number, time: string): string =>
    normaliseLinux('ping', `64 bytes from 10.0.0.2: icmp_seq=${sequence} ttl=${ttl} time=${time} ms\n`);
  expect(reply(1, 64, '0.241')).toBe(reply(1, 64, '12.3'));
  expect(reply(1, 64, '0.241')).not.toBe(reply(2, 64, '0.241'));
  expect(reply(1, 64, '0.241')).not.toBe(reply(1, 63, '0.241'));

  const link = (index: number, rest: string): string => normaliseLinux('ip link', `${index}: ${rest}\n`);
  expect(link(2, 'eth0@if3: <UP> mtu 1500')).toBe(link(9, 'eth0@if8: <UP> mtu 1500'));
  expect(link(2, 'eth0@if3: <UP> mtu 1500')).not.toBe(link(2, 'eth0@if3: <UP> mtu 1400'));
  expect(link(2, 'eth0: <UP> mtu 1500')).not.toBe(link(2, 'eth0: <BROADCAST> mtu 1500'));
});

it('keeps the count and the order of what has an order', () => {
  const routes = 'default via 10.0.0.1\n10.0.0.0/24 dev eth0\n';
  expect(normaliseLinux('ip route', routes)).not.toBe(
    normaliseLinux('ip route', routes.split('\n').toReversed().join('\n')),
  );
  const entry = '10.0.0.1 lladdr 02:00:00:00:00:01 REACHABLE\n';
  const other = '10.0.0.2 FAILED\n';
  expect(normaliseLinux('ip neigh', entry + other)).toBe(normaliseLinux('ip neigh', other + entry));
  expect(normaliseLinux('ip neigh', entry + other)).not.toBe(normaliseLinux('ip neigh', entry + entry));
  expect(normaliseLinux('ip neigh', entry)).not.toBe(
    normaliseLinux('ip neigh', entry.replace('REACHABLE', 'STALE')),
  );
});

it('catches a loss of packets and a wrong state of a bridge port', () => {
  const summary = (received: number): string =>
    normaliseLinux('ping', `2 packets transmitted, ${received} received, time 1001ms\n`);
  expect(summary(2)).not.toBe(summary(1));
  const port = (state: string): string =>
    normaliseLinux('bridge link', `3: p1: state ${state} priority 32 cost 2\n`);
  expect(port('forwarding')).not.toBe(port('blocking'));
});
