/** Sequence numbers: arithmetic modulo 2^32 (RFC 9293, 3.4). */

export const before = (a: number, b: number): boolean => ((a - b) | 0) < 0;

export const after = (a: number, b: number): boolean => before(b, a);

export const plus = (sequence: number, octets: number): number => (sequence + octets) >>> 0;

/** Octets from `start` to `end`; negative when `end` lies before. */
export const distance = (start: number, end: number): number => (end - start) | 0;
