/** Whole messages one after another in one piece of octets, as they go to a connection. */
import { concatBytes } from '../../../base/bytes.ts';

export interface MessageRun {
  /** Read only: neighbours that are told the same share it. */
  readonly octets: Uint8Array;
  /** Where each message ends. */
  readonly ends: readonly number[];
}

export function runOf(messages: readonly Uint8Array[]): MessageRun {
  const ends: number[] = [];
  let size = 0;
  for (const { length } of messages) {
    size += length;
    ends.push(size);
  }
  const [only] = messages;
  return { octets: messages.length === 1 && only !== undefined ? only : concatBytes(messages), ends };
}
