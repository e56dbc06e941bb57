/** Puts messages on a neighbour's connections: counts them, keeps them in its history, says Hard Reset where both ends know it. */
import { encodeMessage, KEEPALIVE, MESSAGE_TYPE } from './message/header.ts';
import type { MessageRun } from './message/message-run.ts';
import { asHardReset, encodeNotification, type Notification } from './message/notification.ts';
import { AS_TRANS, encodeOpen } from './message/open.ts';
import type { Neighbour } from './neighbour.ts';
import { ownCapabilities } from './own-capabilities.ts';
import type { SessionData } from './session-data.ts';
import type { SessionLog } from './session-log.ts';
import { knowsHardReset, needsHardReset } from './session-rules.ts';
import type { Speaker } from './speaker.ts';

/** `write-quanta`, where it is not configured. */
const MOST_AT_ONCE = 64;

export class SessionWriter {
  readonly #speaker: Speaker;
  readonly #neighbour: Neighbour;
  readonly #log: SessionLog;

  constructor(speaker: Speaker, neighbour: Neighbour, log: SessionLog) {
    this.#log = log;
    this.#speaker = speaker;
    this.#neighbour = neighbour;
  }

  #write(session: SessionData, octets: Uint8Array): void {
    session.tcp?.send(octets);
    this.#note(session, octets, 0, octets.length);
  }

  #note(session: SessionData, buffer: Uint8Array, start: number, end: number): void {
    const at = this.#speaker.now;
    this.#neighbour.lastWrite = at;
    this.#neighbour.history.message(at, session.accepted, 'sent', { buffer, start, end });
  }

  /** After each message bgpd looks whether more waits: what is owed once nothing is left goes out then. */
  #wrote(): void {
    if (this.#neighbour.isEstablished) this.#speaker.flush(this.#neighbour);
  }

  open(session: SessionData): void {
    const neighbour = this.#neighbour;
    const capabilities = ownCapabilities(this.#speaker, neighbour);
    session.sentCapabilities = capabilities;
    const own = neighbour.options.localAs?.as ?? neighbour.localAs;
    session.sent.open += 1;
    this.#log.openSent(session, own);
    const open = encodeOpen({
      asn: own > 0xffff ? AS_TRANS : own,
      holdTime: neighbour.configuredHoldTime,
      routerId: session.localRouterId,
      capabilities,
    });
    this.#write(session, encodeMessage(MESSAGE_TYPE.open, open));
  }

  keepalive(session: SessionData): void {
    session.sent.keepalive += 1;
    this.#log.keepalive('sent');
    this.#write(session, KEEPALIVE);
    this.#wrote();
  }

  notification(session: SessionData, message: Notification): void {
    if (session.tcp === null) return;
    const isHard = knowsHardReset(session) && needsHardReset(this.#speaker, message);
    session.sent.notification += 1;
    this.#log.notification('sent to', message, isHard);
    const body = encodeNotification(isHard ? asHardReset(message) : message);
    this.#write(session, encodeMessage(MESSAGE_TYPE.notification, body));
  }

  /** Whole messages, on an established session: as many with one call as bgpd writes at once (`bgp_write`). */
  messages(session: SessionData, run: MessageRun, kind: 'update' | 'routeRefresh'): void {
    if (session.state !== 'Established') return;
    const most = this.#speaker.config.options.writeQuanta ?? MOST_AT_ONCE;
    const { octets, ends } = run;
    let start = 0;
    for (let from = 0; from < ends.length; from += most) {
      const until = Math.min(from + most, ends.length);
      const end = ends[until - 1] as number;
      session.sent[kind] += until - from;
      session.tcp?.send(end - start === octets.length ? octets : octets.subarray(start, end));
      for (let at = from; at < until; at += 1) {
        this.#note(session, octets, start, ends[at] as number);
        start = ends[at] as number;
      }
    }
    if (kind === 'routeRefresh') this.#wrote();
  }
}
