/**
 * What the shell's own `grep` is asked, so that it does as the real one: of several `-e` it takes the last only, and some
 * patterns it does not understand.
 */

/** Short options that take a value, which may stand in the same word. */
const WITH_VALUE = 'ABCDdefm';

type Syntax = 'basic' | 'extended' | 'fixed';
const JOINT: Readonly<Record<Syntax, string>> = { basic: '\\|', extended: '|', fixed: '\n' };

/** The arguments with at most one pattern; the same arguments when there are not two. */
export function joinPatterns(args: readonly string[]): readonly string[] {
  const patterns: string[] = [];
  const rest: string[] = [];
  let syntax: Syntax = 'basic';
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '--') {
      rest.push(...args.slice(at));
      break;
    }
    const long = /^--regexp(?:=(.*))?$/s.exec(word);
    if (long) {
      patterns.push(long[1] ?? args[at + 1] ?? '');
      if (long[1] === undefined) at += 1;
      continue;
    }
    if (word === '--extended-regexp' || word === '--perl-regexp') syntax = 'extended';
    if (word === '--fixed-strings') syntax = 'fixed';
    if (!/^-[A-Za-z]/.test(word)) {
      rest.push(word);
      continue;
    }
    let flags = '-';
    for (let i = 1; i < word.length; i += 1) {
      const flag = word.charAt(i);
      if (flag === 'E' || flag === 'P') syntax = 'extended';
      if (flag === 'F') syntax = 'fixed';
      if (!WITH_VALUE.includes(flag)) {
        flags += flag;
        continue;
      }
      const value = word.slice(i + 1) || (args[(at += 1)] ?? '');
      if (flag === 'e') patterns.push(value);
      else rest.push(`-${flag}`, value);
      break;
    }
    if (flags !== '-') rest.push(flags);
  }
  return patterns.length < 2
    ? args
    : [...rest.slice(0, firstPath(rest)), '-e', patterns.join(JOINT[syntax]), ...rest.slice(firstPath(rest))];
}

/** One thing to match, any number of times, and nothing beside it. */
const REPEATED = /^(?:\[\^?\]?[^\]]*\]|\[\^?\[:[a-z]+:\]\]|\\[dwsDWS]|[^\\[\](){}^$*+?|])\*$/;

/** A backslash with what follows it, what stands in brackets, or one character. */
const PARTS = /\\.|\[\^?\]?(?:\[:[a-z]+:\]|[^\]])*\]|./gs;

/** GNU's ends of words. */
const ENDS: Readonly<Record<string, string>> = { '\\<': '\\b', '\\>': '\\b' };

/** The same with GNU's counts of basic expressions, by those that POSIX has. */
const BASIC: Readonly<Record<string, string>> = { ...ENDS, '\\+': '\\{1,\\}', '\\?': '\\{0,1\\}' };

/**
 * The arguments with a pattern that the shell's own `grep` understands: it knows no `\+`, `\?`, `\<` and `\>`, and under `-o` fails where
 * a pattern matches nothing at a line's end; such matches are not printed anyway.
 */
export function understood(args: readonly string[]): readonly string[] {
  const end = firstPath(args);
  const options = args.slice(0, end);
  const has = (letters: string, ...long: readonly string[]): boolean =>
    options.some((word) =>
      word.startsWith('--') ? long.includes(word) : new RegExp(`^-[^ABCDdefm]*[${letters}]`).test(word),
    );
  if (has('F', '--fixed-strings')) return args;
  const given = args.findIndex((word, at) => at < end && /^-[^ABCDdefm]*e$/.test(word));
  const at = given >= 0 ? given + 1 : args[end] === '--' ? end + 1 : end;
  let pattern = args[at] ?? '';
  const isBasic = !has('EP', '--extended-regexp', '--perl-regexp');
  if (has('o', '--only-matching') && REPEATED.test(pattern))
    pattern = pattern.slice(0, -1) + (isBasic ? '\\+' : '+');
  const known = isBasic ? BASIC : ENDS;
  pattern = pattern.replaceAll(PARTS, (part) => known[part] ?? part);
  return pattern === (args[at] ?? '') ? args : args.with(at, pattern);
}

/** Where options end. */
function firstPath(words: readonly string[]): number {
  let at = 0;
  while (at < words.length && /^-./.test(words[at] ?? '') && words[at] !== '--')
    at += /^-[A-Za-z]*[ABCDdefm]$/.test(words[at] ?? '') ? 2 : 1;
  return at;
}
