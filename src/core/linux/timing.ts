/** How long things take in the simulated kernel. Small, fixed, and in the order of magnitude of a real one. */

const MICROSECOND = 1_000;
export const MILLISECOND = 1_000_000;
export const SECOND = 1_000_000_000;

/** From a transmit queue to the receive queue of the other end of a veth pair, or of the same host. */
export const HOP = 11 * MICROSECOND;
