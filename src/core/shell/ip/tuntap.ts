/** `ip tuntap`: tun and tap devices that no program holds open. */
import { matches } from './arguments.ts';
import type { IpRun } from './run.ts';
import { USAGE } from './usage.table.ts';

export function tuntapCommand(run: IpRun, words: readonly string[]): number {
  const [command, ...rest] = words;
  if (
    command === undefined ||
    matches(command, 'show') ||
    matches(command, 'lst') ||
    matches(command, 'list')
  )
    return show(run);
  if (matches(command, 'add')) return change(run, rest, true);
  if (matches(command, 'delete')) return change(run, rest, false);
  if (matches(command, 'help')) return run.arguments(words).end(USAGE.tuntap ?? '', 255);
  run.err(`Command "${command}" is unknown, try "ip tuntap help".\n`);
  return 255;
}

function show(run: IpRun): number {
  for (const link of run.links())
    if (link.kind === 'tun' || link.kind === 'tap') run.output.out(`${link.name}: ${link.kind} persist\n`);
  return 0;
}

function change(run: IpRun, words: readonly string[], add: boolean): number {
  const args = run.arguments(words);
  let name = '';
  let mode: 'tun' | 'tap' | null = null;
  while (!args.done) {
    if (args.matches('mode')) {
      args.next();
      if (args.matches('tun')) mode = 'tun';
      else if (args.matches('tap')) mode = 'tap';
      else {
        run.err(`Unknown tunnel mode "${args.word}"\n`);
        return 255;
      }
    } else if (args.is('user') || args.is('group')) args.next();
    else if (args.matches('pi', 'one_queue', 'vnet_hdr', 'multi_queue')) {
      // Options of the descriptor, which nobody holds.
    } else if (args.matches('dev')) name = args.next();
    else {
      if (args.matches('name')) args.next();
      else if (args.matches('help')) args.end(USAGE.tuntap ?? '', 255);
      if (name !== '') args.duplicateOrGarbage('name');
      name = args.word;
    }
    args.advance();
  }
  if (mode === null) {
    run.err('You failed to specify a tunnel mode\n');
    return 1;
  }
  const link = run.link(name);
  if (add) {
    if (link !== undefined) {
      run.err('ioctl(TUNSETIFF): Device or resource busy\n');
      return 1;
    }
    let free = name;
    for (let number = 0; free === ''; number += 1)
      if (run.link(`${mode}${number}`) === undefined) free = `${mode}${number}`;
    const made = run.kernel.addLink(run.namespace, { kind: mode, name: free });
    return made.ok ? 0 : run.refused(made.error);
  }
  if (link === undefined || (link.kind !== 'tun' && link.kind !== 'tap')) return 0;
  run.kernel.removeLink(link);
  return 0;
}
