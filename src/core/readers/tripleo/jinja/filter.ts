/** What a filter is given, and how it asks for other filters and tests. */
import type { Value } from './value.ts';

export interface FilterArguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** Ends the rendering with a placed error. */
  refuse(message: string): Value;
  /** Another filter or test by its name. */
  filter(name: string, value: Value, positional: readonly Value[]): Value;
  test(name: string, value: Value, positional: readonly Value[]): boolean;
}

export type Filter = (value: Value, call: FilterArguments) => Value;
