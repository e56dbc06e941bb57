/**
 * How a session ends: with a NOTIFICATION sent or received, with its connection, or on purpose; what is remembered of the end,
 * and what is let go of. Every change of a session's state passes here.
 */
import { isLinkLocal } from '../prefix.ts';
import { CEASE, insideHardReset, NOTIFICATION, type Notification } from './message/notification.ts';
import type { Neighbour } from './neighbour.ts';
import type { ResetReason, SessionState } from './peer.ts';
import type { SessionData } from './session-data.ts';
import type { SessionEvents } from './session-events.ts';
import type { SessionEvent } from './session-history.ts';
import type { SessionLog } from './session-log.ts';
import { knowsHardReset } from './session-rules.ts';
import type { SessionTimers } from './session-timers.ts';
import { isReachable, trackedWay } from './session-way.ts';
import type { SessionWriter } from './session-writer.ts';
import type { Speaker } from './speaker.ts';

/** Waits in Idle: the first, and the longest, in seconds. */
export const FIRST_START = 1;
const LONGEST_START = 120;

/** What the ending of a neighbour's sessions works on. */
export interface SessionEndingParts {
  readonly speaker: Speaker;
  readonly neighbour: Neighbour;
  readonly events: SessionEvents;
  readonly timers: SessionTimers;
  readonly writer: SessionWriter;
  readonly log: SessionLog;
}

export class SessionEnding {
  readonly #speaker: Speaker;
  readonly #neighbour: Neighbour;
  readonly #events: SessionEvents;
  readonly #timers: SessionTimers;
  readonly #writer: SessionWriter;
  readonly #log: SessionLog;

  constructor({ speaker, neighbour, events, timers, writer, log }: SessionEndingParts) {
    this.#speaker = speaker;
    this.#neighbour = neighbour;
    this.#events = events;
    this.#timers = timers;
    this.#writer = writer;
    this.#log = log;
  }

  /** The session is in `state` from now on: kept in its history, timers set accordingly. `isTold`: the event was logged. */
  change(session: SessionData, state: SessionState, event: SessionEvent, isTold = false): void {
    const before = session.state;
    if (!isTold) this.#log.event(session, event, state);
    this.#moved(session, before, state, event);
    session.state = state;
    if (before !== state) this.#log.moved(before, state);
    this.#timers.arm(session);
  }

  #moved(session: SessionData, from: SessionState, to: SessionState, event: SessionEvent): void {
    if (from === to) return;
    const { accepted } = session;
    this.#neighbour.history.moved({ at: this.#speaker.now, accepted, from, to, event });
  }

  /** What `Last reset` is due to, whenever it was. */
  resetReason(reason: ResetReason): void {
    this.#neighbour.lastReset = { ...this.#neighbour.lastReset, reason };
  }

  /**
   * Zebra is not asked about link-local addresses: bgpd looks at the interface itself, whenever a connection to such a
   * neighbour stands or fails, and takes that for zebra's answer (`bgp_nht_interface_events`).
   */
  lookAtLink(): void {
    const neighbour = this.#neighbour;
    const speaker = this.#speaker;
    const { address } = neighbour;
    if (address === null || !isLinkLocal(address)) return;
    speaker.after(0, () => {
      const isThere = isReachable(neighbour, trackedWay(speaker, neighbour));
      this.resetReason(isThere ? 'waiting-open' : 'waiting-next-hop');
    });
  }

  /** Ends a connection beside the session, without a word. */
  drop(session: SessionData): void {
    session.generation += 1;
    session.stopTimers();
    session.tcp?.close();
    session.tcp = null;
    this.#freeDescriptor(session);
    session.state = 'Deleted';
    if (this.#neighbour.incoming !== session) return;
    this.#neighbour.incoming = null;
    this.#events.left(this.#speaker, this.#neighbour);
  }

  /** Sends a NOTIFICATION and ends the connection. */
  fail(
    session: SessionData,
    message: Notification,
    offending: Uint8Array | null,
    event: SessionEvent = 'BGP_Stop',
  ): void {
    this.notify(session, message, offending);
    const isPatient = message.code !== NOTIFICATION.holdTimer && message.code !== NOTIFICATION.fsm;
    if (!isPatient && session === this.#neighbour.session) this.#neighbour.startTime = FIRST_START;
    if (session !== this.#neighbour.session) {
      this.drop(session);
      return;
    }
    this.stop(session, event);
  }

  /** Sends a NOTIFICATION and remembers it. */
  notify(session: SessionData, message: Notification, offending: Uint8Array | null): void {
    const neighbour = this.#neighbour;
    this.#writer.notification(session, message);
    if (session !== neighbour.session) return;
    this.#slowDown();
    const isShutdown = message.code === NOTIFICATION.cease && message.subcode === CEASE.adminShutdown;
    const isReset = message.code === NOTIFICATION.cease && message.subcode === CEASE.adminReset;
    neighbour.lastReset = {
      ...neighbour.lastReset,
      reason: isShutdown ? 'user-shutdown' : isReset ? 'user-reset' : 'notification-sent',
      // Whether a Hard Reset came is all that bgpd keeps: what it sent itself does not change it.
      notification: { ...message, hardReset: neighbour.lastReset.notification?.hardReset ?? false },
      offending: offending ?? neighbour.lastReset.offending,
    };
  }

  /** The neighbour sent a NOTIFICATION. */
  notified(session: SessionData, message: Notification): void {
    const neighbour = this.#neighbour;
    if (session !== neighbour.session) {
      this.drop(session);
      return;
    }
    const inner = knowsHardReset(session) ? insideHardReset(message) : undefined;
    neighbour.lastReset = {
      ...neighbour.lastReset,
      reason: 'notification-received',
      notification: { ...(inner ?? message), hardReset: inner !== undefined },
    };
    if (session.state === 'Established') {
      if (knowsHardReset(session) && inner === undefined && neighbour.nonStopMode)
        neighbour.awaitsRestart = true;
    }
    if (session.state === 'OpenConfirm' || session.state === 'Established') this.#slowDown();
    session.wasNotified = true;
    this.#log.notification('received from', inner ?? message, inner !== undefined);
    this.stop(session, 'Receive_NOTIFICATION_message');
  }

  #slowDown(): void {
    this.#neighbour.startTime = Math.min(LONGEST_START, 2 * this.#neighbour.startTime);
  }

  /** No connection came about: waits for the neighbour's, or the next try. */
  openFailed(session: SessionData): void {
    this.release(session);
    this.lookAtLink();
    this.change(session, 'Active', 'TCP_connection_open_failed');
  }

  /** The connection ended without a word of BGP. */
  closed(session: SessionData): void {
    const neighbour = this.#neighbour;
    if (session !== neighbour.session) {
      this.drop(session);
      return;
    }
    switch (session.state) {
      case 'Connect':
        this.openFailed(session);
        return;
      case 'OpenSent':
        this.release(session);
        this.change(session, 'Active', 'TCP_connection_closed');
        return;
      case 'Established':
        if (neighbour.nonStopMode) {
          neighbour.awaitsRestart = true;
          this.resetReason('nsf-peer-closed');
        } else this.resetReason('peer-closed');
        break;
      default:
    }
    this.stop(session, 'TCP_connection_closed');
  }

  /** Lets go of the connection and all that was agreed on it. */
  release(session: SessionData): void {
    session.generation += 1;
    session.stopTimers();
    session.tcp?.close();
    session.tcp = null;
    this.#freeDescriptor(session);
    session.pending = new Uint8Array(0);
    session.sentCapabilities = null;
    session.receivedCapabilities = null;
    session.negotiated = [];
    session.holdTime = this.#neighbour.configuredHoldTime;
    session.keepaliveTime = this.#neighbour.configuredKeepaliveTime;
  }

  #freeDescriptor(session: SessionData): void {
    this.#speaker.host.descriptors.free(session.descriptor);
    session.descriptor = -1;
  }

  /** Ends the session: what came over it goes, and it is Idle. */
  stop(session: SessionData, event: SessionEvent): void {
    const neighbour = this.#neighbour;
    const wasEstablished = session.state === 'Established';
    this.#log.event(session, event, wasEstablished ? 'Clearing' : 'Idle');
    this.release(session);
    if (wasEstablished) {
      neighbour.droppedCount += 1;
      neighbour.upSince = this.#speaker.now;
      neighbour.lastDown = { ...neighbour.lastReset, at: this.#speaker.now };
      neighbour.lastReset = neighbour.lastDown;
      neighbour.lastUpdate = null;
      this.#moved(session, 'Established', 'Clearing', event);
      session.state = 'Clearing';
      this.#log.moved('Established', 'Clearing');
      this.#events.ended(this.#speaker, neighbour);
      for (const family of neighbour.families.values()) family.reset();
    }
    this.change(session, 'Idle', wasEstablished ? 'Clearing_Completed' : event, !wasEstablished);
    this.#events.left(this.#speaker, neighbour);
  }

  /** Ends the session on purpose. `reasonWithoutSession` counts when there was none to send a NOTIFICATION on. */
  end(message: Notification | null, reason?: ResetReason, reasonWithoutSession?: ResetReason): void {
    const { session, incoming } = this.#neighbour;
    if (incoming !== null) this.drop(incoming);
    const hasSession =
      session.state === 'OpenSent' || session.state === 'OpenConfirm' || session.state === 'Established';
    if (message !== null && hasSession) this.notify(session, message, null);
    else if (reasonWithoutSession !== undefined) this.resetReason(reasonWithoutSession);
    if (reason !== undefined) this.resetReason(reason);
    this.stop(session, 'BGP_Stop');
  }
}
