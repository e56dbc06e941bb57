/** At a drop: the flows that nearly matched, and the earlier table that set what was looked at, with what it decided. */
import { useState } from 'react';
import type { ContradictedFlow, WhyNotAnswer } from '../../engine/questions/why-not.ts';
import { Glyph } from '../glyphs/Glyph.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import { MadeBy } from '../database/MadeBy.tsx';
import { useWhyNot } from '../engine/questions.ts';
import { NearMisses } from './NearMisses.tsx';
import './why.css';

/** The logical flow would have taken the packet: nobody has to look for the fault in what was configured. */
function Contradiction({ flow }: { readonly flow: ContradictedFlow }) {
  const { uuid, stage, priority, match, actions, flows } = flow;
  return (
    <div className="contradiction" role="note">
      <Glyph name="question" />
      <div>
        <p>
          Logical flow {uuid.slice(0, 8)} and its OpenFlow disagree: the packet meets it, but{' '}
          {flows === 1 ? 'its flow does' : `none of its ${flows} flows does`}. The fault is in
          ovn-controller&apos;s translation, not in the configuration.
        </p>
        <header>
          <b>{stage}</b>
          <span>priority {priority}</span>
        </header>
        <code>{match}</code>
        <code className="card-action">→ {actions}</code>
      </div>
    </div>
  );
}

function Table({ answer, first }: { readonly answer: WhyNotAnswer; readonly first: boolean }) {
  // Where the logical network lets the packet pass, its own near misses say nothing.
  const [language, setLanguage] = useState<'logical' | 'openflow'>(
    answer.contradicted ? 'openflow' : 'logical',
  );
  const shown = answer.logical.length > 0 ? language : 'openflow';
  return (
    <>
      {!first && (
        <h3 className="section-head">
          After what was decided in<span>{answer.place}</span>
        </h3>
      )}
      {answer.decided?.kind === 'openflow' && (
        <div className={first ? 'misses-made' : 'misses-decided'}>
          {!first && (
            <>
              <code>{answer.decided.match || 'any packet'}</code>
              <code className="card-action">→ {answer.decided.actions}</code>
            </>
          )}
          {answer.decided.cookie !== '0x0' && (
            <MadeBy uuid={answer.decided.cookie.replace(/^0x/, '').padStart(8, '0')} brief />
          )}
        </div>
      )}
      {answer.contradicted && <Contradiction flow={answer.contradicted} />}
      <h4 className="misses-title">Nearly let it pass</h4>
      {answer.logical.length > 0 && (
        <Segmented
          label="Language of the near misses"
          className="misses-language"
          value={shown}
          options={[
            { value: 'logical', text: 'Logical' },
            { value: 'openflow', text: 'OpenFlow' },
          ]}
          onChange={setLanguage}
        />
      )}
      <NearMisses
        label={`Near misses in ${answer.place}`}
        misses={shown === 'logical' ? answer.logical : answer.misses}
      />
      {answer.earlier && <Table answer={answer.earlier} first={false} />}
    </>
  );
}

export function WhyNotPanel({ run, step }: { readonly run: number; readonly step: number }) {
  const { data } = useWhyNot(run, step, true);
  if (!data) return null;
  return (
    <section className="why-not-misses" aria-label="Why not">
      <Table answer={data} first />
    </section>
  );
}
