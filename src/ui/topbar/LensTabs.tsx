/** Which side of the network the picture shows, with how much there is of it. */
import { Segmented } from '../controls/Segmented.tsx';
import { useWorld } from '../picture/PictureProvider.tsx';
import { useActions, usePage } from '../store/StoreProvider.tsx';

export function LensTabs() {
  const lens = usePage((state) => state.viewport.lens);
  const { setLens } = useActions();
  const { snapshot } = useWorld();
  const { hosts, tunnels, logical } = snapshot;
  const datapaths = (logical?.switches.length ?? 0) + (logical?.routers.length ?? 0);
  return (
    <Segmented
      className="lens-tabs"
      label="Lens"
      value={lens}
      onChange={setLens}
      options={[
        { value: 'physical', text: 'Physical', count: hosts.length, title: 'Machines, bridges and cables' },
        { value: 'overlay', text: 'Overlay', count: tunnels.length, title: 'Tunnels over the underlay' },
        { value: 'logical', text: 'Logical', count: datapaths, title: 'Logical switches and routers' },
      ]}
    />
  );
}
