/** Rows of databases, what refers to what, and what each command changed. Plain data, part of the engine protocol. */

export interface RowReference {
  readonly table: string;
  readonly column: string;
  readonly uuid: string;
  readonly label: string;
}

export interface RowAnswer {
  readonly uuid: string;
  readonly label: string;
  readonly columns: readonly {
    readonly name: string;
    readonly text: string;
    readonly references: readonly RowReference[];
  }[];
  readonly referredBy: readonly RowReference[];
}

/** One row that a command changed. `cells` are columns with what they held before and hold now. */
export interface RowChange {
  readonly database: string;
  readonly table: string;
  readonly kind: 'inserted' | 'updated' | 'deleted';
  readonly uuid: string;
  readonly label: string;
  readonly cells: readonly { readonly column: string; readonly before: string; readonly after: string }[];
}

export interface CommandChanges {
  readonly id: number;
  readonly host: string;
  readonly line: string;
  readonly changes: readonly RowChange[];
  /** Changes that are not told of one by one. */
  readonly more: number;
}

/** Rows whose uuid begins alike, the first of them told of. `label`: as `RowAnswer.label`. */
export interface FoundRows {
  readonly rows: readonly {
    readonly database: string;
    readonly table: string;
    readonly uuid: string;
    readonly label: string;
  }[];
  readonly total: number;
}
