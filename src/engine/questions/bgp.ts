/** BGP tables and sessions, and messages that are held back and played. Plain data, part of the engine protocol. */
import type { PrefixView, SessionView } from '../../core/frr/view/router-view.ts';
import type { MessageEnd } from '../../core/sim/index.ts';

export interface BgpTablePage {
  /** Prefixes that the search lets through. */
  readonly total: number;
  /** The first of them, in the order of `show bgp`. */
  readonly prefixes: readonly PrefixView[];
}

/** A BGP message in words: its type, and what it says as tcpdump prints it. */
export interface BgpMessage {
  /** Simulated nanoseconds. */
  readonly at: number;
  readonly direction: 'sent' | 'received';
  readonly type: string;
  readonly lines: readonly string[];
  readonly octets: Uint8Array;
}

/** One end of a session. */
export interface BgpSessionDetail {
  readonly speaker: string;
  readonly view: Omit<SessionView, 'messages'>;
  /** Oldest first. */
  readonly messages: readonly BgpMessage[];
}

export interface HeldMessage {
  readonly end: MessageEnd;
  /** `BgpSessionSnapshot.id`; null for one that is known to neither side any more. */
  readonly session: string | null;
  /** The speaker that sent it, where it is one of this world. */
  readonly from: string | null;
  /** Simulated nanoseconds at which it came. */
  readonly at: number;
  /** How many of its connection are before it. */
  readonly behind: number;
  readonly type: string;
  /** tcpdump's words. */
  readonly lines: readonly string[];
  readonly octets: Uint8Array;
}

/** BGP messages that wait to be delivered. */
export interface HeldMessages {
  /** Those of every session are held. */
  readonly all: boolean;
  /** Ends that are held one by one. */
  readonly ends: readonly MessageEnd[];
  readonly total: number;
  /** In the order in which they came; the first 500. */
  readonly waiting: readonly HeldMessage[];
}

/** What the ways of a prefix should never do. */
export type Invariant = 'loop' | 'blackhole' | 'asymmetric';

export interface PlayAsk {
  readonly until: 'quiet' | 'arrival' | Invariant;
  /** The prefix in question; '' for all (not for `arrival`). */
  readonly prefix: string;
  /** Where it is to arrive; '' anywhere. */
  readonly speaker: string;
}

export interface PlayOutcome {
  readonly why: 'quiet' | 'arrival' | 'broken' | 'stopped';
  readonly delivered: number;
  readonly text: string;
  /** Where a prefix arrived. */
  readonly speaker?: string;
}
