/** How a compile stops: libpcap's text and where in the expression it happened. Caught by `compileFilter`. */
export class FilterError extends Error {
  /** UTF-16 units from the start of the expression; set by the parser if the thrower does not know. */
  offset: number | undefined;

  constructor(message: string, offset?: number) {
    super(message);
    this.name = 'FilterError';
    this.offset = offset;
  }
}
