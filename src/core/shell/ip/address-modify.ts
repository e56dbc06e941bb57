/** `ip addr add`, `change`, `replace`, `del`. */
import { deleteAddress4, removeAddress } from '../../linux/ip4/address.ts';
import { deleteAddress6 } from '../../linux/ip6/address.ts';
import { isMulticastIp, type Family } from '../../linux/family.ts';
import type { Link } from '../../linux/link.ts';
import { SCOPE } from '../../linux/route.ts';
import { Arguments, matches, type Prefix } from './arguments.ts';
import { scopeNumber } from './names.ts';
import type { IpRun } from './run.ts';
import { USAGE } from './usage.table.ts';

export type AddressCommand = 'add' | 'change' | 'replace' | 'delete';

const MUTABLE = new Set(['nodad', 'optimistic', 'home', 'mngtmpaddr', 'noprefixroute', 'autojoin']);
const READ_ONLY = new Set([
  'secondary',
  'temporary',
  'dadfailed',
  'deprecated',
  'tentative',
  'permanent',
  'stable-privacy',
]);
const ONLY_IPV6 = new Set(['nodad', 'optimistic', 'home', 'mngtmpaddr']);

interface Wanted {
  family: Family | null;
  local: Prefix | null;
  word: string;
  peer: Prefix | null;
  /** `+` and `-` make it from the prefix. */
  broadcast: bigint | 'ones' | 'zeros' | null;
  scope: number | null;
  device: string | null;
  label: string | null;
  metric: number;
  valid: number | null;
  preferred: number | null;
  lifetimes: boolean;
  readonly flags: Set<string>;
}

function lifetime(args: Arguments, name: string): number | null {
  args.next();
  if (args.word === 'forever') return null;
  return Arguments.number(args.word) ?? args.wrong(`${name} value`);
}

function parse(run: IpRun, args: Arguments): Wanted {
  const wanted: Wanted = {
    family: run.family,
    local: null,
    word: '',
    peer: null,
    broadcast: null,
    scope: null,
    device: null,
    label: null,
    metric: 0,
    valid: null,
    preferred: null,
    lifetimes: false,
    flags: new Set(),
  };
  while (!args.done) {
    if (args.is('peer', 'remote')) {
      args.next();
      wanted.peer = args.prefix(wanted.family);
      wanted.family ??= wanted.peer.family;
    } else if (args.matches('broadcast') || args.is('brd')) {
      const word = args.next();
      if (word === '+' || word === '-') wanted.broadcast = word === '+' ? 'ones' : 'zeros';
      else {
        const given = args.address(wanted.family);
        wanted.family ??= given.family;
        wanted.broadcast = given.address;
      }
    } else if (args.is('anycast')) args.next();
    else if (args.is('scope')) {
      args.next();
      wanted.scope = scopeNumber(args.word) ?? args.wrong('invalid scope value.');
    } else if (args.is('dev')) wanted.device = args.next();
    else if (args.is('label')) wanted.label = args.next();
    else if (args.matches('metric', 'priority', 'preference')) {
      args.next();
      wanted.metric = args.unsigned('"metric" value is invalid\n');
    } else if (args.matches('valid_lft')) {
      wanted.valid = lifetime(args, 'valid_lft');
      wanted.lifetimes = true;
    } else if (args.matches('preferred_lft')) {
      wanted.preferred = lifetime(args, 'preferred_lft');
      wanted.lifetimes = true;
    } else if (READ_ONLY.has(args.word))
      run.err(`Warning: ${args.word} option is not mutable from userspace\n`);
    else if (MUTABLE.has(args.word)) {
      if (ONLY_IPV6.has(args.word) && wanted.family !== 6)
        run.err(`Warning: ${args.word} option can be set only for IPv6 addresses\n`);
      else wanted.flags.add(args.word);
    } else {
      if (args.is('local')) args.next();
      if (matches(args.word, 'help')) args.end(USAGE.address ?? '', 255);
      if (wanted.local !== null) args.duplicateOrGarbage('local');
      wanted.word = args.word;
      wanted.local = args.prefix(wanted.family);
      wanted.family ??= wanted.local.family;
    }
    args.advance();
  }
  return wanted;
}

/** The answer is the exit status. */
export function modifyAddress(run: IpRun, command: AddressCommand, words: readonly string[]): number {
  const args = run.arguments(words);
  const wanted = parse(run, args);
  if (wanted.device === null) {
    run.err('Not enough information: "dev" argument is required.\n');
    return 1;
  }
  const { local } = wanted;
  const wildcard =
    command === 'delete' && local !== null && local.family === 4 && !local.explicit && wanted.peer === null;
  if (wildcard)
    run.err(
      'Warning: Executing wildcard deletion to stay compatible with old scripts.\n' +
        `         Explicitly specify the prefix length (${wanted.word}/32) to avoid this warning.\n` +
        '         This special behaviour is likely to disappear in further releases,\n' +
        '         fix your scripts!\n',
    );
  if (
    (wanted.broadcast === 'ones' || wanted.broadcast === 'zeros') &&
    command !== 'delete' &&
    wanted.family === 6
  ) {
    run.err('Broadcast can be set only for IPv4 addresses\n');
    return 1;
  }
  const link = run.link(wanted.device);
  if (link === undefined) return run.noDevice(wanted.device);
  if (wanted.lifetimes) {
    if (wanted.valid === 0) {
      run.err('valid_lft is zero\n');
      return 1;
    }
    if (wanted.valid !== null && (wanted.preferred === null || wanted.preferred > wanted.valid)) {
      run.err('preferred_lft is greater than valid_lft\n');
      return 1;
    }
  }
  if (wanted.flags.has('autojoin') && local !== null && !isMulticastIp(local.family, local.address)) {
    run.err('autojoin needs multicast address\n');
    return 1;
  }
  if (local === null) return run.refused({ errno: 'EINVAL' });
  return local.family === 4
    ? modify4(run, command, link, wanted, local, wildcard)
    : modify6(run, command, link, wanted, local);
}

function modify4(
  run: IpRun,
  command: AddressCommand,
  link: Link,
  wanted: Wanted,
  local: Prefix,
  wildcard: boolean,
): number {
  const address = Number(local.address);
  if (command === 'delete') {
    if (wildcard) {
      const found = link.addresses4.find((each) => each.local === address);
      if (found === undefined)
        return run.refused({ errno: 'EADDRNOTAVAIL', message: 'ipv4: Address not found' });
      removeAddress(run.net, link, found);
      return 0;
    }
    const length = wanted.peer?.length ?? local.length;
    return run.outcome(
      deleteAddress4(
        run.net,
        link,
        address,
        length,
        wanted.peer === null ? undefined : Number(wanted.peer.address),
      ),
    );
  }
  const length = wanted.peer?.length ?? local.length;
  const mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
  const peer = wanted.peer === null ? address : Number(wanted.peer.address);
  const broadcast =
    wanted.broadcast === null || (typeof wanted.broadcast === 'string' && length > 30)
      ? null
      : wanted.broadcast === 'ones'
        ? (peer | ~mask) >>> 0
        : wanted.broadcast === 'zeros'
          ? (peer & mask) >>> 0
          : Number(wanted.broadcast);
  return run.outcome(
    run.kernel.addAddress4(
      link,
      {
        local: address,
        length,
        peer,
        broadcast,
        scope: wanted.scope ?? (address >>> 24 === 127 ? SCOPE.host : SCOPE.global),
        metric: wanted.metric,
        noPrefixRoute: wanted.flags.has('noprefixroute'),
        validLifetime: wanted.valid,
        // An address that is valid for ever is preferred for ever, unless it is deprecated from the start.
        preferredLifetime: wanted.valid === null && wanted.preferred !== 0 ? null : wanted.preferred,
        ...(wanted.label === null ? {} : { label: wanted.label }),
      },
      command !== 'add',
    ),
  );
}

function modify6(run: IpRun, command: AddressCommand, link: Link, wanted: Wanted, local: Prefix): number {
  const length = wanted.peer?.length ?? local.length;
  if (command === 'delete') return run.outcome(deleteAddress6(run.net, link, local.address, length));
  return run.outcome(
    run.kernel.addAddress6(
      link,
      {
        address: local.address,
        length,
        peer: wanted.peer?.address ?? null,
        metric: wanted.metric,
        noPrefixRoute: wanted.flags.has('noprefixroute'),
        noDad: wanted.flags.has('nodad'),
        optimistic: wanted.flags.has('optimistic'),
        home: wanted.flags.has('home'),
        managed: wanted.flags.has('mngtmpaddr'),
        validLifetime: wanted.valid,
        preferredLifetime: wanted.preferred,
      },
      command !== 'add',
    ),
  );
}
