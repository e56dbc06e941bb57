import { describe, expect, it } from 'vitest';
import type { Step, What } from '../core/base/step.ts';
import { branchesOf, type Branch } from './branches.ts';
import { echoRun } from './fixtures/run.ts';
import { runTree } from './run-tree.ts';

const told = (branches: readonly Branch[], depth = 0): readonly string[] =>
  branches.flatMap((branch) => [
    `${'  '.repeat(depth)}${branch.text} @ ${branch.where}: ${branch.end}${branch.outcome === '' ? '' : `, ${branch.outcome}`}`,
    ...told(branch.children, depth + 1),
  ]);

const step = (id: number, parent: number | null, host: string, what: What): Step => ({
  id,
  parent,
  time: id,
  where: { host, device: 'eth0' },
  what,
  frame: null,
  because: [],
});

describe('branches', () => {
  it('nest a reply under the request that it answers', () => {
    const text = told(branchesOf(runTree(echoRun())));
    expect(text[0]).toMatch(/^ping, echo @ worker1 vm1: delivered/);
    expect(text.some((line) => line.startsWith('  '))).toBe(true);
  });

  it('part where a frame is flooded, and say what became of each copy', () => {
    const flood = runTree([
      step(0, null, 'a', { kind: 'originated', program: 'arping', text: 'who-has' }),
      step(1, 0, 'a', { kind: 'sent' }),
      step(2, 1, 'b', { kind: 'received' }),
      step(3, 1, 'c', { kind: 'received' }),
      step(4, 2, 'b', { kind: 'dropped', reason: { kind: 'not-for-us' } }),
      step(5, 3, 'c', { kind: 'delivered', to: 'kernel' }),
      step(6, 5, 'c', { kind: 'originated', program: 'kernel', text: 'reply' }),
      step(7, 6, 'c', { kind: 'sent' }),
    ]);
    expect(told(branchesOf(flood))).toEqual([
      'arping, who-has @ a kernel: copied',
      '  copy, received @ b kernel: dropped, addressed to somebody else',
      '  copy, received @ c kernel: delivered, delivered to kernel',
      '    kernel, reply @ c kernel: open',
    ]);
  });

  it('put every step that leads somewhere on one branch, in order', () => {
    const seen: number[] = [];
    const walk = (branches: readonly Branch[]): void => {
      for (const branch of branches) {
        expect(branch.to).toBeGreaterThanOrEqual(branch.from);
        seen.push(branch.from);
        walk(branch.children);
      }
    };
    walk(branchesOf(runTree(echoRun())));
    expect(new Set(seen).size).toBe(seen.length);
  });
});
