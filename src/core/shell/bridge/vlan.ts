/** `bridge vlan`: VLANs of ports when a bridge filters them. */
import { addVlan, deleteVlan } from '../../linux/bridge/settings.ts';
import { scopeOf } from '../../linux/bridge/spanning-tree.ts';
import { Arguments, matches } from '../ip/arguments.ts';
import type { IpRun } from '../ip/run.ts';
import { USAGE } from './usage.table.ts';

export function vlanCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  if (command === undefined) return show(run, []);
  if (matches(command, 'add')) return modify(run, rest, true);
  if (matches(command, 'delete')) return modify(run, rest, false);
  if (matches(command, 'show') || matches(command, 'lst') || matches(command, 'list')) return show(run, rest);
  if (matches(command, 'help')) return run.arguments(words).end(USAGE.vlan ?? '', 255);
  run.err(`Command "${command}" is unknown, try "bridge vlan help".\n`);
  return 255;
}

const WIDTH = 18;

function show(run: IpRun, words: readonly string[]): number {
  const args = run.arguments(words);
  let device: string | null = null;
  let vlan = 0;
  while (!args.done) {
    if (args.is('dev')) device = args.next();
    else if (args.is('vid')) {
      args.next();
      vlan = Arguments.number(args.word) ?? 0;
    }
    args.advance();
  }
  const writer = run.writer();
  writer.begin();
  writer.text(`${'port'.padEnd(WIDTH)}vlan-id  \n`);
  for (const link of run.links()) {
    if (device !== null && link.name !== device) continue;
    const members = link.port?.vlans ?? link.bridge?.vlans;
    if (members === undefined) continue;
    const shown = [...members.values()]
      .filter((each) => vlan === 0 || each.id === vlan)
      .sort((a, b) => a.id - b.id);
    if (shown.length === 0) continue;
    writer.openObject();
    writer.field('ifname', link.name, link.name.padEnd(WIDTH));
    writer.openArray('vlans');
    shown.forEach((each, index) => {
      writer.openObject();
      if (index > 0) writer.text(' '.repeat(WIDTH));
      writer.field('vlan', each.id, String(each.id));
      writer.openArray('flags', ' ');
      if (each.pvid) writer.field(null, 'PVID', 'PVID ');
      if (each.untagged) writer.field(null, 'Egress Untagged', 'Egress Untagged');
      writer.closeArray('\n');
      writer.closeObject();
    });
    writer.closeArray();
    writer.closeObject();
  }
  writer.finish();
  return 0;
}

function modify(run: IpRun, words: readonly string[], add: boolean): number {
  const args = run.arguments(words);
  let device: string | null = null;
  let first: number | null = null;
  let last = 0;
  let isRange = false;
  let pvid = false;
  let untagged = false;
  let self = false;
  while (!args.done) {
    if (args.is('dev')) device = args.next();
    else if (args.is('vid')) {
      const [from, to] = args.next().split('-');
      first = Arguments.number(from ?? '') ?? args.end(`Invalid VLAN ID "${args.word}"\n`, 255);
      last = to === undefined ? first : (Arguments.number(to) ?? first);
      isRange = to !== undefined;
    } else if (args.is('self')) self = true;
    else if (args.is('pvid')) pvid = true;
    else if (args.is('untagged')) untagged = true;
    else if (args.is('tunnel_info')) args.next();
    else if (args.matches('help')) return args.end(USAGE.vlan ?? '', 255);
    args.advance();
  }
  if (device === null || first === null) return args.end('Device and VLAN ID are required arguments.\n', 255);
  const link = run.link(device);
  if (link === undefined) return args.end(`Cannot find bridge device "${device}"\n`, 255);
  if (isRange && pvid) return args.end('pvid cannot be configured for a vlan range\n', 255);
  if (first >= 4096 || last >= 4096) return args.end(`Invalid VLAN ID "${Math.max(first, last)}"\n`, 255);
  const master = self ? link : link.master;
  const scope = master === null ? undefined : scopeOf(run.net, master);
  if (scope === undefined || (!self && link.port === null)) {
    run.refused({ errno: 'EOPNOTSUPP' });
    return 255;
  }
  for (let id = first; id <= last; id += 1) {
    const port = self ? null : link.port;
    const result = add ? addVlan(scope, port, id, pvid, untagged) : deleteVlan(scope, port, id);
    if (!result.ok) {
      run.refused(result.error);
      return 255;
    }
  }
  return 0;
}
