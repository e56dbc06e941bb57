/** Words of a Jinja2 expression. */
import { TemplateError } from './syntax.ts';

export interface Token {
  readonly kind: 'name' | 'string' | 'integer' | 'operator' | 'end';
  readonly text: string;
  readonly line: number;
}

const TOKEN =
  /\s+|(?<name>[A-Za-z_]\w*)|(?<integer>\d[\d_]*)(?!\.\d)|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<operator>\/\/|\*\*|==|!=|<=|>=|[-+*/%~<>=()[\]{},.:|])/gsy;

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

const unquote = (text: string): string =>
  text.slice(1, -1).replace(/\\(.)/gs, (whole, char: string) => ESCAPES[char] ?? whole);

/** The tokens of one tag, an `end` last. */
export function readTokens(text: string, line: number): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let current = line;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) throw new TemplateError(`unexpected char '${text.charAt(at)}'`, current);
    const { name, integer, string, operator } = match.groups ?? {};
    if (name !== undefined) tokens.push({ kind: 'name', text: name, line: current });
    else if (integer !== undefined)
      tokens.push({ kind: 'integer', text: integer.replaceAll('_', ''), line: current });
    else if (string !== undefined) tokens.push({ kind: 'string', text: unquote(string), line: current });
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator, line: current });
    current += match[0].split('\n').length - 1;
    at = TOKEN.lastIndex;
  }
  tokens.push({ kind: 'end', text: '', line: current });
  return tokens;
}
