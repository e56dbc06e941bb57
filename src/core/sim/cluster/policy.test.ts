import { expect, it } from 'vitest';
import type { AddressResource, Cib, LocationConstraint, Resource } from './cib.ts';
import { place } from './policy.ts';

const NODES = ['a', 'b', 'c'];
const ip = (id: string, enabled = true): AddressResource => ({
  kind: 'IPaddr2',
  id,
  enabled,
  address: '10.0.0.9',
  length: 32,
  nic: null,
});
const cib = (resources: Resource[], constraints: LocationConstraint[] = [], standby: string[] = []): Cib => ({
  clusterName: 'x',
  nodes: NODES,
  resources,
  constraints,
  standby: new Set(standby),
});

const check = (
  configuration: Cib,
  online: readonly string[],
  now: Record<string, string>,
  expected: Record<string, string>,
): void =>
  expect(Object.fromEntries(place(configuration, online, new Map(Object.entries(now))))).toEqual(expected);

const FOUR = [ip('1'), ip('2'), ip('3'), ip('4')];

it('spreads resources over the members', () =>
  check(cib(FOUR), NODES, {}, { 1: 'a', 2: 'b', 3: 'c', 4: 'a' }));

it('leaves what runs where it is', () =>
  check(cib(FOUR), NODES, { 4: 'c' }, { 4: 'c', 1: 'a', 2: 'b', 3: 'a' }));

it('moves only what a lost member had', () =>
  check(cib(FOUR), ['b', 'c'], { 1: 'a', 2: 'b', 3: 'c', 4: 'a' }, { 2: 'b', 3: 'c', 1: 'b', 4: 'c' }));

it('runs nothing without quorum', () => check(cib(FOUR), [], { 1: 'a' }, {}));

it('obeys moves, bans, standby and disabled resources', () => {
  check(cib([ip('1')], [{ resource: '1', node: 'c', score: 'INFINITY' }]), NODES, { 1: 'a' }, { 1: 'c' });
  check(cib([ip('1')], [{ resource: '1', node: 'a', score: '-INFINITY' }]), NODES, { 1: 'a' }, { 1: 'b' });
  check(cib([ip('1')], [], ['a']), NODES, { 1: 'a' }, { 1: 'b' });
  check(cib([ip('1', false)]), NODES, { 1: 'a' }, {});
});

it('keeps each replica of a bundle on its member', () => {
  const bundle: Resource = {
    kind: 'bundle',
    id: 'h',
    enabled: true,
    image: '',
    replicas: 3,
    program: 'haproxy',
  };
  check(cib([bundle]), ['a', 'c'], {}, { 'h-podman-0': 'a', 'h-podman-2': 'c' });
});
