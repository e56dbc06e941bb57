/** `ip vrf`: VRF devices listed, and programs run in one. */
import type { RunningProgram } from '../program.ts';
import { matches } from './arguments.ts';
import type { IpRun } from './run.ts';
import { USAGE } from './usage.table.ts';

export function vrfCommand(run: IpRun, words: readonly string[]): number | RunningProgram {
  const [command, ...rest] = words;
  if (
    command === undefined ||
    matches(command, 'show') ||
    matches(command, 'list') ||
    matches(command, 'lst')
  )
    return show(run, rest[0]);
  if (matches(command, 'identify')) {
    run.output.out('\n');
    return 0;
  }
  if (matches(command, 'pids')) return 0;
  if (matches(command, 'exec')) return execute(run, rest);
  if (matches(command, 'help')) return run.arguments(words).end(USAGE.vrf ?? '', 255);
  run.err(`Command "${command}" is unknown, try "ip vrf help".\n`);
  return 255;
}

function show(run: IpRun, name: string | undefined): number {
  if (name !== undefined) {
    const link = run.link(name);
    if (link?.vrfTable == null) {
      run.err(`Invalid VRF\n`);
      return 1;
    }
    run.output.out(`${name} ${link.vrfTable}\n`);
    return 0;
  }
  const vrfs = run.links().filter((link) => link.vrfTable !== null);
  run.output.out(`${'Name'.padEnd(16)}  ${'Table'.padStart(5)}\n${'-'.repeat(23)}\n`);
  for (const link of vrfs) run.output.out(`${link.name.padEnd(16)}  ${String(link.vrfTable).padStart(4)}\n`);
  if (vrfs.length === 0) run.output.out('No VRF has been configured\n');
  return 0;
}

function execute(run: IpRun, words: readonly string[]): number | RunningProgram {
  const [name, ...argv] = words;
  if (name === undefined || argv.length === 0) {
    run.err(name === undefined ? 'No VRF name specified\n' : 'No command specified\n');
    return 1;
  }
  const link = name === 'default' ? null : run.link(name);
  if (link !== null && link?.vrfTable == null) {
    run.err(`Invalid VRF name\n`);
    return 1;
  }
  const { run: start } = run.host;
  if (start === undefined) return 1;
  // Only programs that can be bound to a device honour it.
  const bound = link === null || argv[0] !== 'ping' ? argv : [argv[0], '-I', link.name, ...argv.slice(1)];
  const result = start.call(run.host, bound, run.namespace, run.output);
  return 'status' in result ? result.status : result;
}
