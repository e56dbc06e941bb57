/** A cluster of three machines on one cable, as a user of pcs drives it. */
import { beforeEach, expect, it } from 'vitest';
import { World } from '../../sim/index.ts';
import { replay } from '../transcript.ts';

const NAMES = ['a', 'b', 'c'];
const HOSTS = NAMES.map((name, at) => `10.0.0.${at + 1} ${name}`).join('\n');

let world: World;
const out = (host: string, line: string): string => {
  const { out: text, err } = replay(world, host, line);
  return text + err;
};
const wait = (seconds: number): void => world.clock.run(world.clock.now() + seconds * 1e9);
const whereIs = (id: string, from = 'a'): string | undefined =>
  new RegExp(`\\* ${id}\\t\\(ocf::heartbeat:IPaddr2\\):\\t (.*)`).exec(out(from, 'pcs status'))?.[1];
const holders = (address: string): string[] =>
  NAMES.filter((name) => out(name, 'ip -br addr').includes(address));

beforeEach(() => {
  world = new World(
    {
      machines: NAMES.map((name, at) => ({
        name,
        kind: 'machine' as const,
        services: [],
        nics: [
          {
            name: 'eth0',
            mac: `02:00:00:00:00:0${at + 1}`,
            addresses: [`10.0.0.${at + 1}/24`],
            segment: 's',
          },
        ],
        files: { '/etc/hosts': HOSTS },
      })),
      segments: [{ id: 's', name: 's', mtu: 1500, delay: 1000 }],
    },
    1,
  );
  out('a', 'pcs cluster setup lab a b c --start');
  wait(3);
  out('a', 'pcs resource create vip ocf:heartbeat:IPaddr2 ip=10.0.0.50 cidr_netmask=32');
  wait(1);
});

it('gives the address to one member', () => {
  expect([whereIs('vip'), whereIs('vip', 'c'), holders('10.0.0.50/32')]).toEqual([
    'Started a',
    'Started a',
    ['a'],
  ]);
});

it('moves it, and back', () => {
  out('b', 'pcs resource move vip c');
  wait(2);
  expect([whereIs('vip'), holders('10.0.0.50')]).toEqual(['Started c', ['c']]);
  out('b', 'pcs resource clear vip');
  out('b', 'pcs node standby c');
  wait(2);
  expect([whereIs('vip'), holders('10.0.0.50')]).toEqual(['Started a', ['a']]);
  expect(out('a', 'pcs status')).toContain('  * Node c: standby\n  * Online: [ a b ]\n');
});

it('stops and starts it', () => {
  out('a', 'pcs resource disable vip');
  wait(2);
  expect([whereIs('vip'), holders('10.0.0.50')]).toEqual(['Stopped (disabled)', []]);
  out('a', 'pcs resource enable vip');
  wait(2);
  expect(holders('10.0.0.50')).toEqual(['a']);
});

it('moves it when its member leaves, and when its member is cut off; the lonely one stops', () => {
  out('a', 'pcs cluster stop a');
  wait(4);
  expect([whereIs('vip', 'b'), holders('10.0.0.50')]).toEqual(['Started b', ['b']]);
  out('b', 'ip link set eth0 down');
  wait(15);
  expect(out('b', 'pcs status')).toContain('partition WITHOUT quorum');
  expect(holders('10.0.0.50')).toEqual([]);
  out('a', 'pcs cluster start a');
  wait(15);
  expect([whereIs('vip', 'c'), holders('10.0.0.50')]).toEqual(['Started a', ['a']]);
});

it.each([
  ['pcs resource create vip IPaddr2 ip=10.0.0.51', "Error: 'vip' already exists\n"],
  ['pcs resource create x IPaddr2', "Error: required resource option 'ip' is missing\n"],
  ['pcs resource move nothing', "Error: resource 'nothing' does not exist\n"],
  ['pcs resource move vip z', "Error: Node 'z' not found\n"],
  ['pcs cluster setup again a b', 'Error: a: The host seems to be in a cluster already\n'],
  ['pcs quorum status', 'Error: pcs quorum status is not modelled\n'],
])('refuses %s', (line, text) => expect(out('b', line)).toBe(text));

it('tells the nodes and the resources alone, and refuses the parts that it does not know', () => {
  out('b', 'pcs node standby c');
  wait(1);
  expect(out('a', 'pcs status nodes')).toBe(`Pacemaker Nodes:
 Online: a b
 Standby: c
 Standby with resource(s) running:
 Maintenance:
 Offline:
Pacemaker Remote Nodes:
 Online:
 Standby:
 Standby with resource(s) running:
 Maintenance:
 Offline:
`);
  const line = '  * vip\t(ocf::heartbeat:IPaddr2):\t Started a\n';
  for (const command of ['pcs resource', 'pcs status resources', 'pcs resource status vip'])
    expect(out('a', command)).toBe(line);
  expect(out('a', 'pcs status --full')).toBe('Error: pcs status --full is not modelled\n');
});
