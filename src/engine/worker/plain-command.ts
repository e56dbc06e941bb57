/** Whether a line of shell is one command whose output nothing else takes. */

/**
 * True for a line that is one plain command: no pipe, redirection, substitution, list or background. Only then may
 * a program's output go straight to the screen, since nothing else takes it.
 */
export function isPlainCommand(line: string): boolean {
  let quote = '';
  for (let i = 0; i < line.length; i += 1) {
    const char = line.charAt(i);
    if (quote === "'") {
      if (char === "'") quote = '';
    } else if (char === '\\') {
      i += 1;
    } else if (char === '`' || (char === '$' && line.charAt(i + 1) === '(')) {
      return false;
    } else if (quote === '"') {
      if (char === '"') quote = '';
    } else if (char === '"' || char === "'") {
      quote = char;
    } else if ('|<>;&\n(){}'.includes(char)) {
      return false;
    }
  }
  return true;
}
