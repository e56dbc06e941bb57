/** `sudo`: everything is run as root already, so that only options and variables are taken off. */
import type { Exit, RunningProgram } from '../program.ts';
import type { ProgramCall, Site } from '../site.ts';

/** Options that change nothing for root, who is never asked for a password. */
const WITHOUT_EFFECT = /^-[EHnS]+$/;
const LOGIN = /^-[is]$/;
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
  const { shell } = call;
  return start({
    ...call,
    argv: words.length === 0 ? ['bash'] : words,
    shell: { ...shell, variable: (name) => variables.get(name) ?? shell.variable?.(name) },
  });
}
