/** Guests of a hypervisor: what virsh lists, and what pulling their cables does. */
import { beforeEach, expect, it } from 'vitest';
import { World } from '../../sim/index.ts';
import { replay, type LineOutcome } from '../transcript.ts';

let world: World;
const run = (host: string, line: string): LineOutcome => replay(world, host, line);

beforeEach(() => {
  const guest = (name: string) => ({ name, kind: 'machine' as const, services: [], nics: [] });
  const nic = (mac: string) => ({ source: { kind: 'network' as const, name: 'lan' }, mac, device: 'ens3' });
  world = new World(
    {
      machines: [
        {
          name: 'host',
          kind: 'machine',
          services: [],
          nics: [],
          hypervisor: {
            networks: [
              {
                name: 'lan',
                bridge: 'virbr1',
                mac: '52:54:00:00:00:fe',
                stp: false,
                addresses: ['10.0.0.254/24'],
              },
            ],
            domains: [
              { machine: 'a', interfaces: [nic('52:54:00:00:00:0a')] },
              { machine: 'b', interfaces: [nic('52:54:00:00:00:0b')] },
              { machine: 'c', interfaces: [nic('52:54:00:00:00:0c')], shutOff: true },
            ],
          },
        },
        guest('a'),
        guest('b'),
        guest('c'),
      ],
      segments: [],
    },
    1,
  );
  for (const [at, name] of ['a', 'b'].entries()) run(name, `ip addr add 10.0.0.${at + 1}/24 dev ens3`);
});

const reaches = (from: string, to: string): boolean => run(from, `ping -c1 -W1 ${to}`).status === 0;

it('joins guests over the bridge, with the hypervisor on it', () => {
  expect([reaches('a', '10.0.0.2'), reaches('a', '10.0.0.254'), reaches('host', '10.0.0.1')]).toEqual([
    true,
    true,
    true,
  ]);
  expect(run('host', 'ip -br link show vnet0').out).toMatch(/^vnet0 +\S+ +fe:54:00:00:00:0a /);
});

it('lists guests and their interfaces', () => {
  expect(run('host', 'virsh list --all').out).toBe(
    [
      ' Id   Name   State',
      '-'.repeat(23),
      ' 1    a      running',
      ' 2    b      running',
      ' -    c      shut off',
      '',
      '',
    ].join('\n'),
  );
  expect(run('host', 'virsh domiflist b').out).toBe(
    [
      ' Interface   Type      Source   Model    MAC',
      '-'.repeat(60),
      ' vnet1       network   lan      virtio   52:54:00:00:00:0b',
      '',
      '',
    ].join('\n'),
  );
  expect(run('host', 'virsh domiflist c').out).toContain(' -           network   lan ');
});

it('pulls a cable and plugs it in again', () => {
  expect(run('host', 'virsh domif-setlink b vnet1 down').out).toBe('Device updated successfully\n\n');
  expect(run('b', 'ip -br link show ens3').out).toContain('DOWN');
  expect(reaches('a', '10.0.0.2')).toBe(false);
  run('host', 'virsh domif-setlink b vnet1 up');
  expect(reaches('a', '10.0.0.2')).toBe(true);
});

it('takes the taps of a guest that is destroyed, and gives the lowest free ones to the next', () => {
  run('host', 'virsh destroy a');
  expect(run('host', 'brctl show virbr1').out).not.toContain('vnet0');
  expect(run('a', 'ip a').status).toBe(255);
  run('host', 'virsh start c');
  expect(run('host', 'virsh domiflist c').out).toContain(' vnet0 ');
});

it.each([
  ['virsh domiflist x', "error: failed to get domain 'x'\n"],
  ['virsh nothing', "error: unknown command: 'nothing'\n"],
  ['virsh dumpxml node', 'error: dumpxml is not modelled\n'],
  ['virsh domiflist', "error: command 'domiflist' requires <domain> option\n"],
  ['virsh start a', 'error: Domain is already active\n'],
])('refuses %s', (line, text) => {
  expect(run('host', line)).toMatchObject({ status: 1, err: text });
});

it('is not there where no guests are', () => expect(run('a', 'virsh list').status).toBe(127));
