/**
 * A field for text that may be very long, as dumps are. A browser takes half a minute to lay out some megabytes of it, so
 * what is long is held beside the field, which then shows how it begins.
 */
import { useId, type ClipboardEvent, type ReactNode } from 'react';
import { Button } from './Button.tsx';

/** Characters from which text is held. */
const LONG = 100_000;
const SHOWN_LINES = 40;
const SHOWN = 8_000;

interface LongTextProps {
  readonly label: ReactNode;
  /** The field's accessible name, where that is not its label. */
  readonly name?: string;
  readonly rows: number;
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const beginning = (text: string): string => `${text.slice(0, SHOWN).split('\n', SHOWN_LINES).join('\n')}\n…`;

function lineCount(text: string): number {
  let count = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

export function LongText({ label, name, rows, placeholder, value, onChange }: LongTextProps) {
  const id = useId();
  const isLong = value.length > LONG;
  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>): void => {
    const pasted = event.clipboardData.getData('text');
    if (isLong || pasted.length <= LONG) return;
    event.preventDefault();
    const { selectionStart, selectionEnd } = event.currentTarget;
    onChange(value.slice(0, selectionStart) + pasted + value.slice(selectionEnd));
  };
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <textarea
        id={id}
        className="text-input mono"
        aria-label={name}
        rows={rows}
        wrap="off"
        spellCheck={false}
        placeholder={placeholder}
        readOnly={isLong}
        value={isLong ? beginning(value) : value}
        onPaste={onPaste}
        onChange={(event) => onChange(event.target.value)}
      />
      {isLong && (
        <span className="long-text">
          <output>
            {lineCount(value).toLocaleString('en')} lines,{' '}
            {Math.ceil(value.length / 1000).toLocaleString('en')} kB; the beginning is shown.
          </output>
          <Button onClick={() => onChange('')}>Clear</Button>
        </span>
      )}
    </div>
  );
}
