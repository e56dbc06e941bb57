/** A request that cannot be done because of what was asked or opened: shown to the user, nothing has changed. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly place: string;
  /** What the user can do instead; '' where the message says it. */
  readonly remedy: string;
  readonly kept: string;

  constructor(
    message: string,
    place = '',
    { remedy = '', kept = 'What was open stays open.' }: { remedy?: string; kept?: string } = {},
  ) {
    super(message);
    this.place = place;
    this.remedy = remedy;
    this.kept = kept;
  }
}
