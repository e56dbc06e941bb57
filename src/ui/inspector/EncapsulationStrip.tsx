/** All octets of the frame as one strip, each layer as wide as it is long. */
import type { StackLayer } from '../../engine/protocol.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';
import { stripLayers } from './layer-groups.ts';

/** A layer narrower than this part of the strip has no room for its name. */
const NAMED_PART = 0.075;

export function EncapsulationStrip({
  stack,
  length,
}: {
  readonly stack: readonly StackLayer[];
  readonly length: number;
}) {
  const layers = stripLayers(stack, length);
  const { pointAtOctets } = useActions();
  const pointed = usePage((state) => state.selection.octets);
  return (
    <figure
      className="strip"
      aria-label={`${length} octets: ${layers.map((layer) => `${layer.name} ${layer.size}`).join(', ')}`}
    >
      {layers.map((layer) => (
        <span
          key={layer.offset}
          className={`strip-${layer.role}${pointed && pointed[0] >= layer.offset && pointed[0] < layer.offset + layer.size ? ' strip-pointed' : ''}`}
          style={{ flexGrow: layer.size }}
          title={`${layer.name}, ${layer.size} octets`}
          onPointerEnter={() => pointAtOctets([layer.offset, layer.size])}
          onPointerLeave={() => pointAtOctets(null)}
        >
          {layer.size / length >= NAMED_PART && (layer.name === 'Ethernet' ? 'Eth' : layer.name)}
        </span>
      ))}
    </figure>
  );
}
