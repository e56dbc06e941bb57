import { expect, it } from 'vitest';
import type { Step, Where } from '../../core/base/step.ts';
import { machinesToLeaveOut } from './off-path.ts';

const HOSTS = [{ name: 'central' }, { name: 'worker1' }, { name: 'worker2' }];
const at = (where: Where, what: Step['what'] = { kind: 'received' }): Step => ({
  id: 0,
  parent: null,
  time: 0,
  where,
  what,
  frame: null,
  because: [],
});

const TUNNEL = { protocol: 'vxlan', vni: 10, local: '', remote: '', metadata: '' } as const;

it.each([
  [
    'a bystander that hears a broadcast',
    [
      at({ host: 'worker1', bridge: 'br-int' }),
      at({ host: 'central', device: 'eth1' }),
      at({ host: 'worker2', namespace: 'vm2' }),
    ],
    ['host:central'],
  ],
  [
    'machines that only their kernels join',
    [at({ host: 'central', device: 'eth1' }), at({ host: 'worker1', device: 'eth1' })],
    ['host:worker2'],
  ],
  [
    'a sender and a VTEP whose kernels do it all',
    [
      at({ host: 'central', device: 'eth0' }, { kind: 'originated', program: 'ping', text: '' }),
      at({ host: 'worker1', device: 'vxlan-10' }, { ...TUNNEL, kind: 'encapsulated' }),
      at({ host: 'worker2', namespace: 'vm2' }),
    ],
    [],
  ],
  ['nothing at all', [], ['host:central', 'host:worker1', 'host:worker2']],
])('%s', (_name, steps, expected) => expect([...machinesToLeaveOut(HOSTS, steps)]).toEqual(expected));
