/** What a bond remembers: its settings, its slaves in order of joining, and who carries the traffic. */
import { defaultSettings, type BondSettings } from './option.table.ts';
import type { LacpPort } from './lacp/port.ts';

export interface BondSlave {
  readonly ifindex: number;
  /** The slave's own address, given back when it leaves. */
  readonly permanentMac: bigint;
  /** What link monitoring has found, with the delays in between. */
  link: 'up' | 'going-down' | 'down' | 'going-back';
  /** Ends a wait for the next look, or a delay. */
  cancelWatch: (() => void) | null;
  /** How often the link was lost. */
  failures: number;
  /** Carries traffic (`state ACTIVE`). */
  active: boolean;
  /** Present in mode 802.3ad. */
  readonly lacp: LacpPort | null;
}

export interface BondState {
  readonly settings: BondSettings;
  readonly slaves: BondSlave[];
  /** Name of the preferred slave, which need not have joined yet. */
  primary: string | null;
  /** The slave that carries the traffic where one does. */
  active: BondSlave | null;
  /** Frames sent by turns so far. */
  sentByTurns: number;
  /** Numbers the ports of 802.3ad and their aggregators. */
  portsMade: number;
  /** Announcements that are left after a failover. */
  announcementsLeft: number;
  cancelAnnouncement: (() => void) | null;
  /** `ad_actor_system`; null: the bond's own address. */
  actorSystem: bigint | null;
  /** Aggregator that carries the traffic in mode 802.3ad. */
  activeAggregator: number | null;
  /** Slave and octets of each group of destinations (balance-tlb, balance-alb), until the next balancing. */
  readonly flows: Map<number, { readonly slave: BondSlave; octets: number }>;
  flowsSince: number;
  /** Which slave's address each client was told (balance-alb). */
  readonly clients: Map<number, BondSlave>;
}

export const newBond = (): BondState => ({
  settings: defaultSettings(),
  slaves: [],
  primary: null,
  active: null,
  sentByTurns: 0,
  portsMade: 0,
  announcementsLeft: 0,
  cancelAnnouncement: null,
  actorSystem: null,
  activeAggregator: null,
  flows: new Map(),
  flowsSince: 0,
  clients: new Map(),
});
