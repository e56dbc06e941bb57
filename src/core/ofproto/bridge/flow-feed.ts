/** What changes in the flow tables of a bridge, told to those who watch: all that one request did at a time. */
import type { FlowRule } from './flow-rule.ts';

/** Why a flow went. */
export type RemovalReason = 'delete' | 'idle_timeout' | 'hard_timeout' | 'group_delete' | 'meter_delete';

export type FlowEvent =
  | { readonly kind: 'added'; readonly rule: FlowRule }
  /** Other actions or another cookie; `before` is the flow as it was. */
  | { readonly kind: 'modified'; readonly rule: FlowRule; readonly before: FlowRule }
  | { readonly kind: 'deleted'; readonly rule: FlowRule; readonly reason: RemovalReason };

type Listener = (events: readonly FlowEvent[]) => void;

export class FlowFeed {
  readonly #listeners = new Set<Listener>();
  #pending: FlowEvent[] = [];

  /** Ends with the function that is given back. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  note(event: FlowEvent): void {
    if (this.#listeners.size > 0 && !event.rule.internal) this.#pending.push(event);
  }

  /** The request is carried out: tells what was noted. */
  announce(): void {
    if (this.#pending.length === 0) return;
    const events = this.#pending;
    this.#pending = [];
    for (const listener of this.#listeners) listener(events);
  }

  /** The request was undone. */
  forget(): void {
    this.#pending = [];
  }
}
