/** Options as Python's `getopt.gnu_getopt` reads them: anywhere among the words, long ones may be cut short. */
import { err, ok, type Result } from '../base/result.ts';

export interface PythonOptions {
  readonly options: readonly (readonly [name: string, value: string])[];
  readonly words: readonly string[];
}

/** `short` as in `hVp:`, `long` as in `['help', 'ovnsb=']`. The error is Python's message. */
export function pythonGetopt(
  argv: readonly string[],
  short: string,
  long: readonly string[],
): Result<PythonOptions> {
  const options: [string, string][] = [];
  const words: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (word === '--') return ok({ options, words: [...words, ...argv.slice(at + 1)] });
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    if (word.startsWith('--')) {
      const [name = '', joined] = word.slice(2).split(/=(.*)/s);
      const candidates = long.filter((one) => one.startsWith(name));
      const exact = candidates.find((one) => one.replace('=', '') === name);
      const [found] = exact === undefined ? candidates : [exact];
      if (found === undefined) return err(`option --${name} not recognized`);
      if (exact === undefined && candidates.length > 1) return err(`option --${name} not a unique prefix`);
      const full = found.replace('=', '');
      if (!found.endsWith('=')) {
        if (joined !== undefined) return err(`option --${full} must not have an argument`);
        options.push([`--${full}`, '']);
        continue;
      }
      const value = joined ?? argv[(at += 1)];
      if (value === undefined) return err(`option --${full} requires argument`);
      options.push([`--${full}`, value]);
      continue;
    }
    for (let i = 1; i < word.length; i += 1) {
      const letter = word.charAt(i);
      const place = letter === ':' ? -1 : short.indexOf(letter);
      if (place < 0) return err(`option -${letter} not recognized`);
      if (short.charAt(place + 1) !== ':') {
        options.push([`-${letter}`, '']);
        continue;
      }
      const value = i + 1 < word.length ? word.slice(i + 1) : argv[(at += 1)];
      if (value === undefined) return err(`option -${letter} requires argument`);
      options.push([`-${letter}`, value]);
      break;
    }
  }
  return ok({ options, words });
}
