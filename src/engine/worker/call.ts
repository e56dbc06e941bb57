/** What each call of the engine protocol is given besides its argument. */
import type { CallName, EngineCalls } from '../protocol.ts';
import type { Session } from './session.ts';

export interface CallContext {
  /** Aborted when the page cancels. */
  readonly signal: AbortSignal;
  readonly output: (stream: 'out' | 'err', text: string) => void;
  readonly progress: (done: number, total: number, text: string) => void;
}

export type Call<Name extends CallName> = (
  session: Session,
  ask: EngineCalls[Name]['ask'],
  context: CallContext,
) => EngineCalls[Name]['answer'] | Promise<EngineCalls[Name]['answer']>;

/** Runs the call of that name; what was asked is what the protocol has for it. */
export type CallOfName = (
  name: CallName,
  ask: never,
  context: CallContext,
) => EngineCalls[CallName]['answer'] | Promise<EngineCalls[CallName]['answer']>;
