/** The few numbers and texts that a kind of packet can be given. */
import { TextField } from '../controls/TextField.tsx';
import type { PacketOptions } from './packet-kinds.ts';

type OptionName = keyof PacketOptions;

interface OptionEntry {
  readonly label: string;
  readonly placeholder?: string;
  readonly least?: number;
  readonly most?: number;
  /** May be left empty. */
  readonly free: boolean;
}

const ENTRIES: Readonly<Record<OptionName, OptionEntry>> = {
  count: { label: 'Count', least: 1, most: 9999, free: false },
  size: { label: 'Data octets', placeholder: '56', least: 0, most: 65_507, free: true },
  ttl: { label: 'TTL', placeholder: '64', least: 0, most: 255, free: true },
  port: { label: 'Port', least: 0, most: 65_535, free: false },
  data: { label: 'Data', placeholder: 'hello', free: true },
  vlan: { label: 'VLAN', placeholder: 'none', least: 0, most: 4094, free: true },
};

/** What is wrong, by option; empty when all is right. */
export function optionProblems(
  names: readonly OptionName[],
  options: PacketOptions,
): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  for (const name of names) {
    const { least, most, free } = ENTRIES[name];
    const text = options[name].trim();
    if (least === undefined || most === undefined || (free && text === '')) continue;
    if (!/^\d{1,5}$/.test(text) || Number(text) < least || Number(text) > most)
      problems.set(name, `A number from ${least}`);
  }
  return problems;
}

interface OptionFieldsProps {
  readonly names: readonly OptionName[];
  readonly options: PacketOptions;
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (options: PacketOptions) => void;
}

export function OptionFields({ names, options, problems, onChange }: OptionFieldsProps) {
  if (names.length === 0) return null;
  return (
    <div className="compose-options">
      {names.map((name) => {
        const { label, placeholder, least } = ENTRIES[name];
        return (
          <TextField
            key={name}
            label={label}
            mono
            {...(least === undefined ? {} : { inputMode: 'numeric' as const })}
            placeholder={placeholder}
            value={options[name]}
            problem={problems.get(name) ?? ''}
            onChange={(value) => onChange({ ...options, [name]: value })}
          />
        );
      })}
    </div>
  );
}
