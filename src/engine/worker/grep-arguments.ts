/**
 * What the shell's own `grep` is asked, so that it does as the real one: of several `-e` it takes the last only, some options
 * it does not know by all their names, and some patterns it does not understand.
 */
import type { LongOption } from '../../core/shell/ovsdb/getopt.ts';
import { gnuArguments } from './gnu-options.ts';

export type Syntax = 'basic' | 'extended' | 'fixed';
const JOINT: Readonly<Record<Syntax, string>> = { basic: '\\|', extended: '|', fixed: '\n' };

type Row = readonly [short: string, name: string, argument?: LongOption['argument'], group?: string];

const ROWS: readonly Row[] = [
  ['G', 'basic-regexp'],
  ['E', 'extended-regexp'],
  ['F', 'fixed-strings'],
  ['P', 'perl-regexp'],
  ['i', 'ignore-case'],
  ['y', 'old-ignore-case'],
  ['v', 'invert-match'],
  ['w', 'word-regexp'],
  ['x', 'line-regexp'],
  ['c', 'count'],
  ['l', 'files-with-matches'],
  ['L', 'files-without-match'],
  ['n', 'line-number'],
  ['h', 'no-filename'],
  ['o', 'only-matching'],
  ['q', 'quiet', 'none', 'quiet'],
  ['', 'silent', 'none', 'quiet'],
  ['r', 'recursive'],
  ['R', 'dereference-recursive'],
  ['a', 'text'],
  ['U', 'binary'],
  ['', 'line-buffered'],
  ['', 'color', 'optional', 'colour'],
  ['', 'colour', 'optional', 'colour'],
  ['e', 'regexp', 'required'],
  ['f', 'file', 'required'],
  ['m', 'max-count', 'required'],
  ['A', 'after-context', 'required'],
  ['B', 'before-context', 'required'],
  ['C', 'context', 'required'],
  ['', 'include', 'required'],
  ['', 'exclude', 'required'],
  ['', 'exclude-dir', 'required'],
];

/** `-12` is as much as `-C 12`. */
const DIGIT = 'digit-';
const OPTIONS: readonly LongOption[] = [
  ...ROWS.map(([short, name, argument = 'none', group]) => ({
    name,
    argument,
    ...(short === '' ? {} : { short }),
    ...(group === undefined ? {} : { group }),
  })),
  ...Array.from('0123456789', (short) => ({ name: `${DIGIT}${short}`, argument: 'none' as const, short })),
];
const LETTERS: ReadonlyMap<string, string> = new Map(ROWS.map(([short, name]) => [name, short]));

/** They change nothing on a text without a terminal. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['color', 'colour', 'line-buffered', 'text', 'binary']);
const SYNTAXES: Readonly<Record<string, Syntax>> = {
  'basic-regexp': 'basic',
  'extended-regexp': 'extended',
  'perl-regexp': 'extended',
  'fixed-strings': 'fixed',
};
/** Options that the shell's own has under another name. */
const OTHERWISE: Readonly<Record<string, string>> = { silent: '-q', 'old-ignore-case': '-i' };

/**
 * The arguments with at most one pattern, which the shell's own `grep` understands. Where an option is unknown they stay as
 * they are: it says so. `syntax`: how patterns are read unless an option says otherwise.
 */
export function grepArguments(args: readonly string[], usual: Syntax = 'basic'): readonly string[] {
  const read = gnuArguments(args, OPTIONS);
  if (!read) return args;
  let syntax = usual;
  let lines = '';
  let isOnly = false;
  const flags: string[] = [];
  const patterns: string[] = [];
  for (const { name, argument } of read.options) {
    syntax = SYNTAXES[name] ?? syntax;
    isOnly ||= name === 'only-matching';
    const letter = LETTERS.get(name) ?? '';
    if (name === 'regexp') patterns.push(argument ?? '');
    else if (name.startsWith(DIGIT)) lines += name.slice(DIGIT.length);
    else if (!WITHOUT_EFFECT.has(name) && name !== 'basic-regexp') {
      const flag = OTHERWISE[name] ?? (letter === '' ? `--${name}` : `-${letter}`);
      if (argument === null) flags.push(flag);
      else if (letter === '') flags.push(`${flag}=${argument}`);
      else flags.push(flag, argument);
    }
  }
  if (lines !== '') flags.push('-C', lines);
  const isFromFile = read.options.some(({ name }) => name === 'file');
  const [first, ...others] = read.operands;
  const isGiven = patterns.length > 0 || isFromFile;
  if (!isGiven) {
    if (first === undefined) return args;
    patterns.push(first);
  }
  const pattern = understood(patterns.join(JOINT[syntax]), syntax, isOnly);
  return [
    ...flags,
    ...(patterns.length === 0 ? [] : ['-e', pattern]),
    '--',
    ...(isGiven ? read.operands : others),
  ];
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
 * A pattern that the shell's own `grep` understands: it knows no `\+`, `\?`, `\<` and `\>`, and under `-o` fails where a
 * pattern matches nothing at a line's end; such matches are not printed anyway.
 */
function understood(pattern: string, syntax: Syntax, isOnly: boolean): string {
  if (syntax === 'fixed') return pattern;
  const isBasic = syntax === 'basic';
  const some = isOnly && REPEATED.test(pattern) ? pattern.slice(0, -1) + (isBasic ? '\\+' : '+') : pattern;
  const known = isBasic ? BASIC : ENDS;
  return some.replaceAll(PARTS, (part) => known[part] ?? part);
}
