/** The timers of a session: which run in which state, and for how long (RFC 4271 8 and 10, with FRR's defaults). */
import { assertNever } from '../../base/assert.ts';
import type { Neighbour } from './neighbour.ts';
import type { RunningTimer, SessionData } from './session-data.ts';
import { SECOND, type Speaker } from './speaker.ts';

/**
 * Seconds from a NOTIFICATION's arrival until bgpd has dealt with it: time enough for the end that sent it to be back first,
 * so that the two seldom open connections at once.
 */
const NOTIFIED_LATER = 0.005;

interface TimerEvents {
  start(session: SessionData): void;
  retry(session: SessionData): void;
  holdExpired(session: SessionData): void;
  keepalive(session: SessionData): void;
}

export class SessionTimers {
  readonly #speaker: Speaker;
  readonly #neighbour: Neighbour;
  readonly #events: TimerEvents;

  constructor(speaker: Speaker, neighbour: Neighbour, events: TimerEvents) {
    this.#speaker = speaker;
    this.#neighbour = neighbour;
    this.#events = events;
  }

  /** May not start: shut down, or stopped after too many prefixes. */
  get isSuppressed(): boolean {
    const { options, prefixOverflow, heldByConfiguration } = this.#neighbour;
    return (
      heldByConfiguration ||
      options.shutdown !== undefined ||
      this.#speaker.config.options.shutdown !== undefined ||
      prefixOverflow
    );
  }

  /** Sets the timers of a state as bgpd does when it enters it. */
  arm(session: SessionData): void {
    const neighbour = this.#neighbour;
    const { timers } = session;
    const stop = (name: 'start' | 'connectRetry' | 'hold' | 'keepalive'): void => {
      timers.get(name)?.cancel();
      timers.delete(name);
    };
    switch (session.state) {
      case 'Idle':
        stop('connectRetry');
        stop('hold');
        stop('keepalive');
        if (session.accepted) return;
        if (
          this.isSuppressed ||
          !neighbour.isActive ||
          neighbour.address === null ||
          this.#speaker.vrfId === null
        )
          stop('start');
        else if (!timers.has('start'))
          this.#timer(
            session,
            'start',
            neighbour.startTime + (session.wasNotified ? NOTIFIED_LATER : 0),
            () => this.#events.start(session),
          );
        session.wasNotified = false;
        return;
      case 'Connect':
      case 'Active':
        stop('start');
        stop('hold');
        stop('keepalive');
        if (session.state === 'Active' && (neighbour.options.passive === true || neighbour.awaitsRestart))
          stop('connectRetry');
        else if (!timers.has('connectRetry') && !session.accepted)
          this.#timer(session, 'connectRetry', neighbour.connectRetryTime, () => this.#events.retry(session));
        return;
      case 'OpenSent':
        stop('start');
        stop('connectRetry');
        stop('keepalive');
        this.armHold(session);
        return;
      case 'OpenConfirm':
      case 'Established':
        stop('start');
        stop('connectRetry');
        this.armHold(session);
        this.#armKeepalive(session);
        return;
      case 'Clearing':
      case 'Deleted':
        session.stopTimers();
        return;
      default:
        assertNever(session.state);
    }
  }

  /** Begins the hold time anew. Each UPDATE does: a timer that runs is only told to go off later. */
  armHold(session: SessionData): void {
    const running = session.timers.get('hold');
    const due = this.#speaker.now + session.holdTime * SECOND;
    if (running !== undefined && session.holdTime > 0 && due >= running.due) {
      running.due = due;
      return;
    }
    running?.cancel();
    session.timers.delete('hold');
    if (session.holdTime > 0) this.#waitForHold(session, due);
  }

  #waitForHold(session: SessionData, due: number): void {
    const timer: RunningTimer = {
      due,
      cancel: this.#speaker.after(due - this.#speaker.now, () => {
        session.timers.delete('hold');
        if (timer.due > due) this.#waitForHold(session, timer.due);
        else this.#events.holdExpired(session);
      }),
    };
    session.timers.set('hold', timer);
  }

  #armKeepalive(session: SessionData): void {
    if (session.keepaliveTime === 0 || session.timers.has('keepalive')) return;
    this.#timer(session, 'keepalive', session.keepaliveTime, () => {
      this.#events.keepalive(session);
      this.#armKeepalive(session);
    });
  }

  #timer(
    session: SessionData,
    name: 'start' | 'connectRetry' | 'keepalive',
    seconds: number,
    act: () => void,
  ): void {
    session.timers.get(name)?.cancel();
    const due = this.#speaker.now + seconds * SECOND;
    const cancel = this.#speaker.after(seconds * SECOND, () => {
      session.timers.delete(name);
      act();
    });
    session.timers.set(name, { due, cancel });
  }
}
