/** `ip netns`: namespaces listed, made, removed, and programs run inside. */
import type { Exit, RunningProgram } from '../program.ts';
import { matches } from './arguments.ts';
import { namespaceIds } from './netns-id.ts';
import type { IpRun } from './run.ts';
import { USAGE } from './usage.table.ts';

const DIRECTORY = '/run/netns';

const noSuch = (name: string): string =>
  `Cannot open network namespace "${name}": No such file or directory\n`;

export function netnsCommand(run: IpRun, words: readonly string[]): number | RunningProgram {
  const [command, ...rest] = words;
  if (command === undefined) return list(run);
  if (matches(command, 'list') || matches(command, 'show') || matches(command, 'lst')) return list(run);
  if (matches(command, 'list-id')) return listIds(run);
  if (matches(command, 'help')) return run.arguments(words).end(USAGE.netns ?? '', 255);
  if (matches(command, 'add')) return add(run, rest);
  if (matches(command, 'delete')) return remove(run, rest);
  if (matches(command, 'identify')) {
    run.output.out(`${run.namespace}\n`);
    return 0;
  }
  if (matches(command, 'pids')) {
    if (rest[0] !== undefined && !run.kernel.namespaces.has(rest[0])) {
      run.err(noSuch(rest[0]));
      return 255;
    }
    return 0;
  }
  if (matches(command, 'exec')) return execute(run, rest);
  for (const other of ['set', 'monitor', 'attach'])
    if (matches(command, other)) {
      run.err(`ip netns ${other} is not modelled\n`);
      return 1;
    }
  run.err(`Command "${command}" is unknown, try "ip netns help".\n`);
  return 255;
}

/** `list-id`: the namespaces that links lead into. */
function listIds(run: IpRun): number {
  const writer = run.writer();
  writer.begin();
  for (const [name, id] of namespaceIds(run)) {
    writer.openObject();
    writer.field('nsid', id, `nsid ${id} `);
    if (name !== '') writer.field('name', name, `(iproute2 netns name: ${name})`);
    writer.text('\n');
    writer.closeObject();
  }
  writer.finish();
  return 0;
}

/** Named namespaces, newest first as the directory lists them; `id` when a link leads into one. */
function list(run: IpRun): number {
  const names = [...run.kernel.namespaces.keys()].filter((name) => name !== '').reverse();
  const ids = namespaceIds(run);
  const writer = run.writer();
  writer.begin();
  for (const name of names) {
    writer.openObject();
    writer.field('name', name, name);
    const id = ids.get(name);
    if (id !== undefined) writer.field('id', id, ` (id: ${id})`);
    writer.text('\n');
    writer.closeObject();
  }
  writer.finish();
  return 0;
}

function add(run: IpRun, words: readonly string[]): number {
  const [name] = words;
  if (name === undefined) {
    run.err('No netns name specified\n');
    return 1;
  }
  if (name.includes('/') || name === '.' || name === '..') {
    run.err(`Invalid netns name "${name}"\n`);
    return 255;
  }
  if (!run.kernel.addNamespace(name).ok) {
    run.err(`Cannot create namespace file "${DIRECTORY}/${name}": File exists\n`);
    return 1;
  }
  return 0;
}

function remove(run: IpRun, words: readonly string[]): number {
  if (run.options.all) {
    for (const name of [...run.kernel.namespaces.keys()]) if (name !== '') run.kernel.deleteNamespace(name);
    return 0;
  }
  const [name] = words;
  if (name === undefined) {
    run.err('No netns name specified\n');
    return 1;
  }
  if (!run.kernel.deleteNamespace(name).ok) {
    run.err(`Cannot remove namespace file "${DIRECTORY}/${name}": No such file or directory\n`);
    return 1;
  }
  return 0;
}

function execute(run: IpRun, words: readonly string[]): number | RunningProgram {
  if (run.options.all) {
    let status = 0;
    for (const name of run.kernel.namespaces.keys()) {
      if (name === '') continue;
      run.output.out(`\nnetns: ${name}\n`);
      const result = start(run, words, name);
      if (typeof result === 'number') status = result;
    }
    return status;
  }
  const [name, ...argv] = words;
  if (name === undefined) {
    run.err('No netns name specified\n');
    return 1;
  }
  if (argv.length === 0) {
    run.err('No command specified\n');
    return 1;
  }
  if (!run.kernel.namespaces.has(name)) {
    run.err(noSuch(name));
    return 255;
  }
  return start(run, argv, name);
}

function start(run: IpRun, argv: readonly string[], namespace: string): number | RunningProgram {
  const { run: runProgram } = run.host;
  if (runProgram === undefined) {
    run.err(`exec of "${argv[0] ?? ''}" failed: No such file or directory\n`);
    return 1;
  }
  const result: Exit | RunningProgram = runProgram.call(run.host, argv, namespace, run.output);
  return 'status' in result ? result.status : result;
}
