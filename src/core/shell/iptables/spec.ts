/** A rule as it is typed: selectors, matches and their options, the target and its options. */
import { flagsNamed, protocolNumbered, protocolText } from '../../linux/netfilter/rule-text.ts';
import {
  REJECT_CODES,
  type ConnectionState,
  type DeviceName,
  type Match,
  type Prefix4,
  type RejectWith,
  type RuleSpec,
  type Target,
} from '../../linux/netfilter/rule.ts';
import { IptablesEnd, misuse, unmodelled } from './error.ts';
import { LOADABLE, NOT_MODELLED, TARGETS_NOT_MODELLED } from './extension.table.ts';
import { icmpTypeNamed } from './icmp-type.table.ts';
import { natPorts, natRange, NO_RANGE } from './nat-range.ts';
import { maskedValue, portRange, prefixes, type Words } from './words.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type TransportMatch = Writable<Extract<Match, { kind: 'tcp' | 'udp' }>>;

const STATES: readonly ConnectionState[] = [
  'INVALID',
  'NEW',
  'RELATED',
  'ESTABLISHED',
  'UNTRACKED',
  'SNAT',
  'DNAT',
];
const ADDRESS_TYPES = ['LOCAL', 'UNICAST', 'BROADCAST', 'MULTICAST'] as const;
const NAT_TARGETS = ['SNAT', 'DNAT', 'MASQUERADE', 'REDIRECT'] as const;
const SYN_FLAGS = { mask: 0x17, set: 0x02 };

/** What is typed gives one rule for each pair of networks. */
export interface TypedRule {
  readonly sources: readonly (Prefix4 | null)[];
  readonly destinations: readonly (Prefix4 | null)[];
  readonly spec: Omit<RuleSpec, 'source' | 'destination'>;
}

class SpecReader {
  readonly #words: Words;
  readonly #isChain: (name: string) => boolean;
  #inverted = false;
  #sources: readonly (Prefix4 | null)[] = [null];
  #destinations: readonly (Prefix4 | null)[] = [null];
  #iif: DeviceName | null = null;
  #oif: DeviceName | null = null;
  #protocol: RuleSpec['protocol'] = null;
  readonly #loaded = new Set<string>();
  readonly #matches: Match[] = [];
  #transport: TransportMatch | null = null;
  #target: Target | null = null;

  constructor(words: Words, isChain: (name: string) => boolean) {
    this.#words = words;
    this.#isChain = isChain;
  }

  read(option: string): void {
    if (option === '!') {
      this.#inverted = true;
      return;
    }
    if (!option.startsWith('-'))
      throw new IptablesEnd(
        `Bad argument \`${option}'\nTry \`iptables -h' or 'iptables --help' for more information.\n`,
        2,
      );
    this.#option(option);
    this.#inverted = false;
  }

  get rule(): TypedRule {
    return {
      sources: this.#sources,
      destinations: this.#destinations,
      spec: {
        iif: this.#iif,
        oif: this.#oif,
        protocol: this.#protocol,
        matches: this.#matches,
        target: this.#target,
      },
    };
  }

  #option(option: string): void {
    const words = this.#words;
    const inverted = this.#inverted;
    switch (option) {
      case '-s':
      case '--source':
      case '--src':
        this.#sources = prefixes(words.value(option), inverted);
        return;
      case '-d':
      case '--destination':
      case '--dst':
        this.#destinations = prefixes(words.value(option), inverted);
        return;
      case '-i':
      case '--in-interface':
        this.#iif = { name: words.value(option), inverted };
        return;
      case '-o':
      case '--out-interface':
        this.#oif = { name: words.value(option), inverted };
        return;
      case '-p':
      case '--protocol': {
        const word = words.value(option);
        const number = protocolNumbered(word);
        if (number === undefined) misuse(`unknown protocol "${word}" specified`);
        else this.#protocol = number === 0 ? null : { number, inverted };
        return;
      }
      case '-m':
      case '--match':
        this.#load(words.value(option));
        return;
      case '-j':
      case '--jump':
        this.#target = this.#jump(words.value(option));
        return;
      case '-g':
      case '--goto': {
        const name = words.value(option);
        if (!this.#isChain(name)) misuse(`Chain '${name}' does not exist`);
        this.#target = { kind: 'chain', name, isGoto: true };
        return;
      }
      case '-c':
      case '--set-counters':
      case '-f':
      case '--fragment':
        unmodelled(`${option} of a rule`);
        return;
      default:
        if (!this.#ofMatch(option) && !this.#ofTarget(option)) misuse(`unknown option "${option}"`);
    }
  }

  #load(name: string): void {
    if (NOT_MODELLED.has(name)) unmodelled(`the match ${name}`);
    if (!LOADABLE.has(name)) misuse(`Couldn't load match \`${name}':No such file or directory\n`);
    this.#loaded.add(name);
    if (name === 'tcp' || name === 'udp') this.#transportMatch(name);
  }

  #jump(name: string): Target {
    if (name === 'ACCEPT' || name === 'DROP' || name === 'RETURN') return { kind: name };
    if (name === 'REJECT') return { kind: 'REJECT', reason: 'icmp-port-unreachable' };
    if (name === 'MARK') return { kind: 'MARK', value: 0, mask: 0xffffffff };
    const nat = NAT_TARGETS.find((kind) => kind === name);
    if (nat !== undefined) return { kind: nat, range: { addresses: null, ports: null, random: null } };
    if (TARGETS_NOT_MODELLED.has(name)) return unmodelled(`the target ${name}`);
    if (!this.#isChain(name)) misuse(`Chain '${name}' does not exist`);
    return { kind: 'chain', name, isGoto: false };
  }

  /** `-p tcp` brings its match without `-m`, as soon as one of its options is there. */
  #transportMatch(kind: 'tcp' | 'udp'): TransportMatch {
    if (this.#transport === null) {
      this.#transport = { kind, source: null, destination: null, flags: null };
      this.#matches.push(this.#transport);
    }
    return this.#transport;
  }

  get #transportKind(): 'tcp' | 'udp' | null {
    const name = this.#protocol === null ? '' : protocolText(this.#protocol.number);
    return name === 'tcp' || name === 'udp' ? name : null;
  }

  #ofMatch(option: string): boolean {
    const words = this.#words;
    const inverted = this.#inverted;
    const kind = this.#transportKind;
    switch (option) {
      case '--sport':
      case '--source-port':
      case '--dport':
      case '--destination-port': {
        if (kind === null) return false;
        const range = { ...portRange(words.value(option), kind), inverted };
        this.#transportMatch(kind)[option.startsWith('--s') ? 'source' : 'destination'] = range;
        return true;
      }
      case '--syn':
        if (kind !== 'tcp') return false;
        this.#transportMatch('tcp').flags = { ...SYN_FLAGS, inverted };
        return true;
      case '--tcp-flags': {
        if (kind !== 'tcp') return false;
        const mask = flagsNamed(words.value(option));
        const set = flagsNamed(words.value(option));
        if (mask === undefined || set === undefined) return misuse('Unknown TCP flag');
        this.#transportMatch('tcp').flags = { mask, set, inverted };
        return true;
      }
      case '--icmp-type': {
        if (this.#protocol?.number !== 1) return false;
        const word = words.value(option);
        const found = icmpTypeNamed(word);
        if (found === undefined) return misuse(`Invalid ICMP type \`${word}'`);
        if (found !== 'any') this.#matches.push({ kind: 'icmp', ...found, inverted });
        return true;
      }
      case '--sports':
      case '--source-ports':
      case '--dports':
      case '--destination-ports':
      case '--ports': {
        if (!this.#loaded.has('multiport')) return false;
        if (kind === null)
          return misuse("multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'");
        const ports = words
          .value(option)
          .split(',')
          .map((word) => portRange(word, kind));
        const which = option === '--ports' ? 'ports' : option.startsWith('--s') ? 'sports' : 'dports';
        this.#matches.push({ kind: 'multiport', which, ports, inverted });
        return true;
      }
      case '--state':
      case '--ctstate': {
        const match = option === '--state' ? 'state' : 'conntrack';
        if (!this.#loaded.has(match)) return false;
        const asked = words.value(option).split(',');
        const wrong = asked.find((word) => !STATES.some((state) => state === word));
        if (wrong !== undefined) return misuse(`Bad state "${wrong}"`);
        this.#matches.push({
          kind: match,
          states: STATES.filter((state) => asked.includes(state)),
          inverted,
        });
        return true;
      }
      case '--mark': {
        if (!this.#loaded.has('mark')) return false;
        const word = words.value(option);
        const mark = maskedValue(word);
        if (mark === undefined) return misuse(`mark: bad mark value for option "--mark", or out of range.`);
        this.#matches.push({ kind: 'mark', ...mark, inverted });
        return true;
      }
      case '--src-type':
      case '--dst-type': {
        if (!this.#loaded.has('addrtype')) return false;
        const word = words.value(option);
        const type = ADDRESS_TYPES.find((each) => each === word);
        if (type === undefined) return unmodelled(`the address type ${word}`);
        this.#matches.push({
          kind: 'addrtype',
          which: option === '--src-type' ? 'src' : 'dst',
          type,
          inverted,
        });
        return true;
      }
      case '--comment':
        if (!this.#loaded.has('comment')) return false;
        this.#matches.push({ kind: 'comment', text: words.value(option) });
        return true;
      default:
        return false;
    }
  }

  #ofTarget(option: string): boolean {
    const target = this.#target;
    const words = this.#words;
    if (target === null) return false;
    if (target.kind === 'REJECT' && option === '--reject-with') {
      const word = words.value(option);
      const long = word === 'tcp-rst' ? 'tcp-reset' : word.startsWith('icmp-') ? word : `icmp-${word}`;
      const reason = word === 'tcp-reset' || long === 'tcp-reset' ? 'tcp-reset' : long;
      if (reason !== 'tcp-reset' && !Object.hasOwn(REJECT_CODES, reason))
        return misuse(`unknown reject type "${word}"`);
      this.#target = { kind: 'REJECT', reason: reason as RejectWith };
      return true;
    }
    if (target.kind === 'MARK' && (option === '--set-mark' || option === '--set-xmark')) {
      const mark = maskedValue(words.value(option));
      if (mark === undefined) return misuse(`MARK: bad mark value for option "${option}", or out of range.`);
      // `--set-mark` clears the bits that it sets as well.
      const mask = option === '--set-mark' ? (mark.mask | mark.value) >>> 0 : mark.mask;
      this.#target = { kind: 'MARK', value: mark.value, mask };
      return true;
    }
    if (!('range' in target)) return false;
    if (option === '--random' || option === '--random-fully') {
      const random = option === '--random' ? 'random' : 'random-fully';
      this.#target = { ...target, range: { ...target.range, random } };
      return true;
    }
    if (option === '--persistent') return unmodelled(`${option} of ${target.kind}`);
    const wanted =
      target.kind === 'SNAT' ? '--to-source' : target.kind === 'DNAT' ? '--to-destination' : '--to-ports';
    if (option !== wanted) return false;
    const kind = this.#transportKind;
    const text = words.value(option);
    this.#target = {
      ...target,
      range: {
        ...(wanted === '--to-ports' ? { ...NO_RANGE, ports: natPorts(text, kind) } : natRange(text, kind)),
        random: target.range.random,
      },
    };
    return true;
  }
}

/** Reads the rest of a command line as a rule; options of the command itself go to `other`, which tells whether it took one. */
export function readRule(
  words: Words,
  isChain: (name: string) => boolean,
  other: (option: string) => boolean,
): TypedRule {
  const reader = new SpecReader(words, isChain);
  while (!words.done) {
    const option = words.next();
    if (!other(option)) reader.read(option);
  }
  return reader.rule;
}
