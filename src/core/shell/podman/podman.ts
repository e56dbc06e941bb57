/** `podman`: the containers of a machine, and programs run inside them. A container shares the machine's network. */
import { createRandom, hashText } from '../../base/random.ts';
import { ok, type Result } from '../../base/result.ts';
import type { Container } from '../../sim/container.ts';
import type { NodeContainerSpec } from '../../sim/machine.ts';
import type { StoppableDaemon } from '../daemons.ts';
import type { Exit, Invocation, Output, RunningProgram } from '../program.ts';
import { isVerb, parsePodman, type PodmanCommand } from './options.ts';

export interface PodmanHost {
  /** Those that run. */
  readonly containers: Map<string, Container>;
  /** Those that were stopped and not removed. */
  readonly exited: Map<string, Container>;
  /** Machines that run as containers here. */
  readonly nodes: readonly NodeContainerSpec[];
  /** Daemons of the machine that run in containers of their own. */
  readonly daemons: readonly StoppableDaemon[];
  /** Starts a container; the error is what keeps its program from running. */
  start(name: string, image: string, command: string): Result<Container>;
  /** A file that containers see as the machine does. */
  readFile(path: string): string | undefined;
  /** Whether the machine has a program of this name. */
  hasProgram(name: string): boolean;
  /** Runs another program of the machine. */
  run(argv: readonly string[], stdin: string, output: Output): Exit | RunningProgram;
  /** Runs a program of a machine that is a container. */
  runInside(machine: string, argv: readonly string[], stdin: string, output: Output): Exit | RunningProgram;
  /** Whether `runInside` knows what is no program, but the shell's (`cat`, `bash`). */
  readonly hasShells: boolean;
}

type Podman = Invocation<PodmanHost>;

const FAILED = 125;

function fail({ output }: Podman, text: string, status = FAILED): Exit {
  output.err(`Error: ${text}\n`);
  return { status };
}

/** A duration in words (`units.HumanDuration` of Docker's go-units). */
function duration(nanoseconds: number): string {
  const seconds = Math.floor(nanoseconds / 1e9);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.round(seconds / 3600);
  const days = Math.floor(hours / 24);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (days < 14) return `${days} days`;
  if (days < 60) return `${Math.floor(days / 7)} weeks`;
  return days < 730 ? `${Math.floor(days / 30)} months` : `${Math.floor(hours / 24 / 365)} years`;
}

/** 64 hex digits that are the container's for as long as it runs. */
function idOf({ name, startedAt }: Container): string {
  const random = createRandom(hashText(`${name} ${startedAt}`));
  return Array.from({ length: 8 }, () => random.next32().toString(16).padStart(8, '0')).join('');
}

/** A container by its name, its whole ID or the beginning of one. */
function find(containers: ReadonlyMap<string, Container>, word: string): Container | undefined {
  const isId = /^[0-9a-f]+$/.test(word);
  return (
    containers.get(word) ??
    (isId ? [...containers.values()].find((one) => idOf(one).startsWith(word)) : undefined)
  );
}

const unknown = (invocation: Podman, name: string): Exit =>
  fail(invocation, `no container with name or ID "${name}" found: no such container`);

function list({ host, output, context }: Podman, { options }: PodmanCommand): Exit {
  const containers: readonly Container[] = [
    ...host.nodes.map(({ machine, image, command }) => ({
      name: machine,
      image,
      command,
      startedAt: 0,
      stop: () => undefined,
    })),
    ...host.containers.values(),
  ];
  // Their images are not known, so that they have no line.
  for (const { container, isRunning } of host.daemons)
    if (container !== null && isRunning())
      output.err(`podman: the line of the container ${container} is not modelled\n`);
  if (options.has('-q') || options.has('--quiet')) {
    output.out(containers.map((one) => `${idOf(one).slice(0, 12)}\n`).join(''));
    return { status: 0 };
  }
  const rows = [
    ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'],
    ...containers.map((one) => {
      const since = `${duration(context.clock.now() - one.startedAt)} ago`;
      return [
        idOf(one).slice(0, 12),
        one.image,
        one.command.slice(0, 20),
        since,
        `Up ${since}`,
        '',
        one.name,
      ];
    }),
  ];
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '));
  output.out(lines.map((line) => `${line.trimEnd()}\n`).join(''));
  return { status: 0 };
}

/** `cat` belongs to the shell of a machine, not to its programs; inside a container it is read here. */
function concatenate(invocation: Podman, paths: readonly string[], stdin: string): Exit {
  const { host, output } = invocation;
  const option = paths.find((word) => /^-./.test(word));
  if (option !== undefined)
    return fail(invocation, `the option ${option} of cat is not modelled in a container`);
  let status = 0;
  for (const path of paths.length === 0 ? ['-'] : paths) {
    const text = path === '-' ? stdin : host.readFile(path);
    if (text === undefined) {
      output.err(`cat: ${path}: No such file or directory\n`);
      status = 1;
    } else output.out(text);
  }
  return { status };
}

/** The same text, but nothing can be typed. */
const withoutTerminal = (output: Output): Output => ({
  out: (text) => output.out(text),
  err: (text) => output.err(text),
});

function execute(invocation: Podman, { options, words }: PodmanCommand): Exit | RunningProgram {
  const { host } = invocation;
  const [name, program, ...args] = words;
  if (name === undefined) return fail(invocation, 'exec requires the name or ID of a container');
  const isDaemon = host.daemons.some((one) => one.container === name && one.isRunning());
  const node = host.nodes.find(({ machine }) => machine === name)?.machine;
  if (!isDaemon && node === undefined && !find(host.containers, name)) {
    return find(host.exited, name)
      ? fail(invocation, 'can only create exec sessions on running containers: container state improper', 255)
      : unknown(invocation, name);
  }
  if (program === undefined)
    return fail(invocation, 'must provide a non-empty command to start an exec session');
  const isInteractive = options.has('-i') || options.has('--interactive');
  const stdin = isInteractive ? invocation.stdin : '';
  const hasTerminal = isInteractive && (options.has('-t') || options.has('--tty'));
  const output = hasTerminal ? invocation.output : withoutTerminal(invocation.output);
  if (node === undefined && program === 'cat') return concatenate(invocation, args, stdin);
  if (!host.hasProgram(program) && (node === undefined || !host.hasShells))
    return fail(invocation, `the program ${program} is not modelled in a container`, 127);
  return node === undefined
    ? host.run([program, ...args], stdin, output)
    : host.runInside(node, [program, ...args], stdin, output);
}

/** Detached, in the machine's network, under a name: others are refused. */
function create(invocation: Podman, { options, words }: PodmanCommand): Exit {
  const { host, output } = invocation;
  const [image, ...command] = words;
  const has = (...names: readonly string[]): boolean => names.some((name) => options.has(name));
  const name = options.get('--name');
  if (image === undefined) return fail(invocation, 'requires at least 1 arg(s), only received 0');
  if (!has('-d', '--detach')) return fail(invocation, 'podman run without --detach is not modelled');
  if (!has('--net', '--network')) return fail(invocation, 'podman run without --net=host is not modelled');
  if (name === undefined) return fail(invocation, 'podman run without --name is not modelled');
  const other = host.containers.get(name) ?? host.exited.get(name);
  if (other)
    return fail(
      invocation,
      `creating container storage: the container name "${name}" is already in use by ${idOf(other)}. You have to remove that container to be able to reuse that name: that name is already in use`,
    );
  const started = host.start(name, image, command.join(' '));
  if (!started.ok) return fail(invocation, started.error, 127);
  host.containers.set(name, { ...started.value, isRemovedAtEnd: has('--rm') });
  output.out(`${idOf(started.value)}\n`);
  return { status: 0 };
}

type Change = 'stop' | 'start' | 'restart' | 'rm';

function end(host: PodmanHost, container: Container, isRemoved: boolean): void {
  container.stop();
  host.containers.delete(container.name);
  if (!isRemoved) host.exited.set(container.name, container);
}

/** The error is what keeps its program from running again. */
function begin(host: PodmanHost, { name, image, command, isRemovedAtEnd }: Container): Result<void> {
  const started = host.start(name, image, command);
  if (!started.ok) return started;
  host.exited.delete(name);
  host.containers.set(name, {
    ...started.value,
    ...(isRemovedAtEnd === undefined ? {} : { isRemovedAtEnd }),
  });
  return ok(undefined);
}

/** What went wrong, or null. */
function changeOne(verb: Change, invocation: Podman, name: string, isForced: boolean): Exit | null {
  const { host } = invocation;
  if (host.nodes.some(({ machine }) => machine === name))
    return fail(invocation, `podman ${verb} of the machine ${name} is not modelled`);
  const daemon = host.daemons.find(({ container }) => container === name);
  if (daemon) {
    if (verb === 'rm') return fail(invocation, `podman rm of the container ${name} is not modelled`);
    // A container is ended by a signal: the daemon takes nothing back.
    if (verb !== 'start') daemon.stop(false);
    if (verb !== 'stop') daemon.start();
    return null;
  }
  const running = find(host.containers, name);
  const exited = find(host.exited, name);
  const container = running ?? exited;
  if (!container) return unknown(invocation, name);
  if (verb === 'rm' && running && !isForced)
    return fail(
      invocation,
      `cannot remove container ${idOf(running)} as it is running - running or paused containers cannot be removed without force: container state improper`,
      2,
    );
  if (running && verb !== 'start') end(host, running, verb === 'rm' || running.isRemovedAtEnd === true);
  if (verb === 'rm') host.exited.delete(container.name);
  if (verb === 'restart' || (verb === 'start' && !running)) {
    const begun = begin(host, container);
    if (!begun.ok) return fail(invocation, begun.error);
  }
  return null;
}

function change(verb: Change, invocation: Podman, { options, words }: PodmanCommand): Exit {
  if (words.length === 0) return fail(invocation, 'you must provide at least one name or id');
  const isForced = options.has('-f') || options.has('--force');
  let status = 0;
  for (const name of words) {
    const failed = changeOne(verb, invocation, name, isForced);
    if (failed) ({ status } = failed);
    else invocation.output.out(`${name}\n`);
  }
  return { status };
}

/** `argv[0]` is the program's name. */
export function podman(invocation: Podman): Exit | RunningProgram {
  const [verb = '', ...rest] = invocation.argv.slice(1);
  if (!isVerb(verb)) return fail(invocation, `podman ${verb} is not modelled`);
  const parsed = parsePodman(verb, rest);
  if (!parsed.ok) return fail(invocation, parsed.error);
  switch (verb) {
    case 'ps':
      return list(invocation, parsed.value);
    case 'exec':
      return execute(invocation, parsed.value);
    case 'run':
      return create(invocation, parsed.value);
    default:
      return change(verb, invocation, parsed.value);
  }
}
