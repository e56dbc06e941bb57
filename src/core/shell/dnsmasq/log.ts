/** Where dnsmasq's messages go: the terminal with `-d`, or standard error and files by `--log-facility`. */
import { civilDate } from '../../base/calendar.ts';
import type { DnsmasqOptions } from './options.ts';

const DAY = 86_400;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** What a file keeps at most; the oldest lines go first. */
const MOST_CHARACTERS = 200_000;

interface LogSite {
  readonly wallMs: () => number;
  readonly pid: () => number;
  readonly err: (text: string) => void;
  readonly writeFile: (path: string, text: string) => void;
}

/** Says a line; `part` is put behind the program's name. */
export type Say = (text: string, part?: 'dhcp') => void;

/** `Nov 23 04:32:31`. */
function stamp(wallMs: number): string {
  const seconds = Math.floor(wallMs / 1000);
  const days = Math.floor(seconds / DAY);
  const [, month, day] = civilDate(days);
  const rest = seconds - days * DAY;
  const time = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60]
    .map((value) => String(value).padStart(2, '0'))
    .join(':');
  return `${MONTHS[month - 1]} ${String(day).padStart(2)} ${time}`;
}

export function openLog({ foreground, logFile }: DnsmasqOptions, site: LogSite): Say {
  let written = '';
  return (text, part) => {
    const name = part === undefined ? 'dnsmasq' : `dnsmasq-${part}`;
    if (foreground === 'debug') site.err(`${name}: ${text}\n`);
    else if (logFile === '-') site.err(`${name}[${site.pid()}]: ${text}\n`);
    if (logFile === null || logFile === '-') return;
    const line = `${stamp(site.wallMs())} ${name}[${site.pid()}]: ${text}\n`;
    written = `${written}${line}`.slice(-MOST_CHARACTERS);
    site.writeFile(logFile, written);
  };
}
