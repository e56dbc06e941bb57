/** The two ways in which a command ends its program early. Both are caught where the program's transaction is run. */

/** Ends the program with a message (`''` for none) and an exit status. The transaction is undone. */
export class CtlError extends Error {
  readonly status: number;

  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}

/** What a command waits for is not there yet: run again when the database has changed. */
export class TryAgain extends Error {}

/** Ends the program with an error message. */
export function fail(message: string, status = 1): never {
  throw new CtlError(message, status);
}
