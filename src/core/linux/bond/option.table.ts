/** The options of a bond: their words, values, defaults and what refuses a change, as the bonding driver has them. */

export const BOND_MODES = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
] as const;
export type BondMode = (typeof BOND_MODES)[number];

const HASH_POLICIES = ['layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'] as const;
export type HashPolicy = (typeof HASH_POLICIES)[number];

/** Options whose values have names, in the order of their numbers. */
const NAMED_VALUES = {
  mode: BOND_MODES,
  primary_reselect: ['always', 'better', 'failure'],
  fail_over_mac: ['none', 'active', 'follow'],
  xmit_hash_policy: HASH_POLICIES,
  lacp_active: ['off', 'on'],
  lacp_rate: ['slow', 'fast'],
  ad_select: ['stable', 'bandwidth', 'count'],
} as const;

type Named = keyof typeof NAMED_VALUES;
type NumberOption =
  | 'miimon'
  | 'updelay'
  | 'downdelay'
  | 'peer_notify_delay'
  | 'resend_igmp'
  | 'num_grat_arp'
  | 'all_slaves_active'
  | 'min_links'
  | 'packets_per_slave'
  | 'ad_user_port_key'
  | 'ad_actor_sys_prio'
  | 'tlb_dynamic_lb';

/** Milliseconds, counts and names, by the words of `ip link`. */
export type BondSettings = { [Key in Named]: (typeof NAMED_VALUES)[Key][number] } & {
  [Key in NumberOption]: number;
};

export type BondOption = keyof BondSettings;

export interface OptionRule {
  readonly option: BondOption;
  /** Names of the values; null: a number. */
  readonly names: readonly string[] | null;
  readonly least: number;
  readonly most: number;
  /** Modes that have it; null: all. */
  readonly modes: readonly BondMode[] | null;
  /** Cannot be changed while the bond is up, or while it has slaves. */
  readonly whileDown: boolean;
  readonly whileEmpty: boolean;
}

const INT_MAX = 0x7fffffff;

const number = (
  option: NumberOption,
  least: number,
  most: number,
  modes: readonly BondMode[] | null = null,
  whileDown = false,
): OptionRule => ({ option, names: null, least, most, modes, whileDown, whileEmpty: false });

const named = (option: Named, rule: Partial<OptionRule> = {}): OptionRule => {
  const names: readonly string[] = NAMED_VALUES[option];
  return {
    option,
    names,
    least: 0,
    most: names.length - 1,
    modes: null,
    whileDown: false,
    whileEmpty: false,
    ...rule,
  };
};

const LACP: readonly BondMode[] = ['802.3ad'];

/** In the order in which the driver takes them from one request. */
export const OPTION_RULES: readonly OptionRule[] = [
  named('mode', { whileDown: true, whileEmpty: true }),
  number('miimon', 0, INT_MAX),
  number('updelay', 0, INT_MAX),
  number('downdelay', 0, INT_MAX),
  number('peer_notify_delay', 0, 300_000),
  named('primary_reselect'),
  named('fail_over_mac', { whileEmpty: true }),
  named('xmit_hash_policy'),
  number('resend_igmp', 0, 255),
  number('num_grat_arp', 0, 255),
  number('all_slaves_active', 0, 1),
  number('min_links', 0, INT_MAX),
  number('packets_per_slave', 0, 65535, ['balance-rr']),
  named('lacp_active', { modes: LACP, whileDown: true }),
  named('lacp_rate', { modes: LACP, whileDown: true }),
  named('ad_select', { whileDown: true }),
  number('ad_actor_sys_prio', 1, 65535, LACP),
  number('ad_user_port_key', 0, 1023, LACP, true),
  number('tlb_dynamic_lb', 0, 1, ['balance-tlb'], true),
];

/** What `ip link add type bond` makes when nothing is said. */
export const defaultSettings = (): BondSettings => ({
  mode: 'balance-rr',
  miimon: 0,
  updelay: 0,
  downdelay: 0,
  peer_notify_delay: 0,
  primary_reselect: 'always',
  fail_over_mac: 'none',
  xmit_hash_policy: 'layer2',
  resend_igmp: 1,
  num_grat_arp: 1,
  all_slaves_active: 0,
  min_links: 0,
  packets_per_slave: 1,
  lacp_active: 'on',
  lacp_rate: 'slow',
  ad_select: 'stable',
  ad_actor_sys_prio: 65535,
  ad_user_port_key: 0,
  tlb_dynamic_lb: 1,
});

/** Modes in which one slave is the active one and may be named the primary. */
export const usesPrimary = (mode: BondMode): boolean =>
  mode === 'active-backup' || mode === 'balance-tlb' || mode === 'balance-alb';

/** Modes that cannot be watched by ARP and watch the carrier instead. */
export const needsCarrierWatch = (mode: BondMode): boolean =>
  mode === '802.3ad' || mode === 'balance-tlb' || mode === 'balance-alb';
