/** Results as data: content from a user or the network that is wrong is a value, never an exception. */

/** Where in a text a problem stands. Line and column count from 1; `offset` counts UTF-16 units or octets from 0. */
interface Place {
  readonly line?: number;
  readonly column?: number;
  readonly offset?: number;
  readonly file?: string;
}

/** One thing that is wrong in what was read, with the place and the real program's wording where one exists. */
export interface Problem {
  readonly message: string;
  readonly place?: Place;
  readonly severity?: 'error' | 'warning';
}

/** A feature that the model does not have. Always shown to the user, never skipped silently. */
export interface Unsupported {
  readonly kind: 'unsupported';
  readonly feature: string;
  readonly where: string;
}

export type Result<T, E = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({
  ok: false,
  error,
});

export const unsupported = (feature: string, where: string): Unsupported => ({
  kind: 'unsupported',
  feature,
  where,
});
