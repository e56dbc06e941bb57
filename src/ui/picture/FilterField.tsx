/** The filter line: what does not hold it steps back, or is left out. */
import { memo, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { IconButton } from '../controls/IconButton.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { ExpressionProblem } from '../../view/index.ts';
import { useWorld } from './PictureProvider.tsx';
import { useActions, usePage, usePageStore } from '../store/StoreProvider.tsx';

/** Machines and networks that the field proposes. */
const SUGGESTED = 8;

interface FilterFieldProps {
  readonly problem: ExpressionProblem | null;
  readonly dimmed: number;
  readonly total: number;
}

export const FilterField = memo(function FilterField({ problem, dimmed, total }: FilterFieldProps) {
  const filter = usePage((state) => state.arrangement.filter);
  const leavesOut = usePage((state) => state.arrangement.leavesOut);
  const { setFilter, setLeavesOut } = useActions();
  const store = usePageStore();
  const { temporal } = store;
  const { snapshot, networks, leftOut } = useWorld();
  const presets = useMemo(
    () => [
      'on path',
      'not on path',
      'state != up',
      'kind == namespace',
      ...snapshot.hosts.slice(0, SUGGESTED).map(({ name }) => `host == "${name}"`),
      ...networks.slice(0, SUGGESTED).map(({ name }) => `network == "${name}"`),
    ],
    [snapshot, networks],
  );
  const [text, setText] = useState(filter);
  const settled = useDeferredValue(text);
  /** What is typed in one go is undone in one go. */
  const goesOn = useRef(false);
  useEffect(() => {
    const { pause, resume } = temporal.getState();
    if (store.getState().arrangement.filter === settled) return;
    if (goesOn.current) pause();
    setFilter(settled);
    resume();
    goesOn.current = true;
  }, [settled, setFilter, store, temporal]);
  const endGo = (): void => {
    goesOn.current = false;
  };
  const clear = (): void => {
    endGo();
    setText('');
    setFilter('');
  };
  // Undone, or opened with another one.
  const [seen, setSeen] = useState(filter);
  if (filter !== seen) {
    setSeen(filter);
    if (filter !== settled) setText(filter);
  }
  const note = problem
    ? `${problem.message}, character ${problem.at + 1}`
    : leftOut > 0
      ? `${leftOut} of ${total + leftOut} hidden`
      : dimmed > 0
        ? `${dimmed} of ${total} dimmed`
        : '';
  return (
    <div className={`filter-field${problem ? ' filter-problem' : ''}`}>
      <Glyph name="filter" size={14} className="quiet" />
      <input
        type="text"
        aria-label="Filter the picture"
        aria-describedby="filter-note"
        aria-invalid={problem ? true : undefined}
        list="filter-presets"
        placeholder={`on path or host == "${snapshot.hosts[0]?.name ?? 'worker1'}"`}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onFocus={endGo}
        onBlur={endGo}
        onKeyDown={(event) => {
          if (event.key === 'Escape') clear();
        }}
      />
      <datalist id="filter-presets">
        {presets.map((preset) => (
          <option key={preset} value={preset}>
            {preset}
          </option>
        ))}
      </datalist>
      <output id="filter-note">{note}</output>
      {(text !== '' || leavesOut) && (
        <button
          type="button"
          className="filter-hide"
          aria-pressed={leavesOut}
          title={leavesOut ? 'Dim the rest instead' : 'Leave the rest out of the picture'}
          onClick={() => setLeavesOut(!leavesOut)}
        >
          Hide
        </button>
      )}
      {text !== '' && <IconButton glyph="cross" size={12} label="Clear the filter" onClick={clear} />}
    </div>
  );
});
