/** At a drop: that it died and where, the nearest rules that would have let it pass, and one sentence of conclusion. */
import type { StepDetail } from '../../engine/protocol.ts';
import { Glyph } from '../glyphs/Glyph.tsx';
import { dropText } from '../../view/index.ts';

export function WhyNot({ detail }: { readonly detail: StepDetail }) {
  const { step, nearMisses, conclusion } = detail;
  if (step.what.kind !== 'dropped') return null;
  const { host, bridge, device, table } = step.where;
  const place = [host, bridge ?? device, table === undefined ? undefined : `table ${table}`]
    .filter((part) => part !== undefined)
    .join(', ');
  return (
    <>
      <div className="why-not" role="note">
        <Glyph name="drop" />
        <div>
          <b>Dropped on {place}</b>
          <p>{dropText(step.what.reason)}</p>
        </div>
      </div>
      {nearMisses.length > 0 && (
        <>
          <h3 className="section-head">
            Nearest misses<span>rules that would have let it pass</span>
          </h3>
          <ol className="misses">
            {nearMisses.map((miss) => (
              <li key={miss.reference + miss.title}>
                <header>
                  <b>{miss.title}</b>
                  <code>{miss.reference.slice(0, 10)}</code>
                </header>
                <ul>
                  {miss.terms.map((term) => (
                    <li key={term.text} className={term.holds ? 'term-holds' : 'term-fails'}>
                      <Glyph name={term.holds ? 'check' : 'cross'} size={12} />
                      <code>{term.text}</code>
                      <span>
                        <span className="visually-hidden">{term.holds ? 'holds' : 'does not hold'} </span>
                        {term.actual}
                      </span>
                    </li>
                  ))}
                </ul>
                {miss.then !== '' && <code className="card-action">→ {miss.then}</code>}
              </li>
            ))}
          </ol>
        </>
      )}
      {conclusion !== '' && (
        <p className="conclusion">
          <Glyph name="question" />
          {conclusion}
        </p>
      )}
    </>
  );
}
