/** How far one step goes. */
import { Segmented } from '../controls/Segmented.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';

export function LevelChoice() {
  const level = usePage((state) => state.playback.level);
  const { setLevel } = useActions();
  return (
    <Segmented
      label="Step by"
      value={level}
      onChange={setLevel}
      options={[
        { value: 'hop', text: 'Hop', title: 'Device to device (1)' },
        { value: 'stage', text: 'Stage', title: 'Table to table (2)' },
        { value: 'action', text: 'Action', title: 'Every recorded step (3)' },
      ]}
    />
  );
}
