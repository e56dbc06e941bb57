/** Long work on the open document, in a corner of the page: what, how far, Cancel. */
import { Busy } from '../controls/Busy.tsx';
import { useOpenerState, useServices } from './Services.tsx';

export function WorkStatus() {
  const { opener } = useServices();
  const { working } = useOpenerState();
  if (!working) return null;
  return (
    <section className="work-status" aria-label="In progress">
      <Busy text={working.text} part={working.part} onCancel={opener.cancel} />
    </section>
  );
}
