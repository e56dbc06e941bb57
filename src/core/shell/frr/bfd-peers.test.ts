/** BFD sessions that are typed in the node bfd, beside those that bgpd asks for. The forms are those of FRR 8.4.4. */
import { beforeEach, expect, it } from 'vitest';
import { RouterLan } from './fixture/router-lan.ts';

let lan: RouterLan;
const vtysh = (host: string, ...lines: readonly string[]): string => lan.vtysh(host, lines, 3);
const bfd = (host: string, ...lines: readonly string[]): string =>
  vtysh(host, 'configure terminal', 'bfd', ...lines);
const statuses = (host: string): string[] =>
  [...vtysh(host, 'show bfd peers').matchAll(/Status: (.*)/g)].map(([, status]) => status ?? '');

beforeEach(() => {
  lan = new RouterLan(2, ['bgpd', 'bfdd']);
});

it('come up where both ends are typed, with the profile where the peer says nothing', () => {
  bfd('r1', 'profile slow', 'transmit-interval 700', 'detect-multiplier 5');
  bfd('r1', 'peer 10.9.0.2 interface eth0', 'profile slow', 'detect-multiplier 4');
  expect(statuses('r1')).toEqual(['down']);
  expect(bfd('r2', 'peer 10.9.0.1', 'passive-mode')).toBe('');
  expect(statuses('r1')).toEqual(['up']);
  const told = vtysh('r2', 'show bfd peer 10.9.0.1');
  expect(told).toContain('\t\tPassive mode\n\t\tStatus: up\n');
  expect(told).toContain('\t\tPeer Type: configured\n');
  expect(told).toContain('\t\tRemote timers:\n\t\t\tDetect-multiplier: 4\n\t\t\tReceive interval: 300ms\n');
  expect(told).toContain('\t\t\tTransmission interval: 700ms\n\t\t\tEcho receive interval: 50ms\n');
  expect(
    vtysh('r1', 'show bfd peers brief')
      .split('\n')[3]
      ?.replace(/^\d+ +/, ''),
  ).toBe(`${'0.0.0.0'.padEnd(40)} ${'10.9.0.2'.padEnd(40)}up             `);
  expect(vtysh('r1', 'show bfd peer 10.9.0.2 interface eth7')).toBe(
    "% Unable to find 'peer 10.9.0.2 interface eth7'\n",
  );
});

it('are shut down with a word to the other end, and go in silence when their line goes', () => {
  bfd('r1', 'peer 10.9.0.2');
  bfd('r2', 'peer 10.9.0.1');
  bfd('r1', 'peer 10.9.0.2', 'shutdown');
  expect(statuses('r1')).toEqual(['shutdown']);
  expect(vtysh('r2', 'show bfd peers')).toContain('\t\tDiagnostics: neighbor signaled session down\n');
  bfd('r1', 'peer 10.9.0.2', 'no shutdown');
  expect(statuses('r2')).toEqual(['up']);
  bfd('r1', 'no peer 10.9.0.2');
  expect(vtysh('r2', 'show bfd peers')).toContain('\t\tDiagnostics: control detection time expired\n');
});

it('are the ones that bgpd finds for its neighbour', () => {
  bfd('r1', 'peer 10.9.0.2', 'receive-interval 500');
  for (const [own, other] of [
    [1, 2],
    [2, 1],
  ] as const)
    vtysh(
      `r${own}`,
      'configure terminal',
      `router bgp 6500${own}`,
      `neighbor 10.9.0.${other} remote-as 6500${other}`,
      `neighbor 10.9.0.${other} bfd`,
    );
  vtysh('r1', 'show bfd peers');
  expect(statuses('r1')).toEqual(['up']);
  expect(vtysh('r1', 'show bfd peers')).toContain('Peer Type: configured');
  expect(vtysh('r2', 'show bfd peers')).toContain('Peer Type: dynamic');
  bfd('r1', 'no peer 10.9.0.2');
  expect(statuses('r1')).toEqual(['up']);
});

it('over several hops have a port of their own and a least TTL', () => {
  expect(bfd('r1', 'peer 10.9.0.2', 'minimum-ttl 200')).toBe(
    '% Minimum TTL is only available for multi hop sessions.\n',
  );
  bfd('r1', 'no peer 10.9.0.2', 'peer 10.9.0.2 multihop local-address 10.9.0.1');
  bfd('r2', 'peer 10.9.0.1');
  expect(statuses('r1')).toEqual(['down']);
  bfd('r2', 'peer 10.9.0.1 multihop local-address 10.9.0.2', 'minimum-ttl 250');
  expect(statuses('r1')).toEqual(['up']);
  expect(vtysh('r2', 'show bfd peers')).toContain('\t\tMinimum TTL: 250\n');
});
