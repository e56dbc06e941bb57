/** Addresses as `ip addr` prints them (`print_addrinfo`). */
import { formatIpv4, formatIpv6 } from '../../base/address.ts';
import type { Ipv4Address } from '../../linux/ip4/device.ts';
import type { Ipv6Address } from '../../linux/ip6/device.ts';
import type { Link } from '../../linux/link.ts';
import { scopeName } from './names.ts';
import type { IpRun } from './run.ts';
import type { Writer } from './writer.ts';

const FOREVER = 4294967295;

/** Both families in one shape. */
export interface AddressRow {
  readonly family: 4 | 6;
  readonly local: string;
  readonly peer: string | null;
  readonly length: number;
  readonly metric: number;
  readonly broadcast: string | null;
  readonly scope: number;
  /** Names in the order of iproute2's list. */
  readonly flags: readonly string[];
  readonly label: string | null;
  readonly valid: number | null;
  readonly preferred: number | null;
  readonly source:
    | { readonly kind: 4; readonly address: Ipv4Address }
    | { readonly kind: 6; readonly address: Ipv6Address };
}

/** Seconds that are left of a lifetime that began at `updated`. */
const left = (lifetime: number | null, updated: number, now: number): number | null =>
  lifetime === null ? null : Math.max(0, lifetime - Math.floor((now - updated) / 1e9));

export function addressRows(link: Link, now: number): AddressRow[] {
  const rows: AddressRow[] = link.addresses4.map((address) => ({
    family: 4,
    local: formatIpv4(address.local),
    peer: address.peer === address.local ? null : formatIpv4(address.peer),
    length: address.length,
    metric: address.metric,
    broadcast: address.broadcast === null ? null : formatIpv4(address.broadcast),
    scope: address.scope,
    flags: flagsOf({
      secondary: address.secondary,
      dynamic: address.validLifetime !== null,
      noprefixroute: address.noPrefixRoute,
    }),
    label: address.label,
    valid: left(address.validLifetime, address.updated, now),
    preferred: left(address.preferredLifetime, address.updated, now),
    source: { kind: 4, address },
  }));
  for (const address of link.ipv6.addresses)
    rows.push({
      family: 6,
      local: formatIpv6(address.address),
      peer: address.peer === null ? null : formatIpv6(address.peer),
      length: address.length,
      metric: address.metric,
      broadcast: null,
      scope: address.scope,
      flags: flagsOf({
        nodad: address.noDad,
        optimistic: address.optimistic,
        dadfailed: address.dadFailed,
        home: address.home,
        deprecated: address.deprecated,
        tentative: address.tentative,
        dynamic: address.validLifetime !== null || address.dynamic,
        mngtmpaddr: address.managed,
        noprefixroute: address.noPrefixRoute,
      }),
      label: null,
      valid: left(address.validLifetime, address.updated, now),
      preferred: left(address.preferredLifetime, address.updated, now),
      source: { kind: 6, address },
    });
  return rows;
}

const ORDER = [
  'secondary',
  'nodad',
  'optimistic',
  'dadfailed',
  'home',
  'deprecated',
  'tentative',
  'dynamic',
  'mngtmpaddr',
  'noprefixroute',
] as const;

const flagsOf = (set: Partial<Record<(typeof ORDER)[number], boolean>>): string[] =>
  ORDER.filter((name) => set[name] === true);

export function printAddress(
  run: IpRun,
  writer: Writer,
  link: Link,
  row: AddressRow,
  oneline: boolean,
): void {
  if (oneline) {
    writer.json('index', link.index);
    writer.json('dev', link.name);
    writer.text(`${link.index}: ${link.name}`);
  }
  const family = row.family === 4 ? 'inet' : 'inet6';
  writer.field('family', family, `    ${family} `);
  printLocal(writer, row);
  if (row.broadcast !== null) {
    writer.text('brd ');
    writer.field('broadcast', row.broadcast, `${row.broadcast} `);
  }
  const scope = scopeName(row.scope, run.options.numeric);
  writer.field('scope', scope, `scope ${scope} `);
  for (const flag of row.flags) {
    writer.text(`${flag} `);
    writer.json(flag, true);
  }
  if (row.label !== null) writer.field('label', row.label, row.label);
  writer.newLine();
  writer.text('       valid_lft ');
  printLifetime(writer, 'valid_life_time', row.valid);
  writer.text(' preferred_lft ');
  printLifetime(writer, 'preferred_life_time', row.preferred);
  writer.text('\n');
}

function printLifetime(writer: Writer, name: string, seconds: number | null): void {
  if (seconds === null) {
    writer.json(name, FOREVER);
    writer.text('forever');
  } else writer.field(name, seconds, `${seconds}sec`);
}

/** `ADDRESS/LENGTH `, all that `-br` shows. */
export function printLocal(writer: Writer, row: AddressRow): void {
  writer.field('local', row.local, row.local);
  if (row.peer !== null) {
    writer.text(' peer ');
    writer.field('address', row.peer, row.peer);
  }
  writer.field('prefixlen', row.length, `/${row.length} `);
  if (row.metric !== 0) writer.field('metric', row.metric, `metric ${row.metric} `);
}
