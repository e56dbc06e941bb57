/** A labelled choice from a list: the browser's own control, so that every keyboard and reader knows it. */
import { useId } from 'react';
import { Glyph } from '../glyphs/Glyph.tsx';

interface ChoiceOption {
  readonly value: string;
  readonly text: string;
  readonly group?: string;
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly ChoiceOption[];
  readonly onChange: (value: string) => void;
  /** The label is kept for readers but not shown. */
  readonly bare?: boolean;
  readonly mono?: boolean;
}

export function Choice({ label, value, options, onChange, bare = false, mono = false }: ChoiceProps) {
  const id = useId();
  const groups = [...new Set(options.map((option) => option.group ?? ''))];
  const list = (group: string) =>
    options
      .filter((option) => (option.group ?? '') === group)
      .map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ));
  return (
    <div className="field">
      <label htmlFor={id} className={bare ? 'visually-hidden' : 'field-label'}>
        {label}
      </label>
      <span className="choice">
        <select
          id={id}
          className={mono ? 'mono' : undefined}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          {groups.map((group) =>
            group === '' ? (
              list(group)
            ) : (
              <optgroup key={group} label={group}>
                {list(group)}
              </optgroup>
            ),
          )}
        </select>
        <Glyph name="chevd" size={12} className="quiet" />
      </span>
    </div>
  );
}
