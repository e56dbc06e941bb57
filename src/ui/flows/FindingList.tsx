/** What a check of the tables found: faults first, each in one line, with the flows that it is about. */
import { useState } from 'react';
import type { TableFinding } from '../../engine/questions/bridge-flows.ts';
import { Busy } from '../controls/Busy.tsx';
import { Empty } from '../controls/Empty.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';

function Finding({ finding }: { readonly finding: TableFinding }) {
  const [open, setOpen] = useState(false);
  return (
    <li className={`finding finding-${finding.weight}`}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Glyph name={finding.weight === 'fault' ? 'warn' : 'question'} size={14} />
        <span className="visually-hidden">{finding.weight}: </span>
        {finding.text}
      </button>
      {open && (
        <ol>
          {finding.flows.map((flow) => (
            <li key={`${flow.table} ${flow.priority} ${flow.match} ${flow.cookie}`}>
              <code>
                table={flow.table}, priority={flow.priority}
                {flow.match === '' ? '' : `,${flow.match}`}{' '}
                <span className="card-action">→ {flow.actions}</span>
              </code>
            </li>
          ))}
          {finding.count > finding.flows.length && (
            <li className="quiet">and {finding.count - finding.flows.length} more</li>
          )}
        </ol>
      )}
    </li>
  );
}

export function FindingList({ findings }: { readonly findings: readonly TableFinding[] | null }) {
  if (!findings) return <Busy text="Checking the tables" part={null} />;
  if (findings.length === 0)
    return (
      <Empty text="Nothing found: conjunctions are complete, every flow can match, and all that flows refer to exists." />
    );
  return (
    <ol className="findings scroll" aria-label="Findings">
      {findings.map((finding) => (
        <Finding key={finding.text} finding={finding} />
      ))}
    </ol>
  );
}
