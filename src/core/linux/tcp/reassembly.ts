/** Octets that arrived ahead of their turn, and the blocks in which a receiver names them (RFC 2018). */
import type { SackBlock } from './segment.ts';
import { after, before, distance, plus } from './sequence.ts';

interface Piece {
  readonly sequence: number;
  readonly octets: Uint8Array;
  readonly fin: boolean;
}

/** At most this many blocks fit beside timestamps. */
const BLOCKS = 3;

export class Reassembly {
  /** Sorted by sequence number, without overlap. */
  #pieces: Piece[] = [];
  /** The newest block comes first in an acknowledgement. */
  #newest = 0;

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  /** Keeps what is new of a piece that begins after the next octet expected. */
  add(piece: Piece): void {
    this.#newest = piece.sequence;
    let { sequence, octets } = piece;
    const kept: Piece[] = [];
    for (const old of this.#pieces) {
      const end = plus(old.sequence, old.octets.length);
      // What is covered by an older piece is cut off; a new piece that covers an old one wholly replaces it.
      if (!after(old.sequence, sequence) && after(end, sequence)) {
        const cut = Math.min(octets.length, distance(sequence, end));
        sequence = plus(sequence, cut);
        octets = octets.subarray(cut);
        kept.push(old);
      } else if (!before(old.sequence, sequence) && !after(end, plus(sequence, octets.length))) {
        if (old.fin && !piece.fin) kept.push(old);
      } else kept.push(old);
    }
    const next = kept.find((old) => after(old.sequence, sequence));
    if (next !== undefined)
      octets = octets.subarray(0, Math.max(0, Math.min(octets.length, distance(sequence, next.sequence))));
    if (octets.length > 0 || piece.fin) kept.push({ sequence, octets, fin: piece.fin });
    this.#pieces = kept.toSorted((a, b) => distance(b.sequence, a.sequence));
  }

  /** Takes what follows on from `next` without a gap. */
  take(next: number): { readonly octets: Uint8Array[]; readonly next: number; readonly fin: boolean } {
    const octets: Uint8Array[] = [];
    let at = next;
    let fin = false;
    while (this.#pieces.length > 0 && !fin) {
      const piece = this.#pieces[0] as Piece;
      if (after(piece.sequence, at)) break;
      this.#pieces.shift();
      const known = distance(piece.sequence, at);
      if (known < piece.octets.length) {
        octets.push(piece.octets.subarray(known));
        at = plus(piece.sequence, piece.octets.length);
      }
      if (piece.fin && at === plus(piece.sequence, piece.octets.length)) fin = true;
    }
    return { octets, next: at, fin };
  }

  /** Runs without gaps, the newest first. */
  blocks(): SackBlock[] {
    const runs: { start: number; end: number }[] = [];
    for (const { sequence, octets, fin } of this.#pieces) {
      const end = plus(sequence, octets.length + (fin ? 1 : 0));
      const last = runs.at(-1);
      if (last?.end === sequence) last.end = end;
      else runs.push({ start: sequence, end });
    }
    const isNewest = ({ start, end }: SackBlock): boolean =>
      !before(this.#newest, start) && before(this.#newest, end);
    return [...runs.filter(isNewest), ...runs.filter((run) => !isNewest(run))].slice(0, BLOCKS);
  }
}
