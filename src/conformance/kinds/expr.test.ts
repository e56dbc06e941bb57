import { expect, it } from 'vitest';
import type { GoldenFolder } from '../runner.ts';
import { exprRunner } from './expr.ts';

function passes(kind: string, vector: { input: string; args?: string[]; output: string }): boolean[] {
  const folder: GoldenFolder = {
    list: () => [],
    exists: (path) => path === `expr/${kind}.jsonl`,
    text: () => `${JSON.stringify({ args: [], error: null, ...vector })}\n`,
    octets: () => new Uint8Array(),
  };
  return [...exprRunner.run(folder, () => true)].map(({ pass }) => pass);
}

// Recorded outputs, and the same with one thing wrong.
it.each([
  ['lex', { input: 'a==1', output: 'a == 1' }, 'a = 1'],
  [
    'parse-expr',
    { input: 'tcp.dst == {1, 2}', output: 'tcp.dst == 0x1 || tcp.dst == 0x2' },
    'tcp.dst == 0x1',
  ],
  ['simplify-expr', { input: 'ip4', output: 'eth.type == 0x800' }, 'ip4'],
  ['normalize-expr', { input: '!ct.est && ct.trk', output: 'ct_state == 0x20/0x22' }, 'ct_state == 0x20'],
  ['expr-to-flows', { input: 'inport == {"eth0", "eth1"}', output: 'reg14=0x6\nreg14=0x5' }, 'reg14=0x5'],
  ['evaluate-expr', { input: 'ip4', args: ['ip6'], output: '0' }, '1'],
  ['parse-actions', { input: 'ct_clear;', output: '    encodes as ct_clear' }, '    encodes as drop'],
] as const)('agrees with a recorded %s and catches a difference', (kind, vector, wrong) => {
  const mutable = { ...vector, args: 'args' in vector ? [...vector.args] : [] };
  expect(passes(kind, mutable)).toEqual([true]);
  expect(passes(kind, { ...mutable, output: wrong })).toEqual([false]);
});
