/** Assertions about our own code. A failing one is a bug of ours, caught at the engine boundary. */

/** Thrown only for a bug in this program, never for wrong input. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Ends an exhaustive switch: the compiler refuses a forgotten case. */
export function assertNever(value: never): never {
  throw new InvariantError(`unexpected value: ${JSON.stringify(value)}`);
}

/** The value, which must be there: for indexes that the surrounding code has just proved. */
export function present<T>(value: T | undefined | null, what = 'value'): T {
  if (value === undefined || value === null) throw new InvariantError(`${what} is missing`);
  return value;
}
