/** `ip maddr`: the multicast groups of links. */
import { formatIpv4, formatIpv6, formatMac, parseMac } from '../../base/address.ts';
import { joinMulticast, leaveMulticast } from '../../linux/device.ts';
import { matches, type Arguments } from './arguments.ts';
import type { IpRun } from './run.ts';
import { USAGE } from './usage.table.ts';

interface Row {
  readonly family: 'link' | 'inet' | 'inet6';
  readonly address: string;
  readonly users: number;
}

export function maddressCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  if (command === undefined) return show(run, []);
  if (matches(command, 'add')) return change(run, rest, true);
  if (matches(command, 'delete')) return change(run, rest, false);
  if (matches(command, 'list') || matches(command, 'show') || matches(command, 'lst')) return show(run, rest);
  if (matches(command, 'help')) return run.arguments(words).end(USAGE.maddress ?? '', 255);
  run.err(`Command "${command}" is unknown, try "ip maddr help".\n`);
  return 255;
}

function show(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  let device: string | null = null;
  while (!args.done) {
    if (args.is('dev')) args.next();
    else if (args.matches('help')) args.end(USAGE.maddress ?? '', 255);
    if (device !== null) args.duplicateOrGarbage('dev');
    device = args.word;
    args.advance();
  }
  const { family } = run.options;
  const writer = run.writer();
  writer.begin();
  for (const link of run.links()) {
    if (device !== null && link.name !== device) continue;
    const rows: Row[] = [];
    if (family === null || family === 'link')
      for (const [mac, users] of link.multicast)
        rows.push({ family: 'link', address: formatMac(mac), users });
    if (family === null || family === 4)
      for (const [group, { users }] of [...link.groups4].reverse())
        rows.push({ family: 'inet', address: formatIpv4(group), users });
    if (family === null || family === 6)
      for (const [group, { users }] of [...link.ipv6.groups].reverse())
        rows.push({ family: 'inet6', address: formatIpv6(group), users });
    if (rows.length === 0) continue;
    writer.openObject();
    writer.field('ifindex', link.index, `${link.index}:`);
    writer.field('ifname', link.name, `\t${link.name}`);
    writer.newLine();
    writer.openArray('maddr');
    for (const row of rows) {
      writer.openObject();
      writer.text('\t');
      writer.field(
        row.family === 'link' ? 'link' : 'family',
        row.family === 'link' ? row.address : row.family,
        row.family.padEnd(5),
      );
      if (row.family === 'link') writer.text(` ${row.address}`);
      else writer.field('address', row.address, ` ${row.address}`);
      if (row.users !== 1) writer.field('users', row.users, ` users ${row.users}`);
      writer.newLine();
      writer.closeObject();
    }
    writer.closeArray();
    writer.closeObject();
    if (run.options.oneline) writer.text('\n');
  }
  writer.finish();
  return 0;
}

function change(run: IpRun, words: readonly string[], add: boolean): number {
  const args: Arguments = run.arguments(words);
  let device: string | null = null;
  let mac: bigint | null = null;
  while (!args.done) {
    if (args.is('dev')) device = args.next();
    else {
      if (args.matches('address')) args.next();
      mac = parseMac(args.word) ?? args.end(`Error: "${args.word}" is not a legal ether address.\n`, 1);
    }
    args.advance();
  }
  if (device === null) return args.end('Not enough information: "dev" is required.\n', 255);
  const link = run.link(device);
  if (link === undefined || mac === null) {
    run.err('ioctl: No such device\n');
    return 1;
  }
  (add ? joinMulticast : leaveMulticast)(link, mac);
  return 0;
}
