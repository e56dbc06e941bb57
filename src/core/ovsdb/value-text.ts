/** Atoms and values as text: the form that `ovs-vsctl get` prints (and takes back), and the bare form. */
import type { AtomType, ColumnType } from './schema.ts';
import { isMap, isSet, type Atom, type Value } from './value.ts';
import { parseUuid } from '../base/uuid.ts';

const WORD = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

function needsQuotes(text: string): boolean {
  return (
    !WORD.test(text) ||
    text === 'true' ||
    text === 'false' ||
    (text.length === 36 && parseUuid(text) !== undefined)
  );
}

/** A real number as `printf("%.15g")`. */
export function formatReal(value: number): string {
  if (value === 0 || !Number.isFinite(value))
    return Number.isFinite(value) ? '0' : value > 0 ? 'inf' : value < 0 ? '-inf' : 'nan';
  const [digits = '', power = '0'] = value.toExponential(14).split('e');
  const exponent = Number(power);
  const trim = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (exponent >= -4 && exponent < 15) return trim(value.toFixed(Math.max(0, 14 - exponent)));
  return `${trim(digits)}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** One atom in the syntax that the command line takes: a string is quoted where it must be. */
export function formatAtom(atom: Atom, type: AtomType): string {
  if (typeof atom === 'string') return type === 'uuid' || !needsQuotes(atom) ? atom : JSON.stringify(atom);
  return type === 'real' ? formatReal(atom as number) : String(atom);
}

/** One atom without quotes. */
function formatBareAtom(atom: Atom, type: AtomType): string {
  return typeof atom === 'string' ? atom : formatAtom(atom, type);
}

type AtomText = (atom: Atom, type: AtomType) => string;

function elements(value: Value, type: ColumnType, text: AtomText): readonly string[] {
  if (value === null) return [];
  if (isSet(value)) return value.map((atom) => text(atom, type.key.type));
  if (!isMap(value)) return [text(value, type.key.type)];
  const valueType = type.value?.type ?? 'string';
  return [...value].map(([key, element]) => `${text(key, type.key.type)}=${text(element, valueType)}`);
}

/** A value in the syntax that the command line takes: `[a, b]`, `{k=v}`, `[]`. */
export function formatValue(value: Value, type: ColumnType): string {
  const inner = elements(value, type, formatAtom);
  if (type.max === 1 && inner.length > 0) return inner.join(', ');
  return isMap(value) ? `{${inner.join(', ')}}` : `[${inner.join(', ')}]`;
}

/** A value with nothing but blanks between its elements. */
export function formatBare(value: Value, type: ColumnType): string {
  return elements(value, type, formatBareAtom).join(' ');
}
