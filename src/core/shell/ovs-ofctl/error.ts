/** Ends the program with a message, as ovs_fatal() does. */
export class OfctlError extends Error {
  override readonly name = 'OfctlError';
  /** What was printed until then. */
  readonly printed: string;

  constructor(message: string, printed = '') {
    super(message);
    this.printed = printed;
  }
}
