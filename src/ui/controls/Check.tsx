/** A labelled check box. */
import { useId } from 'react';

interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly mono?: boolean;
  readonly disabled?: boolean;
}

export function Check({ label, checked, onChange, mono = false, disabled = false }: CheckProps) {
  const id = useId();
  return (
    <label className={`check${mono ? ' mono' : ''}`} htmlFor={id}>
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}
