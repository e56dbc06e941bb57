/**
 * Options before the first other argument, as getopt_long(3) takes them with `+`: abbreviated long options, arguments
 * joined or separate, short options in a bunch.
 */
import { err, ok, type Result } from '../../base/result.ts';

/** An option that a program knows. `group` makes options alike: abbreviations of alike ones are not ambiguous. */
export interface LongOption {
  readonly name: string;
  readonly argument: 'none' | 'required' | 'optional';
  readonly short?: string;
  readonly group?: string;
}

/** An option as given. */
export interface GivenOption {
  readonly name: string;
  readonly argument: string | null;
}

export interface GivenOptions {
  readonly options: readonly GivenOption[];
  /** Index of the first argument that is no option; a `--` before it is skipped. */
  readonly rest: number;
  /** `--` says that there are no more. */
  readonly isEnded: boolean;
}

/** What is wrong with an option. `word` is the whole argument as typed; `option` the option alone. */
export type OptionProblem =
  | { readonly kind: 'unknown-long' | 'unknown-short'; readonly word: string; readonly option: string }
  | {
      readonly kind: 'ambiguous';
      readonly word: string;
      readonly option: string;
      readonly candidates: readonly string[];
    }
  | {
      readonly kind: 'argument-missing';
      readonly word: string;
      readonly option: string;
      readonly isShort: boolean;
    }
  | { readonly kind: 'argument-unwanted'; readonly word: string; readonly option: string };

function findLong(name: string, known: readonly LongOption[]): readonly LongOption[] {
  const exact = known.find((option) => option.name === name);
  if (exact !== undefined) return [exact];
  const candidates = known.filter((option) => option.name.startsWith(name));
  const [first] = candidates;
  const areAlike = candidates.every(
    (option) =>
      option.argument === first?.argument && option.group !== undefined && option.group === first.group,
  );
  return areAlike ? candidates.slice(0, 1) : candidates;
}

/** Reads the options at the head of `argv` (without the program's name). */
export function getOptions(
  argv: readonly string[],
  known: readonly LongOption[],
): Result<GivenOptions, OptionProblem> {
  const options: GivenOption[] = [];
  let at = 0;
  for (; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '--') return ok({ options, rest: at + 1, isEnded: true });
    if (!word.startsWith('-') || word === '-') break;
    const following = argv[at + 1];
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const joined = equals < 0 ? null : word.slice(equals + 1);
      const found = findLong(name, known);
      const [option] = found;
      if (option === undefined) return err({ kind: 'unknown-long', word, option: `--${name}` });
      if (found.length > 1)
        return err({
          kind: 'ambiguous',
          word,
          option: word,
          candidates: found.map((each) => `--${each.name}`),
        });
      if (joined !== null && option.argument === 'none')
        return err({ kind: 'argument-unwanted', word, option: `--${option.name}` });
      const takesNext = joined === null && option.argument === 'required';
      if (takesNext && following === undefined)
        return err({ kind: 'argument-missing', word, option: `--${option.name}`, isShort: false });
      options.push({ name: option.name, argument: takesNext ? (following ?? null) : joined });
      if (takesNext) at += 1;
      continue;
    }
    for (let i = 1; i < word.length; i += 1) {
      const letter = word.charAt(i);
      const option = known.find((each) => each.short === letter);
      if (option === undefined) return err({ kind: 'unknown-short', word, option: letter });
      if (option.argument === 'none') {
        options.push({ name: option.name, argument: null });
        continue;
      }
      const joined = word.slice(i + 1);
      if (option.argument === 'optional') {
        // Only what is joined belongs to it.
        options.push({ name: option.name, argument: joined === '' ? null : joined });
        break;
      }
      if (joined === '' && following === undefined)
        return err({ kind: 'argument-missing', word, option: letter, isShort: true });
      options.push({ name: option.name, argument: joined === '' ? (following ?? null) : joined });
      if (joined === '') at += 1;
      break;
    }
  }
  return ok({ options, rest: at, isEnded: false });
}

/** The problem as glibc words it, after `program: `. */
export function glibcOptionText(problem: OptionProblem): string {
  switch (problem.kind) {
    case 'unknown-long':
      return `unrecognized option '${problem.word}'`;
    case 'unknown-short':
      return `invalid option -- '${problem.option}'`;
    case 'ambiguous':
      return `option '${problem.option}' is ambiguous; possibilities: ${problem.candidates.map((name) => `'${name}'`).join(' ')}`;
    case 'argument-missing':
      return problem.isShort
        ? `option requires an argument -- '${problem.option}'`
        : `option '${problem.option}' requires an argument`;
    case 'argument-unwanted':
      return `option '${problem.option}' doesn't allow an argument`;
  }
}

/** The problem as OVN's programs word it, after `program: `. */
export function ovnOptionText(problem: OptionProblem): string {
  switch (problem.kind) {
    case 'unknown-short':
      return `unrecognized option '${problem.option}'`;
    case 'argument-missing':
      return `option '${problem.word}' requires an argument`;
    case 'argument-unwanted':
      return `option '${problem.word}' doesn't allow an argument`;
    default:
      return `unrecognized option '${problem.word}'`;
  }
}
