/** Rows that would have let a packet pass, nearest first, each with what of it did not hold. */
import type { ConjunctionMiss, FailedTerm, NearMiss } from '../../core/base/step.ts';
import './why.css';

/** What failed, in one line: what was wanted and what the packet has. */
function Failed({ terms }: { readonly terms: readonly FailedTerm[] }) {
  return (
    <ul className="failed-terms" aria-label="What did not hold">
      {terms.map((term) => (
        <li key={term.wanted}>
          <code className="failed-wanted">{term.wanted}</code>
          <span>{term.actual === '' ? 'the packet has no such field' : 'the packet has'}</span>
          {term.actual !== '' && <code>{shortActual(term)}</code>}
        </li>
      ))}
    </ul>
  );
}

/** The value alone where the term names the field already. */
const shortActual = ({ field, actual }: FailedTerm): string =>
  field !== '' && actual.startsWith(`${field}=`) ? actual.slice(field.length + 1) : actual;

function Conjunction({ miss }: { readonly miss: ConjunctionMiss }) {
  const { id, priority, clauses, action } = miss;
  const met = clauses.filter((clause) => clause.met !== null).length;
  return (
    <>
      <header>
        <b>Conjunction {id}</b>
        <span>
          priority {priority}, {met} of {clauses.length} clauses met
        </span>
      </header>
      <ol className="clauses">
        {clauses.map((clause, index) => (
          <li key={index} className={clause.met === null ? 'clause-missed' : 'clause-met'}>
            <span>
              Clause {index + 1}/{clauses.length} {clause.met === null ? 'not met' : 'met'}
            </span>
            {clause.met !== null && <code>{clause.met}</code>}
            {clause.met === null && clause.nearest === null && <span>: no flow has it</span>}
            {clause.met === null && clause.nearest !== null && (
              <>
                <code>{clause.nearest}</code>
                <Failed terms={clause.failed} />
              </>
            )}
          </li>
        ))}
      </ol>
      {action === null ? (
        <p className="miss-verdict">No flow matches conj_id={id}: the clauses lead nowhere.</p>
      ) : (
        action.failed.length > 0 && <Failed terms={action.failed} />
      )}
    </>
  );
}

function Miss({ miss }: { readonly miss: NearMiss }) {
  if (miss.kind === 'conjunction') return <Conjunction miss={miss} />;
  if (miss.kind === 'logical-flow')
    return (
      <>
        <header>
          <b>{miss.stage}</b>
          <span>priority {miss.priority}</span>
        </header>
        <code>{miss.match}</code>
        <code className="card-action">→ {miss.actions}</code>
        <Failed terms={miss.failed} />
      </>
    );
  const { row } = miss;
  return (
    <>
      <header>
        <b>{row.kind === 'openflow' ? `Table ${row.table}` : row.kind}</b>
        <span>{row.kind === 'openflow' ? `priority ${row.priority}` : ''}</span>
      </header>
      {row.kind === 'openflow' && (
        <>
          <code>{row.match || 'any packet'}</code>
          <code className="card-action">→ {row.actions}</code>
        </>
      )}
      <Failed terms={miss.failed} />
    </>
  );
}

export function NearMisses({
  label,
  misses,
}: {
  readonly label: string;
  readonly misses: readonly NearMiss[];
}) {
  if (misses.length === 0)
    return <p className="quiet misses-none">No other flow of this table comes near.</p>;
  return (
    <ol className="misses" aria-label={label}>
      {misses.map((miss, at) => (
        <li key={at}>
          <Miss miss={miss} />
        </li>
      ))}
    </ol>
  );
}
