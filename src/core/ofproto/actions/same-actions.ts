/** Whether two lists of actions are the same, however they came about. */
import type { OfpAct } from './ofpact.ts';

/** Deep equality of plain data. */
function sameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Uint8Array || Array.isArray(a)) {
    if (!(b instanceof Uint8Array || Array.isArray(b)) || a.length !== b.length) return false;
    return a.every((item: unknown, index: number) => sameData(item, b[index]));
  }
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => key in right && sameData(left[key], right[key]))
  );
}

/** Whether the switch would do the same by either list, in the same order. */
export const sameActions = (a: readonly OfpAct[], b: readonly OfpAct[]): boolean => sameData(a, b);
