/** Which sockets are wanted: states, and conditions on addresses and ports (ss(8), STATE-FILTER and EXPRESSION). */
import { err, ok, type Result } from '../../base/result.ts';
import { inPrefix, parseIp, widthOf, type Family } from '../../linux/family.ts';

/** What a condition looks at. Addresses of nobody are 0. */
interface SocketEnds {
  readonly family: Family;
  readonly local: bigint;
  readonly localPort: number;
  readonly peer: bigint;
  readonly peerPort: number;
}

export type Condition = (ends: SocketEnds) => boolean;

const TCP_STATES = {
  established: 'ESTAB',
  'syn-sent': 'SYN-SENT',
  'syn-recv': 'SYN-RECV',
  'fin-wait-1': 'FIN-WAIT-1',
  'fin-wait-2': 'FIN-WAIT-2',
  'time-wait': 'TIME-WAIT',
  closed: 'UNCONN',
  'close-wait': 'CLOSE-WAIT',
  'last-ack': 'LAST-ACK',
  listening: 'LISTEN',
  listen: 'LISTEN',
  closing: 'CLOSING',
} as const;

const ALL: ReadonlySet<string> = new Set(Object.values(TCP_STATES));
const without = (...states: readonly string[]): ReadonlySet<string> =>
  new Set([...ALL].filter((state) => !states.includes(state)));

/** Without `-a`, `-l` or a state: what is connected. */
export const CONNECTED = without('LISTEN', 'UNCONN', 'TIME-WAIT', 'SYN-RECV');
export const ALL_STATES = ALL;
export const LISTENING: ReadonlySet<string> = new Set(['LISTEN', 'UNCONN']);

const GROUPS: Readonly<Record<string, ReadonlySet<string>>> = {
  all: ALL,
  connected: without('LISTEN', 'UNCONN'),
  synchronized: without('LISTEN', 'UNCONN', 'SYN-SENT'),
  bucket: new Set(['SYN-RECV', 'TIME-WAIT']),
  big: without('SYN-RECV', 'TIME-WAIT'),
};

/** The states of one word; undefined when it is none. */
export function statesOf(word: string): ReadonlySet<string> | undefined {
  if (Object.hasOwn(GROUPS, word)) return GROUPS[word];
  return Object.hasOwn(TCP_STATES, word) ? new Set([TCP_STATES[word as keyof typeof TCP_STATES]]) : undefined;
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  eq: (a, b) => a === b,
  '!=': (a, b) => a !== b,
  ne: (a, b) => a !== b,
  '>': (a, b) => a > b,
  gt: (a, b) => a > b,
  '<': (a, b) => a < b,
  lt: (a, b) => a < b,
  '>=': (a, b) => a >= b,
  ge: (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  le: (a, b) => a <= b,
};

/** `10.0.0.0/8`, `10.0.0.1:179`, `[fe80::1]:179`, `:179`. `portOf` knows the names of services. */
function readEnd(
  word: string,
  portOf: (name: string) => number | undefined,
): { readonly prefix: readonly [Family, bigint, number] | null; readonly port: number | null } | undefined {
  const parts = /^(?:\[([^\]]*)\]|([^:]*:[^:]*:[^/]*)|([^:/]*))(?:\/(\d+))?(?::(\S+))?$/.exec(word);
  if (parts === null) return undefined;
  const text = parts[1] ?? parts[2] ?? parts[3] ?? '';
  const address = text === '' || text === '*' ? null : parseIp(text);
  if (address === undefined) return undefined;
  const portText = parts[5] === '*' ? undefined : parts[5];
  const port = portText === undefined ? null : portOf(portText);
  if (port === undefined) return undefined;
  return {
    prefix: address && [address.family, address.address, Number(parts[4] ?? widthOf(address.family))],
    port,
  };
}

class ExpressionParser {
  readonly #words: readonly string[];
  readonly #portOf: (name: string) => number | undefined;
  #at = 0;

  constructor(words: readonly string[], portOf: (name: string) => number | undefined) {
    this.#words = words;
    this.#portOf = portOf;
  }

  parse(): Result<Condition> {
    const condition = this.#either();
    if (condition === undefined || this.#at < this.#words.length)
      return err(`ss: bison bellows (while parsing filter): "syntax error!" Sorry.`);
    return ok(condition);
  }

  #take(...words: readonly string[]): boolean {
    if (!words.includes(this.#words[this.#at] ?? '')) return false;
    this.#at += 1;
    return true;
  }

  #either(): Condition | undefined {
    let left = this.#both();
    while (left !== undefined && this.#take('or', '|', '||')) {
      const [first, second] = [left, this.#both()];
      left = second && ((ends) => first(ends) || second(ends));
    }
    return left;
  }

  #both(): Condition | undefined {
    let left = this.#one();
    while (left !== undefined && this.#at < this.#words.length) {
      const joined = this.#take('and', '&', '&&');
      if (!joined && [')', 'or', '|', '||'].includes(this.#words[this.#at] ?? '')) break;
      const [first, second] = [left, this.#one()];
      left = second && ((ends) => first(ends) && second(ends));
    }
    return left;
  }

  #one(): Condition | undefined {
    if (this.#take('not', '!')) {
      const inner = this.#one();
      return inner && ((ends) => !inner(ends));
    }
    if (this.#take('(')) {
      const inner = this.#either();
      return this.#take(')') ? inner : undefined;
    }
    const word = this.#words[this.#at];
    this.#at += 1;
    if (word === 'src' || word === 'dst') return this.#address(word === 'src');
    if (word === 'sport' || word === 'dport') return this.#port(word === 'sport');
    return undefined;
  }

  #next(): string {
    this.#at += 1;
    return this.#words[this.#at - 1] ?? '';
  }

  #address(isLocal: boolean): Condition | undefined {
    let word = this.#next();
    if (word === '=' || word === '==') word = this.#next();
    const end = readEnd(word, this.#portOf);
    if (end === undefined) return undefined;
    return (ends) => {
      const [address, port] = isLocal ? [ends.local, ends.localPort] : [ends.peer, ends.peerPort];
      if (end.port !== null && end.port !== port) return false;
      if (end.prefix === null) return true;
      const [family, prefix, length] = end.prefix;
      return family === ends.family && inPrefix(family, address, prefix, length);
    };
  }

  #port(isLocal: boolean): Condition | undefined {
    let compare = COMPARE['='];
    let word = this.#next();
    if (Object.hasOwn(COMPARE, word)) {
      compare = COMPARE[word];
      word = this.#next();
    }
    const port = readEnd(word.includes(':') ? word : `:${word}`, this.#portOf)?.port;
    if (port == null || compare === undefined) return undefined;
    const test = compare;
    return (ends) => test(isLocal ? ends.localPort : ends.peerPort, port);
  }
}

/** No words: everything. */
export const parseCondition = (
  words: readonly string[],
  portOf: (name: string) => number | undefined,
): Result<Condition> => (words.length === 0 ? ok(() => true) : new ExpressionParser(words, portOf).parse());
