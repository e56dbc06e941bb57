import { expect, it } from 'vitest';
import { splitWords } from './words.ts';

const check = (line: string, words: readonly string[] | string): void => {
  const result = splitWords(line);
  expect(result.ok ? result.value : result.error).toEqual(words);
};

it('splits as a shell does', () => {
  check('ip netns add vm1', ['ip', 'netns', 'add', 'vm1']);
  check('ovn-nbctl lsp-set-addresses vm1 "40:44:00:00:00:01 192.168.0.11"', [
    'ovn-nbctl',
    'lsp-set-addresses',
    'vm1',
    '40:44:00:00:00:01 192.168.0.11',
  ]);
  check(`a 'b "c"' d\\ e "f\\"g" ""`, ['a', 'b "c"', 'd e', 'f"g', '']);
  check('a=b"c d"e # remark', ['a=bc de']);
  check('  ', []);
});

it('refuses an open quote', () => {
  check('echo "a', 'unexpected EOF while looking for matching `"\'');
  check("echo 'a", "unexpected EOF while looking for matching `''");
});
