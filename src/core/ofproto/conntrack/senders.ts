/** What senders were made by source translation, so that one of them keeps its port towards others. */
import type { Connection } from './connection.ts';
import { reverseTuple, type Tuple } from './tuple.ts';

/** What a sender has in common on all of its connections. */
const senderKey = (zone: number, { protocol, source, sourcePort }: Tuple): string =>
  `${zone}/${protocol}/${source}/${sourcePort}`;

export class Senders {
  /** Connections with another source, by what they have in common with others of their sender. */
  readonly #senders = new Map<string, Set<Connection>>();

  add(connection: Connection): void {
    const key = senderKey(connection.zone, connection.original);
    const others = this.#senders.get(key);
    if (others) others.add(connection);
    else this.#senders.set(key, new Set([connection]));
  }

  remove(connection: Connection): void {
    const key = senderKey(connection.zone, connection.original);
    const others = this.#senders.get(key);
    if (others?.delete(connection) === true && others.size === 0) this.#senders.delete(key);
  }

  clear(): void {
    this.#senders.clear();
  }

  /** What a tuple's sender was made in its zone. */
  *known(zone: number, tuple: Tuple, now: number): Generator<Tuple> {
    for (const { reply, expires } of this.#senders.get(senderKey(zone, tuple)) ?? []) {
      const sent = expires > now ? reverseTuple(reply) : undefined;
      if (sent) yield sent;
    }
  }
}
