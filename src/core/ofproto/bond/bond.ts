/** Several interfaces as one port: which members are enabled, which sends a packet, and which packets one may bring in. */
import type { Clock } from '../../base/context.ts';
import { hashAdd64, hashFinish } from '../../base/ovs-hash.ts';
import { FIELDS } from '../../flow/fields.table.ts';
import { getField, type Flow } from '../../flow/flow.ts';
import { hashFiveTuple, markHashFields } from '../flow-hash.ts';
import type { Lacp } from '../lacp/lacp.ts';
import { isLive, type Port } from '../bridge/port.ts';
import { BondBuckets, BUCKETS } from './bond-buckets.ts';

export type BondMode = 'active-backup' | 'balance-slb' | 'balance-tcp';
export type LacpStatus = 'off' | 'configured' | 'negotiated';

export interface BondSettings {
  readonly mode: BondMode;
  /** Mixed into hashes of packets. */
  readonly basis: number;
  /** Milliseconds for which a link has to be up or down before its member follows. */
  readonly updelay: number;
  readonly downdelay: number;
  /** Milliseconds; 0: load is never moved. */
  readonly rebalanceInterval: number;
  /** Without a partner the bond works as active-backup. */
  readonly lacpFallback: boolean;
  /** Members that are not active take in broadcast and multicast as well. */
  readonly allMembersActive: boolean;
  /** Name of the member to prefer whenever it is up. */
  readonly primary: string | null;
}

export interface BondMember {
  readonly port: Port;
  /** May be chosen for packets. */
  enabled: boolean;
  /** Until when it waits to follow its link (nanoseconds); null while it does not wait. */
  waitsUntil: number | null;
}

const MILLISECOND = 1_000_000;

/** The bucket of a source address and VLAN. */
export const bondHash = (mac: bigint, vlan: number, basis: number): number => {
  const low = Number(mac & 0xffffffffn) | 0;
  const high = Number(mac >> 32n) | (vlan << 16);
  return (hashFinish(hashAdd64(basis, low, high), 8) >>> 0) % BUCKETS;
};

export class Bond {
  readonly name: string;
  settings: BondSettings;
  /** In the order in which they joined. */
  readonly members = new Map<Port, BondMember>();
  active: Port | null = null;
  /** Whether a member ever became active. */
  wasActive = false;
  /** Address of the member that was active before the switch started; 0 for none. */
  readonly #formerMac: bigint;
  lacp: Lacp | null = null;
  lacpStatus: LacpStatus = 'off';
  /** Under which id packets come back to be balanced; 0 for active-backup. */
  recircId = 0;
  buckets: BondBuckets | null = null;
  /** Set when switches have to learn anew where addresses are; whoever tells them resets it. */
  needsLearning = false;
  /** Called when `run` is to be called, now or at `wakeTime`. */
  onChange: () => void = () => undefined;
  /** Enabled members, the next to be chosen first. */
  #enabled: BondMember[] = [];
  readonly #clock: Clock;

  constructor(name: string, settings: BondSettings, clock: Clock, formerMac = 0n) {
    this.name = name;
    this.settings = settings;
    this.#formerMac = formerMac;
    this.#clock = clock;
  }

  /** Whether the bond works as active-backup for want of a partner. */
  get fallsBack(): boolean {
    const { mode, lacpFallback } = this.settings;
    return lacpFallback && mode !== 'active-backup' && this.lacpStatus === 'configured';
  }

  /** Whether load is moved between members from time to time. */
  get isBalanced(): boolean {
    const { mode, rebalanceInterval } = this.settings;
    return rebalanceInterval > 0 && mode !== 'active-backup' && !this.fallsBack;
  }

  /** Whether packets are hashed and come back to be sent. */
  get recirculates(): boolean {
    return this.settings.mode === 'balance-tcp' && this.recircId !== 0 && !this.fallsBack;
  }

  /** Whether a primary member counts: where there is one active member. */
  get usesPrimary(): boolean {
    return this.settings.mode === 'active-backup' || this.settings.lacpFallback;
  }

  /** Takes over settings and members. */
  configure(settings: BondSettings, ports: readonly Port[]): void {
    const before = this.settings;
    this.settings = settings;
    if (
      before.mode !== settings.mode ||
      before.basis !== settings.basis ||
      before.primary !== settings.primary
    )
      this.buckets = null;
    for (const port of this.members.keys()) if (!ports.includes(port)) this.#leave(port);
    for (const port of ports) if (!this.members.has(port)) this.#join(port);
    this.run();
  }

  /** Follows LACP and links: members are enabled and disabled, the active one is chosen. */
  run(): void {
    const status = this.lacp?.status ?? 'off';
    if (status !== this.lacpStatus) {
      this.lacpStatus = status;
      if (this.fallsBack) this.buckets = null;
    }
    const { mode, rebalanceInterval } = this.settings;
    if (mode === 'active-backup' || this.fallsBack) this.buckets = null;
    else this.buckets ??= new BondBuckets(this.#clock, rebalanceInterval);
    this.buckets?.setInterval(rebalanceInterval);
    let primary: Port | null = null;
    for (const member of this.members.values()) {
      this.#followLink(member);
      if (mode === 'active-backup' && this.#isPrimary(member) && member.enabled) primary = member.port;
    }
    const { active } = this;
    const isUsable = active !== null && this.members.get(active)?.enabled === true;
    if (!isUsable || (primary && active !== primary)) this.#chooseActive();
    if (this.recirculates) this.#fillBuckets();
    if (this.isBalanced) this.buckets?.rebalance(this.#enabled.map(({ port }) => port));
  }

  /** When `run` has something to do next, in nanoseconds. */
  get wakeTime(): number {
    let time = Infinity;
    for (const { waitsUntil } of this.members.values())
      if (waitsUntil !== null) time = Math.min(time, waitsUntil);
    return time;
  }

  /** Enables or disables a member by hand; it follows its link again at the next turn. */
  setEnabled(port: Port, on: boolean): void {
    const member = this.members.get(port);
    if (member) this.#enable(member, on);
    this.onChange();
  }

  /** Makes a member active by hand. */
  setActive(port: Port): void {
    this.active = port;
    this.needsLearning = true;
    this.onChange();
  }

  /** The member that sends `flow`; null when none may. Marks what the choice looked at, where there is a mask. */
  choose(flow: Flow, mask: Flow | undefined, vlan: number): Port | null {
    const member = this.memberFor(flow, mask, vlan);
    if (member !== undefined) return member;
    const next = this.#nextEnabled();
    this.buckets?.assign(this.bucketOf(flow, vlan), next);
    return next;
  }

  /** As `choose`; undefined where the packet's bucket has to be given to a member first. */
  memberFor(flow: Flow, mask: Flow | undefined, vlan: number): Port | null | undefined {
    this.run();
    if (this.lacpStatus === 'configured' && !this.settings.lacpFallback) return null;
    const mode = this.lacpStatus === 'configured' ? 'active-backup' : this.settings.mode;
    if (mode === 'active-backup') return this.active;
    if (mode === 'balance-tcp' && this.lacpStatus !== 'negotiated') return null;
    if (mask) markHashFields(flow, mask, mode === 'balance-tcp' ? 'symmetric_l3l4+udp' : 'eth_src');
    if (!this.buckets) return null;
    const port = this.buckets.memberOf(this.bucketOf(flow, vlan));
    return port && this.members.get(port)?.enabled === true ? port : undefined;
  }

  /** The bucket of a packet of a balanced bond. */
  bucketOf(flow: Flow, vlan: number): number {
    const { mode, basis } = this.settings;
    return mode === 'balance-tcp'
      ? (hashFiveTuple(flow, basis) >>> 0) % BUCKETS
      : bondHash(getField(flow, FIELDS.eth_src), vlan, basis);
  }

  /** Counts what was sent by a packet's bucket. */
  account(flow: Flow, vlan: number, bytes: number): void {
    if (this.isBalanced) this.buckets?.account(this.bucketOf(flow, vlan), bytes);
  }

  /** Whether a packet that came in through `port` may go on. */
  admissibility(port: Port, multicast: boolean): 'accept' | 'drop' | 'drop-if-moved' {
    this.run();
    const { mode, lacpFallback, allMembersActive } = this.settings;
    if (this.lacpStatus === 'negotiated')
      return this.members.get(port)?.enabled === true || isLive(port) ? 'accept' : 'drop';
    if (this.lacpStatus === 'configured' && !lacpFallback) return 'drop';
    if (this.lacpStatus === 'off' && mode === 'balance-tcp') return 'drop';
    const takesAll = allMembersActive && mode === 'balance-slb';
    if (multicast && this.active !== port && !takesAll) return 'drop';
    if (mode === 'balance-slb') return 'drop-if-moved';
    return this.active === port ? 'accept' : 'drop';
  }

  /** Whether switches have to be told by packets where addresses are now. */
  get maySendLearning(): boolean {
    const { mode, lacpFallback } = this.settings;
    const isPlain = this.lacpStatus === 'off' && mode !== 'balance-tcp';
    return this.active !== null && (isPlain || (lacpFallback && this.lacpStatus === 'configured'));
  }

  #isPrimary({ port }: BondMember): boolean {
    return this.usesPrimary && port.name === this.settings.primary;
  }

  #join(port: Port): void {
    const member: BondMember = { port, enabled: false, waitsUntil: null };
    this.members.set(port, member);
    this.#enable(member, port.mayEnable);
  }

  #leave(port: Port): void {
    const member = this.members.get(port);
    if (!member) return;
    this.#enable(member, false);
    this.members.delete(port);
    this.buckets?.forget(port);
    if (this.active === port) this.#chooseActive();
  }

  #enable(member: BondMember, on: boolean): void {
    member.waitsUntil = null;
    if (on === member.enabled) return;
    member.enabled = on;
    if (on) this.#enabled.push(member);
    else {
      this.needsLearning = true;
      this.#enabled = this.#enabled.filter((one) => one !== member);
    }
  }

  #followLink(member: BondMember): void {
    const up = isLive(member.port);
    if (up === member.enabled) {
      member.waitsUntil = null;
      return;
    }
    const now = this.#clock.now();
    const { updelay, downdelay } = this.settings;
    if (member.waitsUntil === null) {
      member.waitsUntil = now + (up ? updelay : downdelay) * MILLISECOND;
      this.onChange();
    }
    if (now >= member.waitsUntil) this.#enable(member, up);
  }

  #nextEnabled(): Port | null {
    const next = this.#enabled.shift();
    if (!next) return null;
    this.#enabled.push(next);
    return next.port;
  }

  #fillBuckets(): void {
    const isEnabled = (port: Port): boolean => this.members.get(port)?.enabled === true;
    this.buckets?.fill(isEnabled, () => this.#nextEnabled() ?? this.active);
  }

  #chooseActive(): void {
    const members = [...this.members.values()];
    const enabled = members.filter((member) => member.enabled);
    // Without any, the one whose wait is over first has to serve at once.
    const waiting = members
      .filter(({ waitsUntil, port }) => waitsUntil !== null && isLive(port))
      .toSorted((a, b) => (a.waitsUntil ?? 0) - (b.waitsUntil ?? 0));
    const chosen =
      enabled.find((member) => this.#isPrimary(member)) ??
      enabled.find(({ port }) => !this.wasActive && port.mac !== 0n && port.mac === this.#formerMac) ??
      enabled[0] ??
      waiting[0];
    const before = this.active;
    this.active = chosen?.port ?? null;
    if (chosen) {
      this.#enable(chosen, true);
      this.needsLearning = true;
    }
    if (this.active === before) return;
    this.wasActive = true;
    this.onChange();
  }
}
