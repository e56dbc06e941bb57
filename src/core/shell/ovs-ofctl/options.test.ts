import { expect, it } from 'vitest';
import { parseOptions } from './options.ts';

const parse = (line: string) =>
  parseOptions(line.split(' '), { log: () => undefined, complain: () => undefined });

it('takes options anywhere, cut short and bunched, and what follows `--` as words', () => {
  expect(parse('-mOOpenFlow13 dump-flows --no-stat br0 --sort -- -x')).toMatchObject({
    ok: true,
    value: {
      more: true,
      version: 4,
      stats: false,
      sort: [
        { field: null, descending: false },
        { field: null, descending: true },
      ],
      words: ['dump-flows', 'br0', '-x'],
    },
  });
});

it('agrees on OpenFlow 1.4 for a bundle', () => {
  expect(parse('-O OpenFlow11 --bundle add-flow br0 x')).toMatchObject({
    value: { version: 5, versions: [5] },
  });
  expect(parse('-O OpenFlow13 --bundle add-flow br0 x')).toMatchObject({ value: { version: 4 } });
});

it.each([
  ['--oneline show', "unrecognized option '--oneline'"],
  ['-t 0 show', 'value 0 on -t or --timeout is invalid'],
  ['-O', "option requires an argument -- 'O'"],
  ['-O OpenFlow9 show', 'Unknown OpenFlow version: "OpenFlow9"'],
  ['-v show', 'option --verbose is not modelled here'],
  ['-F nxm show', 'option --flow-format is not modelled here'],
  ['--color dump-flows', 'option --color is not modelled here'],
  ['--color=red dump-flows', "incorrect value `red' for --color"],
])('refuses %s', (line, error) => {
  expect(parse(line)).toEqual({ ok: false, error });
});
