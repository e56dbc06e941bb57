/**
 * LACP of one port of a bridge as ovs-vswitchd runs it: what its members tell their partners, whom they hear, and which
 * of them may carry traffic (IEEE 802.1AX in the simpler form of lacp.c).
 */
import type { Clock } from '../../base/context.ts';
import { encodeLacpdu, LACP_STATE, readLacpdu, type LacpParty, type Lacpdu } from '../../wire/layer/lacp.ts';
import type { Port } from '../bridge/port.ts';

const MILLISECOND = 1_000_000;
const FAST = 1000 * MILLISECOND;
const SLOW = 30_000 * MILLISECOND;
/** So many PDUs may stay away. */
const PATIENCE = 3;
const MARKER = 2;

const TOLD = LACP_STATE.activity | LACP_STATE.timeout | LACP_STATE.synchronization | LACP_STATE.aggregation;

export interface LacpSettings {
  readonly systemId: bigint;
  readonly systemPriority: number;
  readonly active: boolean;
  readonly fast: boolean;
  /** Members that hear no partner carry traffic all the same. */
  readonly fallback: boolean;
}

export interface LacpMemberSettings {
  readonly portId: number;
  readonly priority: number;
  /** 0: the port's number. */
  readonly key: number;
}

export interface LacpMember {
  readonly port: Port;
  settings: LacpMemberSettings;
  status: 'current' | 'expired' | 'defaulted';
  attached: boolean;
  carrierUp: boolean;
  /** The link's state when it was last looked at. */
  seenUp: boolean;
  partner: LacpParty;
  /** What the partner is known to believe of this port. */
  told: LacpParty;
  /** Times in nanoseconds. */
  nextSend: number;
  expires: number;
  readonly counts: {
    received: number;
    bad: number;
    markers: number;
    sent: number;
    expired: number;
    defaulted: number;
    carrierChanged: number;
  };
}

const NOBODY: LacpParty = {
  systemPriority: 0,
  system: 0n,
  key: 0,
  portPriority: 0,
  port: 0,
  state: 0,
};

const isSame = (a: LacpParty, b: LacpParty, stateBits: number): boolean =>
  ((a.state ^ b.state) & stateBits) === 0 &&
  a.port === b.port &&
  a.portPriority === b.portPriority &&
  a.key === b.key &&
  a.systemPriority === b.systemPriority &&
  a.system === b.system;

/** Whether link `a` goes before `b`: the lower of what the higher-ranking systems say of them. */
function goesBefore(a: LacpParty, b: LacpParty): boolean {
  if (a.systemPriority !== b.systemPriority) return a.systemPriority < b.systemPriority;
  if (a.system !== b.system) return a.system < b.system;
  if (a.portPriority !== b.portPriority) return a.portPriority < b.portPriority;
  return a.port < b.port;
}

export class Lacp {
  readonly name: string;
  settings: LacpSettings;
  negotiated = false;
  readonly members = new Map<Port, LacpMember>();
  /** Called when something is to be done by `run`. */
  onChange: () => void = () => undefined;
  readonly #clock: Clock;
  #needsUpdate = true;

  constructor(name: string, settings: LacpSettings, clock: Clock) {
    this.name = name;
    this.settings = settings;
    this.#clock = clock;
  }

  get status(): 'configured' | 'negotiated' {
    return this.negotiated ? 'negotiated' : 'configured';
  }

  /** The key of the aggregation: the first member's; null without members. */
  get key(): number | null {
    const [first] = this.members.values();
    return first ? first.settings.key || first.settings.portId : null;
  }

  configure(settings: LacpSettings): void {
    const before = this.settings;
    this.settings = settings;
    if (
      before.systemId !== settings.systemId ||
      before.systemPriority !== settings.systemPriority ||
      before.fallback !== settings.fallback
    )
      this.#needsUpdate = true;
  }

  /** Takes up a member, or its new settings. */
  register(port: Port, settings: LacpMemberSettings): void {
    let member = this.members.get(port);
    if (!member) {
      member = {
        port,
        settings: { portId: 0, priority: 0, key: 0 },
        status: 'defaulted',
        attached: false,
        carrierUp: false,
        seenUp: port.mayEnable,
        partner: NOBODY,
        told: NOBODY,
        nextSend: 0,
        expires: 0,
        counts: {
          received: 0,
          bad: 0,
          markers: 0,
          sent: 0,
          expired: 0,
          defaulted: 0,
          carrierChanged: 0,
        },
      };
      this.members.set(port, member);
      this.#needsUpdate = true;
    }
    const { portId, priority, key } = member.settings;
    if (portId === settings.portId && priority === settings.priority && key === settings.key) return;
    member.settings = settings;
    this.#needsUpdate = true;
    if (this.settings.active || this.negotiated) this.#expire(member);
  }

  /** Leaves the members that are not among `ports`. */
  keepOnly(ports: readonly Port[]): void {
    for (const port of this.members.keys())
      if (!ports.includes(port)) {
        this.members.delete(port);
        this.#needsUpdate = true;
      }
  }

  /** Whether the member may carry traffic: it is attached, and its partner is ready. Its link has to be up besides. */
  mayEnable(port: Port): boolean {
    const member = this.members.get(port);
    return member !== undefined && this.isReady(member);
  }

  isReady({ attached, partner, status }: LacpMember): boolean {
    return (
      attached &&
      ((partner.state & LACP_STATE.synchronization) !== 0 ||
        (this.settings.fallback && status === 'defaulted'))
    );
  }

  /** `Interface.lacp_current`. */
  isCurrent(port: Port): boolean {
    const member = this.members.get(port);
    return member !== undefined && member.status !== 'defaulted';
  }

  /** Takes in what follows the Ethernet header of a packet of type 0x8809. */
  receive(port: Port, octets: Uint8Array): void {
    const member = this.members.get(port);
    if (!member) return;
    const { counts } = member;
    counts.received += 1;
    const isWhole = octets.length >= 110;
    const pdu = isWhole ? readLacpdu(octets) : undefined;
    if (!pdu) {
      counts[isWhole && octets[0] === MARKER ? 'markers' : 'bad'] += 1;
      return;
    }
    if (!member.carrierUp) return;
    member.status = 'current';
    member.expires = this.#clock.now() + PATIENCE * (this.settings.fast ? FAST : SLOW);
    member.told = pdu.partner;
    if (!isSame(member.partner, pdu.actor, 0xff)) {
      this.#needsUpdate = true;
      member.partner = pdu.actor;
    }
    this.onChange();
  }

  /** What a member says of itself. */
  actorOf(member: LacpMember): LacpParty {
    const { settings } = this;
    const has = (condition: boolean, bits: number): number => (condition ? bits : 0);
    return {
      systemPriority: settings.systemPriority,
      system: settings.systemId,
      key: this.key ?? 0,
      portPriority: member.settings.priority,
      port: member.settings.portId,
      state:
        has(settings.active, LACP_STATE.activity) |
        has(settings.fast, LACP_STATE.timeout) |
        has(member.attached, LACP_STATE.synchronization) |
        has(member.status === 'defaulted', LACP_STATE.defaulted) |
        has(member.status === 'expired', LACP_STATE.expired) |
        has(this.members.size > 1, LACP_STATE.aggregation) |
        has(member.attached || !this.negotiated, LACP_STATE.collecting | LACP_STATE.distributing),
    };
  }

  /** Follows links, ends waiting that is over, decides who belongs together, and gives the PDUs that are due to `send`. */
  run(send: (port: Port, pdu: Uint8Array) => void): void {
    const now = this.#clock.now();
    for (const member of this.members.values()) {
      this.#followLink(member);
      if (now < member.expires) continue;
      if (member.status === 'current') {
        this.#expire(member);
        member.counts.expired += 1;
      } else if (member.status === 'expired') {
        this.#default(member);
        member.counts.defaulted += 1;
      }
    }
    if (this.#needsUpdate) this.#attach();
    for (const member of this.members.values()) {
      if (!this.#maySend(member)) continue;
      const actor = this.actorOf(member);
      if (now < member.nextSend && isSame(actor, member.told, TOLD)) continue;
      member.told = actor;
      const pdu: Lacpdu = { actor, partner: member.partner };
      member.counts.sent += 1;
      member.nextSend = now + ((member.partner.state & LACP_STATE.timeout) !== 0 ? FAST : SLOW);
      send(member.port, encodeLacpdu(pdu));
    }
  }

  /** When `run` has something to do next, in nanoseconds. */
  get wakeTime(): number {
    let time = Infinity;
    for (const member of this.members.values()) {
      if (this.#maySend(member)) time = Math.min(time, member.nextSend);
      if (member.status !== 'defaulted') time = Math.min(time, member.expires);
    }
    return time;
  }

  #followLink(member: LacpMember): void {
    const up = member.port.mayEnable;
    if (member.seenUp !== up) {
      member.seenUp = up;
      if (member.status === 'current' || this.settings.active) this.#expire(member);
      if (member.carrierUp !== up) {
        member.carrierUp = up;
        member.counts.carrierChanged += 1;
      }
    } else if (up) member.carrierUp = true;
  }

  #maySend({ carrierUp, status }: LacpMember): boolean {
    return carrierUp && (this.settings.active || status !== 'defaulted');
  }

  #expire(member: LacpMember): void {
    member.status = 'expired';
    member.partner = {
      ...member.partner,
      state: (member.partner.state | LACP_STATE.timeout) & ~LACP_STATE.synchronization,
    };
    member.expires = this.#clock.now() + PATIENCE * FAST;
  }

  #default(member: LacpMember): void {
    member.partner = NOBODY;
    member.status = 'defaulted';
    this.#needsUpdate = true;
  }

  /** What the system of higher rank says of a link. */
  #rank(member: LacpMember): LacpParty {
    const { systemPriority, systemId } = this.settings;
    const { partner } = member;
    const isOurs =
      systemPriority === partner.systemPriority
        ? systemId < partner.system
        : systemPriority < partner.systemPriority;
    return isOurs ? this.actorOf(member) : partner;
  }

  /** Decides which members are attached: those with the partner and key of the best one. */
  #attach(): void {
    this.#needsUpdate = false;
    const members = [...this.members.values()];
    let lead: LacpMember | null = null;
    let leadRank: LacpParty = NOBODY;
    let leadIsReady = false;
    for (const member of members) {
      if (member.status !== 'current' || !member.attached) continue;
      const rank = this.#rank(member);
      if (lead !== null && !goesBefore(rank, leadRank)) continue;
      lead = member;
      leadRank = rank;
      leadIsReady = true;
    }
    const working = lead;
    for (const member of members) {
      member.attached = false;
      // A loop to the own bond.
      if (member.partner.system === this.settings.systemId) continue;
      if (member.status === 'defaulted') {
        member.attached = this.settings.fallback;
        continue;
      }
      const rank = this.#rank(member);
      const isReady = this.isReady(member);
      member.attached = working === null || member.partner.system === working.partner.system;
      if (!member.attached) continue;
      const isBetter =
        lead === null || (isReady && !leadIsReady) || (isReady === leadIsReady && goesBefore(rank, leadRank));
      if (!isBetter) continue;
      lead = member;
      leadIsReady = isReady;
      leadRank = rank;
    }
    this.negotiated = lead !== null;
    if (lead === null) return;
    for (const member of members)
      if (
        (this.settings.fallback && member.status === 'defaulted') ||
        lead.partner.key !== member.partner.key ||
        lead.partner.system !== member.partner.system
      )
        member.attached = false;
  }
}
