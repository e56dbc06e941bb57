/** `ip addrlabel` and `ip token`: what the kernel has without being told otherwise. */
import { ADDRESS_LABELS } from '../../linux/ip6/address-labels.table.ts';
import { formatIp } from '../../linux/family.ts';
import { matches } from './arguments.ts';
import type { IpRun } from './run.ts';

const isList = (command: string | undefined): boolean =>
  command === undefined || ['show', 'list', 'lst'].some((name) => matches(command, name));

/** An IPv4-mapped address, as glibc writes it. */
const formatPrefix = (address: bigint): string =>
  address === 0xffffn << 32n ? '::ffff:0.0.0.0' : formatIp(6, address);

/** Lists the labels; they cannot be changed. */
export function addressLabelCommand(run: IpRun, words: readonly string[]): number {
  const [command] = words;
  if (command !== undefined && ['add', 'delete', 'flush'].some((name) => matches(command, name))) {
    run.err(`ip: addrlabel ${command} is not modelled\n`);
    return 1;
  }
  if (!isList(command)) {
    run.err(`Command "${command}" is unknown, try "ip addrlabel help".\n`);
    return 255;
  }
  if (run.family === 4) {
    run.err('RTNETLINK answers: Operation not supported\nDump terminated\n');
    return 1;
  }
  const writer = run.writer();
  writer.begin();
  for (const { prefix, length, label } of ADDRESS_LABELS) {
    writer.openObject();
    writer.text('prefix ');
    writer.field('address', formatPrefix(prefix), formatPrefix(prefix));
    writer.field('prefixlen', length, `/${length}`);
    writer.field('label', label, ` label ${label} `);
    writer.text('\n');
    writer.closeObject();
  }
  writer.finish();
  return 0;
}

/** Lists the interface identifiers that were set for autoconfiguration: none can be. */
export function tokenCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  if (command !== undefined && ['set', 'delete', 'get'].some((name) => matches(command, name))) {
    run.err(`ip: token ${command} is not modelled\n`);
    return 1;
  }
  if (!isList(command)) {
    run.err(`Command "${command}" is unknown, try "ip token help".\n`);
    return 255;
  }
  const device = rest[0] === 'dev' ? rest[1] : rest[0];
  if (device !== undefined && run.link(device) === undefined) return run.noDevice(device);
  for (const link of run.links())
    if (link.kind !== 'lo' && !link.noArp && (device === undefined || link.name === device))
      run.output.out(`token :: dev ${link.name}\n`);
  return 0;
}
