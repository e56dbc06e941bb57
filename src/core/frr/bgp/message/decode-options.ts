/** What was agreed with a neighbour, as far as its UPDATEs cannot be read without it. */
import type { AsPathTable } from '../as-path-table.ts';
import type { BgpFamily } from '../../config/bgp-config.ts';
import type { PeerSort } from '../peer.ts';

export interface DecodeOptions {
  readonly as4: boolean;
  /** Errors in attributes are forgiven to external neighbours only. */
  readonly sort: PeerSort;
  /** `bgp reject-as-sets`. */
  readonly rejectsAsSets?: boolean;
  /** Families whose prefixes carry path identifiers. */
  readonly addPath: readonly BgpFamily[];
  /** The neighbour sent the graceful restart capability: an update without attributes is then an End-of-RIB. */
  readonly gracefulRestart: boolean;
  /** Where equal AS paths become one; each stands for itself without. */
  readonly asPaths?: AsPathTable;
  /** Families that are configured for the neighbour; prefixes of others are passed over. */
  readonly families: readonly BgpFamily[];
}
