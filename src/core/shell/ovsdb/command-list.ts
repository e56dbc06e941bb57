/** `--commands` and `--options`: what shells complete words from. */
import { stringOrder } from '../../ovsdb/index.ts';
import type { Command } from './command.ts';
import type { LongOption } from './getopt.ts';

/**
 * A synopsis with marks: `!` before what is required, `?` before what is optional, `+` and `*` where it may be repeated.
 * It is read from its end, as brackets and dots stand behind the words that they are about.
 */
function markedArguments(synopsis: string): string {
  let out = '';
  const outer: boolean[] = [];
  let isRepeated = false;
  let isWordOptional = false;
  for (let at = synopsis.length - 1; at >= 0; at -= 1) {
    const char = synopsis.charAt(at);
    const following = synopsis[at + 1];
    switch (char) {
      case ']':
        outer.push(following === undefined || following === ' ' || following === '.');
        break;
      case '[': {
        const isOuter = outer.pop() ?? false;
        isWordOptional = (at === 0 || synopsis[at - 1] === ' ') && isOuter;
        out = (isWordOptional && isRepeated ? '*' : '?') + out;
        break;
      }
      case ' ':
        out = ` ${isWordOptional ? '' : isRepeated ? '+' : '!'}${out}`;
        isRepeated = false;
        isWordOptional = false;
        break;
      case '.':
        isRepeated = true;
        break;
      default:
        out = char + out;
    }
  }
  if (synopsis !== '' && !synopsis.startsWith('[')) out = (isRepeated ? '+' : '!') + out;
  return out;
}

/** Commands in the order in which the programs walk them: `[--option] ,name,arguments`. */
export function commandList(commands: ReadonlyMap<string, Command>): string {
  return stringOrder(commands.keys())
    .map((name) => {
      const { options = '', synopsis = '' } = commands.get(name) ?? {};
      const shown = options.split(',').filter((option) => option !== '');
      return `${shown.map((option) => `[${option}] `).join('')},${name},${markedArguments(synopsis)}\n`;
    })
    .join('');
}

export function optionList(options: readonly LongOption[]): string {
  return options
    .map(({ name, argument, short }) => {
      const takes = argument !== 'none';
      const letter = short === undefined ? '' : `-${short}${takes ? ' ARG' : ''}\n`;
      return `--${name}${takes ? '=ARG' : ''}\n${letter}`;
    })
    .join('');
}
