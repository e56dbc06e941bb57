/** What a check of a bridge's tables found. */

/** The flow that a finding is about, as `ovs-ofctl` names it. */
export interface FoundFlow {
  readonly table: number;
  readonly priority: number;
  readonly cookie: string;
  readonly match: string;
  readonly actions: string;
}

export interface Finding {
  readonly kind:
    | 'conjunction-action'
    | 'conjunction-clause'
    | 'conjunction-orphan'
    | 'shadowed'
    | 'empty-table'
    | 'missing-port'
    | 'missing-group'
    | 'missing-meter';
  /** A fault loses packets that somebody meant to have; a remark may well be meant so. */
  readonly weight: 'fault' | 'remark';
  /** One line. */
  readonly text: string;
  /** The first flows that it is about. */
  readonly flows: readonly FoundFlow[];
  /** How many there are. */
  readonly count: number;
}
