/** The masks of a datapath's megaflows: which megaflow has the values that a packet has in the bits of one. */
import { hashAdd } from '../../base/ovs-hash.ts';
import type { Flow } from '../../flow/flow.ts';
import { WORD } from '../../flow/words.table.ts';
import type { Megaflow } from './flow-cache.ts';

/** What places a megaflow: its mask, its values in it, and the port, which the datapath knows by a number of its own. */
type Placed = Pick<Megaflow, 'flow' | 'mask' | 'dpPort'>;

interface MaskGroup {
  readonly mask: Flow;
  /** [word, bits] after [word, bits], in rising order; the bridge's own number of the port is left out. */
  readonly held: readonly number[];
  /** By hash of the port and of the values. */
  readonly flows: Map<number, Megaflow[]>;
}

function heldWords(mask: Flow): number[] {
  const held: number[] = [];
  for (let word = 0; word < mask.length; word += 1) {
    const bits = mask[word] as number;
    if (bits !== 0 && word !== WORD.inPort) held.push(word, bits);
  }
  return held;
}

function hashWords(words: readonly number[]): number {
  let hash = 0;
  for (const word of words) hash = hashAdd(hash, word);
  return hash;
}

function sameWords(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

function hashValues(held: readonly number[], { flow, dpPort }: Placed): number {
  let hash = hashAdd(0, dpPort ?? -1);
  for (let at = 0; at < held.length; at += 2)
    hash = hashAdd(hash, (flow[held[at] as number] as number) & (held[at + 1] as number));
  return hash;
}

function sameValues(held: readonly number[], a: Placed, b: Placed): boolean {
  if (a.dpPort !== b.dpPort) return false;
  for (let at = 0; at < held.length; at += 2) {
    const word = held[at] as number;
    if ((((a.flow[word] as number) ^ (b.flow[word] as number)) & (held[at + 1] as number)) !== 0)
      return false;
  }
  return true;
}

const find = ({ held, flows }: MaskGroup, placed: Placed): Megaflow | undefined =>
  flows.get(hashValues(held, placed))?.find((other) => sameValues(held, other, placed));

export class MegaflowMasks {
  /** In the order in which they came. */
  readonly #groups = new Set<MaskGroup>();
  /** By hash of their words. */
  readonly #byWords = new Map<number, MaskGroup[]>();

  #group(mask: Flow): MaskGroup | undefined {
    const held = heldWords(mask);
    return this.#byWords.get(hashWords(held))?.find((group) => sameWords(group.held, held));
  }

  /** The megaflow of the same mask and values. */
  same(placed: Placed): Megaflow | undefined {
    const group = this.#group(placed.mask);
    return group && find(group, placed);
  }

  /** The first megaflow, of whatever mask, that the packet belongs to and that `isRight` lets stand. */
  covering(placed: Placed, isRight: (other: Megaflow) => boolean): Megaflow | undefined {
    for (const group of this.#groups) {
      const found = find(group, placed);
      if (found && isRight(found)) return found;
    }
    return undefined;
  }

  /** An equal mask that is here already, so that megaflows of one mask hold it once. */
  shared(mask: Flow): Flow {
    const known = this.#group(mask)?.mask;
    return known && known[WORD.inPort] === mask[WORD.inPort] ? known : mask;
  }

  /** Adds a megaflow of which there is no `same`. */
  add(megaflow: Megaflow): void {
    let group = this.#group(megaflow.mask);
    if (!group) {
      group = { mask: megaflow.mask, held: heldWords(megaflow.mask), flows: new Map() };
      this.#groups.add(group);
      addTo(this.#byWords, hashWords(group.held), group);
    }
    addTo(group.flows, hashValues(group.held, megaflow), megaflow);
  }

  remove(megaflow: Megaflow): void {
    const group = this.#group(megaflow.mask);
    if (!group) return;
    removeFrom(group.flows, hashValues(group.held, megaflow), megaflow);
    if (group.flows.size > 0) return;
    this.#groups.delete(group);
    removeFrom(this.#byWords, hashWords(group.held), group);
  }
}

function addTo<Value>(lists: Map<number, Value[]>, key: number, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function removeFrom<Value>(lists: Map<number, Value[]>, key: number, value: Value): void {
  const rest = lists.get(key)?.filter((other) => other !== value) ?? [];
  if (rest.length > 0) lists.set(key, rest);
  else lists.delete(key);
}
