/** What one option of dnsmasq is: whether it takes a value, and what it changes. */
import type { DnsmasqOptions } from './options.ts';

/** Stands for "bad command line options: try --help" and, in a file, for "error". */
export const TRY_HELP = 'try --help';

/** Changes `options`; the answer is what is wrong with `value`. */
export type Apply = (options: DnsmasqOptions, value: string) => string | null;

export interface OptionSpec {
  readonly short?: string;
  /** `optional`: only as `--option=value`; '' without one. */
  readonly value: 'none' | 'optional' | 'needed';
  readonly apply: Apply;
}

/** An option without a value. */
export const flag = (short: string | undefined, set: (options: DnsmasqOptions) => void): OptionSpec => ({
  ...(short === undefined ? {} : { short }),
  value: 'none',
  apply: (options) => {
    set(options);
    return null;
  },
});
