/** One choice of a few, side by side; exactly one is pressed. */
import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';

interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly {
    readonly value: Value;
    readonly text: string;
    readonly count?: number;
    readonly title?: string;
  }[];
  readonly onChange: (value: Value) => void;
  readonly className?: string;
}

export function Segmented<Value extends string>({
  label,
  value,
  options,
  onChange,
  className,
}: SegmentedProps<Value>) {
  return (
    <ToggleGroup
      aria-label={label}
      className={`segmented${className ? ` ${className}` : ''}`}
      value={[value]}
      onValueChange={([next]) => {
        if (next !== undefined) onChange(next);
      }}
    >
      {options.map((option) => (
        <Toggle key={option.value} value={option.value} title={option.title}>
          <span data-text={option.text}>{option.text}</span>
          {option.count !== undefined && <span className="segmented-count">{option.count}</span>}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
