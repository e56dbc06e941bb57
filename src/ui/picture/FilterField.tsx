/** The filter line: what does not hold it steps back, or is left out. */
import { memo, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { IconButton } from '../controls/IconButton.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { ExpressionProblem } from '../../view/index.ts';
import { useWorld } from './PictureProvider.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';

/** Machines and networks that the field proposes. */
const SUGGESTED = 8;

interface FilterFieldProps {
  readonly problem: ExpressionProblem | null;
  readonly dimmed: number;
  readonly total: number;
}

export const FilterField = memo(function FilterField({ problem, dimmed, total }: FilterFieldProps) {
  const filter = usePage((state) => state.viewport.filter);
  const leavesOut = usePage((state) => state.viewport.leavesOut);
  const { setFilter, setLeavesOut } = useActions();
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
  useEffect(() => setFilter(settled), [settled, setFilter]);
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
        onKeyDown={(event) => {
          if (event.key === 'Escape') setText('');
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
      {text !== '' && (
        <IconButton glyph="cross" size={12} label="Clear the filter" onClick={() => setText('')} />
      )}
    </div>
  );
});
