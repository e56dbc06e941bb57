/** How many tunnels lie in one tube: a number on it, just outside the NIC. */
import type { Layout, Route } from '../../view/layout/layout.ts';
import { bottom, centreY, type Rect } from '../../view/layout/rect.ts';
import type { DiagramEdge, DiagramModel } from '../../view/model.ts';
import { LEVEL } from '../levels.ts';
import { pointAt } from '../polyline.ts';
import type { Shape } from '../scene.ts';

/** From the chip's edge to the number's middle, CSS pixels. */
const AWAY = 12;

interface Tube {
  readonly edge: DiagramEdge;
  readonly route: Route;
}

/** For tubes that lie around their cables: tunnels that share a NIC lie in one another. */
export function tubeCounts(model: DiagramModel, layout: Layout, tubes: readonly Tube[]): readonly Shape[] {
  const shared = new Map<string, { count: number; readonly tube: Tube; readonly at: number }>();
  for (const tube of tubes) {
    const { edge, route } = tube;
    if (!route.onCables) continue;
    const mesh = model.node(edge.to)?.kind === 'fold';
    for (const { node, at } of route.stops) {
      const own = shared.get(node);
      const count = mesh ? Number(edge.label) : 1;
      if (own) own.count += count;
      else shared.set(node, { count, tube, at });
    }
  }
  return [...shared].flatMap(([nic, { count, tube, at }]): Shape[] => {
    const rect = layout.nodes.get(nic);
    if (count < 2 || !rect) return [];
    const { x } = pointAt(tube.route.points, at);
    const out = outward(rect, layout.nodes.get(model.node(nic)?.parent ?? ''));
    return [
      {
        kind: 'tag',
        owner: tube.edge.id,
        from: LEVEL.names,
        tag: {
          form: 'pill',
          at: { x, y: out > 0 ? bottom(rect) : rect.y },
          offset: { x: 0, y: out * AWAY },
          text: `×${count}`,
          font: 'sub',
          fill: 'surface',
          stroke: 'border-ctl',
          colour: 'text-2',
          room: Infinity,
          glyph: '',
        },
      },
    ];
  });
}

/** Which way a NIC astride its machine's edge looks: 1 down, -1 up. */
const outward = (nic: Rect, machine: Rect | undefined): 1 | -1 =>
  machine === undefined || centreY(nic) > centreY(machine) ? 1 : -1;
