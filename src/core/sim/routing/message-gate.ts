/**
 * Where BGP messages wait between the kernel's TCP and bgpd while someone steps the control plane: what came whole stands
 * in a row for each connection, and goes on when it is let go. Within a connection the order is TCP's; between
 * connections it is the one's who delivers. KEEPALIVEs wait only behind other messages, so that no session ends for them.
 */
import { concatBytes } from '../../base/bytes.ts';
import type { Clock } from '../../base/context.ts';
import type { StepId } from '../../base/step.ts';
import { HEADER_SIZE, MESSAGE_TYPE } from '../../frr/bgp/message/header.ts';
import type { SocketAddress } from '../../frr/bgp/transport.ts';
import { formatAddress } from '../../frr/prefix.ts';
import type { TcpHandlers } from '../../linux/index.ts';

/** The side of a session that reads: a speaker (machine/daemons/VRF) and the address of its neighbour. */
export interface MessageEnd {
  readonly speaker: string;
  readonly neighbour: string;
}

export interface WaitingMessage {
  readonly end: MessageEnd;
  /** Simulated nanoseconds at which it came. */
  readonly at: number;
  /** Header included. */
  readonly octets: Uint8Array;
  /** How many of its connection are before it. */
  readonly behind: number;
}

type Reason = Parameters<TcpHandlers['onClosed']>[0];

type Item =
  | {
      readonly kind: 'message';
      readonly order: number;
      readonly at: number;
      readonly octets: Uint8Array;
      /** What bgpd has not read of it. */
      readonly unread: Uint8Array;
      readonly parent: StepId | null;
    }
  | {
      readonly kind: 'closed';
      readonly order: number;
      readonly reason: Reason;
      readonly parent: StepId | null;
    };

interface Row {
  readonly end: MessageEnd;
  readonly handlers: TcpHandlers;
  readonly items: Item[];
  /** The message that has come in part, and how much of it bgpd has read. */
  tail: Uint8Array;
  tailRead: number;
}

const NOTHING = new Uint8Array(0);
const TYPE_OCTET = 18;

const keyOf = ({ speaker, neighbour }: MessageEnd): string => `${speaker} ${neighbour}`;
const isKeepalive = (item: Item): boolean =>
  item.kind === 'message' && item.octets[TYPE_OCTET] === MESSAGE_TYPE.keepalive;

/** Where each message in `octets` ends; octets that no header leads are one message with all that follows. */
function endsOf(octets: Uint8Array): readonly number[] {
  const ends: number[] = [];
  for (let at = 0; at + HEADER_SIZE <= octets.length;) {
    const size = ((octets[at + 16] as number) << 8) | (octets[at + 17] as number);
    const end = octets[at] === 0xff && size >= HEADER_SIZE ? at + size : octets.length;
    if (end > octets.length) break;
    ends.push(end);
    at = end;
  }
  return ends;
}

export class MessageGate {
  readonly #clock: Clock;
  readonly #rows = new Map<object, Row>();
  readonly #held = new Set<string>();
  #holdsAll = false;
  #order = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether every session's messages are held. */
  get holdsAll(): boolean {
    return this.#holdsAll;
  }

  /** The ends that are held one by one, as speaker and address with a space between. */
  get held(): ReadonlySet<string> {
    return this.#held;
  }

  /** Holds what comes to an end from now on; null: to any. */
  hold(end: MessageEnd | null): void {
    if (end === null) this.#holdsAll = true;
    else this.#held.add(keyOf(end));
  }

  /** Lets go what waits at an end, and what comes; null: everywhere. */
  release(end: MessageEnd | null): void {
    if (end === null) {
      this.#holdsAll = false;
      this.#held.clear();
    } else this.#held.delete(keyOf(end));
    for (;;) {
      const free = this.#oldest((row) => !this.#isHeld(row));
      if (free === undefined) break;
      this.#let(free);
    }
    for (const row of this.#rows.values()) if (!this.#isHeld(row)) readTail(row);
  }

  /** Lets one message go: the first that waits at `end`. False when none does. */
  deliver(end: MessageEnd): boolean {
    const key = keyOf(end);
    const row = this.#oldest((one) => keyOf(one.end) === key);
    if (row === undefined) return false;
    this.#let(row);
    this.#passKeepalives(row);
    return true;
  }

  /** Those that wait, in the order in which they came. */
  waiting(): readonly WaitingMessage[] {
    const found: (WaitingMessage & { readonly order: number })[] = [];
    for (const { end, items } of this.#rows.values())
      items.forEach((item, behind) => {
        if (item.kind === 'message')
          found.push({ end, at: item.at, octets: item.octets, behind, order: item.order });
      });
    return found
      .toSorted((a, b) => a.order - b.order)
      .map(({ end, at, octets, behind }) => ({ end, at, octets, behind }));
  }

  /** The handlers of a connection with the gate before them. `connection` stands for it until it is forgotten. */
  guard(speaker: string, connection: { readonly remote: SocketAddress }, handlers: TcpHandlers): TcpHandlers {
    const row: Row = {
      end: { speaker, neighbour: formatAddress(connection.remote.address) },
      handlers,
      items: [],
      tail: NOTHING,
      tailRead: 0,
    };
    this.#rows.set(connection, row);
    return {
      ...handlers,
      onData: (octets, parent) => this.#came(row, octets, parent),
      onClosed: (reason, parent) => {
        if (row.items.length > 0 && reason === 'finished') {
          row.items.push({ kind: 'closed', order: this.#next(), reason, parent });
          return;
        }
        this.#rows.delete(connection);
        handlers.onClosed(reason, parent);
      },
    };
  }

  /** bgpd closed the connection: nobody reads what waits. */
  forget(connection: object): void {
    this.#rows.delete(connection);
  }

  #next(): number {
    this.#order += 1;
    return this.#order;
  }

  #isHeld({ end }: Row): boolean {
    return this.#holdsAll || this.#held.has(keyOf(end));
  }

  #oldest(wanted: (row: Row) => boolean): Row | undefined {
    let best: Row | undefined;
    for (const row of this.#rows.values()) {
      const [first] = row.items;
      if (first === undefined || !wanted(row)) continue;
      if (best === undefined || first.order < (best.items[0]?.order ?? Infinity)) best = row;
    }
    return best;
  }

  #let(row: Row): void {
    const item = row.items.shift();
    if (item?.kind === 'message') row.handlers.onData(item.unread, item.parent);
    else if (item) {
      for (const [connection, one] of this.#rows) if (one === row) this.#rows.delete(connection);
      row.handlers.onClosed(item.reason, item.parent);
    }
  }

  #passKeepalives(row: Row): void {
    for (let [first] = row.items; first !== undefined; [first] = row.items) {
      if (first.kind === 'message' && !isKeepalive(first)) return;
      this.#let(row);
    }
  }

  #came(row: Row, octets: Uint8Array, parent: StepId | null): void {
    const all = row.tail.length === 0 ? octets : concatBytes([row.tail, octets]);
    const ends = endsOf(all);
    const end = ends.at(-1) ?? 0;
    const waits = this.#isHeld(row) || row.items.length > 0;
    if (!waits) {
      const unread = all.subarray(row.tailRead);
      row.tail = end === all.length ? NOTHING : all.slice(end);
      row.tailRead = row.tail.length;
      row.handlers.onData(unread, parent);
      return;
    }
    const read = row.tailRead;
    let begin = 0;
    for (const stop of ends) {
      row.items.push({
        kind: 'message',
        order: this.#next(),
        at: this.#clock.now(),
        octets: all.slice(begin, stop),
        unread: all.slice(Math.max(begin, read), stop),
        parent,
      });
      begin = stop;
    }
    row.tail = all.slice(end);
    row.tailRead = Math.max(0, read - end);
    this.#passKeepalives(row);
  }
}

/** What came of a message in part goes to bgpd, which waits for the rest itself. */
function readTail(row: Row): void {
  if (row.tailRead >= row.tail.length || row.items.length > 0) return;
  const unread = row.tail.slice(row.tailRead);
  row.tailRead = row.tail.length;
  row.handlers.onData(unread, null);
}
