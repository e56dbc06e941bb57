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
  | 'Receive_NOTIFICATION_message'
  | 'Clearing_Completed';

/** `at` in simulated nanoseconds. `accepted`: on a connection that the neighbour opened and that was not the session then. */
interface Moment {
  readonly at: number;
  readonly accepted: boolean;
}

export interface MessageRecord extends Moment {
  readonly direction: 'sent' | 'received';
  /** The whole message, marker included. */
  readonly octets: Uint8Array;
}

export interface StateRecord extends Moment {
  readonly from: SessionState;
  readonly to: SessionState;
  readonly event: SessionEvent;
}

/** Adds to a list whose oldest entries are forgotten; in batches, for a shift each time would cost as much as the list is long. */
function keep<T>(list: T[], entry: T, most: number): void {
  list.push(entry);
  if (list.length >= 2 * most) list.splice(0, list.length - most);
}

interface LoggedMessage extends MessageRecord {
  readonly owner: SessionHistory;
}

const MOST_MESSAGES = 400;

/** One bgpd's last messages: together, so that a router with many neighbours keeps no more than one with few. */
export class MessageLog {
  readonly #entries: LoggedMessage[] = [];
  /** The place of the oldest, once the list is full. */
  #oldest = 0;

  add(record: LoggedMessage): void {
    if (this.#entries.length < MOST_MESSAGES) this.#entries.push(record);
    else {
      this.#entries[this.#oldest] = record;
      this.#oldest = (this.#oldest + 1) % MOST_MESSAGES;
    }
  }

  of(owner: SessionHistory): readonly MessageRecord[] {
    return [...this.#entries.slice(this.#oldest), ...this.#entries.slice(0, this.#oldest)]
      .filter((entry) => entry.owner === owner)
      .map(({ at, accepted, direction, octets }) => ({ at, accepted, direction, octets }));
  }
}

export class SessionHistory {
  readonly #log: MessageLog;
  readonly #states: StateRecord[] = [];

  constructor(log: MessageLog) {
    this.#log = log;
  }

  message(record: MessageRecord): void {
    const { at, accepted, direction, octets } = record;
    this.#log.add({ owner: this, at, accepted, direction, octets });
  }

  moved(record: StateRecord): void {
    keep(this.#states, record, 20);
  }

  /** Newest last. */
  get messages(): readonly MessageRecord[] {
    return this.#log.of(this);
  }

  /** Newest last. */
  get states(): readonly StateRecord[] {
    return this.#states;
  }
}
