/** A request that cannot be done because of what was asked or opened: shown to the user, nothing has changed. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly place: string;
  readonly kept: string;

  constructor(message: string, place = '', kept = 'What was open stays open.') {
    super(message);
    this.place = place;
    this.kept = kept;
  }
}
