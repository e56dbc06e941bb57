/** A small picture of a scenario's shape: its machines, those inside others, and the segments that join them. Decorative. */
import type { ScenarioEntry } from '../../engine/protocol.ts';
import { HEIGHT, sketchOf, WIDTH, type Box } from './sketch-layout.ts';

const rectangle = ({ x, y, width, height }: Box) => ({ x, y, width, height });

export function SketchOf({ shape }: { readonly shape: ScenarioEntry['shape'] }) {
  const { machines, inner, buses, cables } = sketchOf(shape);
  return (
    <svg
      className="sketch"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
    >
      {cables.map(([x1, y1, x2, y2]) => (
        <path key={`${x1} ${x2}`} className="sketch-path" d={`M${x1} ${y1}L${x2} ${y2}`} />
      ))}
      {machines.map((box) => (
        <rect key={`${box.x} ${box.y}`} className="sketch-machine" rx={2.5} {...rectangle(box)} />
      ))}
      {inner.map((box) => (
        <rect key={`${box.x} ${box.y}`} className="sketch-inner" rx={1.5} {...rectangle(box)} />
      ))}
      {buses.map(({ y, drops }, at) => {
        const xs = drops.map(({ x }) => x);
        return (
          <g key={y}>
            <path
              className={at === 0 ? 'sketch-path' : 'sketch-cable'}
              d={drops.map(({ x, from }) => `M${x} ${from}V${y}`).join('')}
            />
            <path
              className={at === 0 ? 'sketch-bus sketch-bus-first' : 'sketch-bus'}
              d={`M${Math.min(...xs) - 4} ${y}H${Math.max(...xs) + 4}`}
            />
          </g>
        );
      })}
    </svg>
  );
}
