import { expect, it } from 'vitest';
import { regularExpression } from './regular-expression.ts';

const found = (pattern: string, text: string): boolean | string => {
  const made = regularExpression(pattern);
  return made.ok ? made.value(text) : made.error;
};

const PATTERNS = [
  'a', 'ab|cd', 'a*b', 'a+?b', '^b', 'b$', '(ab)+c', '(?:a|b){2,3}c', 'a{2}', 'a{,2}', '[a-c]x', '[^a-c]x', '[\\d_]', '\\w\\b', '\\B.',
  'x?y?z?$', '[]a]', '[a-]', '\\x41', '\\.', '(a|)b', '()', '(?i)A', '.', '\\s\\S', '[[:digit:]]', 'A', '[A-Z]x', '(a*)*b', '(?<n>a)b', '^$',
]; // prettier-ignore
const TEXTS = ['', 'a', 'ab', 'aab', 'abc', 'ababc', 'cd', 'ax', 'Ax', 'dx', ']', '-', '1', '_ ', 'x y', 'a.b', '\n', 'ab\n', 'bbbc', 'xyz', 'a{,2}']; // prettier-ignore

it('finds what the regular expressions of the language find', () => {
  for (const pattern of PATTERNS) {
    const plain = pattern.replace('(?i)', '').replace('[[:digit:]]', '\\d').replace('[]a]', '[\\]a]');
    const other = new RegExp(plain.replaceAll('$', '(?=\\n?$)(?!\\n\\n)'), 'i');
    for (const text of TEXTS)
      expect([pattern, text, found(pattern, text)]).toEqual([pattern, text, other.test(text)]);
  }
});

it('takes no longer for what others never end with', () => {
  expect(found('(a+)+$', `${'a'.repeat(20_000)}!`)).toBe(false);
  expect(found('(a|a|b?)*c', 'ab'.repeat(10_000))).toBe(false);
  expect(found('(x{0,200}){0,200}y', '')).toBe('it is too large');
  expect(found('(((){1000}){1000}){1000}', '')).toBe('it is too large');
});

it('says what it does not know', () => {
  expect(found('(', '')).toBe('a ) is missing');
  expect(found('a)', '')).toBe('a ) has no ( before it');
  expect(found('[a', '')).toBe('a ] is missing');
  expect(found('*a', '')).toBe('nothing stands before a count');
  expect(found('(a)\\1', '')).toBe('references back are not known');
  expect(found('(?=a)', '')).toBe('looking ahead or behind is not known');
  expect(found('a\\', '')).toBe('it ends with a \\');
  expect(found('[b-a]', '')).toBe('b-a is not a range');
});
