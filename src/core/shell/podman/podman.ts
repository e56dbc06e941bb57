/** `podman`: the containers of a machine, and programs run inside them. */
import type { Container } from '../../sim/container.ts';
import type { StoppableDaemon } from '../daemons.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';

export interface PodmanHost {
  readonly containers: Map<string, Container>;
  /** Daemons of the machine that run in containers of their own. */
  readonly daemons: readonly StoppableDaemon[];
  /** Starts a container; undefined when its program is not one that is modelled. */
  start(name: string, image: string, command: string): Container | undefined;
  /** A file that containers see as the machine does. */
  readFile(path: string): string | undefined;
  /** Runs another program of the machine. */
  run(argv: readonly string[]): Exit | RunningProgram;
}

/** Options with a value that come before the name of a container or image. */
const VALUED = /^(?:--(?:name|net|network|user|env|volume|workdir|pid|log-driver|restart)|-[euvw])$/;

interface Parsed {
  readonly options: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

function parse(words: readonly string[]): Parsed {
  const options = new Map<string, string>();
  let at = 0;
  for (; at < words.length && words[at]?.startsWith('-'); at += 1) {
    const [key = '', ...value] = (words[at] ?? '').split('=');
    if (value.length > 0) options.set(key, value.join('='));
    else if (VALUED.test(key)) options.set(key, words[(at += 1)] ?? '');
    else options.set(key, '');
  }
  return { options, words: words.slice(at) };
}

function ago(nanoseconds: number): string {
  const seconds = Math.floor(nanoseconds / 1e9);
  if (seconds < 60) return `${seconds} seconds ago`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} minutes ago` : `${Math.floor(minutes / 60)} hours ago`;
}

/** Twelve hex digits that are the container's for as long as it runs. */
function idOf({ name, startedAt }: Container): string {
  let hash = 0xcbf29ce484222325n;
  for (const char of `${name}${startedAt}`)
    hash = ((hash ^ BigInt(char.codePointAt(0) ?? 0)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, '0').slice(0, 12);
}

function list({ host, output, context }: Invocation<PodmanHost>): Exit {
  const rows = [
    ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'],
    ...[...host.containers.values()].map((one) => {
      const since = ago(context.clock.now() - one.startedAt);
      return [idOf(one), one.image, one.command.slice(0, 20), since, `Up ${since}`, '', one.name];
    }),
  ];
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  output.out(
    rows
      .map(
        (row) =>
          `${row
            .map((cell, at) => cell.padEnd(widths[at] ?? 0))
            .join('  ')
            .trimEnd()}\n`,
      )
      .join(''),
  );
  return { status: 0 };
}

function execute({ host, output }: Invocation<PodmanHost>, { words }: Parsed): Exit | RunningProgram {
  const [name = '', program = '', ...args] = words;
  if (!host.containers.has(name)) {
    output.err(`Error: no container with name or ID "${name}" found: no such container\n`);
    return { status: 125 };
  }
  if (program !== 'cat') return host.run([program, ...args]);
  let status = 0;
  for (const path of args) {
    const text = host.readFile(path);
    if (text === undefined) {
      output.err(`cat: ${path}: No such file or directory\n`);
      status = 1;
    } else output.out(text);
  }
  return { status };
}

function create({ host, output }: Invocation<PodmanHost>, { options, words }: Parsed): Exit {
  const [image = '', ...command] = words;
  const name = options.get('--name') ?? image.split('/').at(-1)?.split(':')[0] ?? '';
  if (host.containers.has(name)) {
    output.err(`Error: error creating container storage: the container name "${name}" is already in use\n`);
    return { status: 125 };
  }
  const container = host.start(name, image, command.join(' '));
  if (!container) {
    output.err(`Error: the program ${command[0] ?? ''} of a container is not modelled\n`);
    return { status: 127 };
  }
  host.containers.set(name, container);
  output.out(`${idOf(container)}\n`);
  return { status: 0 };
}

/** Ends, starts or restarts containers by name; one that was made with `podman run` is gone when it is stopped. */
function change(
  verb: 'stop' | 'start' | 'restart',
  { host, output }: Invocation<PodmanHost>,
  { words }: Parsed,
): Exit {
  if (words.length === 0) {
    output.err('Error: you must provide at least one name or id\n');
    return { status: 125 };
  }
  let status = 0;
  for (const name of words) {
    const daemon = host.daemons.find(({ container }) => container === name);
    const container = host.containers.get(name);
    if (daemon) {
      // A container is ended by a signal: the daemon takes nothing back.
      if (verb !== 'start') daemon.stop(false);
      if (verb !== 'stop') daemon.start();
    } else if (container && verb === 'stop') {
      container.stop();
      host.containers.delete(name);
    } else {
      output.err(
        container
          ? `podman: ${verb} of the container ${name} is not modelled\n`
          : `Error: no container with name or ID "${name}" found: no such container\n`,
      );
      status = 125;
      continue;
    }
    output.out(`${name}\n`);
  }
  return { status };
}

export function podman(invocation: Invocation<PodmanHost>): Exit | RunningProgram {
  const [command = '', ...rest] = invocation.argv.slice(1);
  const parsed = parse(rest);
  switch (command) {
    case 'ps':
      return list(invocation);
    case 'exec':
      return execute(invocation, parsed);
    case 'run':
      return create(invocation, parsed);
    case 'stop':
    case 'start':
    case 'restart':
      return change(command, invocation, parsed);
    case 'rm':
      return change('stop', invocation, parsed);
    default:
      invocation.output.err(`Error: podman ${command} is not modelled\n`);
      return { status: 125 };
  }
}
