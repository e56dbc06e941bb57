/** Reading the members of a JSON object one by one, with ovsdb-server's words for what is wrong. */
import type { TransactionError } from '../database.ts';
import { isArray, isObject, refuseJson, syntaxError, type Json, type JsonObject } from '../value-json.ts';

interface Kinds {
  readonly array: readonly Json[];
  readonly object: JsonObject;
  readonly string: string;
  readonly id: string;
  readonly integer: number;
  readonly boolean: boolean;
}

const ID = /^[A-Za-z_][A-Za-z0-9_]*$/;
const FITS: { readonly [K in keyof Kinds]: (json: Json) => json is Kinds[K] & Json } = {
  array: isArray,
  object: isObject,
  string: (json): json is string => typeof json === 'string',
  id: (json): json is string => typeof json === 'string' && ID.test(json),
  integer: (json): json is number => Number.isInteger(json),
  boolean: (json): json is boolean => typeof json === 'boolean',
};

/** One object. The first thing wrong with it stays its error. */
export class Members {
  readonly json: Json;
  private readonly subject: string;
  private readonly used = new Set<string>();
  private error: TransactionError | undefined;

  constructor(json: Json, subject: string) {
    this.json = json;
    this.subject = subject;
  }

  required<K extends keyof Kinds>(name: string, kind: K): Kinds[K] {
    return this.optional(name, kind) ?? this.fail(`Required '${name}' member is missing.`);
  }

  optional<K extends keyof Kinds>(name: string, kind: K): Kinds[K] | undefined {
    if (!isObject(this.json)) return this.fail('Object expected.');
    const value = Object.hasOwn(this.json, name) ? this.json[name] : undefined;
    if (value === undefined) return undefined;
    if (!FITS[kind](value)) return this.fail(`Type mismatch for member '${name}'.`);
    this.used.add(name);
    return value;
  }

  fail(details: string): never {
    this.error = syntaxError(
      `Parsing ${this.subject} failed: ${details}`,
      isObject(this.json) ? this.json : undefined,
    );
    return refuseJson(this.error);
  }

  /** What is wrong with the object, members that nobody asked for included. */
  problem(): TransactionError | undefined {
    if (this.error !== undefined || !isObject(this.json)) return this.error;
    const [first, ...others] = Object.keys(this.json).filter((name) => !this.used.has(name));
    if (first === undefined) return undefined;
    const more =
      others.length === 0 ? '' : ` and ${others.length} other member${others.length > 1 ? 's' : ''}`;
    const verb = others.length === 0 ? 'is' : 'are';
    return syntaxError(
      `Parsing ${this.subject} failed: Member '${first}'${more} ${verb} present but not allowed here.`,
      this.json,
    );
  }
}
