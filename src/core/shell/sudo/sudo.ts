/** `sudo`: everything is run as root already, so that only options and variables are taken off. */
import type { Exit, RunningProgram } from '../program.ts';
import type { ProgramCall, ShellAccess, Site } from '../site.ts';

/** Options that change nothing for root, who is never asked for a password. */
const WITHOUT_EFFECT = /^-[EHnS]+$/;
const LOGIN = /^-[is]$/;
/** A shell without a script, which stays open in a terminal. */
const SHELL = /^\S*\b(?:ba)?sh(?: -[il])*$/;
const VARIABLE = /^([A-Za-z_]\w*)=([^]*)$/;

function refuse({ output }: ProgramCall, text: string): Exit {
  output.err(`sudo: ${text}\n`);
  return { status: 1 };
}

export function sudo({ call, start }: Site): Exit | RunningProgram {
  const variables = new Map<string, string>();
  let isLogin = false;
  let at = 1;
  for (; at < call.argv.length; at += 1) {
    const word = call.argv[at] ?? '';
    const variable = VARIABLE.exec(word);
    if (variable) variables.set(variable[1] ?? '', variable[2] ?? '');
    else if (LOGIN.test(word)) isLogin = true;
    else if (word === '-u' || word === '--user' || word === '-uroot') {
      if (word !== '-uroot') at += 1;
      const user = word === '-uroot' ? 'root' : call.argv[at];
      if (user !== 'root') return refuse(call, `other users than root are not modelled (-u ${user ?? ''})`);
    } else if (word.startsWith('-') && !WITHOUT_EFFECT.test(word))
      return refuse(call, `the option ${word} is not modelled`);
    else if (!word.startsWith('-')) break;
  }
  const words = call.argv.slice(at);
  if (words.length === 0 && !isLogin) {
    call.output.err('usage: sudo [-EHinSs] [-u root] [VAR=value] [command [arg ...]]\n');
    return { status: 1 };
  }
  const argv = words.length === 0 ? ['bash'] : words;
  if (variables.size > 0 && call.output.converse && SHELL.test(argv.join(' ')))
    return refuse(call, 'variables of a shell that stays open are not modelled');
  return start({ ...call, argv, shell: withVariables(call.shell, variables) });
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** What is started sees the variables, be it a program of the table or of the shell's own. */
function withVariables(shell: ShellAccess, variables: ReadonlyMap<string, string>): ShellAccess {
  const { execute } = shell;
  if (variables.size === 0) return shell;
  const given = [...variables].map(([name, value]) => `${name}=${quoted(value)}`);
  return {
    ...shell,
    variable: (name) => variables.get(name) ?? shell.variable?.(name),
    ...(execute && {
      execute: (argv, namespace, stdin, output) =>
        execute(['bash', '-c', [...given, ...argv.map(quoted)].join(' ')], namespace, stdin, output),
    }),
  };
}
