/** `show logging`. */
import type { ShowContext } from './context.ts';

/** The daemons' own names in their logs. */
const LOG_NAMES: Readonly<Record<string, string>> = {
  zebra: 'ZEBRA',
  bgpd: 'BGP',
  watchfrr: 'WATCHFRR',
  staticd: 'STATIC',
  bfdd: 'BFD',
};

/** Where each daemon logs to, as the configuration has it. */
export function loggingText({ config, daemons }: ShowContext): string {
  const line = (target: string): readonly string[] | undefined =>
    config.globals.get(`top log ${target}`)?.split(' ').slice(2);
  const [syslog, stdout, file] = [line('syslog'), line('stdout'), line('file')];
  const precision = config.globals.get('top log timestamp precision')?.split(' ').at(-1) ?? '0';
  const levelOf = (words: readonly string[], at: number): string => words[at] ?? 'debugging';
  return daemons()
    .filter((daemon) => daemon !== 'watchfrr')
    .map((daemon) =>
      [
        `Logging configuration for ${daemon}:\n`,
        `Syslog logging: ${syslog ? `level ${levelOf(syslog, 0)}, facility daemon, ident ${daemon}` : 'disabled'}\n`,
        `Stdout logging: ${stdout ? `level ${levelOf(stdout, 0)}` : 'disabled'}\n`,
        `File logging: ${file ? `level ${levelOf(file, 1)}, filename ${file[0] ?? ''}` : 'disabled'}\n`,
        `Protocol name: ${LOG_NAMES[daemon] ?? ''}\n`,
        'Record priority: disabled\n',
        `Timestamp precision: ${precision}\n`,
        '\n',
      ].join(''),
    )
    .join('');
}
