/** A form for ovn-trace: a datapath, a microflow, and what it prints. */
import { useMemo, useState, type FormEvent } from 'react';
import { useMutation } from '@tanstack/react-query';
import type { LogicalSnapshot } from '../../engine/snapshot.ts';
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import { Empty } from '../controls/Empty.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { ScrollText } from '../controls/ScrollText.tsx';
import { TextField } from '../controls/TextField.tsx';
import { failureOf } from '../engine/session.ts';
import { useSession } from '../engine/SessionProvider.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { exampleMicroflow } from './example-microflow.ts';
import './ovn-trace.css';

const KINDS = [
  { value: '--detailed', text: 'Detailed' },
  { value: '--summary', text: 'Summary' },
  { value: '--minimal', text: 'Minimal' },
] as const;

export function OvnTracePane() {
  const { snapshot } = useWorld();
  const { logical } = snapshot;
  if (!logical || logical.switches.length + logical.routers.length === 0)
    return <Empty text="No logical switch or router to trace through." />;
  return <TraceForm logical={logical} />;
}

function TraceForm({ logical }: { readonly logical: LogicalSnapshot }) {
  const session = useSession();
  const [datapath, setDatapath] = useState('');
  const [typed, setTyped] = useState<string | null>(null);
  const [kind, setKind] = useState<string>('--detailed');
  const [more, setMore] = useState('');
  const options = useMemo(
    () => [
      ...logical.switches.map(({ uuid, name }) => ({ value: uuid, text: name, group: 'Switches' })),
      ...logical.routers.map(({ uuid, name }) => ({ value: uuid, text: name, group: 'Routers' })),
    ],
    [logical],
  );
  const chosen = options.find((option) => option.value === datapath) ?? options[0];
  const example = useMemo(() => (chosen ? exampleMicroflow(logical, chosen.value) : ''), [logical, chosen]);
  const microflow = typed ?? example;
  const trace = useMutation({
    mutationFn: () =>
      session.call('ovnTrace', {
        options: [kind, ...more.split(/\s+/).filter((option) => option !== '')],
        datapath: nameOf(options, chosen),
        microflow,
      }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    trace.mutate();
  };
  const output = trace.data
    ? [trace.data.errors, trace.data.text].filter((part) => part !== '').join('\n')
    : '';
  const failure = trace.isError ? failureOf(trace.error).message : '';
  return (
    <div className="ovn-trace">
      <form className="scroll" onSubmit={submit} aria-label="OVN trace">
        <div className="ovn-trace-row">
          <Choice
            label="Datapath"
            bare
            value={chosen?.value ?? ''}
            options={options}
            onChange={(value) => {
              setDatapath(value);
              setTyped(null);
            }}
          />
          <Choice label="Output" bare value={kind} options={[...KINDS]} onChange={setKind} />
        </div>
        <label className="visually-hidden" htmlFor="microflow">
          Microflow
        </label>
        <textarea
          id="microflow"
          className="text-input mono"
          spellCheck={false}
          value={microflow}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            trace.mutate();
          }}
        />
        <div className="ovn-trace-row">
          <TextField
            label="More options"
            bare
            mono
            value={more}
            placeholder="more options: --ct=new"
            onChange={setMore}
          />
          <Button type="submit" weight="line" glyph="play" disabled={trace.isPending}>
            Trace
          </Button>
        </div>
      </form>
      <section aria-label="Trace output">
        <ScrollText className="ovn-trace-text" live label="ovn-trace">
          {failure !== '' && <span className="inspector-problem">{failure}</span>}
          {output ||
            (failure === '' && (
              <span className="quiet">
                {trace.isPending
                  ? 'Tracing.'
                  : 'Choose where the packet enters and what it is, then trace it.'}
              </span>
            ))}
        </ScrollText>
        {output !== '' && (
          <span className="ovn-trace-tools">
            <IconButton
              glyph="copy"
              size={14}
              label="Copy the trace"
              onClick={() => void navigator.clipboard?.writeText(output)}
            />
          </span>
        )}
      </section>
    </div>
  );
}

/** A name where it is the only one so called, else the uuid. */
function nameOf(
  options: readonly { readonly value: string; readonly text: string }[],
  chosen: { readonly value: string; readonly text: string } | undefined,
): string {
  if (!chosen) return '';
  return options.filter((option) => option.text === chosen.text).length === 1 && chosen.text !== ''
    ? chosen.text
    : chosen.value;
}
