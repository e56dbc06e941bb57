/** Octets of a connection cut into messages, each counted, remembered and handed to who knows what it means (RFC 4271 6). */
import { concatBytes } from '../../base/bytes.ts';
import {
  EXTENDED_MAXIMUM_SIZE,
  MAXIMUM_SIZE,
  MESSAGE_TYPE,
  takeMessage,
  type RawMessage,
} from './message/header.ts';
import { decodeNotification } from './message/notification.ts';
import type { Neighbour } from './neighbour.ts';
import type { SessionData } from './session-data.ts';
import type { SessionEnding } from './session-ending.ts';
import type { SessionEvents } from './session-events.ts';
import { unexpected } from './session-rules.ts';
import type { SessionTimers } from './session-timers.ts';
import type { Speaker } from './speaker.ts';

const NOTHING = new Uint8Array(0);

/** What moves the state machine. */
interface OpeningMessages {
  open(session: SessionData, message: RawMessage): void;
  keepalive(session: SessionData): void;
}

export class SessionReader {
  readonly #speaker: Speaker;
  readonly #neighbour: Neighbour;
  readonly #events: SessionEvents;
  readonly #timers: SessionTimers;
  readonly #ending: SessionEnding;
  readonly #opening: OpeningMessages;

  constructor(
    speaker: Speaker,
    neighbour: Neighbour,
    events: SessionEvents,
    timers: SessionTimers,
    ending: SessionEnding,
    opening: OpeningMessages,
  ) {
    this.#speaker = speaker;
    this.#neighbour = neighbour;
    this.#events = events;
    this.#timers = timers;
    this.#ending = ending;
    this.#opening = opening;
  }

  /** The next octets of the connection; the messages that are whole with them are acted on. */
  received(session: SessionData, octets: Uint8Array): void {
    const extended =
      session.sentCapabilities?.extendedMessage === true &&
      session.receivedCapabilities?.extendedMessage === true;
    const pending = session.pending.length === 0 ? octets : concatBytes([session.pending, octets]);
    this.#neighbour.lastRead = this.#speaker.now;
    const { generation } = session;
    let at = 0;
    for (;;) {
      const taken = takeMessage(pending, extended ? EXTENDED_MAXIMUM_SIZE : MAXIMUM_SIZE, at);
      if (!taken.ok) {
        this.#ending.fail(session, taken.error, pending.subarray(at));
        return;
      }
      if (taken.value === null) break;
      at += taken.value.size;
      this.#message(session, taken.value);
      if (session.generation !== generation || session.tcp === null) return;
    }
    session.pending = at === pending.length ? NOTHING : pending.slice(at);
  }

  #message(session: SessionData, message: RawMessage): void {
    this.#neighbour.history.message(this.#speaker.now, session.accepted, 'received', message);
    switch (message.type) {
      case MESSAGE_TYPE.open:
        session.received.open += 1;
        this.#opening.open(session, message);
        return;
      case MESSAGE_TYPE.keepalive:
        session.received.keepalive += 1;
        this.#opening.keepalive(session);
        return;
      case MESSAGE_TYPE.notification:
        // bgpd counts it when it comes and when it is read.
        session.received.notification += 2;
        this.#ending.notified(session, decodeNotification(message.body));
        return;
      case MESSAGE_TYPE.update:
      case MESSAGE_TYPE.routeRefresh:
        this.#content(session, message);
        return;
      default:
        // CAPABILITY (dynamic capabilities): counted and passed over.
        session.received.capability += 1;
    }
  }

  #content(session: SessionData, message: RawMessage): void {
    const isUpdate = message.type === MESSAGE_TYPE.update;
    if (isUpdate) session.received.update += 1;
    else session.received.routeRefresh += 1;
    if (session.state !== 'Established') {
      this.#ending.fail(session, unexpected(session.state), message.octets);
      return;
    }
    this.#timers.armHold(session);
    const neighbour = this.#neighbour;
    const { generation } = session;
    const problem = isUpdate
      ? this.#events.update(this.#speaker, neighbour, message)
      : this.#events.routeRefresh(this.#speaker, neighbour, message.body);
    if (isUpdate) neighbour.lastUpdate = this.#speaker.now;
    if (problem !== null && session.generation === generation)
      this.#ending.fail(session, problem, message.octets);
  }
}
