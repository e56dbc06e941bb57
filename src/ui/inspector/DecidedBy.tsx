/** Why the packet went where it went: the deciding rows as a chain, and at a drop the nearest rules that would have let it pass. */
import { useMemo } from 'react';
import { decidersOf } from '../../view/index.ts';
import { useStepDetail } from '../engine/queries.ts';
import { usePicture, useTrails } from '../picture/PictureProvider.tsx';
import { stepIndex } from '../picture/step-index.ts';
import { WhyNotPanel } from '../why/WhyNotPanel.tsx';
import { DecidersBefore } from './DecidersBefore.tsx';
import { DecidingRows } from './DecidingRows.tsx';
import { WhyNot } from './WhyNot.tsx';
import './decided.css';

/** Steps on the way here whose rows are shown in full where the step itself has none. */
const IN_FULL = 3;

export function DecidedBy() {
  const { run, steps, tree, index } = usePicture();
  const detail = useStepDetail(run?.id ?? null, index);
  const at = detail ? stepIndex(steps, detail.step.id) : -1;
  const before = useMemo(() => (at < 0 ? [] : decidersOf(tree, at)), [tree, at]);
  const trails = useTrails();
  if (!detail) return null;
  const { because } = detail;
  const busy = trails || steps[index]?.id !== detail.step.id;
  const full = because.length === 0 ? before.slice(0, IN_FULL) : [];
  return (
    <section className="decided" aria-label="Decided by" aria-busy={busy}>
      <WhyNot detail={detail} />
      <h3 className="section-head">
        Decided by
        <span>{because.length > 0 ? '' : full.length > 0 ? 'on the way here' : 'no row so far'}</span>
      </h3>
      <DecidingRows detail={detail} />
      <DecidersBefore full={full} brief={before.slice(full.length)} />
      {detail.step.what.kind === 'dropped' && <WhyNotPanel run={detail.run} step={detail.step.id} />}
    </section>
  );
}
