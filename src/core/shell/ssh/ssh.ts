/** `ssh` to the machine itself, as a line copied from elsewhere asks for; no connection leaves the machine. */
import { formatIpv4 } from '../../base/address.ts';
import type { Exit, RunningProgram } from '../program.ts';
import type { Site } from '../site.ts';

/** Options without a word behind them, and with one: all about terminals, keys and names. */
const FLAGS = /^-[46AaCknqTtXxYv]+$/;
const WITH_WORD = /^-[Eilo]$/;

export function ssh({ call, host }: Site): Exit | RunningProgram {
  const refuse = (text: string): Exit => {
    call.output.err(`ssh: ${text}\n`);
    return { status: 255 };
  };
  let at = 1;
  let { stdin } = call;
  for (; call.argv[at]?.startsWith('-'); at += 1) {
    const word = call.argv[at] ?? '';
    if (WITH_WORD.test(word)) at += 1;
    else if (!FLAGS.test(word)) return refuse(`the option ${word} is not modelled`);
    else if (word.includes('n')) stdin = '';
  }
  const [destination, ...words] = call.argv.slice(at);
  if (destination === undefined) return refuse('usage: ssh [options] [user@]host [command]');
  if (call.namespace !== '')
    return refuse(`connections out of a network namespace are not modelled (${call.namespace})`);
  const name = destination.replace(/^.*@/, '');
  const own = [...host.kernel.namespace().links.values()].flatMap((link) =>
    link.addresses4.map(({ local }) => formatIpv4(local)),
  );
  if (!['localhost', host.name, ...own].includes(name))
    return refuse(`connections to other machines are not modelled (${name}): each has a terminal of its own`);
  if (!call.shell.execute) return refuse('there is no shell here');
  const shell = words.length === 0 ? ['bash'] : ['bash', '-c', words.join(' ')];
  return call.shell.execute(shell, '', stdin, call.output);
}
