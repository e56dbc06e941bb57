/** Names of rows that one command line gives with `--id=@name` and uses in values. */
import type { Random } from '../../base/random.ts';
import { randomUuid, type Uuid } from '../../base/uuid.ts';
import type { BaseType, Symbols } from '../../ovsdb/index.ts';
import { fail } from './stop.ts';

interface RowSymbol {
  uuid: Uuid;
  isCreated: boolean;
  isStrong: boolean;
  isWeak: boolean;
}

export class SymbolTable implements Symbols {
  private readonly symbols = new Map<string, RowSymbol>();
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  refer(name: string, base: BaseType): Uuid {
    const symbol = this.find(name);
    if (base.ref?.strength === 'strong') symbol.isStrong = true;
    if (base.ref?.strength === 'weak') symbol.isWeak = true;
    return symbol.uuid;
  }

  /** The uuid for a row that `create --id` makes. Rows of a root table live without being referred to. */
  create(name: string, isRoot: boolean): Uuid {
    const symbol = this.claim(name);
    if (isRoot) symbol.isStrong = true;
    return symbol.uuid;
  }

  /** Names a row that exists: `get --id`. */
  name(name: string, uuid: Uuid): void {
    const isKnown = this.symbols.has(name);
    const symbol = this.claim(name);
    if (isKnown) fail(`row id "${name}" specified on "get" command was used before it was defined`);
    symbol.uuid = uuid;
    symbol.isStrong = true;
  }

  /** Refuses names that were used and never given to a row; gives warnings about rows that nothing refers to. */
  check(warn: (text: string) => void): void {
    for (const [name, symbol] of this.symbols) {
      if (!symbol.isCreated)
        fail(`row id "${name}" is referenced but never created (e.g. with "-- --id=${name} create ...")`);
      if (symbol.isStrong) continue;
      const reference = symbol.isWeak ? 'only a weak reference to it' : 'no reference to it';
      warn(
        `row id "${name}" was created but ${reference} was inserted, so it will not actually appear in the database`,
      );
    }
  }

  private claim(name: string): RowSymbol {
    if (!name.startsWith('@')) fail(`row id "${name}" does not begin with "@"`);
    const symbol = this.find(name);
    if (symbol.isCreated) fail(`row id "${name}" may only be specified on one --id option`);
    symbol.isCreated = true;
    return symbol;
  }

  private find(name: string): RowSymbol {
    let symbol = this.symbols.get(name);
    if (symbol === undefined) {
      symbol = { uuid: randomUuid(this.random), isCreated: false, isStrong: false, isWeak: false };
      this.symbols.set(name, symbol);
    }
    return symbol;
  }
}
