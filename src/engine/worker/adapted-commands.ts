/** Commands of the shell's library that read or print otherwise than GNU's: what they are asked, and how their answer is told. */
import { joinPatterns, understood } from './grep.ts';
import { normalDiff } from './plain-diff.ts';

interface Adapted {
  asked(args: readonly string[]): readonly string[];
  told(stdout: string, args: readonly string[]): string;
}

const asIs = <T>(value: T): T => value;

/** Options of `grep` that change nothing on a text without a terminal. */
const WITHOUT_EFFECT = /^--colou?r(?:=\w+)?$|^--line-buffered$|^--text$/;

/** How wide GNU's `uniq -c` prints a count. */
const COUNT_WIDTH = 7;

export const ADAPTED_COMMANDS: Readonly<Record<string, Adapted>> = {
  grep: {
    asked: (args) => understood(joinPatterns(args.filter((word) => !WITHOUT_EFFECT.test(word)))),
    told: asIs,
  },
  uniq: {
    asked: asIs,
    told: (stdout, args) =>
      args.some((word) => word === '--count' || /^-[a-zA-Z]*c/.test(word))
        ? stdout.replaceAll(/^ *(\d+) /gm, (_, count: string) => `${count.padStart(COUNT_WIDTH)} `)
        : stdout,
  },
  diff: {
    asked: asIs,
    told: (stdout, args) =>
      args.some((word) => /^-./.test(word)) ? stdout.replace(/^=+\n/, '') : normalDiff(stdout),
  },
};
