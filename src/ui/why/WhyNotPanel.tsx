/** At a drop: the table that decided, the flows that nearly matched, and the earlier table that set what was looked at. */
import { useState } from 'react';
import type { WhyNotAnswer } from '../../engine/questions/why-not.ts';
import { Segmented } from '../controls/Segmented.tsx';
import { MadeBy } from '../database/MadeBy.tsx';
import { useWhyNot } from '../engine/questions.ts';
import { NearMisses } from './NearMisses.tsx';
import './why.css';

function Table({ answer, first }: { readonly answer: WhyNotAnswer; readonly first: boolean }) {
  const [language, setLanguage] = useState<'logical' | 'openflow'>('logical');
  const shown = answer.logical.length > 0 ? language : 'openflow';
  return (
    <>
      <h3 className="section-head">
        {first ? 'Stopped in' : 'After what was decided in'}
        <span>{answer.place}</span>
      </h3>
      {answer.decided?.kind === 'openflow' && (
        <div className="misses-decided">
          <code>{answer.decided.match || 'any packet'}</code>
          <code className="card-action">→ {answer.decided.actions}</code>
          {answer.decided.cookie !== '0x0' && (
            <MadeBy uuid={answer.decided.cookie.replace(/^0x/, '').padStart(8, '0')} brief />
          )}
        </div>
      )}
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
