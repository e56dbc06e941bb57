import { expect, it } from 'vitest';
import { grepArguments } from './grep-arguments.ts';

it.each<[string, string]>([
  ['-i -e cidr -e vlan file', '-i -e cidr\\|vlan -- file'],
  ['-E -e a -e b', '-E -e a|b --'],
  ['-ie a -eb f g', '-i -e a\\|b -- f g'],
  ['--regexp=a --regexp b', '-e a\\|b --'],
  ['-F -e a -A 2 -e b f', '-F -A 2 -e a\nb -- f'],
  ['-n a file', '-n -e a -- file'],
  ['-e a -- -e b', '-e a -- -e b'],
  ['a -i file', '-i -e a -- file'],
  ['a file -A1 --count', '-A 1 -c -e a -- file'],
  ['a file -e b', '-e b -- a file'],
  ['-- -i --color', '-e -i -- --color'],
  ['--color=auto --ignore a - -12', '-i -C 12 -e a -- -'],
  ['-f list file', '-f list -- file'],
  ['--include=*.log -r a dir', '--include=*.log -r -e a -- dir'],
  ['-z a file', '-z a file'],
  ['-i', '-i'],
])('%s', (args, expected) => {
  expect(grepArguments(args.split(' ')).join(' ')).toBe(expected);
});

it.each<[string, string]>([
  ['-o [0-9]* file', '-o -e [0-9]\\{1,\\} -- file'],
  ['-o [[:digit:]]* file', '-o -e [[:digit:]]\\{1,\\} -- file'],
  ['-oE [^,]* file', '-o -E -e [^,]+ -- file'],
  ['[^,]* file -Eo', '-E -o -e [^,]+ -- file'],
  ['-A 1 -on -e a* file', '-A 1 -o -n -e a\\{1,\\} -- file'],
  ['-o ab* file', '-o -e ab* -- file'],
  ['-o \\(a\\)* file', '-o -e \\(a\\)* -- file'],
  ['-Fo a* file', '-F -o -e a* -- file'],
  ['-c a* file', '-c -e a* -- file'],
  ['conj_id=[0-9]\\+, file', '-e conj_id=[0-9]\\{1,\\}, -- file'],
  ['-i -e a\\? file', '-i -e a\\{0,1\\} -- file'],
  ['a\\\\+[\\+] file', '-e a\\\\+[\\+] -- file'],
  ['-E a\\+ file', '-E -e a\\+ -- file'],
  ['-F a\\+ file', '-F -e a\\+ -- file'],
])('%s', (args, expected) => {
  expect(grepArguments(args.split(' ')).join(' ')).toBe(expected);
});

it('reads patterns as egrep and fgrep do', () => {
  expect(grepArguments(['-e', 'a\\>', '-e', 'b'], 'extended')).toEqual(['-e', 'a\\b|b', '--']);
  expect(grepArguments(['a\\+', 'file', '-e', '\\<'], 'fixed')).toEqual(['-e', '\\<', '--', 'a\\+', 'file']);
});
