import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Step, What, Where } from '../core/base/step.ts';
import { echoRun } from './fixtures/run.ts';
import { stepIndexAfter, type StepCommand, type StepLevel } from './stepping.ts';
import { resultText, stageText } from './step-text.ts';
import { runTree } from './run-tree.ts';

const run = echoRun();
const find = (test: (step: Step) => boolean): number => run.findIndex(test);
const at = (host: string, kind: What['kind'], device?: string): number =>
  find(
    ({ where, what }) =>
      where.host === host && what.kind === kind && (device === undefined || where.device === device),
  );

const SENT = at('worker1', 'sent', 'eth1');
const ENTERED = at('worker2', 'received', 'ovn-worker-0');
const TABLE_40 = find(({ where }) => where.table === 40);
const DELIVERED = at('worker2', 'delivered');

function check(from: number, command: StepCommand, level: StepLevel, to: number): void {
  expect(stepIndexAfter(runTree(run), from, command, level)).toBe(to);
}

describe('stepping', () => {
  it('goes from device to device: guest, bridge, wire, bridge, guest', () => {
    const stops: number[] = [0];
    while ((stops.at(-1) ?? 0) < DELIVERED)
      stops.push(stepIndexAfter(runTree(run), stops.at(-1) ?? 0, 'over', 'hop'));
    expect(stops.map((index) => `${run[index]?.where.host} ${run[index]?.what.kind}`)).toEqual([
      'worker1 originated',
      'worker1 received',
      'worker1 sent',
      'worker2 received',
      'worker2 received',
      'worker2 delivered',
    ]);
    expect(stops[2]).toBe(SENT);
    expect(stops[3]).toBe(ENTERED);
  });

  it('goes over whole devices at hop, over tables at stage, over nothing at action', () => {
    check(3, 'over', 'hop', SENT);
    check(TABLE_40, 'over', 'stage', TABLE_40 + 1);
    check(TABLE_40, 'over', 'action', TABLE_40 + 1);
  });

  it('goes into a hop by its stages, and out of a stage to the next device', () => {
    check(3, 'into', 'hop', 4);
    check(TABLE_40, 'out', 'stage', SENT);
    check(TABLE_40, 'out', 'action', TABLE_40 + 1);
  });

  it('goes out of a hop to the end of the journey, and from there to the next one', () => {
    check(SENT, 'out', 'hop', DELIVERED);
    check(DELIVERED, 'out', 'hop', DELIVERED + 1);
  });

  it('begins at the first step and ends at the last', () => {
    check(SENT, 'start', 'hop', 0);
    check(SENT, 'end', 'hop', run.length - 1);
    check(0, 'back', 'action', 0);
    check(run.length - 1, 'over', 'hop', run.length - 1);
    expect(stepIndexAfter(runTree([]), 0, 'over', 'hop')).toBe(0);
  });

  it('goes back to where it came from, from every stop of every level', () => {
    const level = fc.constantFrom<StepLevel>('hop', 'stage', 'action');
    fc.assert(
      fc.property(level, fc.nat(run.length - 1), (of, from) => {
        const stop = stepIndexAfter(runTree(run), from, 'over', of);
        const next = stepIndexAfter(runTree(run), stop, 'over', of);
        if (next > stop) expect(stepIndexAfter(runTree(run), next, 'back', of)).toBe(stop);
      }),
    );
  });

  it('never goes past a drop', () => {
    const place: Where = { host: 'a', bridge: 'br' };
    const kinds: readonly What[] = [
      { kind: 'originated', program: '', text: '' },
      { kind: 'table', table: 0, matched: true, changes: [] },
      { kind: 'action', text: 'drop', changes: [] },
      { kind: 'dropped', reason: { kind: 'flow-drop' } },
      { kind: 'note', text: '' },
    ];
    const dropped = kinds.map((what, id): Step => ({
      id,
      parent: id === 0 ? null : id - 1,
      time: 0,
      where: place,
      what,
      frame: null,
      because: [],
    }));
    for (const level of ['hop', 'stage', 'action'] as const)
      expect(stepIndexAfter(runTree(dropped), 2, 'over', level)).toBe(3);
    expect(stepIndexAfter(runTree(dropped), 1, 'over', 'stage')).toBe(3);
  });

  it('visits every branch of a flood in order of time', () => {
    const flood: readonly Step[] = [
      { id: 0, parent: null, host: 'a' },
      { id: 1, parent: 0, host: 'b' },
      { id: 2, parent: 0, host: 'c' },
      { id: 3, parent: 1, host: 'd' },
      { id: 4, parent: 2, host: 'c' },
    ].map(({ host, ...step }) => ({
      ...step,
      time: step.id,
      where: { host },
      what: { kind: 'received' },
      frame: null,
      because: [],
    }));
    expect([0, 1, 2].map((index) => stepIndexAfter(runTree(flood), index, 'over', 'hop'))).toEqual([1, 2, 3]);
  });
});

describe('texts of a step', () => {
  it.each([
    [TABLE_40, '40 ls_in_l2_lkup', 'reg15 0x2'],
    [at('worker1', 'encapsulated'), 'push Geneve', 'VNI 1, 192.168.50.100 → 192.168.50.101'],
    [at('worker1', 'resolved'), 'neighbour', '192.168.50.101 = 52:54:00:a1:50:65'],
    [
      find(({ what }) => what.kind === 'routed' && what.device === 'eth1'),
      'route',
      '192.168.50.0/24 dev eth1',
    ],
  ])('step %i is %s: %s', (index, stage, result) => {
    const step = run[index];
    expect(step && [stageText(step), resultText(step)]).toEqual([stage, result]);
  });
});
