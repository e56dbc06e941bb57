/** A labelled line of text; a hint or a problem stands under it. */
import { useId, type ComponentPropsWithRef } from 'react';

interface TextFieldProps extends Omit<ComponentPropsWithRef<'input'>, 'onChange' | 'value'> {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  readonly problem?: string;
  readonly mono?: boolean;
  readonly bare?: boolean;
}

export function TextField({
  label,
  value,
  onChange,
  hint,
  problem,
  mono,
  bare,
  className,
  ...rest
}: TextFieldProps) {
  const id = useId();
  const note = problem || hint;
  return (
    <div className={`field${className ? ` ${className}` : ''}`}>
      <label htmlFor={id} className={bare ? 'visually-hidden' : 'field-label'}>
        {label}
      </label>
      <input
        {...rest}
        id={id}
        className={`text-input${mono ? ' mono' : ''}`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        aria-invalid={problem ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
      />
      {note && (
        <span id={`${id}-note`} className={problem ? 'field-note field-problem' : 'field-note'}>
          {note}
        </span>
      )}
    </div>
  );
}
