import { expect, it } from 'vitest';
import type { HostSnapshot } from '../../engine/snapshot.ts';
import { multinode } from '../../view/fixtures/chassis.ts';
import { host, link, namespace, world } from '../../view/fixtures/world.ts';
import { likelyDestination, pingEnds, sameNetwork } from './ends.ts';

const ends = pingEnds(multinode);
const device = (addresses: readonly string[]) => [link('eth0', 'physical', { addresses })];
const machine = (name: string, ...addresses: string[]): HostSnapshot =>
  host(name, { namespaces: [namespace('', device(addresses))] });
const guest = (name: string, ...addresses: string[]): HostSnapshot =>
  host(name, { namespaces: [namespace('', []), namespace('ns', device(addresses))] });

it('names guests before machines', () => {
  expect(ends.map((end) => end.text).slice(0, 3)).toEqual([
    'vm1 on worker1, 192.168.0.11',
    'vm2 on worker2, 192.168.0.12',
    'central eth1, 192.168.50.10',
  ]);
});

it.each([
  ['worker1/vm1', '192.168.0.12'],
  ['worker2/vm2', '192.168.0.11'],
  ['central/', '192.168.50.100'],
  ['nowhere/', ''],
])('from %s one would ping %s', (key, address) =>
  expect(
    likelyDestination(
      ends,
      ends.find((end) => end.key === key),
    ),
  ).toBe(address),
);

it('prefers an end in the same network, and never what the start has itself', () => {
  const snapshot = world({
    hosts: [
      machine('gw', '10.0.0.1/24'),
      guest('a', '192.0.2.1/24', '2001:db8::13/64'),
      guest('b', '192.0.2.1/24', '198.51.100.7/24'),
      guest('c', '2001:db8::99/64'),
    ],
  });
  const all = pingEnds(snapshot);
  const from = (key: string): string =>
    likelyDestination(
      all,
      all.find((end) => end.key === key),
    );
  expect(from('a/ns')).toBe('2001:db8::99');
  expect(from('b/ns')).toBe('10.0.0.1');
  expect(from('c/ns')).toBe('2001:db8::13');
});

it('leaves out link-local addresses of both families', () => {
  const snapshot = world({ hosts: [machine('h', '169.254.169.254/32', 'fe80::1/64', '192.0.2.1/24')] });
  expect(pingEnds(snapshot).map(({ address }) => address)).toEqual(['192.0.2.1']);
});

it.each([
  ['192.0.2.1/24', '192.0.2.255', true],
  ['192.0.2.1/25', '192.0.2.255', false],
  ['2001:db8::13/64', '2001:db8::99', true],
  ['2001:db8::13/64', '2001:db8:0:0:1::', true],
  ['2001:db8::13/64', '2001:db8:0:1::99', false],
  ['0.0.0.0/0', '::1', false],
  ['192.0.2.1/24', 'nowhere', false],
])('%s and %s in one network: %s', (own, address, same) => expect(sameNetwork(own, address)).toBe(same));
