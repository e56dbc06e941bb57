/** Lists and route maps as configured: prefix lists, access lists, AS-path and community lists, route maps. */
import type { Family, Prefix } from '../prefix.ts';

export type Verdict = 'permit' | 'deny';

export interface PrefixListEntry {
  readonly seq: number;
  readonly verdict: Verdict;
  /** Null is `any`. */
  readonly prefix: Prefix | null;
  readonly ge: number | null;
  readonly le: number | null;
}

export interface PrefixList {
  readonly family: Family;
  readonly name: string;
  readonly description: string | null;
  /** In order of sequence number. */
  readonly entries: readonly PrefixListEntry[];
}

/** Bits set in `wildcard` do not matter; `host`: typed as one address. */
export interface WildcardAddress {
  readonly address: number;
  readonly wildcard: number;
  readonly host: boolean;
}

/** A line of `access-list`: where routes from and, in the extended form, what mask they have. */
export interface AccessListEntry {
  readonly seq: number;
  readonly verdict: Verdict;
  readonly source:
    | { readonly kind: 'any' }
    | { readonly kind: 'prefix'; readonly prefix: Prefix; readonly exact: boolean }
    | ({ readonly kind: 'wildcard' } & WildcardAddress);
  readonly destination?: WildcardAddress;
}

export interface AccessList {
  readonly family: Family;
  readonly name: string;
  readonly remark: string | null;
  readonly entries: readonly AccessListEntry[];
}

interface AsPathListEntry {
  readonly seq: number;
  readonly verdict: Verdict;
  /** As typed, with `_` for a boundary. */
  readonly regex: string;
}

export interface AsPathList {
  readonly name: string;
  readonly entries: readonly AsPathListEntry[];
}

export type CommunityKind = 'community' | 'large-community' | 'extcommunity';

interface CommunityListEntry {
  readonly seq: number;
  readonly verdict: Verdict;
  /** Standard: the communities as text, sorted as bgpd prints them. Expanded: the regular expression. */
  readonly text: string;
}

export interface CommunityList {
  readonly kind: CommunityKind;
  readonly name: string;
  readonly style: 'standard' | 'expanded';
  readonly entries: readonly CommunityListEntry[];
}

/** One `match` or `set` line: the words after `match`/`set` that name the rule, and its argument as printed. */
export interface RouteMapRule {
  /** E.g. `ip address prefix-list`, `community`, `as-path prepend`. */
  readonly rule: string;
  readonly argument: string;
}

export interface RouteMapEntry {
  readonly seq: number;
  readonly verdict: Verdict;
  readonly description: string | null;
  /** In the order typed; one entry a rule (two of the same rule replace one another where FRR does so). */
  readonly matches: readonly RouteMapRule[];
  readonly sets: readonly RouteMapRule[];
  readonly call: string | null;
  /** `on-match next`, `on-match goto N` (also typed as `continue`). */
  readonly onMatch: { readonly kind: 'next' } | { readonly kind: 'goto'; readonly seq: number } | null;
}

export interface RouteMap {
  readonly name: string;
  /** In order of sequence number. */
  readonly entries: readonly RouteMapEntry[];
  readonly optimization: boolean;
}
