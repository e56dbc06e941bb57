/** IPv4 side of a link: its addresses. */

export interface Ipv4Address {
  readonly local: number;
  readonly length: number;
  /** Address of the other end of a point-to-point link, else `local`. */
  readonly peer: number;
  readonly broadcast: number | null;
  readonly scope: number;
  label: string;
  readonly metric: number;
  readonly noPrefixRoute: boolean;
  readonly protocol: number;
  /** Set when another address of the same subnet came first. */
  secondary: boolean;
  /** Seconds; null for ever. Counted from `updated`. */
  validLifetime: number | null;
  preferredLifetime: number | null;
  updated: number;
  readonly created: number;
}
