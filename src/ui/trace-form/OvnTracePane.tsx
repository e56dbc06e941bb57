/** ovn-trace by a form: the packet from a port and a 5-tuple, from pasted octets or as text; the result as steps and as text. */
import { useState, type FormEvent } from 'react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { LogicalTraceAnswer, TraceablePort } from '../../engine/questions/logical-trace.ts';
import type { LogicalSnapshot } from '../../engine/snapshot.ts';
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import { Empty } from '../controls/Empty.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import { TextField } from '../controls/TextField.tsx';
import { lastTraceKey, useQuestion } from '../engine/questions.ts';
import { failureOf } from '../engine/session.ts';
import { useSession, useWorldAge } from '../engine/SessionProvider.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { exampleMicroflow } from './example-microflow.ts';
import { PacketFields } from './PacketFields.tsx';
import { PortField } from './PortField.tsx';
import { TraceResult } from './TraceResult.tsx';
import { TupleFields } from './TupleFields.tsx';
import './ovn-trace.css';

const KINDS = [
  { value: '--detailed', text: 'Detailed' },
  { value: '--summary', text: 'Summary' },
  { value: '--minimal', text: 'Minimal' },
] as const;

type Way = 'tuple' | 'packet' | 'text';

const NO_PORTS: readonly TraceablePort[] = [];

export function OvnTracePane() {
  const { snapshot } = useWorld();
  const { logical } = snapshot;
  if (!logical || logical.switches.length + logical.routers.length === 0)
    return <Empty text="No logical switch or router to trace through." />;
  return <TraceForm logical={logical} />;
}

/** What ovn-trace says of the microflow, while it is typed. */
function useMicroflowProblem(microflow: string): string {
  const session = useSession();
  const { epoch, version } = useWorldAge();
  const { data } = useQuery({
    queryKey: ['checkMicroflow', epoch, microflow, version],
    queryFn: ({ signal }) => session.call('checkMicroflow', { microflow }, { signal }),
    enabled: epoch > 0 && microflow.trim() !== '',
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
  return microflow.trim() === '' ? 'Say where the packet enters and what it is.' : (data ?? '');
}

function TraceForm({ logical }: { readonly logical: LogicalSnapshot }) {
  const session = useSession();
  const queries = useQueryClient();
  const { epoch } = useWorldAge();
  const ports = useQuestion('tracePorts', null).data ?? NO_PORTS;
  const [way, setWay] = useState<Way>('text');
  const [inport, setInport] = useState<string | null>(null);
  const typed = usePage((state) => state.viewport.microflow);
  const { setMicroflow: setTyped } = useActions();
  const [kind, setKind] = useState<string>('--detailed');
  const [more, setMore] = useState('');
  const port = ports.find(({ name }) => name === inport) ?? ports[0];
  const example = exampleMicroflow(logical, logical.switches[0]?.uuid ?? logical.routers[0]?.uuid ?? '');
  const microflow = typed ?? example;
  const problem = useMicroflowProblem(microflow);
  const trace = useMutation<LogicalTraceAnswer>({
    mutationFn: () =>
      session.call('traceMicroflow', {
        microflow,
        options: [kind, ...more.split(/\s+/).filter((option) => option !== '')],
      }),
    onSuccess: (answer) => queries.setQueryData(lastTraceKey(epoch), answer),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    trace.mutate();
  };
  return (
    <div className="ovn-trace">
      <form className="scroll" onSubmit={submit} aria-label="OVN trace">
        <Segmented<Way>
          label="How the packet is described"
          value={way}
          options={[
            { value: 'text', text: 'Text' },
            { value: 'tuple', text: '5-tuple' },
            { value: 'packet', text: 'Packet' },
          ]}
          onChange={setWay}
        />
        {way !== 'text' && (
          <PortField ports={ports} value={inport ?? port?.name ?? ''} onChange={setInport} />
        )}
        {way === 'tuple' && port && (
          <TupleFields key={port.name} ports={ports} port={port} onMicroflow={setTyped} />
        )}
        {way === 'packet' && <PacketFields inport={inport ?? port?.name ?? ''} onMicroflow={setTyped} />}
        <div className="microflow">
          <label className={way === 'text' ? 'visually-hidden' : 'field-label'} htmlFor="microflow">
            Microflow
          </label>
          <textarea
            id="microflow"
            className="text-input mono"
            spellCheck={false}
            value={microflow}
            aria-invalid={problem !== '' || undefined}
            aria-describedby="microflow-note"
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || event.shiftKey) return;
              event.preventDefault();
              trace.mutate();
            }}
          />
          <output id="microflow-note" className={problem === '' ? 'field-note' : 'field-note field-problem'}>
            {problem || 'This can be traced.'}
          </output>
        </div>
        <div className="ovn-trace-row">
          <Choice label="Output" bare value={kind} options={[...KINDS]} onChange={setKind} />
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
      <TraceResult
        answer={trace.data ?? null}
        failure={trace.isError ? failureOf(trace.error).message : ''}
        busy={trace.isPending}
      />
    </div>
  );
}
