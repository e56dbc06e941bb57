import { expect, it } from 'vitest';
import { joinPatterns, understood } from './grep.ts';

it.each<[string, string]>([
  ['-i -e cidr -e vlan file', '-i -e cidr\\|vlan file'],
  ['-E -e a -e b', '-E -e a|b'],
  ['-ie a -eb f g', '-i -e a\\|b f g'],
  ['--regexp=a --regexp b', '-e a\\|b'],
  ['-F -e a -A 2 -e b f', '-F -A 2 -e a\nb f'],
  ['-e a file', '-e a file'],
  ['-n a file', '-n a file'],
  ['-e a -- -e b', '-e a -- -e b'],
])('%s', (args, expected) => {
  expect(joinPatterns(args.split(' ')).join(' ')).toBe(expected);
});

it.each<[string, string]>([
  ['-o [0-9]* file', '-o [0-9]\\{1,\\} file'],
  ['-o [[:digit:]]* file', '-o [[:digit:]]\\{1,\\} file'],
  ['-oE [^,]* file', '-oE [^,]+ file'],
  ['-A 1 -on -e a* file', '-A 1 -on -e a\\{1,\\} file'],
  ['-o ab* file', '-o ab* file'],
  ['-o \\(a\\)* file', '-o \\(a\\)* file'],
  ['-Fo a* file', '-Fo a* file'],
  ['-c a* file', '-c a* file'],
  ['conj_id=[0-9]\\+, file', 'conj_id=[0-9]\\{1,\\}, file'],
  ['-i -e a\\? file', '-i -e a\\{0,1\\} file'],
  ['a\\\\+[\\+] file', 'a\\\\+[\\+] file'],
  ['-E a\\+ file', '-E a\\+ file'],
  ['-F a\\+ file', '-F a\\+ file'],
])('%s', (args, expected) => {
  expect(understood(args.split(' ')).join(' ')).toBe(expected);
});
