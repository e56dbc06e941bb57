/** bash's `kill`: a signal to processes by their numbers (bash(1)). */
import type { Exit, Invocation } from '../program.ts';
import type { SeenProcess } from './all-processes.ts';
import { signalName, signalNumber, signalOf } from './signal.table.ts';

export interface ProcessHost {
  readonly processes: () => readonly SeenProcess[];
}

const USAGE =
  'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n';
const TERM = 15;

/** `argv[0]` is the program's name. */
export function kill({ argv, output, host }: Invocation<ProcessHost>): Exit {
  const words = argv.slice(1);
  const refused = (text: string, status: number): Exit => {
    output.err(text);
    return { status };
  };
  if (words[0] === '-l' || words[0] === '-L') {
    const word = words[1];
    if (word === undefined) return refused('bash: kill: a list of all signals is not modelled\n', 1);
    const number = signalNumber(word);
    const text = /^\d+$/.test(word) ? number && signalName(number) : number;
    if (text === undefined) return refused(`bash: kill: ${word}: invalid signal specification\n`, 1);
    output.out(`${text}\n`);
    return { status: 0 };
  }
  let number = TERM;
  const [first = ''] = words;
  if (/^-./.test(first) && first !== '--') {
    const isNamed = first === '-s' || first === '-n';
    const word = isNamed ? (words[1] ?? '') : first.slice(1);
    words.splice(0, isNamed ? 2 : 1);
    const found = signalNumber(word);
    if (found === undefined)
      return refused(
        word === '' ? USAGE : `bash: kill: ${word}: invalid signal specification\n`,
        word === '' ? 2 : 1,
      );
    number = found;
  }
  if (words[0] === '--') words.shift();
  if (words.length === 0) return refused(USAGE, 2);
  let status = 0;
  for (const word of words) {
    const fail = (text: string): void => {
      output.err(`bash: kill: ${text}\n`);
      status = 1;
    };
    if (!/^\d+$/.test(word)) {
      fail(`${word}: arguments must be process or job IDs`);
      continue;
    }
    const process = host.processes().find(({ pid }) => pid === Number(word));
    const signal = signalOf(number);
    if (process === undefined) fail(`(${word}) - No such process`);
    else if (number === 0) continue;
    else if (process.signal === null || signal === undefined)
      fail(`(${word}) - SIG${signalName(number) ?? number} to ${process.argv[0] ?? ''} is not modelled`);
    else process.signal(signal);
  }
  return { status };
}
