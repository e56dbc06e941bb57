/** Whether what comes to one end of a session is held back. */
import type { MessageEnd } from '../../core/sim/index.ts';
import { Check } from '../controls/Check.tsx';
import { useQuestion } from '../engine/questions.ts';
import { useSession } from '../engine/SessionProvider.tsx';

export function HoldEnd({ end }: { readonly end: MessageEnd }) {
  const session = useSession();
  const { data } = useQuestion('heldMessages', null);
  const own = data?.ends.some(
    ({ speaker, neighbour }) => speaker === end.speaker && neighbour === end.neighbour,
  );
  return (
    <Check
      label="Hold back what comes in"
      checked={data?.all === true || own === true}
      disabled={data === undefined || data.all}
      onChange={(on) => void session.call('stepMessages', { act: on ? 'hold' : 'release', end })}
    />
  );
}
