/** What the user's deeds led to: prefixes that went and came back, gateways that moved, packets that were lost. Plain data. */
import type { DropReason, Where } from '../../core/base/step.ts';
import type { Fault } from '../../core/sim/index.ts';

/** A prefix in a speaker's table. */
export interface ChangedPrefix {
  readonly prefix: string;
  /** What a route of EVPN says, in a sentence; null for one of another family. */
  readonly words: string | null;
  /** `SpeakerSnapshot.id` */
  readonly speaker: string;
  /** Simulated nanoseconds. */
  readonly at: number;
  /** Why it went or was refused; how it is reached now. */
  readonly text: string;
}

export interface GonePrefix extends ChangedPrefix {
  /** When the speaker had it again; null: it has not. */
  readonly back: number | null;
}

/** A gateway port is served by another chassis; null: by none. */
export interface GatewayMove {
  readonly at: number;
  readonly port: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Packets of one kind from one address to another, as far as some were lost. */
export interface LostPackets {
  /** '' where none was ever sent: there was no way. */
  readonly source: string;
  readonly destination: string;
  /** `ICMP echo request` */
  readonly kind: string;
  /** Where they were sent: machine and namespace. */
  readonly from: string;
  readonly lost: number;
  /** All that were sent in this time. */
  readonly sent: number;
  /** When the first and the last lost one were sent. */
  readonly first: number;
  readonly last: number;
  /** When the first after the last lost one was sent that arrived; null: none since. */
  readonly next: number | null;
  /** The end of the first lost one. */
  readonly drop: {
    readonly run: number;
    readonly step: number;
    readonly where: Where;
    readonly reason: DropReason;
  };
}

export type ChangeCause =
  | { readonly kind: 'fault'; readonly fault: Fault; readonly on: boolean }
  | { readonly kind: 'typed'; readonly host: string; readonly line: string }
  /** Nothing that the user did since it was opened. */
  | { readonly kind: 'none' };

/** What followed a deed, until the next one that changed something. */
export interface Consequences {
  readonly cause: ChangeCause;
  /** Simulated nanoseconds. */
  readonly at: number;
  /** The first 100 each; `more` counts those beyond. */
  readonly gone: readonly GonePrefix[];
  readonly moved: readonly ChangedPrefix[];
  readonly refused: readonly ChangedPrefix[];
  readonly more: number;
  /** Prefixes that came (back), in all. */
  readonly came: number;
  readonly gateways: readonly GatewayMove[];
  readonly lost: readonly LostPackets[];
  /** Packets that users sent in this time. */
  readonly sent: number;
  /** Of `gone`, those that are not back. */
  readonly missing: number;
  /** Prefixes that went before and were not back when this ended. */
  readonly missingBefore: number;
  /** When everything that went was back and packets arrived again; null: nothing was amiss, or it still is. */
  readonly whole: number | null;
}
