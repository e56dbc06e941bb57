/** Which side of the network the picture shows, with how much there is of it. */
import { useMemo } from 'react';
import { Tabs } from '@base-ui/react/tabs';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { tunnelCount } from '../../view/index.ts';
import { LENSES, shownLenses } from '../store/lenses.ts';

export function LensTabs() {
  const lens = usePage((state) => state.viewport.lens);
  const { setLens } = useActions();
  const { snapshot } = useWorld();
  const { hosts, logical, routing } = snapshot;
  const tunnels = useMemo(() => tunnelCount(snapshot), [snapshot]);
  const counts = {
    physical: hosts.length,
    l2: null,
    deployment: null,
    overlay: tunnels,
    routing: routing?.speakers.length ?? 0,
    logical: (logical?.switches.length ?? 0) + (logical?.routers.length ?? 0),
  };
  return (
    <Tabs.Root
      value={lens}
      onValueChange={(next) => {
        const found = LENSES.find((one) => one.lens === next);
        if (found) setLens(found.lens);
      }}
    >
      <Tabs.List className="segmented lens-tabs" aria-label="Lens" activateOnFocus>
        {shownLenses(snapshot, lens).map((one) => (
          <Tabs.Tab key={one.lens} value={one.lens} title={one.title}>
            <span data-text={one.text}>{one.text}</span>
            {counts[one.lens] !== null && <span className="segmented-count">{counts[one.lens]}</span>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs.Root>
  );
}
