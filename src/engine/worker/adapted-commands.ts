/** Commands of the shell's library that read or print otherwise than GNU's: what they are asked, and how their answer is told. */
import type { LongOption } from '../../core/shell/ovsdb/getopt.ts';
import { gnuArguments } from './gnu-options.ts';
import { grepArguments } from './grep-arguments.ts';
import { normalDiff } from './plain-diff.ts';

interface Adapted {
  asked(args: readonly string[]): readonly string[];
  told(stdout: string, args: readonly string[]): string;
}

const asIs = <T>(value: T): T => value;

/** How wide GNU's `uniq -c` prints a count. */
const COUNT_WIDTH = 7;
/** Arguments that are surely no options. */
const beforeEnd = (args: readonly string[]): readonly string[] =>
  args.includes('--') ? args.slice(0, args.indexOf('--')) : args;

/** The lines around a change that the library prints. */
const CONTEXT = '3';
const DIFF_OPTIONS: readonly LongOption[] = [
  { name: 'ignore-case', argument: 'none', short: 'i' },
  { name: 'report-identical-files', argument: 'none', short: 's' },
  { name: 'brief', argument: 'none', short: 'q' },
  { name: 'unified', argument: 'optional' },
  { name: 'u', argument: 'none', short: 'u' },
  { name: 'U', argument: 'required', short: 'U' },
  { name: 'normal', argument: 'none' },
  { name: 'color', argument: 'optional' },
];
const KEPT: ReadonlySet<string> = new Set(['ignore-case', 'report-identical-files', 'brief']);
const UNIFIED: ReadonlySet<string> = new Set(['unified', 'u', 'U']);

interface DiffRequest {
  readonly flags: readonly string[];
  readonly isUnified: boolean;
  readonly ignoresCase: boolean;
  readonly operands: readonly string[];
}

/** Null for what the library does not know either. */
function readDiff(args: readonly string[]): DiffRequest | null {
  const read = gnuArguments(args, DIFF_OPTIONS);
  if (!read) return null;
  const { options, operands } = read;
  const unified = options.filter(({ name }) => UNIFIED.has(name));
  if (unified.some(({ argument }) => (argument ?? CONTEXT) !== CONTEXT)) return null;
  const flags = options.flatMap(({ name }) => (KEPT.has(name) ? [`--${name}`] : []));
  const ignoresCase = flags.includes('--ignore-case');
  return { flags, isUnified: unified.length > 0, ignoresCase, operands };
}

/** What the library does not know stays as it is: it says so. */
function diffArguments(args: readonly string[]): readonly string[] {
  const read = readDiff(args);
  if (!read) return args;
  // It would show lines in another case as changed.
  if (read.isUnified && read.ignoresCase) return ['--unified with --ignore-case'];
  return [...read.flags, '--', ...read.operands];
}

/** The library always prints unified hunks, with a length where GNU leaves out that it is one line. */
function toldDiff(stdout: string, args: readonly string[]): string {
  const hunks = stdout.replace(/^=+\n/, '');
  const read = readDiff(args);
  if (hunks === stdout || !read) return stdout;
  if (!read.isUnified) return normalDiff(hunks, read.ignoresCase);
  return hunks.replaceAll(/^@@ -(\d+(?:,\d+)?) \+(\d+(?:,\d+)?) @@/gm, (_, old: string, now: string) => {
    const [left, right] = [old, now].map((one) => one.replace(/,1$/, ''));
    return `@@ -${left} +${right} @@`;
  });
}

export const ADAPTED_COMMANDS: Readonly<Record<string, Adapted>> = {
  grep: { asked: (args) => grepArguments(args), told: asIs },
  egrep: { asked: (args) => grepArguments(args, 'extended'), told: asIs },
  fgrep: { asked: (args) => grepArguments(args, 'fixed'), told: asIs },
  uniq: {
    asked: asIs,
    told: (stdout, args) =>
      beforeEnd(args).some((word) => word === '--count' || /^-[a-zA-Z]*c/.test(word))
        ? stdout.replaceAll(/^ *(\d+) /gm, (_, count: string) => `${count.padStart(COUNT_WIDTH)} `)
        : stdout,
  },
  diff: { asked: diffArguments, told: toldDiff },
};
