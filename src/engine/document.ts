/** What a shared link or a saved document holds: where it began, and the user's deeds in order. Plain data. */
import type { Fault } from '../core/sim/fault.ts';
import type { MessageEnd } from '../core/sim/index.ts';

/** What a shared link or a saved document holds: enough to rebuild the world octet for octet. */
export interface HopscopeDocument {
  readonly format: 'hopscope';
  readonly version: 1;
  /** Catalogue id of the scenario it began with, or null for opened files. */
  readonly scenario: string | null;
  readonly seed: number;
  /** What the user did since, in order. */
  readonly commands: readonly Deed[];
  /** Simulated moment at which it was kept; documents of the first days do not say it. */
  readonly now?: number;
  /** Databases that were opened: file name and base64 of the octets, gzip. */
  readonly files: readonly { readonly name: string; readonly base64: string }[];
  /** Pinned positions and other page state; the engine passes it through. */
  readonly page: unknown;
}

export interface TypedCommand {
  readonly kind: 'typed';
  readonly host: string;
  readonly namespace: string;
  readonly line: string;
  /** Simulated nanoseconds at which it was entered. */
  readonly at: number;
  /** When it was stopped, for one that did not end by itself. */
  readonly until?: number;
}

/** A frame that the user made: it leaves by the device (`out`), or arrives there as from the cable (`in`). */
export interface InjectedFrame {
  readonly kind: 'inject';
  readonly host: string;
  readonly namespace: string;
  readonly device: string;
  readonly direction: 'in' | 'out';
  readonly base64: string;
  readonly at: number;
}

/** BGP messages held back, let go, or one of them delivered. */
export interface MessageStep {
  readonly kind: 'messages';
  readonly act: 'hold' | 'release' | 'deliver';
  /** Null: those of every session; not for `deliver`. */
  readonly end: MessageEnd | null;
  readonly at: number;
}

/** A fault switched on or off. */
interface FaultSwitch {
  readonly kind: 'fault';
  readonly fault: Fault;
  readonly on: boolean;
  readonly at: number;
}

/** What the user did to a world: a line typed, a frame injected, a fault switched. */
export type Deed = TypedCommand | InjectedFrame | FaultSwitch | MessageStep;
