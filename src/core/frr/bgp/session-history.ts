/** What happened on a neighbour's sessions last: messages with their octets, and changes of state with the event behind each. */
import type { SessionState } from './peer.ts';

/** Events of RFC 4271 8.1, by the names that bgpd logs. */
export type SessionEvent =
  | 'BGP_Start'
  | 'BGP_Stop'
  | 'TCP_connection_open'
  | 'TCP_connection_closed'
  | 'TCP_connection_open_failed'
  | 'ConnectRetry_timer_expired'
  | 'Hold_Timer_expired'
  | 'Receive_OPEN_message'
  | 'Receive_KEEPALIVE_message'
  | 'Receive_UPDATE_message'
  | 'Receive_NOTIFICATION_message'
  | 'Clearing_Completed';

/** `at` in simulated nanoseconds. `accepted`: on a connection that the neighbour opened and that is not the session yet. */
export type SessionRecord = { readonly at: number; readonly accepted: boolean } & (
  | { readonly kind: 'sent' | 'received'; readonly octets: Uint8Array }
  | {
      readonly kind: 'state';
      readonly from: SessionState;
      readonly to: SessionState;
      readonly event: SessionEvent;
    }
);

/** Older records are forgotten: changes of state and messages apart, so that a full table does not hide why a session moved. */
const KEPT = { messages: 200, states: 50 } as const;

export class SessionHistory {
  readonly #messages: SessionRecord[] = [];
  readonly #states: SessionRecord[] = [];

  add(record: SessionRecord): void {
    const list = record.kind === 'state' ? this.#states : this.#messages;
    const most = record.kind === 'state' ? KEPT.states : KEPT.messages;
    list.push(record);
    // Cut in batches: a shift for each message would cost as much as the list is long.
    if (list.length >= 2 * most) list.splice(0, list.length - most);
  }

  /** Newest last. */
  get messages(): readonly SessionRecord[] {
    return this.#messages.slice(-KEPT.messages);
  }

  /** Newest last. */
  get states(): readonly SessionRecord[] {
    return this.#states.slice(-KEPT.states);
  }
}
