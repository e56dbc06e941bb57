import { expect, it } from 'vitest';
import type { Where } from '../../core/base/step.ts';
import { echoRun } from '../../view/fixtures/run.ts';
import { cut, subjectsOfRun } from './report-tables.ts';

it('a report tells of each part of a machine and each bridge on the way once, in their order', () => {
  const [first] = echoRun();
  if (!first) throw new Error('the run has no steps');
  const at = (where: Where) => ({ ...first, where });
  expect(
    subjectsOfRun([
      at({ host: 'a', namespace: 'vm1' }),
      at({ host: 'a', bridge: 'br-int', device: 'vm1', table: 0 }),
      at({ host: 'a', bridge: 'br-int', table: 8 }),
      at({ host: 'a', device: 'eth1' }),
      at({ host: '' }),
      at({ host: 'a', namespace: 'vm1', device: 'vm1' }),
    ]),
  ).toEqual([
    { kind: 'namespace', host: 'a', namespace: 'vm1' },
    { kind: 'bridge', host: 'a', bridge: 'br-int' },
    { kind: 'host', host: 'a' },
  ]);
});

it('a long table is cut, and says by how much', () => {
  const lines = Array.from({ length: 103 }, (_, at) => `line ${at}`);
  expect(cut(lines.slice(0, 100).join('\n'))).toBe(lines.slice(0, 100).join('\n'));
  expect(
    cut(`${lines.join('\n')}\n`)
      .split('\n')
      .slice(-2),
  ).toEqual(['line 99', '(and 3 more lines)']);
});
