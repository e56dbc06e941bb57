import { describe, expect, it } from 'vitest';
import { multinode } from '../../view/fixtures/chassis.ts';
import { readDestination, type Destination } from './destination.ts';
import { pingEnds } from './ends.ts';

const read = (typed: string, own: readonly string[] = ['192.168.0.11'], fourOnly = false): Destination =>
  readDestination(typed, { ends: pingEnds(multinode), own, snapshot: multinode, fourOnly });

describe('the end of a packet', () => {
  it.each([
    ['192.168.0.12', '192.168.0.12', ''],
    ['vm2', '192.168.0.12', 'vm2 is 192.168.0.12'],
    ['worker2', '192.168.50.101', 'worker2 is 192.168.50.101'],
    ['db.example.com', 'db.example.com', ''],
    ['2001:db8::1', '2001:db8::1', 'The start has no IPv6 address'],
    ['fe80::1%eth0', 'fe80::1%eth0', ''],
  ])('%s', (typed, text, hint) => expect(read(typed)).toEqual({ text, problem: '', hint }));

  it.each([
    ['', /An address, or the name/],
    ['192.168.0.12; reboot', /no address and no name/],
    ['two words', /no address and no name/],
    ['-f', /no address and no name/],
  ])('%j is refused', (typed, problem) => expect(read(typed).problem).toMatch(problem));

  it('is an IPv4 address where ARP asks', () => {
    expect(read('2001:db8::1', ['2001:db8::2'], true).problem).toMatch(/^ARP asks for IPv4/);
    expect(read('vm2', [], true)).toMatchObject({ text: '192.168.0.12', problem: '' });
  });
});
