/** What a trace gave: its steps, each leading to its logical flow and at a drop to what nearly matched, or the text. */
import { useState } from 'react';
import type { LogicalTraceAnswer } from '../../engine/questions/logical-trace.ts';
import { IconButton } from '../controls/IconButton.tsx';
import { ScrollText } from '../controls/ScrollText.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import { TraceSteps } from './TraceSteps.tsx';

interface TraceResultProps {
  readonly answer: LogicalTraceAnswer | null;
  readonly failure: string;
  readonly busy: boolean;
}

export function TraceResult({ answer, failure, busy }: TraceResultProps) {
  const [view, setView] = useState<'text' | 'steps'>('text');
  const output = answer ? [answer.errors, answer.text].filter((part) => part !== '').join('\n') : '';
  const steps = answer !== null && answer.nodes.length > 0;
  return (
    <section aria-label="Trace output">
      {steps && view === 'steps' ? (
        <TraceSteps nodes={answer.nodes} />
      ) : (
        <ScrollText className="ovn-trace-text" live label="ovn-trace">
          {failure !== '' && <span className="inspector-problem">{failure}</span>}
          {output ||
            (failure === '' && (
              <span className="quiet">
                {busy ? 'Tracing.' : 'Choose where the packet enters and what it is, then trace it.'}
              </span>
            ))}
        </ScrollText>
      )}
      {output !== '' && (
        <span className="ovn-trace-tools">
          {steps && (
            <Segmented
              label="How the trace is shown"
              value={view}
              options={[
                { value: 'text', text: 'Text' },
                { value: 'steps', text: 'Steps' },
              ]}
              onChange={setView}
            />
          )}
          <IconButton
            glyph="copy"
            size={14}
            label="Copy the trace"
            onClick={() => void navigator.clipboard?.writeText(output)}
          />
        </span>
      )}
    </section>
  );
}
