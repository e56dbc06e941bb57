/** The faults that last, and the switch for them. */
import { useCallback, useMemo } from 'react';
import type { Fault } from '../../engine/protocol.ts';
import { useScenario, useTyped } from '../engine/queries.ts';
import { useSession } from '../engine/SessionProvider.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { usePage } from '../store/StoreProvider.tsx';

/** The fold of the page behind which faults are that a scenario's release came with. */
export const RELEASE_FAULTS_FOLD = 'release faults';

/**
 * Whether faults of releases may be named: the user asked for them or mended one, or typed all that the guide has. Until
 * then finding them is the user's work.
 */
function useKnowsReleaseFaults(): boolean {
  const { snapshot } = useWorld();
  const typed = useTyped();
  const isUnfolded = usePage((state) => state.arrangement.unfolded.has(RELEASE_FAULTS_FOLD));
  const source = usePage((state) => state.document.source);
  const scenario = useScenario(source?.kind === 'scenario' ? source.id : null);
  if (isUnfolded || source?.kind !== 'scenario') return true;
  if (snapshot.faults.some(({ fault, until }) => fault.kind === 'release' && until !== null)) return true;
  const guide = scenario?.tryNext ?? [];
  return guide.length > 0 && guide.every(({ host, line }) => typed.has(`${host} ${line}`));
}

export function useFaults(): {
  /** Those that may be named. */
  readonly lasting: readonly Fault[];
  /** Whether others last, which the user has not found yet. */
  readonly hasHidden: boolean;
  readonly set: (fault: Fault, on: boolean) => void;
} {
  const session = useSession();
  const { snapshot } = useWorld();
  const knows = useKnowsReleaseFaults();
  const all = useMemo(
    () => snapshot.faults.flatMap(({ fault, until }) => (until === null ? [fault] : [])),
    [snapshot],
  );
  const lasting = useMemo(() => all.filter(({ kind }) => knows || kind !== 'release'), [all, knows]);
  const set = useCallback(
    (fault: Fault, on: boolean) => void session.call('fault', { fault, on }),
    [session],
  );
  return { lasting, hasHidden: lasting.length < all.length, set };
}
