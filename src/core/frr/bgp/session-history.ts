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

/** A place in the log. Its octets stay for the next message that fits: on a busy router each costs a copy and nothing else. */
interface Entry {
  owner: SessionHistory;
  at: number;
  accepted: boolean;
  direction: MessageRecord['direction'];
  octets: Uint8Array;
  size: number;
}

const MOST_MESSAGES = 400;

/** Octets of a place at first: most messages are no longer. */
const USUAL_SIZE = 64;

/** One bgpd's last messages: together, so that a router with many neighbours keeps no more than one with few. */
export class MessageLog {
  readonly #entries: Entry[] = [];
  /** The place of the oldest, once the list is full. */
  #oldest = 0;

  /** Keeps a copy of `buffer` from `start` to `end`. */
  add(
    owner: SessionHistory,
    at: number,
    accepted: boolean,
    direction: Entry['direction'],
    part: OctetPart,
  ): void {
    const entry = this.#place(owner);
    entry.owner = owner;
    entry.at = at;
    entry.accepted = accepted;
    entry.direction = direction;
    const { buffer, start, end } = part;
    const size = end - start;
    if (entry.octets.length < size) entry.octets = new Uint8Array(Math.max(size, USUAL_SIZE));
    const { octets } = entry;
    entry.size = size;
    for (let index = 0; index < size; index += 1) octets[index] = buffer[start + index] as number;
  }

  /** The next place to write to. */
  #place(owner: SessionHistory): Entry {
    const known = this.#entries[this.#oldest];
    if (this.#entries.length === MOST_MESSAGES && known !== undefined) {
      this.#oldest = (this.#oldest + 1) % MOST_MESSAGES;
      return known;
    }
    const made: Entry = { owner, at: 0, accepted: false, direction: 'sent', octets: NOTHING, size: 0 };
    this.#entries.push(made);
    return made;
  }

  of(owner: SessionHistory): readonly MessageRecord[] {
    return [...this.#entries.slice(this.#oldest), ...this.#entries.slice(0, this.#oldest)]
      .filter((entry) => entry.owner === owner)
      .map(({ at, accepted, direction, octets, size }) => ({
        at,
        accepted,
        direction,
        octets: octets.slice(0, size),
      }));
  }
}

const NOTHING = new Uint8Array(0);

/** A message within the octets of several. */
export interface OctetPart {
  readonly buffer: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export class SessionHistory {
  readonly #log: MessageLog;
  readonly #states: StateRecord[] = [];

  constructor(log: MessageLog) {
    this.#log = log;
  }

  message(at: number, accepted: boolean, direction: MessageRecord['direction'], part: OctetPart): void {
    this.#log.add(this, at, accepted, direction, part);
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
