/** The user's deeds as calls of the engine, there and back. */
import type { Deed } from '../../engine/document.ts';
import type { EngineCalls } from '../../engine/protocol.ts';
import type { Session } from '../engine/session.ts';
import type { Terminals } from '../terminal/terminals.ts';

type DeedCalls = Pick<EngineCalls, 'exec' | 'fault' | 'inject' | 'stepMessages'>;

/** Calls that do something to the world, as a document tells them; their moment is not known here. */
const DEEDS: { readonly [Name in keyof DeedCalls]: (ask: DeedCalls[Name]['ask']) => Deed } = {
  exec: ({ host, line }) => ({ kind: 'typed', host, namespace: '', line, at: 0 }),
  fault: ({ fault, on }) => ({ kind: 'fault', fault, on, at: 0 }),
  stepMessages: ({ act, end }) => ({ kind: 'messages', act, end, at: 0 }),
  inject: ({ host, namespace, device, direction, octets }) => {
    const base64 = btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(''));
    return { kind: 'inject', host, namespace, device, direction, base64, at: 0 };
  },
};

/** Null for a call that only asks. */
export function deedOf(name: string, ask: unknown): Deed | null {
  const found = Object.entries(DEEDS).find(([own]) => own === name);
  return found ? (found[1] as (asked: unknown) => Deed)(ask) : null;
}

/** The same for two deeds that do the same at whatever moment. */
export function keyOfDeed(deed: Deed): string {
  switch (deed.kind) {
    case 'typed':
      return JSON.stringify([deed.kind, deed.host, deed.line]);
    case 'fault':
      return JSON.stringify([deed.kind, deed.fault, deed.on]);
    case 'messages':
      return JSON.stringify([deed.kind, deed.act, deed.end]);
    case 'inject':
      return JSON.stringify([deed.kind, deed.host, deed.namespace, deed.device, deed.direction, deed.base64]);
  }
}

/** Waits for `ended`, but no longer than until `signal`, with which it rejects. */
function unlessStopped(ended: Promise<void>, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const stopped = new Promise<void>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: over.signal });
  });
  return Promise.race([ended, stopped]).finally(() => over.abort());
}

/**
 * Does them in the open network, as if by hand; stops at the first that is refused. `told`: which one begins.
 * Lines of `unawaited` go on in their terminals while the next begins, and when all have begun.
 */
export async function doAgain(
  deeds: readonly Deed[],
  session: Session,
  terminals: Terminals,
  signal: AbortSignal,
  told: (done: number, deed: Deed) => void,
  unawaited: ReadonlySet<Deed>,
): Promise<void> {
  const beside: { readonly host: string; readonly ended: Promise<void> }[] = [];
  for (const [at, deed] of deeds.entries()) {
    signal.throwIfAborted();
    told(at, deed);
    if (deed.kind === 'fault') await session.call('fault', { fault: deed.fault, on: deed.on });
    else if (deed.kind === 'messages') await session.call('stepMessages', { act: deed.act, end: deed.end });
    else if (deed.kind === 'inject') {
      const octets = Uint8Array.from(atob(deed.base64), (character) => character.charCodeAt(0));
      const { host, namespace, device, direction } = deed;
      await session.call('inject', { host, namespace, device, direction, octets });
    } else {
      const ended = terminals.of(deed.host).run(deed.line);
      if (unawaited.has(deed)) continue;
      if (deed.until === undefined) await unlessStopped(ended, signal);
      else beside.push({ host: deed.host, ended });
    }
  }
  for (const { host, ended } of beside) {
    terminals.of(host).interrupt();
    await unlessStopped(ended, signal);
  }
}
