/** Equality of attributes, by a key that is made once an object. */
import type { PathAttributes } from './attributes.ts';

/** Equal for equal attributes. `keys` remembers what was worked out. */
export function attributeKey(keys: WeakMap<PathAttributes, string>, attributes: PathAttributes): string {
  const known = keys.get(attributes);
  if (known !== undefined) return known;
  const key = JSON.stringify(attributes, (_name, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? [...value] : value,
  );
  keys.set(attributes, key);
  return key;
}

export const sameAttributes = (
  keys: WeakMap<PathAttributes, string>,
  a: PathAttributes,
  b: PathAttributes,
): boolean => a === b || attributeKey(keys, a) === attributeKey(keys, b);
