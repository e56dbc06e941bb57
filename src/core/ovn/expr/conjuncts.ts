/** The parts of a match that must all hold, as they are written: what stands between `&&` outside of any brackets. */

const OPENING = '({[';
const CLOSING = ')}]';

export function conjuncts(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (quoted) {
      if (char === '\\') at += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (OPENING.includes(char)) depth += 1;
    else if (CLOSING.includes(char)) depth -= 1;
    else if (depth === 0 && text.startsWith('||', at)) return [text];
    else if (depth === 0 && text.startsWith('&&', at)) {
      parts.push(text.slice(from, at).trim());
      from = at + 2;
      at += 1;
    }
  }
  return [...parts, text.slice(from).trim()].filter((part) => part !== '');
}
