/** Long work: a bar after 300 ms, Cancel after one second. Before that, nothing flashes. */
import { useEffect, useState } from 'react';
import { Button } from './Button.tsx';

interface BusyProps {
  readonly text: string;
  /** 0 to 1, or null when it cannot be told. */
  readonly part: number | null;
  readonly onCancel?: (() => void) | undefined;
}

export function Busy({ text, part, onCancel }: BusyProps) {
  const [stage, setStage] = useState<'hidden' | 'bar' | 'cancel'>('hidden');
  useEffect(() => {
    const bar = setTimeout(() => setStage('bar'), 300);
    const cancel = setTimeout(() => setStage('cancel'), 1000);
    return () => {
      clearTimeout(bar);
      clearTimeout(cancel);
    };
  }, []);
  if (stage === 'hidden') return <output className="visually-hidden">{text}</output>;
  return (
    // What it is about was said while nothing was shown yet; each of its lines would be too much to hear.
    <output className="busy" aria-live="off">
      <span title={text}>{text}</span>
      <progress aria-label={text} {...(part === null ? {} : { value: part, max: 1 })} />
      <span className="busy-cancel">
        {stage === 'cancel' && onCancel && <Button onClick={onCancel}>Cancel</Button>}
      </span>
    </output>
  );
}
