/**
 * A binary trie of the address prefixes (or port prefixes) that rules of a table use.
 *
 * It tells, for one address, which prefix lengths have a rule that may match, and how many leading bits had to be seen
 * to know that: a megaflow that keeps those bits cannot hide a longer prefix.
 */

interface TrieNode {
  /** The bits of this edge, left-aligned in 32. */
  prefix: number;
  /** 0 to 32. A node of more bits is a chain of nodes. */
  bits: number;
  /** Rules whose prefix ends here. */
  rules: number;
  edges: [TrieNode | null, TrieNode | null];
}

/** `bits` (at most 32) of a run of words from bit `offset` on, left-aligned. Bits past the end are zero. */
function prefixAt(words: ArrayLike<number>, base: number, offset: number, bits: number): number {
  if (bits === 0) return 0;
  const word = base + (offset >>> 5);
  const shift = offset & 31;
  let value = (words[word] as number) << shift;
  if (shift !== 0 && bits > 32 - shift) value |= (words[word + 1] as number) >>> (32 - shift);
  return bits === 32 ? value >>> 0 : (value & ~(0xffffffff >>> bits)) >>> 0;
}

const bitAt = (prefix: number, index: number): 0 | 1 => ((prefix >>> (31 - index)) & 1) as 0 | 1;

/** Number of equal leading bits of `prefix` and the words, at most `bits`. */
function equalBits(
  prefix: number,
  bits: number,
  words: ArrayLike<number>,
  base: number,
  offset: number,
): number {
  const diff = (prefix ^ prefixAt(words, base, offset, bits)) >>> 0;
  return Math.min(Math.clz32(diff), bits);
}

function branch(words: ArrayLike<number>, base: number, offset: number, length: number): TrieNode {
  if (length <= 32)
    return { prefix: prefixAt(words, base, offset, length), bits: length, rules: 1, edges: [null, null] };
  const below = branch(words, base, offset + 32, length - 32);
  const edges: [TrieNode | null, TrieNode | null] = [null, null];
  edges[bitAt(below.prefix, 0)] = below;
  return { prefix: prefixAt(words, base, offset, 32), bits: 32, rules: 0, edges };
}

export class PrefixTrie {
  private root: TrieNode | null = null;

  /** Adds the first `length` bits of the words at `base`. */
  insert(words: ArrayLike<number>, base: number, length: number): void {
    let parent: TrieNode | null = null;
    let side: 0 | 1 = 0;
    let node = this.root;
    let offset = 0;
    const put = (child: TrieNode): void => {
      if (parent) parent.edges[side] = child;
      else this.root = child;
    };
    while (node) {
      const same = equalBits(node.prefix, Math.min(node.bits, length - offset), words, base, offset);
      offset += same;
      if (same < node.bits) {
        // The edge splits: what they share above, the rest of the old edge and the new prefix below.
        const old = bitAt(node.prefix, same);
        const above: TrieNode = {
          prefix: same === 0 ? 0 : (node.prefix & ~(same === 32 ? 0 : 0xffffffff >>> same)) >>> 0,
          bits: same,
          rules: offset === length ? 1 : 0,
          edges: [null, null],
        };
        put(above);
        node.prefix = (node.prefix << same) >>> 0;
        node.bits -= same;
        above.edges[old] = node;
        if (offset < length) above.edges[old === 1 ? 0 : 1] = branch(words, base, offset, length - offset);
        return;
      }
      if (offset === length) {
        node.rules += 1;
        return;
      }
      parent = node;
      side = bitAt(prefixAt(words, base, offset, 1), 0);
      node = node.edges[side];
    }
    put(branch(words, base, offset, length - offset));
  }

  /** Takes one prefix away again, with the nodes that only it needed. */
  remove(words: ArrayLike<number>, base: number, length: number): void {
    const path: { readonly node: TrieNode; readonly side: 0 | 1 }[] = [];
    let node = this.root;
    let side: 0 | 1 = 0;
    let offset = 0;
    while (node) {
      const same = equalBits(node.prefix, Math.min(node.bits, length - offset), words, base, offset);
      if (same < node.bits) return;
      path.push({ node, side });
      offset += same;
      if (offset === length) break;
      side = bitAt(prefixAt(words, base, offset, 1), 0);
      node = node.edges[side];
    }
    if (!node || node.rules === 0) return;
    node.rules -= 1;
    this.prune(path);
  }

  private prune(path: readonly { readonly node: TrieNode; readonly side: 0 | 1 }[]): void {
    for (let at = path.length - 1; at >= 0; at -= 1) {
      const { node, side } = path[at] as { node: TrieNode; side: 0 | 1 };
      if (node.rules > 0 || (node.edges[0] && node.edges[1])) return;
      const next = node.edges[0] ?? node.edges[1];
      const parent = path[at - 1]?.node;
      if (next) {
        if (node.bits + next.bits > 32) return;
        // One way on: join the two edges into one.
        next.prefix = (node.prefix | (node.bits === 32 ? 0 : next.prefix >>> node.bits)) >>> 0;
        next.bits += node.bits;
      }
      if (parent) parent.edges[side] = next;
      else this.root = next;
      if (next) return;
    }
  }

  /** Looks up `size` bits at `base`. `lengths` is cleared and filled. */
  lookup(words: ArrayLike<number>, base: number, size: number, lengths: Uint32Array): number {
    lengths.fill(0);
    let previous: TrieNode | null = null;
    let node = this.root;
    let matched = 0;
    while (node) {
      const same = equalBits(node.prefix, node.bits, words, base, matched);
      matched += same;
      if (same < node.bits) return matched + 1;
      if (node.rules > 0 && matched > 0)
        lengths[(matched - 1) >>> 5] = (lengths[(matched - 1) >>> 5] as number) | (1 << ((matched - 1) & 31));
      if (matched >= size) return size;
      previous = node;
      node = node.edges[bitAt(prefixAt(words, base, matched, 1), 0)];
    }
    return !previous || (!previous.edges[0] && !previous.edges[1]) ? matched : matched + 1;
  }
}

/** Whether `lengths` of a look-up holds `length`. */
export const hasLength = (lengths: Uint32Array, length: number): boolean =>
  (((lengths[(length - 1) >>> 5] as number) >>> ((length - 1) & 31)) & 1) !== 0;
