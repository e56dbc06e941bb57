/** What a daemon answers to a command on its control socket. */
import { err, ok, type Result } from '../../base/result.ts';

/** The text of the answer, or of the error; a newline at the end is added where it is missing. */
export type Reply = Result<string>;

/** One command of a daemon. */
export interface DaemonCommand<D> {
  readonly name: string;
  readonly usage: string;
  readonly least: number;
  readonly most: number;
  /** False for a name that is understood and not listed. */
  readonly isListed?: boolean;
  /** `args` are what follows the command's name. */
  readonly run: (daemon: D, args: readonly string[]) => Reply;
}

/** A daemon that can be asked. */
export interface CommandTarget {
  call(command: string, args: readonly string[]): Reply;
}

const USAGE_WIDTH = 23;

/** Commands of the real daemon that are not modelled, and why. */
export type Unmodelled = readonly (readonly [name: string, usage: string, reason?: string])[];

/** Why a command is not modelled: what several daemons would tell of themselves. */
export const WORK = "it counts the real program's own events and memory";
export const ENGINE = "it counts runs of the real program's engine, wakings without work included";
export const TIMES = 'it measures how long the real program takes';

function listCommands(commands: readonly { readonly name: string; readonly usage: string }[]): string {
  const rows = commands
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, usage }) => `  ${name.padEnd(USAGE_WIDTH)} ${usage}\n`);
  return `The available commands are:\n${rows.join('')}`;
}

/** A target whose commands are `commands` and those that every daemon has. `version` is the text of its version. */
export function commandTarget<D>(
  daemon: D,
  version: string,
  commands: readonly DaemonCommand<D>[],
  unmodelled: Unmodelled = [],
): CommandTarget {
  const plain = (name: string, text: () => string): DaemonCommand<D> => ({
    name,
    usage: '',
    least: 0,
    most: 0,
    run: () => ok(text()),
  });
  const listed = (): string =>
    listCommands([
      ...[...all.values()].filter(({ isListed }) => isListed !== false),
      ...unmodelled.map(([name, usage]) => ({ name, usage })),
    ]);
  const all = new Map(
    [...commands, plain('list-commands', listed), plain('version', () => version)].map((command) => [
      command.name,
      command,
    ]),
  );
  return {
    call(name, args) {
      const command = all.get(name);
      const absent = unmodelled.find(([one]) => one === name);
      if (absent) return err([`${name} is not modelled here`, ...absent.slice(2)].join(': '));
      if (!command)
        return err(`"${name}" is not a valid command (use "list-commands" to see a list of valid commands)`);
      if (args.length < command.least)
        return err(`"${name}" command requires at least ${command.least} arguments`);
      if (args.length > command.most) return err(`"${name}" command takes at most ${command.most} arguments`);
      return command.run(daemon, args);
    },
  };
}

/** With a newline at its end, unless it is empty. */
export const asLine = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
