/** Constants and sets of them, as comparisons and the options of actions take them. */
import type { Lexer } from './lexer.ts';
import { formatConstantText } from './lexer.ts';
import { type NumberLiteral, bitLength } from './number.ts';
import type { ExprSymbol } from './symbol.ts';

/** A string or an integer, and the address set that it came from. */
interface Constant {
  readonly value: string | NumberLiteral;
  readonly set?: string;
}

/** All integers or all strings; `undefined` type while empty. */
export interface ConstantSet {
  readonly type: 'integer' | 'string';
  readonly constants: readonly Constant[];
  readonly inCurlies: boolean;
}

/** What `$NAME` and `@NAME` stand for. `undefined`: no such set. */
export interface ConstantNames {
  readonly addressSet?: (name: string) => readonly NumberLiteral[] | undefined;
  /** Names of the group's ports on the datapath at hand. */
  readonly portGroup?: (name: string) => readonly string[] | undefined;
}

interface Building {
  type: 'integer' | 'string';
  readonly constants: Constant[];
}

function assignType(lexer: Lexer, set: Building, type: 'integer' | 'string'): boolean {
  if (set.constants.length > 0 && set.type !== type) {
    lexer.syntaxError(`expecting ${set.type}`);
    return false;
  }
  set.type = type;
  return true;
}

function named<T extends string | NumberLiteral>(
  lexer: Lexer,
  set: Building,
  values: readonly T[] | undefined,
  kind: 'address set' | 'port group',
): boolean {
  if (values === undefined) {
    lexer.syntaxError(`expecting ${kind} name`);
    return false;
  }
  const isAddressSet = kind === 'address set';
  if (!assignType(lexer, set, isAddressSet ? 'integer' : 'string')) return false;
  const name = lexer.token.text;
  for (const value of values) set.constants.push(isAddressSet ? { value, set: name } : { value });
  lexer.advance();
  return true;
}

function parseConstant(lexer: Lexer, set: Building, names: ConstantNames): boolean {
  const { kind, text, number } = lexer.token;
  switch (kind) {
    case 'template':
      lexer.fail('Unexpanded template.');
      return false;
    case 'string':
      if (!assignType(lexer, set, 'string')) return false;
      set.constants.push({ value: text });
      lexer.advance();
      return true;
    case 'integer':
    case 'masked':
      if (!assignType(lexer, set, 'integer')) return false;
      if (number !== undefined) set.constants.push({ value: number });
      lexer.advance();
      return true;
    case 'macro':
      return named(lexer, set, names.addressSet?.(text), 'address set');
    case 'group':
      return named(lexer, set, names.portGroup?.(text), 'port group');
    default:
      lexer.syntaxError('expecting constant');
      return false;
  }
}

/** One constant or several in `{}`, with or without commas; undefined with the lexer's error set otherwise. */
export function parseConstantSet(lexer: Lexer, names: ConstantNames = {}): ConstantSet | undefined {
  if (lexer.error !== undefined) return undefined;
  const set: Building = { type: 'integer', constants: [] };
  const inCurlies = lexer.match('{');
  do {
    if (!parseConstant(lexer, set, names)) return undefined;
    if (inCurlies) lexer.match(',');
  } while (inCurlies && !lexer.match('}'));
  return { ...set, inCurlies };
}

function widthOf({ value, mask, format }: NumberLiteral): number {
  if (mask !== undefined) return bitLength(mask);
  if (format === 'ipv4') return 32;
  if (format === 'ipv6') return 128;
  return format === 'ethernet' ? 48 : bitLength(value);
}

/** Whether every constant fits `symbol`; else the lexer's error is set. */
export function checkConstants(lexer: Lexer, symbol: ExprSymbol, set: ConstantSet): boolean {
  const integer = symbol.width > 0;
  if ((set.type === 'integer') !== integer) {
    lexer.fail(
      `${integer ? 'Integer' : 'String'} field ${symbol.name} is not compatible with ${set.type} constant.`,
    );
    return false;
  }
  for (const { value } of set.constants) {
    if (typeof value === 'string') continue;
    const width = widthOf(value);
    if (width > symbol.width) {
      lexer.fail(`${width}-bit constant is not compatible with ${symbol.width}-bit field ${symbol.name}.`);
      return false;
    }
  }
  return true;
}

/** A constant that fits `symbol`; undefined with the lexer's error set otherwise. */
export function parseConstantFor(lexer: Lexer, symbol: ExprSymbol): string | NumberLiteral | undefined {
  if (lexer.error !== undefined) return undefined;
  const set: Building = { type: 'integer', constants: [] };
  if (!parseConstant(lexer, set, {}) || !checkConstants(lexer, symbol, { ...set, inCurlies: false }))
    return undefined;
  return set.constants[0]?.value;
}

/** Text that `parseConstantSet` reads back. */
export function formatConstantSet(set: ConstantSet): string {
  const text = set.constants.map(({ value }) => formatConstantText(value)).join(', ');
  return set.inCurlies || set.constants.length !== 1 ? `{${text}}` : text;
}
