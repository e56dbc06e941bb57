/**
 * What a flow entry matches: the words of a flow that matter, each with value and mask.
 *
 * Kept sparse, because a table of a real chassis has 100,000s of entries that look at five words each.
 */
import type { Field } from './field.ts';
import { createFlow, portFromOxm, type Flow } from './flow.ts';
import { FLOW_WORDS, WORD } from './words.table.ts';

/**
 * Words in rising order, each with value and mask; a mask is never zero and a value has no bit outside its mask.
 * An empty match matches every packet. Built with the functions of this file, then shared and no longer changed.
 */
export interface Match {
  /** [word, value, mask] after [word, value, mask]. */
  readonly terms: readonly number[];
}

interface MutableMatch {
  terms: number[];
}

/** A match of everything, to be narrowed by `setMatchField`. */
export const createMatch = (): Match => ({ terms: [] });

export const copyMatch = (match: Match): Match => ({ terms: match.terms.slice() });

/** Index in `terms` of `word`, or the complement (`~at`) of where it belongs. */
function findWord(terms: readonly number[], word: number): number {
  for (let at = 0; at < terms.length; at += 3) {
    const other = terms[at] as number;
    if (other === word) return at;
    if (other > word) return ~at;
  }
  return ~terms.length;
}

export function matchWordMask(match: Match, word: number): number {
  const at = findWord(match.terms, word);
  return at < 0 ? 0 : (match.terms[at + 2] as number);
}

export function matchWordValue(match: Match, word: number): number {
  const at = findWord(match.terms, word);
  return at < 0 ? 0 : (match.terms[at + 1] as number);
}

/** Makes the bits of `mask` in `word` equal to those of `value`; other bits of the word stay as they were. */
export function setMatchWord(match: Match, word: number, value: number, mask: number): void {
  if (mask === 0) return;
  const { terms } = match as MutableMatch;
  const at = findWord(terms, word);
  if (at < 0) {
    terms.splice(~at, 0, word, (value & mask) >>> 0, mask >>> 0);
  } else {
    terms[at + 1] = (((terms[at + 1] as number) & ~mask) | (value & mask)) >>> 0;
    terms[at + 2] = ((terms[at + 2] as number) | mask) >>> 0;
  }
}

/** Lets the bits of `mask` in `word` be anything. */
export function clearMatchWord(match: Match, word: number, mask = 0xffffffff): void {
  const { terms } = match as MutableMatch;
  const at = findWord(terms, word);
  if (at < 0) return;
  const rest = ((terms[at + 2] as number) & ~mask) >>> 0;
  if (rest === 0) terms.splice(at, 3);
  else {
    terms[at + 1] = ((terms[at + 1] as number) & rest) >>> 0;
    terms[at + 2] = rest;
  }
}

/** All ones over the bits of a field. */
const fieldOnes = (field: Field): bigint => (1n << BigInt(field.bits)) - 1n;

/**
 * Makes `field` equal to `value` in the bits of `mask` (all of them when it is left out), replacing what the match
 * said of those bits. Does not add prerequisites. VLAN fields also demand a VLAN header, as in OpenFlow.
 */
export function setMatchField(
  match: Match,
  field: Field,
  value: bigint | number,
  mask?: bigint | number,
): void {
  if (field.option !== undefined) {
    setMatchWord(
      match,
      WORD.tunPresent + (field.option >>> 5),
      1 << (field.option & 31),
      1 << (field.option & 31),
    );
  }
  switch (field.name) {
    case 'in_port_oxm':
    case 'actset_output':
      setBits(match, field, BigInt(portFromOxm(Number(value)) ?? 0), 0xffffn);
      return;
    case 'nw_tos':
      setBits(match, field, BigInt(value) & 0xfcn, 0xfcn);
      return;
    case 'dl_vlan':
      if (Number(value) === 0xffff) setMatchWord(match, WORD.vlan, 0, 0xffff);
      else setMatchWord(match, WORD.vlan, 0x1000 | (Number(value) & 0xfff), 0x1fff);
      return;
    case 'vlan_vid': {
      const bits = mask === undefined ? 0x1fff : Number(mask) & 0x1fff;
      setMatchWord(match, WORD.vlan, Number(value), bits);
      return;
    }
    case 'dl_vlan_pcp':
    case 'vlan_pcp':
      setMatchWord(match, WORD.vlan, 0x1000 | ((Number(value) & 7) << 13), 0xf000);
      return;
    case 'ipv6_label': {
      // Bits above the label stay as they were asked for: whoever reads the match refuses them.
      const ones = fieldOnes(field);
      const isWhole = mask === undefined || (BigInt(mask) & ones) === ones;
      setBits(match, field, BigInt(value), isWhole ? 0xffffffffn : BigInt(mask));
      return;
    }
    default: {
      const ones = fieldOnes(field);
      const bits = mask === undefined ? ones : BigInt(mask) & ones;
      // A whole field of a wider place (an ICMP type in a port) fixes all of the place.
      const width = bits === ones ? (1n << BigInt(field.width)) - 1n : bits;
      setBits(match, field, BigInt(value) & bits, width);
    }
  }
}

function setBits(match: Match, field: Field, value: bigint, mask: bigint): void {
  if (field.words === 1) {
    setMatchWord(match, field.word, Number(value) << field.shift, Number(mask) << field.shift);
    return;
  }
  let values = value << BigInt(field.shift);
  let masks = mask << BigInt(field.shift);
  for (let i = field.words - 1; i >= 0; i -= 1) {
    setMatchWord(match, field.word + i, Number(values & 0xffffffffn), Number(masks & 0xffffffffn));
    values >>= 32n;
    masks >>= 32n;
  }
}

function gather(match: Match, field: Field, column: 1 | 2): bigint {
  let all = 0n;
  for (let i = 0; i < field.words; i += 1) {
    const at = findWord(match.terms, field.word + i);
    all = (all << 32n) | BigInt(at < 0 ? 0 : (match.terms[at + column] as number));
  }
  return (all >> BigInt(field.shift)) & ((1n << BigInt(field.width)) - 1n);
}

/** The bits of `field` that `match` looks at, 0n when it does not look at the field at all. */
export const matchFieldMask = (match: Match, field: Field): bigint => gather(match, field, 2);

/** The value demanded of `field`, in the bits of `matchFieldMask`. */
export const matchFieldValue = (match: Match, field: Field): bigint => gather(match, field, 1);

/** Lets `field` be anything. */
export function clearMatchField(match: Match, field: Field): void {
  let masks = ((1n << BigInt(field.width)) - 1n) << BigInt(field.shift);
  for (let i = field.words - 1; i >= 0; i -= 1) {
    clearMatchWord(match, field.word + i, Number(masks & 0xffffffffn));
    masks >>= 32n;
  }
}

/** Whether a packet with key `flow` is matched. */
export function matchesFlow(match: Match, flow: Flow): boolean {
  const { terms } = match;
  for (let at = 0; at < terms.length; at += 3)
    if (
      (((flow[terms[at] as number] as number) ^ (terms[at + 1] as number)) & (terms[at + 2] as number)) !==
      0
    )
      return false;
  return true;
}

/** Whether every packet that `narrow` matches is also matched by `wide`. */
export function matchCovers(wide: Match, narrow: Match): boolean {
  const { terms } = wide;
  for (let at = 0; at < terms.length; at += 3) {
    const other = findWord(narrow.terms, terms[at] as number);
    if (other < 0) return false;
    const mask = terms[at + 2] as number;
    if ((mask & ~(narrow.terms[other + 2] as number)) !== 0) return false;
    if ((((narrow.terms[other + 1] as number) ^ (terms[at + 1] as number)) & mask) !== 0) return false;
  }
  return true;
}

/** A text equal for equal matches, as a map's key: not to be shown. Halves of words as characters are quicker than digits. */
export function matchKey(match: Match): string {
  const halves: number[] = [];
  for (const word of match.terms) halves.push(word >>> 16, word & 0xffff);
  return String.fromCharCode(...halves);
}

/** The values as a flow; bits that the match does not look at are zero. */
export function matchFlow(match: Match): Flow {
  const flow = createFlow();
  for (let at = 0; at < match.terms.length; at += 3)
    flow[match.terms[at] as number] = match.terms[at + 1] as number;
  return flow;
}

/** The bits looked at, as a flow. */
export function matchMask(match: Match): Flow {
  const flow = createFlow();
  for (let at = 0; at < match.terms.length; at += 3)
    flow[match.terms[at] as number] = match.terms[at + 2] as number;
  return flow;
}

/** The match of `flow` in the bits of `mask`. */
export function matchOfFlow(flow: Flow, mask: Flow): Match {
  const terms: number[] = [];
  for (let word = 0; word < FLOW_WORDS; word += 1) {
    const bits = mask[word] as number;
    if (bits !== 0) terms.push(word, ((flow[word] as number) & bits) >>> 0, bits);
  }
  return { terms };
}
