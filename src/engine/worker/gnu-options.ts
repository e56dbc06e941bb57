/** Options among other arguments, wherever they stand before `--`, as GNU's programs take them. */
import { getOptions, type GivenOption, type LongOption } from '../../core/shell/ovsdb/getopt.ts';

export interface GnuArguments {
  readonly options: readonly GivenOption[];
  readonly operands: readonly string[];
}

/** Null where an option is unknown or lacks its argument. */
export function gnuArguments(args: readonly string[], known: readonly LongOption[]): GnuArguments | null {
  const options: GivenOption[] = [];
  const operands: string[] = [];
  let at = 0;
  while (at < args.length) {
    const read = getOptions(args.slice(at), known);
    if (!read.ok) return null;
    options.push(...read.value.options);
    at += read.value.rest;
    const end = read.value.isEnded ? args.length : at + 1;
    operands.push(...args.slice(at, end));
    at = end;
  }
  return { options, operands };
}
