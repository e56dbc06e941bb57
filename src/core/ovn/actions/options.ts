/** `NAME = VALUE, ...`: the options of DHCP, DHCPv6, router advertisements and events. */
import { formatConstantSet, parseConstantSet } from '../expr/constants.ts';
import type { NumberLiteral } from '../expr/number.ts';
import type { OptionType, OptionValue } from './action.ts';
import type { ActionParser, OptionTable } from './action-parser.ts';

const TEXT_TYPES: ReadonlySet<string> = new Set(['str', 'domains', 'domain']);

/** The kind of value that does not fit; undefined when it does. */
function wrongType(option: OptionType, value: OptionValue['value']): string | undefined {
  if (option.type === 'host_id') return undefined;
  const wanted = TEXT_TYPES.has(option.type) ? 'string' : 'integer';
  if (value.type === wanted) return undefined;
  return wanted === 'string' ? 'string' : 'numeric';
}

function parseOption(parser: ActionParser, table: OptionTable, group: string): OptionValue | undefined {
  const { lexer } = parser;
  if (lexer.kind !== 'id') {
    lexer.syntaxError();
    return undefined;
  }
  const option = table(lexer.token.text);
  if (option === undefined) {
    lexer.syntaxError(`expecting ${group} option name`);
    return undefined;
  }
  lexer.advance();
  const value = lexer.expect('=') ? parseConstantSet(lexer) : undefined;
  if (value === undefined) return undefined;
  const wrong = wrongType(option, value);
  if (wrong !== undefined) lexer.fail(`${group} option ${option.name} requires ${wrong} value.`);
  return { option, value };
}

/** Options up to the closing parenthesis; `group` names them in errors. Undefined with the lexer's error set. */
export function parseOptions(
  parser: ActionParser,
  table: OptionTable,
  group: string,
): readonly OptionValue[] | undefined {
  const { lexer } = parser;
  const options: OptionValue[] = [];
  while (!lexer.match(')')) {
    const option = parseOption(parser, table, group);
    if (option === undefined || lexer.error !== undefined) return undefined;
    options.push(option);
    lexer.match(',');
  }
  return options;
}

export const formatOptions = (options: readonly OptionValue[]): string =>
  options.map(({ option, value }) => `${option.name} = ${formatConstantSet(value)}`).join(', ');

/** A table of [name, code, type]. */
export function optionTable(rows: readonly (readonly [string, number, string])[]): OptionTable {
  const byName = new Map(rows.map(([name, code, type]) => [name, { name, code, type }] as const));
  return (name) => byName.get(name);
}

/** The first value as text; undefined for a number. */
export function textOf({ value }: OptionValue): string | undefined {
  const first = value.constants[0]?.value;
  return typeof first === 'string' ? first : undefined;
}

/** All numeric values. */
export function numbersOf({ value }: OptionValue): readonly NumberLiteral[] {
  return value.constants.flatMap((constant) => (typeof constant.value === 'string' ? [] : [constant.value]));
}
