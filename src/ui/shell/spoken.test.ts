import { expect, it } from 'vitest';
import type { Fault } from '../../engine/protocol.ts';
import { world } from '../../view/fixtures/world.ts';
import { spokenChanges, type Heard } from './spoken.ts';

const quiet: Heard = { lens: 'overlay', level: 'hop', breakpoints: [], faults: [], pinned: 0 };
const cut: Fault = { kind: 'cut', host: 'worker1', device: 'eth1' };

it.each<[string, Partial<Heard>, Partial<Heard>]>([
  ['', {}, {}],
  ['L2 and VLAN lens', {}, { lens: 'l2' }],
  // Another lens has pins of its own: they are no news.
  ['Physical lens', {}, { lens: 'physical', pinned: 2 }],
  ['Steps by stage', {}, { level: 'stage' }],
  ['Stops at drop, any packet that dies', {}, { breakpoints: [{ kind: 'drop' }] }],
  ['Stops no more at change, reg15', { breakpoints: [{ kind: 'field', field: 'reg15' }] }, {}],
  ['Broken: eth1 of worker1: cable out', {}, { faults: [cut] }],
  ['Mended: eth1 of worker1: cable out', { faults: [cut] }, {}],
  ['Kept at its new place', {}, { pinned: 1 }],
])('%s', (expected, before, now) => {
  expect(spokenChanges({ ...quiet, ...before }, { ...quiet, ...now }, world({}))).toBe(expected);
});
