/** Arguments of the form `COLUMN[:KEY][OPERATOR VALUE]`. */
import type { Result } from '../../base/result.ts';
import { parseToken } from '../../ovsdb/index.ts';
import { findColumn, type NamedColumn, type NamedTable } from './names.ts';
import { fail } from './stop.ts';

export interface ColumnArgument extends NamedColumn {
  readonly key: string | null;
}

export interface ColumnValueArgument extends ColumnArgument {
  readonly operator: string;
  readonly value: string;
}

/** The value of a parse, or the end of the program. */
export function orFail<T>(result: Result<T>): T {
  return result.ok ? result.value : fail(result.error);
}

/** The column's name alone, as it is looked at before the database is asked. */
export function columnOf(argument: string, table: NamedTable): NamedColumn {
  const { token } = orFail(parseToken(argument));
  if (token === '') fail(`${argument}: missing column name`);
  return findColumn(table, token);
}

function parseHead(argument: string, table: NamedTable): ColumnArgument & { readonly rest: string } {
  const { name, column } = columnOf(argument, table);
  const { end } = orFail(parseToken(argument));
  if (argument[end] !== ':') return { name, column, key: null, rest: argument.slice(end) };
  const key = orFail(parseToken(argument, end + 1));
  return { name, column, key: key.token, rest: argument.slice(key.end) };
}

/** `COLUMN` or `COLUMN:KEY`. */
export function parseColumnKey(argument: string, table: NamedTable): ColumnArgument {
  const { rest, ...head } = parseHead(argument, table);
  if (rest !== '') fail(`${argument}: trailing garbage "${rest}" in argument`);
  return head;
}

function operatorList(operators: readonly string[]): string {
  const quoted = operators.map((operator) => `"${operator}"`);
  if (quoted.length < 3) return quoted.join(' or ');
  return `${quoted.slice(0, -1).join(', ')}, or ${quoted.at(-1)}`;
}

/** `COLUMN[:KEY]`, an operator (the longest that fits) and a value, which is not empty. */
export function parseColumnValue(
  argument: string,
  table: NamedTable,
  operators: readonly string[] = ['='],
): ColumnValueArgument {
  const { rest, ...head } = parseHead(argument, table);
  const fitting = operators.filter((operator) => rest.startsWith(operator) && rest.length > operator.length);
  const [operator] = fitting.toSorted((a, b) => b.length - a.length);
  if (operator === undefined)
    return fail(`${argument}: argument does not end in ${operatorList(operators)} followed by a value.`);
  return { ...head, operator, value: rest.slice(operator.length) };
}
