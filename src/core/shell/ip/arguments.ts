/**
 * Reading a command line as iproute2 does: abbreviations by prefix, and complaints that end the program at once.
 * Such an end is thrown as `EndProgram` and caught where the program began; nothing else is thrown.
 */
import { networkOf, parseIp, type Family } from '../../linux/family.ts';

/** The program ends here with this status; its text is already written. */
export class EndProgram extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`exit ${status}`);
    this.status = status;
  }
}

/** `matches()` of iproute2: the word is a prefix of the command. */
export const matches = (word: string, command: string): boolean =>
  word.length <= command.length && command.startsWith(word);

export interface Prefix {
  readonly family: Family;
  readonly address: bigint;
  readonly length: number;
  /** A length was written. */
  readonly explicit: boolean;
}

/** How a program complains; text goes to its standard error. */
export class Arguments {
  readonly #words: readonly string[];
  readonly #complain: (text: string) => void;
  #at = 0;

  constructor(words: readonly string[], complain: (text: string) => void) {
    this.#words = words;
    this.#complain = complain;
  }

  get done(): boolean {
    return this.#at >= this.#words.length;
  }

  get left(): readonly string[] {
    return this.#words.slice(this.#at);
  }

  /** The word at hand; '' at the end. */
  get word(): string {
    return this.#words[this.#at] ?? '';
  }

  /** The next word without moving; undefined at the end. */
  peek(offset = 1): string | undefined {
    return this.#words[this.#at + offset];
  }

  advance(): void {
    this.#at += 1;
  }

  /** Moves to the next word, which must be there (`NEXT_ARG`). */
  next(): string {
    this.#at += 1;
    const word = this.#words[this.#at];
    if (word === undefined) return this.end('Command line is not complete. Try option "help"\n', 255);
    return word;
  }

  is(...commands: readonly string[]): boolean {
    return commands.includes(this.word);
  }

  matches(...commands: readonly string[]): boolean {
    return !this.done && commands.some((command) => matches(this.word, command));
  }

  end(text: string, status: number): never {
    this.#complain(text);
    throw new EndProgram(status);
  }

  /** `invarg`. */
  wrong(message: string, word = this.word): never {
    return this.end(`Error: argument "${word}" is wrong: ${message}\n`, 255);
  }

  missing(name: string): never {
    return this.end(`Error: argument "${name}" is required\n`, 255);
  }

  /** `duparg`. */
  duplicate(name: string): never {
    return this.end(`Error: duplicate "${name}": "${this.word}" is the second value.\n`, 255);
  }

  /** `duparg2`. */
  duplicateOrGarbage(name: string): never {
    return this.end(`Error: either "${name}" is duplicate, or "${this.word}" is a garbage.\n`, 255);
  }

  /** An unsigned number of any base of C; undefined when it is none. */
  static number(word: string): number | undefined {
    if (/^0[xX][0-9a-fA-F]+$/.test(word)) return Number.parseInt(word, 16);
    if (/^0[0-7]+$/.test(word)) return Number.parseInt(word, 8);
    return /^\d+$/.test(word) ? Number.parseInt(word, 10) : undefined;
  }

  unsigned(message: string): number {
    const value = Arguments.number(this.word);
    if (value === undefined || value > 0xffffffff) return this.wrong(message);
    return value;
  }

  /** `get_addr`: an address of the wanted family, or of any. */
  address(family: Family | null): { readonly family: Family; readonly address: bigint } {
    const { word } = this;
    if (word === 'default' || word === 'all' || word === 'any') return { family: family ?? 4, address: 0n };
    const parsed = parseLooseIp(word);
    if (parsed === undefined || (family !== null && parsed.family !== family))
      return this.end(`Error: ${familyText(family)} address is expected rather than "${word}".\n`, 1);
    return parsed;
  }

  /** `get_prefix`. */
  prefix(family: Family | null): Prefix {
    const prefix = parsePrefix(this.word, family);
    return (
      prefix ?? this.end(`Error: ${familyText(family)} prefix is expected rather than "${this.word}".\n`, 1)
    );
  }

  onOff(name: string): boolean {
    if (this.word === 'on') return true;
    if (this.word === 'off') return false;
    return this.end(`Error: argument of "${name}" must be "on" or "off", not "${this.word}"\n`, 1);
  }

  /** The same by `parse_on_off`, whose callers end with different statuses. */
  oneOfOnOff(name: string, status: number): boolean {
    if (this.word === 'on') return true;
    if (this.word === 'off') return false;
    return this.end(`Error: argument of "${name}" must be one of "off", "on", not "${this.word}"\n`, status);
  }
}

const familyText = (family: Family | null): string =>
  family === null ? 'any valid' : family === 4 ? 'inet' : 'inet6';

/** iproute2 takes IPv4 addresses with fewer than four numbers (`10` is 10.0.0.0). */
function parseLooseIp(word: string): { readonly family: Family; readonly address: bigint } | undefined {
  const strict = parseIp(word);
  if (strict !== undefined) return strict;
  const parts = word.split('.');
  if (parts.length > 3 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255))
    return undefined;
  const padded = [...parts, '0', '0', '0'].slice(0, 4);
  return parseIp(padded.map((part) => String(Number(part))).join('.'));
}

function parsePrefix(word: string, family: Family | null): Prefix | undefined {
  if (word === 'default' || word === 'any' || word === 'all')
    return { family: family ?? 4, address: 0n, length: 0, explicit: false };
  const slash = word.indexOf('/');
  const parsed = parseLooseIp(slash < 0 ? word : word.slice(0, slash));
  if (parsed === undefined || (family !== null && parsed.family !== family)) return undefined;
  const width = parsed.family === 4 ? 32 : 128;
  if (slash < 0) return { ...parsed, length: width, explicit: false };
  const text = word.slice(slash + 1);
  const number = Arguments.number(text);
  if (number !== undefined) return number > width ? undefined : { ...parsed, length: number, explicit: true };
  const mask = parseIp(text);
  if (mask === undefined || mask.family !== parsed.family) return undefined;
  for (let length = 0; length <= width; length += 1)
    if (networkOf(mask.family, (1n << BigInt(width)) - 1n, length) === mask.address)
      return { ...parsed, length, explicit: true };
  return undefined;
}
