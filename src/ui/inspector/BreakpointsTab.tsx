/** Where a run stops by itself: each breakpoint with how often it stops this run, and a line to add another. */
import { useDeferredValue, useMemo, useState, type FormEvent } from 'react';
import { breakpointKey, stopsOf, type Breakpoint, type RunTree } from '../../view/index.ts';
import { useBreakpoints, useRunFacts } from '../commands/use-breakpoints.ts';
import { useEnds, useStepper } from '../commands/use-stepper.ts';
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useStageNames } from '../engine/run-facts.ts';
import { usePicture, useWorld } from '../picture/PictureProvider.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { breakpointProblem } from './breakpoint-problem.ts';
import { breakpointOf, breakpointWords, TYPED_KINDS, type TypedKind } from './breakpoint-text.ts';
import './breakpoints.css';

export function BreakpointsTab() {
  const all = usePage((state) => state.document.breakpoints);
  const { clearBreakpoints, toggleBreakpoint } = useActions();
  const { run, canStep } = useStepper();
  const { atEnd } = useEnds();
  const atDrops = all.some(({ kind }) => kind === 'drop');
  return (
    <section className="breakpoints" aria-label="Breakpoints">
      <div className="breakpoints-head">
        <Button glyph="end" disabled={!canStep || atEnd} onClick={run}>
          Run to the next
        </Button>
        {!atDrops && (
          <Button glyph="drop" onClick={() => toggleBreakpoint({ kind: 'drop' })}>
            Stop at drops
          </Button>
        )}
        {all.length > 0 && (
          <Button glyph="erase" onClick={clearBreakpoints}>
            Remove all
          </Button>
        )}
      </div>
      {all.length > 0 ? (
        <ul>
          {all.map((breakpoint) => (
            <BreakpointRow key={breakpointKey(breakpoint)} breakpoint={breakpoint} />
          ))}
        </ul>
      ) : (
        <p className="packet-note">
          A run stops nowhere yet. Right-click a thing of the diagram or a step of the trace, or type below.
        </p>
      )}
      <NewBreakpoint />
    </section>
  );
}

function BreakpointRow({ breakpoint }: { readonly breakpoint: Breakpoint }) {
  const { snapshot, tree, index } = usePicture();
  const { facts, problems } = useBreakpoints();
  const stages = useStageNames();
  const { goTo, sleepBreakpoint, toggleBreakpoint } = useActions();
  const key = breakpointKey(breakpoint);
  const asleep = usePage((state) => state.document.asleep.includes(key));
  const { kind, text, mono } = breakpointWords(breakpoint, snapshot);
  const stops = useMemo(() => stopsOf(tree, breakpoint, facts), [tree, breakpoint, facts]);
  const next = stops.find((at) => at > index) ?? stops[0];
  const problem = breakpointProblem(breakpoint, { tree, facts, problems, stages });
  return (
    <li className={asleep ? 'breakpoint breakpoint-asleep' : 'breakpoint'}>
      <label>
        <input
          type="checkbox"
          checked={!asleep}
          aria-label={`Stop at ${kind} ${text}`}
          onChange={(event) => sleepBreakpoint(key, !event.target.checked)}
        />
        <i aria-hidden="true" />
      </label>
      <span className="breakpoint-kind">{kind}</span>
      {mono ? <code title={text}>{text}</code> : <span title={text}>{text}</span>}
      {problem !== '' ? (
        <span className="breakpoint-problem" title={problem}>
          {problem}
        </span>
      ) : stops.length > 0 && next !== undefined ? (
        <button type="button" className="step-link" onClick={() => goTo(next)}>
          {stops.length} in this run
        </button>
      ) : (
        <span className="breakpoint-none">none in this run</span>
      )}
      <IconButton
        glyph="cross"
        size={12}
        label={`Remove the breakpoint at ${kind} ${text}`}
        onClick={() => toggleBreakpoint(breakpoint)}
      />
    </li>
  );
}

function NewBreakpoint() {
  const { tree } = useWorld();
  const existing = usePage((state) => state.document.breakpoints);
  const { toggleBreakpoint } = useActions();
  const [kind, setKind] = useState<TypedKind>('stage');
  const [text, setText] = useState('');
  const typed = text.trim();
  const stages = useStageNames();
  const known = useMemo(() => suggestions(tree, kind, stages), [tree, kind, stages]);
  const looked = useDeferredValue(typed);
  const drafts = useMemo(() => (looked === '' ? [] : [breakpointOf(kind, looked)]), [kind, looked]);
  const { facts, problems } = useRunFacts(drafts);
  const problem = drafts.map((one) => breakpointProblem(one, { tree, facts, problems, stages })).join('');
  const there = existing.some((other) => breakpointKey(other) === breakpointKey(breakpointOf(kind, typed)));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (typed === '' || problem !== '' || there) return;
    toggleBreakpoint(breakpointOf(kind, typed));
    setText('');
  };
  return (
    <form className="breakpoint-new" onSubmit={submit}>
      <Choice
        label="Stop at"
        value={kind}
        options={TYPED_KINDS}
        onChange={(value) => setKind(TYPED_KINDS.find((one) => one.value === value)?.value ?? 'stage')}
      />
      <TextField
        label="Which"
        mono
        value={text}
        onChange={setText}
        list="breakpoint-known"
        placeholder={TYPED_KINDS.find((one) => one.value === kind)?.hint}
        problem={problem}
      />
      <datalist id="breakpoint-known">
        {known.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </datalist>
      <Button weight="line" type="submit" glyph="plus" disabled={typed === '' || problem !== '' || there}>
        Add
      </Button>
    </form>
  );
}

/** Fields that this run writes; stages that there are. */
function suggestions(tree: RunTree, kind: TypedKind, stages: readonly string[] = []): readonly string[] {
  const known = new Set<string>(kind === 'stage' ? stages : []);
  for (const { where, what } of tree.steps) {
    if (kind === 'stage' && where.stage !== undefined) known.add(where.stage);
    if (kind === 'field' && 'changes' in what) for (const { field } of what.changes) known.add(field);
  }
  return [...known].toSorted();
}
