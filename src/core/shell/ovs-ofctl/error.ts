/** Ends the program with a message, as ovs_fatal() does. */
export class OfctlError extends Error {
  override readonly name = 'OfctlError';
}
