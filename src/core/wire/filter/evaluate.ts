/** Runs the program of a filter on one packet, as the BPF machine would. */
import { assertNever } from '../../base/assert.ts';
import { arithmetic, type Address, type ArithmeticOperator, type Test, type Value } from './test.ts';
import type { Step, Target } from './program.ts';

/** What is known of a packet besides its octets. */
export interface PacketFacts {
  /** The length on the wire; the octets may be fewer. */
  readonly length: number;
  readonly outgoing: boolean;
  readonly interfaceIndex: number;
}

const PROTOCOL_AH = 51;
const NO_NEXT_HEADER = 59;
/** Hop-by-hop options, destination options, routing and fragment headers. */
const EXTENSION_HEADERS: ReadonlySet<number> = new Set([0, 43, 44, 60]);
const ETHERTYPE_BRIDGED = 0x6558;
/** A chain of headers that goes on longer than this runs in a circle. */
const MAX_CHAIN = 1000;

/** One run of a filter. `rejected` is set by a load outside the octets or a division by zero; it ends the run. */
class Run {
  rejected = false;
  private accumulator = 0;
  private readonly slots: number[] = [];
  private readonly octets: Uint8Array;
  private readonly facts: PacketFacts;

  constructor(octets: Uint8Array, facts: PacketFacts) {
    this.octets = octets;
    this.facts = facts;
  }

  /** One test; its result means nothing once `rejected` is set. */
  step(test: Step['test']): boolean {
    switch (test.kind) {
      case 'compare': {
        const left = this.value(test.left);
        this.accumulator = left;
        const right = this.rejected ? 0 : this.value(test.right);
        if (test.comparison === '=') return left === right;
        if (test.comparison === '&') return (left & right) !== 0;
        return test.comparison === '>' ? left > right : left >= right;
      }
      case 'keep':
        this.slots[test.slot] = this.value(test.value);
        return true;
      case 'geneve':
        return this.enterGeneve(test);
      case 'chain':
        return this.followChain(test.version, test.header, test.protocol);
      default:
        return assertNever(test);
    }
  }

  private value(value: Value): number {
    switch (value.kind) {
      case 'number':
        return value.number;
      case 'length':
        return this.facts.length;
      case 'slot':
        return this.slots[value.slot] ?? 0;
      case 'accumulator':
        return this.accumulator;
      case 'packet':
        return value.property === 'outgoing' ? Number(this.facts.outgoing) : this.facts.interfaceIndex;
      case 'load':
        return this.load(this.offsetOf(value.address), value.size);
      case 'negative':
        return -this.value(value.value) >>> 0;
      case 'arithmetic': {
        const left = this.value(value.left);
        const right = this.rejected ? 0 : this.value(value.right);
        return this.rejected ? 0 : this.compute(value.operator, left, right);
      }
      default:
        return assertNever(value);
    }
  }

  private compute(operator: ArithmeticOperator, left: number, right: number): number {
    if ((operator === '/' || operator === '%') && right === 0) return this.reject();
    return arithmetic(operator, left, right);
  }

  /** The variable part wraps at 32 bits, the sum with the constant does not. */
  private offsetOf(address: Address): number {
    const { start, ipv4, index } = address;
    const slot = start.slot === null ? 0 : (this.slots[start.slot] ?? 0);
    let variable = slot;
    if (ipv4 !== null) variable += (this.load(slot + ipv4, 1) & 15) * 4;
    if (this.rejected) return 0;
    if (index !== null) {
      // The optimizer folds a constant index into the address, where the sum wraps.
      if (index.kind === 'number' && ipv4 === null && start.slot === null)
        return (start.constant + index.number) >>> 0;
      variable = (variable + this.value(index)) >>> 0;
    }
    return start.constant + variable;
  }

  private load(offset: number, size: 1 | 2 | 4): number {
    if (this.rejected || offset < 0 || offset + size > this.octets.length) return this.reject();
    let value = 0;
    for (let i = 0; i < size; i += 1) value = value * 256 + (this.octets[offset + i] ?? 0);
    return value;
  }

  private reject(): number {
    this.rejected = true;
    return 0;
  }

  private enterGeneve(test: Extract<Test, { kind: 'geneve' }>): boolean {
    const header = (this.slots[test.slot] ?? 0) + test.constant;
    const inner = header + 8 + (this.load(header, 1) & 0x3f) * 4;
    const protocol = this.load(header + 2, 2);
    if (this.rejected) return false;
    const bridged = protocol === ETHERTYPE_BRIDGED;
    this.slots[test.inner.linkHeader] = inner;
    this.slots[test.inner.linkType] = bridged ? inner + 12 : header + 2;
    this.slots[test.inner.linkPayload] = bridged ? inner + 14 : inner;
    return true;
  }

  /** libpcap's walk, its weakness included: after an AH it forgets where it stood. */
  private followChain(version: 4 | 6, header: number, protocol: number): boolean {
    let next = this.load(header + (version === 4 ? 9 : 6), 1);
    let position = version === 4 ? (this.load(header, 1) & 15) * 4 : 40;
    for (let i = 0; i < MAX_CHAIN && !this.rejected; i += 1) {
      if (next === protocol) return true;
      if (next === NO_NEXT_HEADER) return false;
      if (version === 6 && EXTENSION_HEADERS.has(next)) {
        next = this.load(header + position, 1);
        position += (this.load(header + position + 1, 1) + 1) * 8;
      } else if (next === PROTOCOL_AH) {
        next = this.load(header + position, 1);
        position = (this.load(header + position + 1, 1) + 2) * 4;
      } else return false;
    }
    return false;
  }
}

/** True if the packet passes. Never throws, whatever the octets. */
export function evaluate(program: Target, octets: Uint8Array, facts: PacketFacts): boolean {
  const run = new Run(octets, facts);
  let target = program;
  while (typeof target !== 'string') {
    const result = run.step(target.test);
    if (run.rejected) return false;
    target = result ? target.yes : target.no;
  }
  return target === 'accept';
}

/**
 * The same by walking the expression itself, without a program: the plain meaning, to which programs are held. The two
 * may differ on packets that are too short for a load, since a simplified program leaves loads out.
 */
export function interpretFilter(
  test: Test | null,
  octets: Uint8Array,
  facts: PacketFacts = { length: octets.length, outgoing: false, interfaceIndex: 0 },
): boolean {
  const run = new Run(octets, facts);
  const walk = (one: Test): boolean => {
    if (run.rejected) return false;
    switch (one.kind) {
      case 'always':
        return one.result;
      case 'not':
        return !walk(one.test);
      case 'and':
        return walk(one.left) && walk(one.right);
      case 'or':
        return walk(one.left) || walk(one.right);
      default:
        return run.step(one);
    }
  };
  const result = test === null || walk(test);
  return result && !run.rejected;
}
