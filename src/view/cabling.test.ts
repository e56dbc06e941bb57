import { expect, it } from 'vitest';
import type { WorldSnapshot } from '../engine/snapshot.ts';
import { cablingOf } from './cabling.ts';
import { multinode } from './fixtures/chassis.ts';
import { tripleo } from './fixtures/tripleo.ts';
import { host, link, namespace, ovsBridge, ovsPort, segment } from './fixtures/world.ts';

const told = (snapshot: WorldSnapshot) =>
  cablingOf(snapshot).map(({ hypervisor, inside, bridges, guests }) => [
    inside === null ? hypervisor : `${hypervisor} in ${inside}`,
    bridges.map(({ name }) => name).join(' '),
    guests.map(
      ({ name, cables }) =>
        `${name}: ${cables.map(({ nic, tap, bridge, down }) => [nic, tap, bridge, down].join('-')).join(' ')}`,
    ),
  ]);

it('tells the tap and the bridge of each NIC', () => {
  expect(told(tripleo)[0]?.slice(0, 2)).toEqual(['hypervisor', 'management data external']);
  expect(cablingOf(tripleo)[0]?.guests.find(({ name }) => name === 'controller-0')?.cables).toMatchObject([
    { nic: 'ens3', tap: 'vnet3', bridge: 'management', down: '' },
    { nic: 'ens4', tap: 'vnet4', bridge: 'data' },
    { nic: 'ens5', tap: 'vnet5', bridge: 'external' },
  ]);
  expect(told(multinode)).toEqual([]);
});

it('has a hypervisor inside a hypervisor with guests of its own, and says what is unplugged', () => {
  const inner: WorldSnapshot = {
    ...tripleo,
    hosts: [
      ...tripleo.hosts.map((one) =>
        one.name === 'compute-0'
          ? {
              ...one,
              namespaces: one.namespaces.map((space) => ({
                ...space,
                links: [...space.links, link('tapA', 'tap', { ovsPort: { bridge: 'br-new', port: 'tapA' } })],
              })),
              bridges: [...one.bridges, ovsBridge('br-new', [ovsPort('tapA', 5, { type: 'system' })])],
            }
          : one,
      ),
      host('vm', { namespaces: [namespace('', [link('eth0', 'physical', { carrier: false })])] }),
    ],
    segments: [
      ...tripleo.segments,
      segment('vm-eth0', null, [
        { host: 'vm', device: 'eth0' },
        { host: 'compute-0', device: 'tapA' },
      ]),
    ],
  };
  expect(told(inner)[1]).toEqual([
    'compute-0 in hypervisor',
    'br-new',
    ['vm: eth0-tapA-br-new-eth0 has no carrier'],
  ]);
});
