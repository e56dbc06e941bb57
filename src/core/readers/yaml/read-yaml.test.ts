import { describe, expect, it } from 'vitest';
import { member, plainOf, type Plain } from './node.ts';
import { readYaml } from './read-yaml.ts';

const check = (text: string, expected: Plain): void => {
  const { value, problems } = readYaml(text, 'x.yaml');
  expect([value && plainOf(value), problems]).toEqual([expected, []]);
};

// What PyYAML 6 answers for the same texts.
it.each<[string, Plain]>([
  ['on', true],
  ['No', false],
  ['y', 'y'],
  ['~', null],
  ['010', 8],
  ['0o17', '0o17'],
  ['1_000', 1000],
  ['0x1F', 31],
  ['0b101', 5],
  ['190:20:30', 685_230],
  ['00:11:22:33:44:55', '00:11:22:33:44:55'],
  ['12:34:56:12:34:56', 9_783_981_296],
  ['1.5', 1.5],
  ['1e3', '1e3'],
  ['6.8523015e+5', 685_230.15],
  ['.5', 0.5],
  ["'20'", '20'],
  ['"yes"', 'yes'],
  ['!!str 20', '20'],
  ['172.17.1.0/24', '172.17.1.0/24'],
  ['2001:db8::1', '2001:db8::1'],
])('%s is %j', (text, expected) => check(`a: ${text}`, { a: expected }));

it('follows anchors and merges', () => {
  check('base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n', { base: { x: 1, y: 2 }, use: { y: 3, x: 1 } });
});

it('reads JSON that is not strict', () => {
  check('{"a": [1, 2,], "b": {"c": true,},}', { a: [1, 2], b: { c: true } });
});

describe('places', () => {
  it('are those of the value', () => {
    const { value } = readYaml('a:\n  b:\n    - x: 7\n', 'f.yaml');
    const inner = member(member(value, 'a'), 'b');
    expect(inner?.kind === 'list' ? member(inner.items[0], 'x')?.place : undefined).toEqual({
      file: 'f.yaml',
      line: 3,
      column: 10,
    });
  });

  it('are the lines of the template that wrote a rendered text', () => {
    const { value } = readYaml('a: 1\nb: 2\n', 't.j2', [4, 9]);
    expect(member(value, 'b')?.place.line).toBe(9);
  });
});

it.each([
  ['a: [1', 1],
  ['a: 1\n b: 2', 1],
  ['a: *none', 1],
  ['a: "x\n', 1],
])('finds what is wrong in %j', (text, line) => {
  const { problems } = readYaml(text, 'x.yaml');
  expect(problems[0]?.place).toMatchObject({ file: 'x.yaml' });
  expect(problems[0]?.place?.line).toBeGreaterThanOrEqual(line);
});

it('says when a key is given twice, and keeps the last', () => {
  const { value, problems } = readYaml('a: 1\na: 2\n', 'x.yaml');
  expect(value && plainOf(value)).toEqual({ a: 2 });
  expect(problems).toEqual([
    {
      message: 'a is given twice; the one of line 1 is not used',
      severity: 'warning',
      place: { file: 'x.yaml', line: 2, column: 1 },
    },
  ]);
});

it('does not unfold a document that explodes', () => {
  const levels = Array.from(
    { length: 12 },
    (_, at) =>
      `a${at}: &a${at} [${Array.from({ length: 12 }, () => (at === 0 ? 'x' : `*a${at - 1}`)).join(', ')}]`,
  );
  expect(readYaml(levels.join('\n'), 'x.yaml').problems.map(({ message }) => message)).toContain(
    'the document is nested too deeply or too large',
  );
});
