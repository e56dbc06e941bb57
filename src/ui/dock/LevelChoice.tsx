/** How far one step goes. */
import { Choice } from '../controls/Choice.tsx';
import { Segmented } from '../controls/Segmented.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';

const LABEL = 'Step by';
/** The three of them, for whatever offers the choice. */
export const LEVELS = [
  { value: 'hop', text: 'Hop', title: 'Device to device (1)' },
  { value: 'stage', text: 'Stage', title: 'Table to table (2)' },
  { value: 'action', text: 'Action', title: 'Every recorded step (3)' },
] as const;

/** `short` where the bar has no room for all three side by side. */
export function LevelChoice({ short }: { readonly short: boolean }) {
  const level = usePage((state) => state.playback.level);
  const { setLevel } = useActions();
  if (!short) return <Segmented label={LABEL} value={level} onChange={setLevel} options={LEVELS} />;
  return (
    <Choice
      bare
      label={LABEL}
      value={level}
      options={LEVELS}
      onChange={(chosen) => {
        const found = LEVELS.find(({ value }) => value === chosen);
        if (found) setLevel(found.value);
      }}
    />
  );
}
