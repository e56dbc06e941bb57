/** Kinds of link by their LINKTYPE_ number, with the names that tcpdump shows. */

export interface LinkTypeNames {
  readonly kind: 'ethernet' | 'raw' | 'cooked' | 'cooked2';
  /** As in `link-type EN10MB (Ethernet)`. */
  readonly name: string;
  readonly description: string;
}

export const LINK_TYPE = { ethernet: 1, raw: 101, cooked: 113, cooked2: 276 } as const;

/** The kinds that are taken apart here. */
export const LINK_TYPES: ReadonlyMap<number, LinkTypeNames> = new Map<number, LinkTypeNames>([
  [LINK_TYPE.ethernet, { kind: 'ethernet', name: 'EN10MB', description: 'Ethernet' }],
  [LINK_TYPE.raw, { kind: 'raw', name: 'RAW', description: 'Raw IP' }],
  [LINK_TYPE.cooked, { kind: 'cooked', name: 'LINUX_SLL', description: 'Linux cooked v1' }],
  [LINK_TYPE.cooked2, { kind: 'cooked2', name: 'LINUX_SLL2', description: 'Linux cooked v2' }],
]);
