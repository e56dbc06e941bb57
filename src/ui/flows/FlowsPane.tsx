/** The tables of a bridge: its flows as a list, folded by shape, or what is wrong with them. */
import { useState } from 'react';
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import { Empty } from '../controls/Empty.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useQuestion } from '../engine/questions.ts';
import { usePage } from '../store/StoreProvider.tsx';
import { useLitFlows } from '../pipeline/lit.ts';
import { DumpDialog } from './DumpDialog.tsx';
import { FindingList } from './FindingList.tsx';
import { FlowCount } from './FlowCount.tsx';
import { FlowList } from './FlowList.tsx';
import { ShapeList } from './ShapeList.tsx';
import './flows.css';

type View = 'flows' | 'shapes' | 'check';

const idOf = ({ host, bridge }: { readonly host: string; readonly bridge: string }): string =>
  `${host}/${bridge}`;

export function FlowsPane() {
  const bridges = useQuestion('bridges', null);
  const selected = usePage((state) => state.selection.subject);
  const [typed, setTyped] = useState<string | null>(null);
  const [view, setView] = useState<View>('flows');
  const [filter, setFilter] = useState('');
  const [search, setSearch] = useState('');
  const [shape, setShape] = useState<string | null>(null);
  const [onPath, setOnPath] = useState(false);
  const [dump, setDump] = useState(false);
  const list = (bridges.data ?? []).toSorted((a, b) => b.flows - a.flows);
  const chosen =
    list.find((entry) => idOf(entry) === typed) ??
    list.find(
      (entry) =>
        selected?.kind === 'bridge' && selected.host === entry.host && selected.bridge === entry.bridge,
    ) ??
    list[0];
  const findings = useQuestion(
    'checkBridge',
    { host: chosen?.host ?? '', bridge: chosen?.bridge ?? '' },
    chosen !== undefined,
  );
  const lit = useLitFlows(chosen?.host ?? '', chosen?.bridge ?? '');
  const dialog = dump && <DumpDialog onClose={() => setDump(false)} />;
  const paste = (
    <Button
      weight="line"
      glyph="open"
      className="flows-paste"
      aria-label="Paste a dump"
      onClick={() => setDump(true)}
    >
      Paste a dump
    </Button>
  );
  if (!chosen)
    return (
      <>
        <Empty
          text={
            bridges.isPending
              ? 'Asking for the bridges.'
              : 'No bridge is here. One opens from what ovs-ofctl printed.'
          }
        >
          {paste}
        </Empty>
        {dialog}
      </>
    );
  const only = onPath && lit.size > 0 ? [...lit] : null;
  const request = { host: chosen.host, bridge: chosen.bridge, filter: filter.trim(), search: search.trim() };
  return (
    <div className="flows">
      <div className="flows-head">
        <Choice
          label="Bridge"
          bare
          mono
          value={idOf(chosen)}
          options={list.map((entry) => ({
            value: idOf(entry),
            text: `${entry.host} ${entry.bridge} (${entry.flows})`,
          }))}
          onChange={(value) => {
            setTyped(value);
            setShape(null);
          }}
        />
        <TextField
          label="Filter as ovs-ofctl takes it"
          bare
          mono
          className="flows-filter"
          placeholder="table=8,ip,reg14=0x1"
          value={filter}
          onChange={(value) => {
            setFilter(value);
            setShape(null);
          }}
        />
        <TextField
          label="Words in match, actions or cookie"
          bare
          mono
          className="flows-search"
          placeholder="words in match or actions"
          value={search}
          onChange={setSearch}
        />
        <Segmented<View>
          label="How the flows are shown"
          value={view}
          options={[
            { value: 'flows', text: 'Flows' },
            { value: 'shapes', text: 'Shapes' },
            {
              value: 'check',
              text: 'Check',
              ...(findings.data ? { count: findings.data.length } : {}),
            },
          ]}
          onChange={setView}
        />
        {paste}
      </div>
      {view === 'flows' && (
        <>
          <FlowList
            key={JSON.stringify([request, shape, only])}
            request={{ ...request, shape, only }}
            lit={lit}
          />
          <FlowCount
            request={{ ...request, shape, only }}
            onPath={lit.size}
            onOnlyPath={setOnPath}
            onAllShapes={() => setShape(null)}
          />
        </>
      )}
      {view === 'shapes' && (
        <ShapeList
          request={request}
          onOpen={(key) => {
            setShape(key);
            setView('flows');
          }}
        />
      )}
      {view === 'check' && <FindingList findings={findings.data ?? null} />}
      {dialog}
    </div>
  );
}
