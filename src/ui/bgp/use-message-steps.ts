/** The control plane in the user's hand: hold, deliver, let go, and play until something happens. */
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { MessageEnd } from '../../core/sim/index.ts';
import type { PlayAsk, PlayOutcome } from '../../engine/questions/bgp.ts';
import { failureOf } from '../engine/session.ts';
import { useSession } from '../engine/SessionProvider.tsx';

export interface MessageSteps {
  readonly step: (act: 'hold' | 'release' | 'deliver', end: MessageEnd | null) => void;
  readonly play: (ask: PlayAsk) => void;
  readonly stop: () => void;
  /** Messages that the play under way has delivered; null when none is. */
  readonly playing: number | null;
  readonly outcome: PlayOutcome | null;
  /** Why the last of them could not be done. */
  readonly problem: string;
}

export function useMessageSteps(): MessageSteps {
  const session = useSession();
  const abort = useRef<AbortController | null>(null);
  const [delivered, setDelivered] = useState(0);
  const step = useMutation({
    mutationFn: (ask: { readonly act: 'hold' | 'release' | 'deliver'; readonly end: MessageEnd | null }) =>
      session.call('stepMessages', ask),
  });
  const play = useMutation({
    mutationFn: (ask: PlayAsk) => {
      const mine = new AbortController();
      abort.current = mine;
      setDelivered(0);
      return session.call('playMessages', ask, {
        signal: mine.signal,
        onProgress: (done) => setDelivered(done),
      });
    },
  });
  const failures = [step.error, play.error].flatMap((error) => {
    if (error === null) return [];
    const { message, cancelled } = failureOf(error);
    return cancelled ? [] : [message];
  });
  return {
    step: (act, end) => {
      play.reset();
      step.mutate({ act, end });
    },
    play: (ask) => {
      step.reset();
      play.mutate(ask);
    },
    stop: () => abort.current?.abort(),
    playing: play.isPending ? delivered : null,
    outcome: play.data ?? null,
    problem: failures[0] ?? '',
  };
}
