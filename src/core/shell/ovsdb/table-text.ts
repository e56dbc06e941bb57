/** Tables of database values as text, in the formats of `--format` and `--data`. */
import {
  encodeValue,
  formatBare,
  formatValue,
  jsonText,
  type ColumnType,
  type Json,
  type Value,
} from '../../ovsdb/index.ts';
import { padEnd } from './pad.ts';

export const FORMATS = ['table', 'list', 'html', 'csv', 'json'] as const;
export const CELL_FORMATS = ['string', 'bare', 'json'] as const;

export interface TableStyle {
  format: (typeof FORMATS)[number];
  cells: (typeof CELL_FORMATS)[number];
  hasHeadings: boolean;
  isPretty: boolean;
  /** Widest column of format `table`; 0 is no limit. */
  maxWidth: number;
}

export const DEFAULT_STYLE: Readonly<TableStyle> = {
  format: 'list',
  cells: 'string',
  hasHeadings: true,
  isPretty: false,
  maxWidth: 0,
};

/** A value of a column, or what a program puts in its place. */
export type Cell =
  | { readonly value: Value; readonly type: ColumnType }
  | { readonly text: string }
  | { readonly json: Json };

export interface ResultTable {
  /** A line before the table. */
  readonly caption?: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

function cellJson(cell: Cell): Json {
  if ('text' in cell) return cell.text;
  return 'json' in cell ? cell.json : encodeValue(cell.value, cell.type);
}

function cellText(cell: Cell, cells: TableStyle['cells']): string {
  if ('text' in cell) return cell.text;
  if ('json' in cell) return jsonText(cell.json);
  const { value, type } = cell;
  switch (cells) {
    case 'string':
      return formatValue(value, type);
    case 'bare':
      return formatBare(value, type);
    case 'json':
      return jsonText(encodeValue(value, type));
  }
}

function tableLines(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  style: TableStyle,
): string {
  const size = (text: string): number => padEnd(text, 0).size;
  const widths = headings.map((heading, x) => {
    const widest = Math.max(0, ...rows.map((row) => size(row[x] ?? '')));
    const width = style.maxWidth > 0 ? Math.min(widest, style.maxWidth) : widest;
    return style.hasHeadings ? Math.max(width, size(heading)) : width;
  });
  const line = (texts: readonly string[]): string =>
    `${texts
      .map((text, x) => padEnd(text, widths[x] ?? 0, widths[x]).text)
      .join(' ')
      .replace(/ +$/, '')}\n`;
  const head = style.hasHeadings ? line(headings) + line(widths.map((width) => '-'.repeat(width))) : '';
  return head + rows.map(line).join('');
}

function listLines(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  style: TableStyle,
): string {
  const lines = (row: readonly string[]): string =>
    row
      .map((text, x) => `${style.hasHeadings ? `${(headings[x] ?? '').padEnd(20)}: ` : ''}${text}\n`)
      .join('');
  return rows.map(lines).join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
const UUID = /[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}/g;

function htmlCell(element: string, text: string): string {
  let out = '';
  let at = 0;
  for (const match of text.matchAll(UUID)) {
    out += `${escapeHtml(text.slice(at, match.index))}<a href="#${match[0]}">${match[0].slice(0, 8)}</a>`;
    at = match.index + match[0].length;
  }
  return `    <${element}>${out}${escapeHtml(text.slice(at))}</${element}>\n`;
}

function htmlText(
  caption: string | undefined,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  style: TableStyle,
): string {
  const tableRow = (cells: string): string => `  <tr>\n${cells}  </tr>\n`;
  const cell = (text: string, x: number): string =>
    headings[x] === '_uuid'
      ? `    <td><a name="${escapeHtml(text)}">${escapeHtml(text).slice(0, 8)}</a></td>\n`
      : htmlCell('td', text);
  const head = style.hasHeadings ? tableRow(headings.map((heading) => htmlCell('th', heading)).join('')) : '';
  const title = caption === undefined ? '' : htmlCell('caption', caption);
  return `<table border=1>\n${title}${head}${rows.map((row) => tableRow(row.map(cell).join(''))).join('')}</table>\n`;
}

const csvCell = (text: string): string => (/[\n",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function csvLines(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  style: TableStyle,
): string {
  const line = (texts: readonly string[]): string => `${texts.map(csvCell).join(',')}\n`;
  return (style.hasHeadings ? line(headings) : '') + rows.map(line).join('');
}

/** Prints tables one after the other: all but the first begin with an empty line, save in HTML and JSON. */
export class TablePrinter {
  private readonly style: TableStyle;
  private isFirst = true;

  constructor(style: TableStyle) {
    this.style = style;
  }

  print(table: ResultTable): string {
    const { style } = this;
    if (style.format === 'json') {
      const data = table.rows.map((row) => row.map(cellJson));
      const caption = table.caption === undefined ? {} : { caption: table.caption };
      return `${jsonText({ ...caption, headings: table.headings, data }, style.isPretty)}\n`;
    }
    const rows = table.rows.map((row) => row.map((cell) => cellText(cell, style.cells)));
    if (style.format === 'html') return htmlText(table.caption, table.headings, rows, style);
    const gap = this.isFirst ? '' : '\n';
    this.isFirst = false;
    const print = { table: tableLines, list: listLines, csv: csvLines }[style.format];
    const title = table.caption === undefined ? '' : `${table.caption}\n`;
    return gap + title + print(table.headings, rows, style);
  }
}
