/**
 * What a run records. A run is a tree of steps; each says where, what, on which octets, and because of which rows.
 * Steps are plain data, made of values that a structured clone carries from the worker to the page.
 */

/** Index of a step in its run. */
export type StepId = number;

/** Where a step happens. `device` is a link, port or bridge; `table` an OpenFlow table or logical stage number. */
export interface Where {
  readonly host: string;
  readonly namespace?: string;
  readonly device?: string;
  readonly bridge?: string;
  readonly table?: number;
  /** The stage name of `table`, e.g. `ls_in_l2_lkup`. */
  readonly stage?: string;
}

/** A row that decided something, as the user can find it again with the real program. */
export type RowRef =
  | {
      readonly kind: 'openflow';
      readonly host: string;
      readonly bridge: string;
      readonly table: number;
      readonly priority: number;
      readonly cookie: string;
      readonly match: string;
      readonly actions: string;
    }
  | {
      readonly kind: 'ovsdb';
      readonly database: 'OVN_Northbound' | 'OVN_Southbound' | 'Open_vSwitch';
      readonly host: string;
      readonly table: string;
      readonly uuid: string;
      readonly text: string;
    }
  | {
      readonly kind: 'route';
      readonly host: string;
      readonly namespace: string;
      readonly table: string;
      readonly text: string;
    }
  | { readonly kind: 'neighbour'; readonly host: string; readonly namespace: string; readonly text: string }
  | { readonly kind: 'fdb'; readonly host: string; readonly bridge: string; readonly text: string }
  | { readonly kind: 'conntrack'; readonly host: string; readonly text: string }
  | {
      readonly kind: 'address';
      readonly host: string;
      readonly namespace: string;
      readonly device: string;
      readonly text: string;
    };

export type DropReason =
  | { readonly kind: 'flow-drop' } // a flow without output
  | { readonly kind: 'table-miss' }
  | { readonly kind: 'link-down'; readonly device: string }
  | { readonly kind: 'no-carrier'; readonly device: string }
  | { readonly kind: 'not-for-us' } // destination MAC or address of somebody else
  | { readonly kind: 'no-route' }
  | { readonly kind: 'neighbour-failed' }
  | { readonly kind: 'malformed'; readonly problem: string }
  | { readonly kind: 'checksum' }
  | { readonly kind: 'ttl-expired' }
  | { readonly kind: 'no-listener'; readonly protocol: string; readonly port: number }
  | { readonly kind: 'reverse-path' }
  | { readonly kind: 'mtu'; readonly size: number; readonly mtu: number }
  | { readonly kind: 'no-tunnel'; readonly problem: string } // arrived for a tunnel port that nothing terminates
  | { readonly kind: 'loop'; readonly problem: string } // resubmit or depth limit
  | { readonly kind: 'blocked'; readonly problem: string } // port state, e.g. STP
  | { readonly kind: 'fault'; readonly problem: string } // an injected fault
  | { readonly kind: 'unsupported'; readonly feature: string };

/** A term of a match that did not hold, in the words of the program that has the match. */
export interface FailedTerm {
  /** The field's name; '' for a protocol's keyword. */
  readonly field: string;
  /** The term as it is written, e.g. `reg14=0x3` or `ip4.src == 10.0.0.1`. */
  readonly wanted: string;
  /** What the packet has instead, with the field's name or without; '' when it has no such field. */
  readonly actual: string;
}

/** A conjunction of which the packet met some clauses. A clause is met by one flow, or `failed` tells what its nearest flow lacked. */
export interface ConjunctionMiss {
  readonly kind: 'conjunction';
  readonly id: number;
  readonly priority: number;
  readonly clauses: readonly {
    /** The match of the flow that met it; null when none did. */
    readonly met: string | null;
    readonly nearest: string | null;
    readonly failed: readonly FailedTerm[];
  }[];
  /** The nearest flow that matches on the id; null when there is none at all. */
  readonly action: { readonly row: RowRef; readonly failed: readonly FailedTerm[] } | null;
}

/** A row that would have let a packet pass, and what of it did not hold. */
export type NearMiss =
  | { readonly kind: 'flow'; readonly row: RowRef; readonly failed: readonly FailedTerm[] }
  | ConjunctionMiss
  /** A logical flow, in its own language. */
  | {
      readonly kind: 'logical-flow';
      readonly uuid: string;
      readonly stage: string;
      readonly priority: number;
      readonly match: string;
      readonly actions: string;
      readonly failed: readonly FailedTerm[];
    };

/** One changed field of an extracted flow or header, in the field's own text form. */
export interface FieldChange {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

export type What =
  | { readonly kind: 'originated'; readonly program: string; readonly text: string }
  | { readonly kind: 'received' }
  | { readonly kind: 'sent' }
  | { readonly kind: 'flooded'; readonly ports: readonly string[] }
  | { readonly kind: 'bridged'; readonly port: string }
  | { readonly kind: 'learned'; readonly text: string }
  /** One table visited: the flow that matched (or a miss) with the fields that it changed. */
  | {
      readonly kind: 'table';
      readonly table: number;
      readonly matched: boolean;
      readonly changes: readonly FieldChange[];
    }
  | { readonly kind: 'action'; readonly text: string; readonly changes: readonly FieldChange[] }
  | { readonly kind: 'output'; readonly port: string; readonly text: string }
  | { readonly kind: 'recirculated'; readonly text: string }
  | { readonly kind: 'conntrack'; readonly text: string }
  | {
      readonly kind: 'encapsulated';
      readonly protocol: 'geneve' | 'vxlan' | 'gre' | 'stt';
      readonly vni: number;
      readonly local: string;
      readonly remote: string;
      readonly metadata: string;
    }
  | {
      readonly kind: 'decapsulated';
      readonly protocol: 'geneve' | 'vxlan' | 'gre' | 'stt';
      readonly vni: number;
      readonly local: string;
      readonly remote: string;
      readonly metadata: string;
    }
  | { readonly kind: 'routed'; readonly destination: string; readonly via: string; readonly device: string }
  | { readonly kind: 'resolved'; readonly address: string; readonly mac: string }
  | { readonly kind: 'queued'; readonly reason: string }
  | { readonly kind: 'delivered'; readonly to: string }
  | { readonly kind: 'controller'; readonly text: string }
  | { readonly kind: 'rewritten'; readonly text: string; readonly changes: readonly FieldChange[] }
  | { readonly kind: 'dropped'; readonly reason: DropReason }
  | { readonly kind: 'note'; readonly text: string };

/**
 * One recorded step. `frame` holds the octets as they are after the step, outermost header first; steps that do not
 * change them share the same array. `time` is simulated nanoseconds since the world began.
 */
export interface Step {
  readonly id: StepId;
  readonly parent: StepId | null;
  readonly time: number;
  readonly where: Where;
  readonly what: What;
  readonly frame: Uint8Array | null;
  /** The octets begin with the IP header although the step is on a device: it has not yet written its own before them, or has none. */
  readonly bare?: true;
  readonly because: readonly RowRef[];
}

/** Do the octets of a step begin with the IP header? On no device and no bridge they always do. */
export const isBare = ({ where, bare }: Step): boolean =>
  bare === true || (where.device === undefined && where.bridge === undefined);

/** Where programs put their steps. `record` gives the new step's id, to be the parent of what it causes. */
export interface Recorder {
  record(step: Omit<Step, 'id' | 'time'>): StepId;
  /** False when nobody listens: callers may then skip building texts. */
  readonly active: boolean;
}
