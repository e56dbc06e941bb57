import { expect, it } from 'vitest';
import { World } from '../../sim/index.ts';
import { replay } from '../transcript.ts';

const world = new World(
  { machines: [{ name: 'h', kind: 'machine', services: [], nics: [] }], segments: [] },
  1,
);
const type = (line: string): readonly [string, number] => {
  const { out, err, status } = replay(world, 'h', line);
  return [out + err, status];
};

it('ends what runs too long in silence, and lets tcpdump say its last words', () => {
  expect(type('timeout 2 ip monitor all')).toEqual(['', 124]);
  const before = world.clock.now();
  const [text, status] = type('timeout 1.5 ping -q 127.0.0.1');
  expect(text).toBe('PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.\n');
  expect(status).toBe(124);
  expect(world.clock.now() - before).toBeGreaterThanOrEqual(1.5e9);
  expect(type('timeout -s INT 1.5 ping -q 127.0.0.1')[0]).toContain('2 packets transmitted, 2 received');
  expect(type('timeout 1 tcpdump -ni lo')[0]).toContain('0 packets captured\n');
  expect(type('timeout 1 sudo tcpdump -ni lo')[0]).toContain('0 packets captured\n');
  expect(type('timeout -vk5 -s2 1 sleep 2')).toEqual([
    'timeout: sending signal INT to command ‘sleep’\n',
    124,
  ]);
  expect(type('timeout --sig=9 --pres 1 sleep 2')).toEqual(['', 137]);
  expect(type('timeout --preserve-status 1 sleep 2')).toEqual(['', 143]);
  expect(type('timeout -v -s KILL 1 sleep 2')).toEqual([
    'timeout: sending signal KILL to command ‘sleep’\n',
    137,
  ]);
});

it('passes on the status of what ends in time', () => {
  expect(type('timeout 5 sleep 1')).toEqual(['', 0]);
  expect(type('timeout 0 sleep 1e0')).toEqual(['', 0]);
  expect(type('timeout 5 ping -c1 -W1 192.0.2.1')[1]).toBe(2);
});

it.each([
  ['timeout', ''],
  ['timeout 5', ''],
  ['timeout x ls', 'timeout: invalid time interval ‘x’\n'],
  ['timeout -s FOO 1 ls', 'timeout: ‘FOO’: invalid signal\n'],
  ['timeout -s=9 1 ls', 'timeout: ‘=9’: invalid signal\n'],
  ['timeout -vz 1 ls', "timeout: invalid option -- 'z'\n"],
  ['timeout --verbose=1 1 ls', "timeout: option '--verbose' doesn't allow an argument\n"],
  ['timeout --zz=3 1 ls', "timeout: unrecognized option '--zz=3'\n"],
  ['timeout -z 1 ls', "timeout: invalid option -- 'z'\n"],
  ['timeout --zz 1 ls', "timeout: unrecognized option '--zz'\n"],
  ['timeout -k', "timeout: option requires an argument -- 'k'\n"],
  ['timeout --signal', "timeout: option '--signal' requires an argument\n"],
  ['timeout -k x 1 ls', 'timeout: invalid time interval ‘x’\n'],
])('refuses %s', (line, text) => {
  expect(type(line)).toEqual([`${text}Try 'timeout --help' for more information.\n`, 125]);
});
