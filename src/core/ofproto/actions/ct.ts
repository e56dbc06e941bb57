/** Text of `ct`, its `nat` and its `exec` list, and of `ct_clear`. */
import { formatIpv4, formatIpv6, parseIpv6 } from '../../base/address.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { parseUnsigned } from '../../flow/c-integer.ts';
import type { Subfield } from '../../flow/field.ts';
import { keyValues } from '../../flow/key-value.ts';
import { formatSubfield, parseSubfield } from '../../flow/subfield-text.ts';
import { formatTable, parseTable, type ActFormatter, type ActParse, type ActParser } from './act-text.ts';
import type { CtAct, NatAct, NatRange, OfpAct } from './ofpact.ts';

interface NatRangeText {
  readonly addresses: NatRange | null;
  readonly minPort: number;
  readonly maxPort: number;
}

const IPV4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)/;
const IPV6 = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9a-fA-F:.]+))/;

/** Reads an address of `family` (either when undefined) at the start of `text`. */
function scanAddress(
  text: string,
  family?: 4 | 6,
): { readonly family: 4 | 6; readonly address: bigint; readonly rest: string } | undefined {
  const four = IPV4.exec(text);
  if (four && family !== 6) {
    const address = four.slice(1).reduce((sum, part) => sum * 256n + BigInt(Number(part) & 255), 0n);
    return { family: 4, address, rest: text.slice(four[0].length) };
  }
  const six = family === 4 ? null : IPV6.exec(text);
  if (!six) return undefined;
  const address = parseIpv6(six[1] ?? six[2] ?? '');
  return address === undefined ? undefined : { family: 6, address, rest: text.slice(six[0].length) };
}

function parseNatRange(text: string): Result<NatRangeText> {
  const invalid = err(`invalid nat range "${text}"`);
  let addresses: NatRange | null = null;
  let minPort = 0;
  let maxPort = 0;
  let rest = text;
  const first = scanAddress(text);
  if (first) {
    rest = first.rest;
    let maxAddress = 0n;
    if (rest.startsWith('-')) {
      const last = scanAddress(rest.slice(1), first.family);
      if (!last || last.address < first.address) return invalid;
      maxAddress = last.address;
      rest = last.rest;
    }
    addresses = { family: first.family, minAddress: first.address, maxAddress };
    if (rest.startsWith(':')) {
      const ports = /^:(\d+)(?:-(\d+))?/.exec(rest);
      if (!ports || rest[ports[0].length] === '-') return invalid;
      minPort = Number(ports[1]) & 0xffff;
      if (ports[2] !== undefined) {
        maxPort = Number(ports[2]) & 0xffff;
        if (maxPort < minPort) return invalid;
      }
      rest = rest.slice(ports[0].length);
    }
  } else {
    // What looks like an address is passed over, even when it is none.
    rest = text.slice(IPV6.exec(text)?.[0].length ?? 0);
  }
  if (rest !== '')
    return err(`garbage (${rest}) after nat range "${text}" (pos: ${text.length - rest.length})`);
  return ok({ addresses, minPort, maxPort });
}

function parseNat(text: string): Result<NatAct> {
  let src = false;
  let dst = false;
  let range: NatRangeText = { addresses: null, minPort: 0, maxPort: 0 };
  const flags: Record<'persistent' | 'hash' | 'random', boolean> = {
    persistent: false,
    hash: false,
    random: false,
  };
  for (const { key, value } of keyValues(text)) {
    if (key === 'src' || key === 'dst') {
      if (key === 'src') src = true;
      else dst = true;
      const parsed = parseNatRange(value);
      if (!parsed.ok) return parsed;
      range = parsed.value;
    } else if (key === 'persistent' || key === 'hash' || key === 'random') {
      flags[key] = true;
    } else {
      return err(`invalid key "${key}" in "nat" argument`);
    }
  }
  if (src && dst) return err('May only specify one of "src" or "dst".');
  if (!src && !dst && (flags.persistent || flags.hash || flags.random))
    return err('Flags allowed only with "src" or "dst".');
  if (flags.hash && flags.random) return err('Both "hash" and "random" are not allowed.');
  return ok({ kind: 'nat', direction: src ? 'src' : dst ? 'dst' : null, ...range, ...flags });
}

const ALGORITHMS: Readonly<Record<string, number>> = { ftp: 21, tftp: 69 };

const parseCt: ActParser = (text, parse) => {
  let commit = false;
  let force = false;
  let table: number | null = null;
  let zone: number | Subfield = 0;
  let alg = 0;
  let nat: NatAct | null = null;
  const exec: OfpAct[] = [];
  for (const { key, value } of keyValues(text)) {
    switch (key) {
      case 'commit':
        commit = true;
        break;
      case 'force':
        force = true;
        break;
      case 'table': {
        const found = parseTable(value, parse);
        if (found === undefined) return err(`unknown table ${value}`);
        if (found === 255) return err('invalid table 0xff');
        table = found;
        break;
      }
      case 'zone': {
        const parsed = parseZone(value, parse);
        if (!parsed.ok) return parsed;
        zone = parsed.value;
        break;
      }
      case 'alg': {
        const found = ALGORITHMS[value];
        if (found === undefined) return err(`invalid conntrack helper "${value}"`);
        alg = found;
        break;
      }
      case 'nat': {
        const parsed = parseNat(value);
        if (!parsed.ok) return parsed;
        nat = parsed.value;
        break;
      }
      case 'exec': {
        const parsed = parse.nested(value, 'ct');
        if (!parsed.ok) return parsed;
        exec.push(...parsed.value);
        break;
      }
      default:
        return err(`invalid argument to "ct" action: \`${key}'`);
    }
  }
  if (force && !commit) return err('"force" flag requires "commit" flag.');
  const act: CtAct = { kind: 'ct', commit, force, zone, table, alg, nat, exec };
  return ok(act);
};

function parseZone(text: string, parse: ActParse): Result<number | Subfield> {
  const number = parseUnsigned(text, 65536);
  return number === undefined ? parseSubfield(text, parse.tlv) : ok(number);
}

export const CT_PARSERS: Readonly<Record<string, ActParser>> = {
  ct: parseCt,
  ct_clear: () => ok({ kind: 'ct_clear' }),
  nat: (text) => parseNat(text),
};

function formatNat(act: NatAct): string {
  if (act.direction === null) return 'nat';
  const { addresses, minPort, maxPort } = act;
  if (addresses === null) return `nat(${act.direction})`;
  const address = (value: bigint): string => {
    if (addresses.family === 4) return formatIpv4(Number(value));
    return minPort === 0 ? formatIpv6(value) : `[${formatIpv6(value)}]`;
  };
  let range = address(addresses.minAddress);
  if (addresses.maxAddress !== 0n && addresses.maxAddress !== addresses.minAddress)
    range += `-${address(addresses.maxAddress)}`;
  if (minPort !== 0) range += `:${minPort}${maxPort !== 0 && maxPort !== minPort ? `-${maxPort}` : ''}`;
  const parts = [`${act.direction}=${range}`];
  if (act.persistent) parts.push('persistent');
  if (act.hash) parts.push('hash');
  if (act.random) parts.push('random');
  return `nat(${parts.join(',')})`;
}

export const CT_FORMATTERS: { readonly [K in 'ct' | 'ct_clear' | 'nat']: ActFormatter<K> } = {
  ct: (act, { nested, tables }) => {
    const parts: string[] = [];
    if (act.commit) parts.push('commit');
    if (act.force) parts.push('force');
    if (act.table !== null) parts.push(`table=${formatTable(act.table, tables)}`);
    if (typeof act.zone !== 'number') parts.push(`zone=${formatSubfield(act.zone)}`);
    else if (act.zone !== 0) parts.push(`zone=${act.zone}`);
    if (act.nat) parts.push(formatNat(act.nat));
    if (act.exec.length > 0) parts.push(`exec(${nested(act.exec)})`);
    if (act.alg !== 0) parts.push(`alg=${act.alg === 21 ? 'ftp' : act.alg === 69 ? 'tftp' : act.alg}`);
    return `ct(${parts.join(',')})`;
  },
  ct_clear: () => 'ct_clear',
  nat: (act) => formatNat(act),
};
