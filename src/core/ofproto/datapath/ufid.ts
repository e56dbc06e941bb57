/** What a datapath says of a megaflow besides its key: the id by which it is known, and how large its mask is. */
import { hashAdd, hashFinish } from '../../base/ovs-hash.ts';
import type { Flow } from '../../flow/flow.ts';
import { word } from '../../flow/packet-kind.ts';
import { WORD } from '../../flow/words.table.ts';
import type { Megaflow } from './flow-cache.ts';

/**
 * The unique flow id: a hash of all that tells the flow from others, with the marks of a random UUID. The real one
 * begins with a number drawn when the daemon starts, so that no two runs show the same ids.
 */
export function ufidOf({ flow, mask, dpPort }: Pick<Megaflow, 'flow' | 'mask' | 'dpPort'>): string {
  const hex = [1, 2, 3, 4]
    .map((basis) => {
      let hash = hashAdd(basis, dpPort ?? 0);
      for (let at = 0; at < mask.length; at += 1) {
        hash = hashAdd(hash, word(flow, at) & word(mask, at));
        hash = hashAdd(hash, word(mask, at));
      }
      return hashFinish(hash, basis).toString(16).padStart(8, '0');
    })
    .join('');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Words of the key that one map of a miniflow covers. */
const MAP_WORDS = 128;

/** How many pairs of words the mask has in each of the two maps of a miniflow. */
export function maskBits(mask: Flow): readonly [number, number] {
  const bits: [number, number] = [0, 0];
  for (let at = 0; at < mask.length; at += 2) {
    // The type of the packet is no part of it.
    const used = at === WORD.ctMark ? word(mask, at) : word(mask, at) | word(mask, at + 1);
    // Whether there is a VLAN tag always counts.
    if (used !== 0 || at === WORD.vlan) bits[at < MAP_WORDS ? 0 : 1] += 1;
  }
  return bits;
}
