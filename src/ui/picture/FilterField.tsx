/** The filter line: what does not hold it steps back. */
import { useDeferredValue, useEffect, useState } from 'react';
import { IconButton } from '../controls/IconButton.tsx';
import { Glyph } from '../glyphs/Glyph.tsx';
import type { FilterProblem } from '../../view/index.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';

interface FilterFieldProps {
  readonly problem: FilterProblem | null;
  readonly dimmed: number;
  readonly total: number;
}

export function FilterField({ problem, dimmed, total }: FilterFieldProps) {
  const filter = usePage((state) => state.viewport.filter);
  const { setFilter } = useActions();
  const [text, setText] = useState(filter);
  const settled = useDeferredValue(text);
  useEffect(() => setFilter(settled), [settled, setFilter]);
  const note = problem ? problem.message : dimmed > 0 ? `${dimmed} of ${total} dimmed` : '';
  return (
    <div className={`filter-field${problem ? ' filter-problem' : ''}`}>
      <Glyph name="filter" size={14} className="quiet" />
      <input
        type="text"
        aria-label="Filter the picture"
        aria-describedby="filter-note"
        aria-invalid={problem ? true : undefined}
        placeholder='on path or name == "worker1"'
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setText('');
        }}
      />
      <output id="filter-note">{note}</output>
      {text !== '' && (
        <IconButton glyph="cross" size={12} label="Clear the filter" onClick={() => setText('')} />
      )}
    </div>
  );
}
