/** A datagram being put together again from its fragments. */
import type { StepId } from '../base/step.ts';

export interface FragmentQueue {
  readonly pieces: { readonly offset: number; readonly octets: Uint8Array; readonly frame: Uint8Array }[];
  /** Size of the whole payload, known once the last piece is there. */
  total: number | null;
  header: Uint8Array | null;
  readonly ifindex: number;
  lastStep: StepId | null;
  readonly cancelTimer: () => void;
}
