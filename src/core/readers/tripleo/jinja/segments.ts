/** Cuts a template into text, `{{ }}`, `{% %}` and comments, with Jinja2's rules for white space around them. */
import { TemplateError } from './syntax.ts';

export interface Segment {
  readonly kind: 'text' | 'output' | 'statement';
  readonly text: string;
  readonly line: number;
}

/** How white space is kept: Ansible's templates drop the line end after a statement, TripleO's own rendering keeps it. */
export interface Dialect {
  readonly trimBlocks: boolean;
  /** Whether a value None prints nothing, as in Ansible, or the word. */
  readonly hidesNone: boolean;
}

const OPEN = /\{\{|\{%|\{#/g;
const CLOSE = { '{{': '}}', '{%': '%}', '{#': '#}' } as const;
const RAW = /^[-+]?\s*raw\s*[-+]?$/;
const END_RAW = /\{%[-+]?\s*endraw\s*([-+]?)%\}/g;

const linesIn = (text: string): number => text.split('\n').length - 1;

/** The end of a tag, which a quoted `%}` inside does not make. */
function endOf(source: string, from: number, close: string): number {
  if (close === '#}') return source.indexOf(close, from);
  let quote = '';
  for (let i = from; i < source.length; i += 1) {
    const char = source.charAt(i);
    if (quote !== '') {
      if (char === '\\') i += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (source.startsWith(close, i) && !(close === '}}' && source.startsWith('}}}', i))) return i;
  }
  return -1;
}

/** The segments of a template; comments are gone. Throws `TemplateError` for a tag that does not end. */
export function cutSegments(template: string, dialect: Dialect): Segment[] {
  const source = template.endsWith('\n') ? template.slice(0, -1) : template;
  const segments: Segment[] = [];
  let at = 0;
  let line = 1;
  let trimNext = false;
  const text = (part: string, trimEnd: boolean, startLine: number): void => {
    let kept = part;
    let first = startLine;
    if (trimNext) {
      const trimmed = kept.replace(/^\s+/, '');
      first += linesIn(kept.slice(0, kept.length - trimmed.length));
      kept = trimmed;
    }
    if (trimEnd) kept = kept.replace(/\s+$/, '');
    if (kept !== '') segments.push({ kind: 'text', text: kept, line: first });
    trimNext = false;
  };
  for (;;) {
    OPEN.lastIndex = at;
    const opened = OPEN.exec(source);
    if (!opened) break;
    const open = opened[0] as keyof typeof CLOSE;
    const start = opened.index;
    const close = CLOSE[open];
    const end = endOf(source, start + 2, close);
    const before = source.slice(at, start);
    const tagLine = line + linesIn(before);
    if (end < 0) throw new TemplateError(`${open} is not closed`, tagLine);
    const inner = source.slice(start + 2, end);
    text(before, inner.startsWith('-'), line);
    const trimsAfter = inner.endsWith('-');
    const body = inner.replace(/^[-+]/, '').replace(/[-+]$/, '');
    at = end + 2;
    line = tagLine + linesIn(inner);
    if (open === '{%' && RAW.test(inner.trim())) {
      END_RAW.lastIndex = at;
      const ended = END_RAW.exec(source);
      if (!ended) throw new TemplateError('raw is not closed', tagLine);
      const cut = dialect.trimBlocks && !trimsAfter && source.charAt(at) === '\n' ? 1 : 0;
      const raw = source.slice(at, ended.index);
      trimNext = trimsAfter;
      text(raw.slice(cut), ended[0].startsWith('{%-'), line + cut);
      line += linesIn(raw) + linesIn(ended[0]);
      at = ended.index + ended[0].length;
      trimNext = ended[1] === '-';
      if (dialect.trimBlocks && !trimNext && source.charAt(at) === '\n') {
        at += 1;
        line += 1;
      }
      continue;
    }
    if (open !== '{#')
      segments.push({ kind: open === '{{' ? 'output' : 'statement', text: body, line: tagLine });
    trimNext = trimsAfter;
    // A comment loses its line end as a statement does.
    if (
      dialect.trimBlocks &&
      open !== '{{' &&
      !trimsAfter &&
      !inner.endsWith('+') &&
      source.charAt(at) === '\n'
    ) {
      at += 1;
      line += 1;
    }
  }
  text(source.slice(at), false, line);
  return segments;
}
