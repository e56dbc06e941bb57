/** A container: an image, the program in it, and how to end that. */

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: string;
  /** When it was started, on the world's clock. */
  readonly startedAt: number;
  stop(): void;
}
