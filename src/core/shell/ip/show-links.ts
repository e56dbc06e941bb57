/** `ip link show`, `ip addr show` and `ip addr flush`: which links and addresses are meant, and printing them. */
import type { Family } from '../../linux/family.ts';
import { inPrefix, parseIp } from '../../linux/family.ts';
import { removeAddress } from '../../linux/ip4/address.ts';
import { removeAddress6 } from '../../linux/ip6/address.ts';
import type { Link } from '../../linux/link.ts';
import { addressRows, printAddress, printLocal, type AddressRow } from './address-print.ts';
import type { Prefix } from './arguments.ts';
import { kindName } from './link-detail.ts';
import { printLink, printLinkBrief, printStatistics, type LinkView } from './link-print.ts';
import { groupNumber, scopeNumber } from './names.ts';
import type { IpRun } from './run.ts';
import { USAGE } from './usage.table.ts';

interface Filter {
  family: Family | 'link' | null;
  device: Link | null;
  up: boolean;
  prefix: Prefix | null;
  scope: number | null;
  label: RegExp | null;
  group: number | null;
  master: Link | null;
  noMaster: boolean;
  kind: string | null;
  slaveKind: string | null;
  /** Flag name -> whether it must be set. */
  readonly flags: Map<string, boolean>;
}

const FLAG_NAMES = new Set([
  'secondary',
  'temporary',
  'nodad',
  'optimistic',
  'dadfailed',
  'home',
  'deprecated',
  'tentative',
  'permanent',
  'mngtmpaddr',
  'noprefixroute',
  'autojoin',
  'stable-privacy',
]);

function flagFilter(word: string): readonly [name: string, wanted: boolean] | undefined {
  let wanted = !word.startsWith('-');
  let name = wanted ? word : word.slice(1);
  if (name === 'dynamic') {
    wanted = !wanted;
    name = 'permanent';
  } else if (name === 'primary') {
    wanted = !wanted;
    name = 'secondary';
  }
  if (!FLAG_NAMES.has(name)) return undefined;
  return name === 'permanent' ? ['dynamic', !wanted] : [name === 'temporary' ? 'secondary' : name, wanted];
}

const globPattern = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );

/** A kind of port that `type KIND_slave` names. */
const slaveKind = (link: Link): string | undefined =>
  link.port !== null
    ? 'bridge'
    : link.master?.bond != null
      ? 'bond'
      : link.master?.vrfTable != null
        ? 'vrf'
        : undefined;

/** `ip link show` (`asLink`) and `ip addr show`. The answer is the exit status. */
export function showLinks(run: IpRun, words: readonly string[], asLink: boolean, flush = false): number {
  const args = run.arguments(words);
  const { options } = run;
  const filter: Filter = {
    family: asLink ? 'link' : options.family === 'link' ? 'link' : run.family,
    device: null,
    up: false,
    prefix: null,
    scope: null,
    label: null,
    group: null,
    master: null,
    noMaster: false,
    kind: null,
    slaveKind: null,
    flags: new Map(),
  };
  if (flush && args.done) {
    run.err('Flush requires arguments.\n');
    return 1;
  }
  if (flush && filter.family === 'link') {
    run.err('Cannot flush link addresses.\n');
    return 1;
  }
  let device: string | null = null;
  const known = (name: string, message: string): Link => run.link(name) ?? args.wrong(message);
  while (!args.done) {
    const flag = flagFilter(args.word);
    if (args.is('to')) {
      args.next();
      filter.prefix = args.prefix(filter.family === 'link' ? null : filter.family);
      filter.family ??= filter.prefix.family;
    } else if (args.is('scope')) {
      const word = args.next();
      if (word !== 'all') filter.scope = scopeNumber(word) ?? args.wrong('invalid "scope"\n');
    } else if (args.is('up')) filter.up = true;
    else if (flag !== undefined) filter.flags.set(...flag);
    else if (args.is('label')) filter.label = globPattern(args.next());
    else if (args.is('group'))
      filter.group = groupNumber(args.next()) ?? args.wrong('Invalid "group" value\n');
    else if (args.is('master')) filter.master = known(args.next(), 'Device does not exist\n');
    else if (args.is('vrf')) {
      const vrf = known(args.next(), 'Not a valid VRF name\n');
      if (vrf.vrfTable === null) args.wrong('Not a valid VRF name\n');
      filter.master = vrf;
    } else if (args.is('nomaster')) filter.noMaster = true;
    else if (args.is('type')) {
      const kind = args.next();
      if (kind.endsWith('_slave')) filter.slaveKind = kind.slice(0, -'_slave'.length);
      else filter.kind = kind;
    } else {
      if (args.is('dev')) args.next();
      else if (args.matches('help')) return args.end(USAGE[asLink ? 'link' : 'address'] ?? '', 255);
      if (device !== null) args.duplicateOrGarbage('dev');
      device = args.word;
    }
    args.advance();
  }
  if (device !== null) {
    const link = run.link(device);
    if (link === undefined) {
      run.err(`Device "${device}" does not exist.\n`);
      return 1;
    }
    filter.device = link;
  }
  if (flush) return flushAddresses(run, filter);
  return print(run, filter, asLink);
}

function print(run: IpRun, filter: Filter, asLink: boolean): number {
  const { options } = run;
  const view: LinkView = {
    link: asLink,
    showLinkLayer: filter.family === null || filter.family === 'link',
    isSparse: filter.family === 6 && filter.device === null,
  };
  const writer = run.writer();
  writer.begin();
  for (const link of filter.device === null ? run.links() : [filter.device]) {
    const rows = filter.family === 'link' ? [] : addressRows(link, run.now);
    const wanted = rows.filter((row) => isWanted(filter, link, row));
    const keep =
      filter.family === 'link' || wanted.length > 0 || (rows.length === 0 && filter.family === null);
    if (!keep) continue;
    const shown = isShown(filter, link) && filter.label === null;
    const noLink = options.oneline && filter.family !== 'link';
    writer.openObject();
    if (isShown(filter, link)) {
      if (options.brief) printLinkBrief(writer, link, view);
      else if (!noLink && shown) printLink(run, writer, link, view);
    }
    if (filter.family !== 'link' && isShown(filter, link)) {
      writer.openArray('addr_info');
      for (const row of wanted) {
        if (filter.up && !link.up) continue;
        writer.openObject();
        if (options.brief) printLocal(writer, row);
        else printAddress(run, writer, link, row, options.oneline);
        writer.closeObject();
      }
      writer.closeArray();
      if (options.brief) writer.text('\n');
      else if (options.statistics > 0 && !noLink && shown) {
        printStatistics(run, writer, link);
        writer.newLine();
      }
    }
    writer.closeObject();
  }
  writer.finish();
  return 0;
}

/** The link filters, which `print_linkinfo` applies. */
function isShown(filter: Filter, link: Link): boolean {
  if (filter.up && !link.up) return false;
  if (filter.group !== null && link.group !== filter.group) return false;
  if (filter.master !== null && link.master !== filter.master) return false;
  if (filter.noMaster && link.master !== null) return false;
  if (filter.kind !== null && kindName(link) !== filter.kind) return false;
  return filter.slaveKind === null || slaveKind(link) === filter.slaveKind;
}

function isWanted(filter: Filter, link: Link, row: AddressRow): boolean {
  if (filter.family !== null && filter.family !== row.family) return false;
  if (filter.scope !== null && row.scope !== filter.scope) return false;
  for (const [flag, wanted] of filter.flags) if (row.flags.includes(flag) !== wanted) return false;
  if (filter.label !== null && !filter.label.test(row.label ?? link.name)) return false;
  if (filter.prefix !== null) {
    const local = parseIp(row.local);
    if (
      local === undefined ||
      local.family !== filter.prefix.family ||
      !inPrefix(local.family, local.address, filter.prefix.address, filter.prefix.length)
    )
      return false;
  }
  return true;
}

function flushAddresses(run: IpRun, filter: Filter): number {
  let rounds = 0;
  for (;;) {
    let deleted = 0;
    for (const link of filter.device === null ? run.links() : [filter.device])
      for (const row of addressRows(link, run.now)) {
        if (!isWanted(filter, link, row)) continue;
        if (row.source.kind === 4 && link.addresses4.includes(row.source.address)) {
          removeAddress(run.net, link, row.source.address);
          deleted += 1;
        } else if (row.source.kind === 6 && link.ipv6.addresses.includes(row.source.address)) {
          removeAddress6(run.net, link, row.source.address);
          deleted += 1;
        }
      }
    if (deleted === 0) break;
    rounds += 1;
    if (run.options.statistics > 0)
      run.output.out(`\n*** Round ${rounds}, deleting ${deleted} addresses ***\n`);
  }
  if (run.options.statistics > 0)
    run.output.out(
      rounds === 0
        ? 'Nothing to flush.\n'
        : `*** Flush is complete after ${rounds} round${rounds > 1 ? 's' : ''} ***\n`,
    );
  return 0;
}
