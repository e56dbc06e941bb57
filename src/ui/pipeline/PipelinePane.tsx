/** The logical pipeline of a datapath: its stages as a ladder, and the flows of one of them folded by shape. */
import { useMemo, useState, type ReactNode } from 'react';
import type { LadderStage, LogicalFlowRow, StageShape } from '../../engine/questions/logical-flows.ts';
import { Choice } from '../controls/Choice.tsx';
import { Empty } from '../controls/Empty.tsx';
import { useQuestion } from '../engine/questions.ts';
import { usePage, useActions } from '../store/StoreProvider.tsx';
import { useLitLogical } from './lit.ts';
import { LadderList } from './LadderList.tsx';
import './pipeline.css';

/** Flows of an opened block shown before a hint to narrow down. */
const MOST = 300;

export function PipelinePane() {
  const datapaths = useQuestion('datapaths', null);
  const selected = usePage((state) => state.selection.subject);
  const [typed, setTyped] = useState<string | null>(null);
  const list = datapaths.data ?? [];
  // What is selected in the picture is what one wants to read, until another is chosen here.
  const chosen =
    list.find(({ uuid }) => uuid === typed) ??
    list.find(({ northbound }) => selected !== null && 'uuid' in selected && northbound === selected.uuid) ??
    list[0];
  if (!chosen)
    return (
      <Empty text={datapaths.isPending ? 'Asking for the datapaths.' : 'No southbound database is open.'} />
    );
  return (
    <Ladder
      key={chosen.uuid}
      datapath={chosen.uuid}
      choice={
        <Choice
          label="Datapath"
          bare
          value={chosen.uuid}
          options={list.map(({ uuid, name, kind, flows }) => ({
            value: uuid,
            text: `${name} (${flows} flows)`,
            group: kind === 'switch' ? 'Switches' : 'Routers',
          }))}
          onChange={setTyped}
        />
      }
    />
  );
}

function Ladder({ datapath, choice }: { readonly datapath: string; readonly choice: ReactNode }) {
  const { data: ladder, isPending } = useQuestion('ladder', { datapath });
  const lit = useLitLogical();
  const [stage, setStage] = useState<string | null>(null);
  const litStages = useMemo(() => {
    const names = new Set<string>();
    for (const one of ladder?.stages ?? [])
      if (one.shapes.some(({ flows }) => flows.some((flow) => lit.has(flow)))) names.add(keyOf(one));
    return names;
  }, [ladder, lit]);
  const stages = ladder?.stages ?? [];
  // The last stage that the packet went through says most; else the first with more than a default.
  const first = lastOnPath(stages, lit) ?? stages.find(({ count }) => count > 2) ?? stages[0];
  const shown = stages.find((one) => keyOf(one) === stage) ?? first;
  return (
    <div className="pipeline">
      <div className="pipeline-ladder">
        <div className="pipeline-choice">{choice}</div>
        <LadderList stages={stages} shown={shown ? keyOf(shown) : ''} lit={litStages} onShow={setStage} />
      </div>
      {shown ? (
        <StageFlows key={keyOf(shown)} datapath={datapath} stage={shown} lit={lit} />
      ) : (
        <Empty text={isPending ? 'Reading the flows.' : 'This datapath has no flows.'} />
      )}
    </div>
  );
}

/** The stage in which the path was last. */
function lastOnPath(stages: readonly LadderStage[], lit: ReadonlySet<string>): LadderStage | undefined {
  for (const flow of [...lit].toReversed()) {
    const stage = stages.find(({ shapes }) => shapes.some(({ flows }) => flows.includes(flow)));
    if (stage) return stage;
  }
  return undefined;
}

const keyOf = ({ pipeline, table }: LadderStage): string => `${pipeline} ${table}`;

function StageFlows({
  datapath,
  stage,
  lit,
}: {
  readonly datapath: string;
  readonly stage: LadderStage;
  readonly lit: ReadonlySet<string>;
}) {
  const [open, setOpen] = useState<number | null>(stage.shapes.length === 1 ? 0 : null);
  const flows = useQuestion(
    'stageFlows',
    { datapath, pipeline: stage.pipeline, table: stage.table },
    open !== null,
  );
  const byPrefix = useMemo(
    () => new Map((flows.data ?? []).map((flow) => [flow.uuid.slice(0, 8), flow] as const)),
    [flows.data],
  );
  return (
    <section className="pipeline-stage" aria-label={`Stage ${stage.name}`}>
      <header>
        <h3>{stage.name}</h3>
        <span>
          {stage.pipeline} {stage.table}, {stage.count} {stage.count === 1 ? 'flow' : 'flows'} of{' '}
          {stage.shapes.length} {stage.shapes.length === 1 ? 'shape' : 'shapes'}
        </span>
      </header>
      <ol
        className="blocks scroll"
        aria-label="Flows by shape"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must take the focus
        tabIndex={0}
      >
        {stage.shapes.map((shape, at) => (
          <Block
            key={`${shape.match}${shape.actions}`}
            shape={shape}
            lit={lit}
            open={open === at}
            onToggle={() => setOpen(open === at ? null : at)}
            flows={byPrefix}
          />
        ))}
      </ol>
    </section>
  );
}

const priorityText = ([low, high]: StageShape['priorities']): string =>
  low === high ? String(low) : `${low}–${high}`;

function Block({
  shape,
  lit,
  open,
  onToggle,
  flows,
}: {
  readonly shape: StageShape;
  readonly lit: ReadonlySet<string>;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly flows: ReadonlyMap<string, LogicalFlowRow>;
}) {
  const { showRow } = useActions();
  const isLit = shape.flows.some((flow) => lit.has(flow));
  const members = open ? shape.flows.slice(0, MOST).flatMap((prefix) => flows.get(prefix) ?? []) : [];
  return (
    <li className={isLit ? 'block-lit' : undefined}>
      <button type="button" className="block-head" aria-expanded={open} onClick={onToggle}>
        <span className="block-count">
          {shape.count}
          <i aria-hidden="true">×</i>
        </span>
        <span className="block-priority">{priorityText(shape.priorities)}</span>
        <span className="block-text">
          <code>{shape.match}</code>
          <code className="card-action">→ {shape.actions}</code>
        </span>
        {isLit && <span className="block-note">on the path</span>}
      </button>
      {open && (
        <ol>
          {members.map((flow) => (
            <li key={flow.uuid} className={lit.has(flow.uuid.slice(0, 8)) ? 'block-lit' : undefined}>
              <button
                type="button"
                className="made-flow"
                onClick={() =>
                  showRow({ database: 'OVN_Southbound', table: 'Logical_Flow', uuid: flow.uuid })
                }
              >
                <span>{flow.priority}</span>
                <code>
                  {flow.match} <span className="card-action">→ {flow.actions}</span>
                </code>
              </button>
            </li>
          ))}
          {shape.count > MOST && <li className="quiet">and {shape.count - MOST} more</li>}
        </ol>
      )}
    </li>
  );
}
