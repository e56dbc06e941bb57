/** Rules of netfilter as `iptables` makes them: what they match, what they do, and the tables that hold them. */

/** A value with `!` before it or not. */
export interface Negatable {
  readonly inverted: boolean;
}

export interface Prefix4 extends Negatable {
  readonly network: number;
  readonly length: number;
}

/** A device's name; with `+` at its end the beginning of one. */
export interface DeviceName extends Negatable {
  readonly name: string;
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

interface Ports extends Negatable, PortRange {}

export type ConnectionState = 'INVALID' | 'NEW' | 'RELATED' | 'ESTABLISHED' | 'UNTRACKED' | 'SNAT' | 'DNAT';

export type Match =
  | {
      readonly kind: 'tcp' | 'udp';
      readonly source: Ports | null;
      readonly destination: Ports | null;
      /** Of TCP: the flags that are looked at, and those of them that are set. */
      readonly flags: (Negatable & { readonly mask: number; readonly set: number }) | null;
    }
  | ({ readonly kind: 'icmp'; readonly type: number; readonly code: number | null } & Negatable)
  | ({
      readonly kind: 'multiport';
      readonly which: 'sports' | 'dports' | 'ports';
      readonly ports: readonly PortRange[];
    } & Negatable)
  | ({ readonly kind: 'state' | 'conntrack'; readonly states: readonly ConnectionState[] } & Negatable)
  | ({ readonly kind: 'mark'; readonly value: number; readonly mask: number } & Negatable)
  | ({
      readonly kind: 'addrtype';
      readonly which: 'src' | 'dst';
      readonly type: 'LOCAL' | 'UNICAST' | 'BROADCAST' | 'MULTICAST';
    } & Negatable)
  | { readonly kind: 'comment'; readonly text: string };

/** ICMP codes by the names of `--reject-with`. */
export const REJECT_CODES = {
  'icmp-net-unreachable': 0,
  'icmp-host-unreachable': 1,
  'icmp-proto-unreachable': 2,
  'icmp-port-unreachable': 3,
  'icmp-net-prohibited': 9,
  'icmp-host-prohibited': 10,
  'icmp-admin-prohibited': 13,
} as const;

export type RejectWith = keyof typeof REJECT_CODES | 'tcp-reset';

/** Where NAT leads: a range of addresses and of ports, either of which may be left open. */
export interface NatRange {
  readonly addresses: { readonly first: number; readonly last: number } | null;
  readonly ports: PortRange | null;
  readonly random: 'random' | 'random-fully' | null;
}

export type Target =
  | { readonly kind: 'ACCEPT' | 'DROP' | 'RETURN' }
  | { readonly kind: 'chain'; readonly name: string; readonly isGoto: boolean }
  | { readonly kind: 'REJECT'; readonly reason: RejectWith }
  | { readonly kind: 'SNAT' | 'DNAT' | 'MASQUERADE' | 'REDIRECT'; readonly range: NatRange }
  | { readonly kind: 'MARK'; readonly value: number; readonly mask: number };

/** What a rule says; two rules are the same when this is. */
export interface RuleSpec {
  readonly source: Prefix4 | null;
  readonly destination: Prefix4 | null;
  readonly iif: DeviceName | null;
  readonly oif: DeviceName | null;
  readonly protocol: (Negatable & { readonly number: number }) | null;
  readonly matches: readonly Match[];
  /** Null: the rule only counts. */
  readonly target: Target | null;
}

export interface Rule {
  readonly spec: RuleSpec;
  packets: number;
  bytes: number;
}

export interface Chain {
  name: string;
  /** Null for a chain of the user's. */
  policy: 'ACCEPT' | 'DROP' | null;
  /** Whether the policy counts what it decides: only one that was set does. */
  counts: boolean;
  packets: number;
  bytes: number;
  readonly rules: Rule[];
}

export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** The tables with their built-in chains. */
export const TABLES = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
} as const satisfies Record<string, readonly Hook[]>;
export type TableName = keyof typeof TABLES;

/** In which order a packet meets the tables at a hook. */
export const ORDER: Readonly<Record<Hook, readonly TableName[]>> = {
  PREROUTING: ['raw', 'mangle', 'nat'],
  INPUT: ['mangle', 'filter', 'nat'],
  FORWARD: ['mangle', 'filter'],
  OUTPUT: ['raw', 'mangle', 'nat', 'filter'],
  POSTROUTING: ['mangle', 'nat'],
};

export type Table = Map<string, Chain>;

export const newChain = (name: string, policy: Chain['policy']): Chain => ({
  name,
  policy,
  counts: false,
  packets: 0,
  bytes: 0,
  rules: [],
});

/** A table as it is before its first rule. */
export const newTable = (name: TableName): Table =>
  new Map(TABLES[name].map((hook) => [hook, newChain(hook, 'ACCEPT')]));

/** Whether anything in a table asks for connections to be followed. */
export const needsTracking = (spec: RuleSpec): boolean =>
  spec.matches.some(({ kind }) => kind === 'state' || kind === 'conntrack');
