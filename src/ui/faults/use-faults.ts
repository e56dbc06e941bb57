/** The faults that last, and the switch for them. */
import { useCallback, useMemo } from 'react';
import type { Fault } from '../../engine/protocol.ts';
import { useSession } from '../engine/SessionProvider.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';

export function useFaults(): {
  readonly lasting: readonly Fault[];
  readonly set: (fault: Fault, on: boolean) => void;
} {
  const session = useSession();
  const { snapshot } = useWorld();
  const lasting = useMemo(
    () => snapshot.faults.flatMap(({ fault, until }) => (until === null ? [fault] : [])),
    [snapshot],
  );
  const set = useCallback(
    (fault: Fault, on: boolean) => void session.call('fault', { fault, on }),
    [session],
  );
  return { lasting, set };
}
