import { describe, expect, it } from 'vitest';
import { echoRun } from './fixtures/run.ts';
import { stepRows } from './step-rows.ts';
import { offsetText } from './step-text.ts';
import { timelineModel } from './timeline.ts';
import { runTree } from './run-tree.ts';

const run = echoRun();

describe('timeline', () => {
  const timeline = timelineModel(runTree(run), 'hop');

  it('has one lane a machine and part, the underlay between', () => {
    expect(timeline.lanes.map(({ host, part, first }) => `${first ? host : '…'} ${part}`)).toEqual([
      'worker1 vm1',
      '… br-int',
      '… kernel',
      ' underlay',
      'worker2 kernel',
      '… br-int',
      '… vm2',
    ]);
  });

  it('folds runs of stages that changed nothing, with their count', () => {
    const folds = timeline.marks.filter(({ kind }) => kind === 'fold').map(({ count }) => count);
    expect(folds).toEqual([31, 18, 31, 18]);
  });

  it('puts every step on one mark, left to right without overlap', () => {
    run.forEach((_, index) => {
      const mark = timeline.marks[timeline.markOf(index)];
      expect(mark && mark.from <= index && index <= mark.to).toBe(true);
    });
    timeline.marks.forEach((mark, index) => {
      const before = timeline.marks[index - 1];
      if (before) expect(mark.x).toBeGreaterThanOrEqual(before.x + before.width);
    });
    expect(timeline.width).toBe(Math.max(...timeline.marks.map(({ x, width }) => x + width)));
  });

  it('links marks where the packet changes the lane', () => {
    const lanes = timeline.links.map(({ from, to }) => [
      timeline.marks[from]?.lane,
      timeline.marks[to]?.lane,
    ]);
    expect(lanes.slice(0, 6)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
      [5, 6],
    ]);
  });

  it('writes times where they jump', () => {
    expect(timeline.ticks.slice(0, 3).map(({ text }) => text)).toEqual(['+0', '+38 µs', '+164 µs']);
  });

  it('shows every step at level action, and nothing for no steps', () => {
    expect(timelineModel(runTree(run), 'action').marks).toHaveLength(run.length);
    expect(timelineModel(runTree([]), 'hop')).toMatchObject({
      lanes: [],
      marks: [],
      links: [],
      ticks: [],
      width: 0,
    });
  });
});

describe('rows', () => {
  it('read like the list beside the timeline', () => {
    const rows = stepRows(runTree(run), 'hop');
    expect(
      rows.slice(4, 10).map(({ number, where, stage, result, tone }) => [number, where, stage, result, tone]),
    ).toEqual([
      ['5', 'br-int', '0', 'metadata 0x1, reg14 0x1', 'normal'],
      ['6', 'br-int', '8 ls_in_check_port_sec', 'reg10 0x0', 'normal'],
      ['7–37', 'br-int', '9–39', '31 stages, unchanged', 'folded'],
      ['38', 'br-int', '40 ls_in_l2_lkup', 'reg15 0x2', 'deciding'],
      ['39', 'br-int', '42', 'unchanged', 'normal'],
      ['40', 'br-int', '44', 'tun_id 0x1', 'deciding'],
    ]);
  });

  it('say how large a packet is on the wire, in its tunnel and out of it', () => {
    const sent = stepRows(runTree(run), 'hop')
      .filter(({ stage }) => stage === 'sent')
      .map(({ where, result }) => `${where} ${result}`);
    expect(sent.slice(0, 2)).toEqual(['vm1 98 octets', 'eth1 156 octets']);
  });

  it('cover every step once, at every level', () => {
    for (const level of ['hop', 'stage', 'action'] as const) {
      const covered = stepRows(runTree(run), level).flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, at) => from + at),
      );
      expect(covered).toEqual(run.map((_, index) => index));
    }
  });
});

describe('offsets', () => {
  it.each([
    [0, '+0'],
    [250, '+250 ns'],
    [38_000, '+38 µs'],
    [1_204_000, '+1.204 ms'],
    [2_500_000_000, '+2.5 s'],
    [1_000_060_000, '+1.00006 s'],
  ])('%d ns is %s', (time, text) => expect(offsetText(time)).toBe(text));
});
