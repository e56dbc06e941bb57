import { expect, it } from 'vitest';
import type { Step, Where } from '../../core/base/step.ts';
import { machinesToLeaveOut } from './off-path.ts';

const HOSTS = [{ name: 'central' }, { name: 'worker1' }, { name: 'worker2' }];
const at = (where: Where): Step => ({
  id: 0,
  parent: null,
  time: 0,
  where,
  what: { kind: 'received' },
  frame: null,
  because: [],
});

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
  ['nothing at all', [], ['host:central', 'host:worker1', 'host:worker2']],
])('%s', (_name, steps, expected) => expect([...machinesToLeaveOut(HOSTS, steps)]).toEqual(expected));
