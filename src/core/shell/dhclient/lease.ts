/** A lease of dhclient, and its file of them (dhclient.leases(5)). */
import { civilDate, dayNumber } from '../../base/calendar.ts';
import { formatIpv4, parseIpv4 } from '../../base/address.ts';
import { optionCode } from './option.table.ts';

const DAY = 86_400;
const BUCKETS = 17;
const SERVER = 54;
/** What never ends. */
export const NEVER = 0xffffffff;

/** A line of the file, for an option by its code. */
interface OptionText {
  readonly code: number;
  readonly line: string;
}

/** Times in seconds since 1970. */
export interface ClientLease {
  readonly device: string;
  readonly address: number;
  /** Lines before the options. */
  readonly boot: readonly string[];
  /** In the order in which they are written. */
  readonly options: readonly OptionText[];
  readonly renew: number;
  readonly rebind: number;
  readonly expire: number;
}

/** dhclient keeps options in a table by code, the one that came last in front. */
export function tableOrder(options: readonly OptionText[]): readonly OptionText[] {
  const bucket = ({ code }: OptionText): number => ((code & 31) + ((code >> 5) & 31)) % BUCKETS;
  return options
    .map((option, index) => ({ option, index, at: bucket(option) }))
    .toSorted((a, b) => a.at - b.at || b.index - a.index)
    .map(({ option }) => option);
}

/** The server that gave a lease. */
export function serverOf({ options }: ClientLease): number | undefined {
  const line = options.find(({ code }) => code === SERVER)?.line ?? '';
  return parseIpv4(/ ([\d.]+);$/.exec(line)?.[1] ?? '');
}

/** `1 2026/11/23 07:11:22`: the day of the week first. */
function timeText(seconds: number): string {
  const days = Math.floor(seconds / DAY);
  const [year, month, day] = civilDate(days);
  const rest = seconds - days * DAY;
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map(two).join(':');
  return `${(days + 4) % 7} ${year}/${two(month)}/${two(day)} ${time}`;
}

/** One lease as the file has it. */
export function leaseText(lease: ClientLease): string {
  const { device, address, boot, options } = lease;
  const times = (['renew', 'rebind', 'expire'] as const).map(
    (name) => `${name} ${lease[name] >= NEVER ? 'never' : timeText(lease[name])};`,
  );
  const lines = [
    `interface "${device}";`,
    `fixed-address ${formatIpv4(address)};`,
    ...boot,
    ...options.map(({ line }) => line),
    ...times,
  ];
  return `lease {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
}

function timeOf(block: string, name: string): number {
  const [, year, month, day, ...time] =
    new RegExp(`${name} \\d (\\d+)/(\\d+)/(\\d+) (\\d+):(\\d+):(\\d+);`).exec(block) ?? [];
  if (year === undefined) return NEVER;
  const [hours = 0, minutes = 0, seconds = 0] = time.map(Number);
  return dayNumber(Number(year), Number(month), Number(day)) * DAY + hours * 3600 + minutes * 60 + seconds;
}

/** The leases of a file's text, as a start of dhclient has them: of those for one address the last, its options in the table again. */
export function readLeases(text: string): readonly ClientLease[] {
  const leases = new Map<string, ClientLease>();
  for (const [, block = ''] of text.matchAll(/lease \{\n([^}]*)\}/g)) {
    const lines = block.split('\n').map((line) => line.trim());
    const device = /interface "([^"]*)"/.exec(block)?.[1];
    const address = parseIpv4(/fixed-address ([\d.]+);/.exec(block)?.[1] ?? '');
    if (device === undefined || address === undefined) continue;
    const options = lines.flatMap((line) => {
      const code = optionCode(/^option (\S+) /.exec(line)?.[1] ?? '');
      return code === undefined ? [] : [{ code, line }];
    });
    const key = `${device} ${address}`;
    leases.delete(key);
    leases.set(key, {
      device,
      address,
      boot: lines.filter((line) => /^(?:filename|server-name) /.test(line)),
      options: tableOrder(options),
      renew: timeOf(block, 'renew'),
      rebind: timeOf(block, 'rebind'),
      expire: timeOf(block, 'expire'),
    });
  }
  return [...leases.values()];
}
