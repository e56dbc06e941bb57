/** What a terminal must know of the shell's language: whether a line goes on, and what in pasted text is a prompt. */

/** Whether the shell would ask for more: an open quote, a backslash at the end, or a here-document without its end. */
export function goesOn(text: string): boolean {
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote === "'") {
      if (char === "'") quote = '';
    } else if (char === '\\') {
      at += 1;
      if (at >= text.length) return true;
    } else if (quote === '"') {
      if (char === '"') quote = '';
    } else if (char === '"' || char === "'") {
      quote = char;
    } else if (char === '#' && (at === 0 || /\s/.test(text.charAt(at - 1)))) {
      const end = text.indexOf('\n', at);
      if (end < 0) return false;
      at = end;
    }
  }
  return quote !== '' || hasOpenHereDocument(text);
}

function hasOpenHereDocument(text: string): boolean {
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    const word = /(?<!<)<<-?\s*(['"]?)([A-Za-z_]\w*)\1/.exec(line)?.[2];
    if (word !== undefined && !lines.slice(at + 1).some((other) => other.replace(/^\t+/, '') === word))
      return true;
  }
  return false;
}

/**
 * A line as it was copied from a terminal or a post, without the prompt before it. `inProgram`: prompts like vtysh's
 * (`r1(config)# `) go too; at the shell what follows such a word is a comment.
 */
export const withoutPrompt = (line: string, inProgram = false): string =>
  line.replace(inProgram ? /^\s*[\w.-]+(?:\([\w-]+\))?# ?/ : /^\s*\[\w+@[\w.-]+ [^\]\s]+\][#$]\s?/, '');

/** The prompt of root's bash on a machine. */
export function promptOf(host: string, directory: string): string {
  const name =
    directory === '/root'
      ? '~'
      : directory === '/'
        ? '/'
        : (directory.split('/').findLast((part) => part !== '') ?? '/');
  return `[root@${host} ${name}]# `;
}

/** Candidates side by side, as the shell lists them, for a screen of `columns`. */
export function inColumns(words: readonly string[], columns: number): string {
  const width = Math.max(...words.map((word) => word.length)) + 2;
  const across = Math.max(1, Math.floor(columns / width));
  const down = Math.ceil(words.length / across);
  const lines: string[] = [];
  for (let row = 0; row < down; row += 1) {
    const cells: string[] = [];
    for (let column = 0; column < across; column += 1) {
      const word = words[column * down + row];
      if (word !== undefined) cells.push(word.padEnd(width));
    }
    lines.push(cells.join('').trimEnd());
  }
  return lines.join('\n');
}

/** What all of `words` begin with. */
export function commonStart(words: readonly string[]): string {
  const [first = '', ...rest] = words;
  let length = first.length;
  for (const word of rest) while (!word.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}
