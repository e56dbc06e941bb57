/** Commands of one command line: `[OPTION]... COMMAND [ARG]... [-- [OPTION]... COMMAND [ARG]...]...` */
import type { Command, CommandCall } from './command.ts';
import { fail } from './stop.ts';

export interface ParsedCommand extends CommandCall {
  readonly command: Command;
}

type OptionArgument = 'none' | 'required' | 'optional';

/** The options of a command's syntax, without `--`. */
export function commandOptions(
  command: Command,
): readonly { readonly name: string; readonly argument: OptionArgument }[] {
  return command.options
    .split(',')
    .filter((text) => text !== '')
    .map((text) => ({
      name: text.replace(/^--/, '').replace(/[=?]$/, ''),
      argument: text.endsWith('=') ? 'required' : text.endsWith('?') ? 'optional' : 'none',
    }));
}

function checkOptions(command: Command, options: ReadonlyMap<string, string | null>): void {
  const known = commandOptions(command);
  for (const [name, argument] of options) {
    const option = known.find((each) => `--${each.name}` === name);
    if (option === undefined) return fail(`'${command.name}' command has no '${name}' option`);
    if (option.argument === 'required' && argument === null)
      fail(`missing argument to '${name}' option on '${command.name}' command`);
    if (option.argument === 'none' && argument !== null)
      fail(`'${name}' option on '${command.name}' does not accept an argument`);
  }
}

function parseCommand(
  words: readonly string[],
  given: ReadonlyMap<string, string | null>,
  commands: ReadonlyMap<string, Command>,
): ParsedCommand {
  const options = new Map(given);
  let at = 0;
  for (; words[at]?.startsWith('-') === true; at += 1) {
    const word = words[at] ?? '';
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    if (options.has(name)) fail(`'${word}' option specified multiple times`);
    options.set(name, equals < 0 ? null : word.slice(equals + 1));
  }
  const name = words[at];
  if (name === undefined) return fail('missing command name (use --help for help)');
  const command = commands.get(name);
  if (command === undefined) return fail(`unknown command '${name}'; use --help for help`);
  checkOptions(command, options);
  const argv = words.slice(at);
  const count = argv.length - 1;
  if (count < command.least) fail(`'${name}' command requires at least ${command.least} arguments`);
  if (count > command.most) {
    const hint = argv.slice(1).some((word) => word.startsWith('-'))
      ? ' (note that options must precede command names and follow a "--" argument)'
      : '';
    fail(`'${name}' command takes at most ${command.most} arguments${hint}`);
  }
  return { command, argv, options };
}

/** Parses what follows the program's own options; `given` are command options that stood among those. */
export function parseCommands(
  words: readonly string[],
  given: ReadonlyMap<string, string | null>,
  commands: ReadonlyMap<string, Command>,
): readonly ParsedCommand[] {
  const parsed: ParsedCommand[] = [];
  let pending = given;
  let start = 0;
  for (let at = 0; at <= words.length; at += 1) {
    if (at < words.length && words[at] !== '--') continue;
    if (at > start) {
      parsed.push(parseCommand(words.slice(start, at), pending, commands));
      pending = new Map();
    } else if (pending.size > 0) {
      fail('missing command name (use --help for help)');
    }
    start = at + 1;
  }
  if (parsed.length === 0) fail('missing command name (use --help for help)');
  return parsed;
}
