/** Ours: the page's own diagram, canvas and controller. */
import { createDiagram, themeOf } from '../../src/diagram/index.ts';
import { layoutDiagram, type Layout } from '../../src/view/index.ts';
import { BOX, modelOf, type Graph } from './graph.ts';
import { drawn, type Peer, type Places } from './peer.ts';

/** The given places as a layout, links as straight lines. */
function given({ nodes, links, width, height }: Graph): Layout {
  const rects = new Map(nodes.map(({ id, x, y }) => [id, { x, y, ...BOX }]));
  const middle = (id: string) => {
    const { x, y } = rects.get(id) ?? { x: 0, y: 0 };
    return { x: x + BOX.width / 2, y: y + BOX.height / 2 };
  };
  return {
    bounds: { x: 0, y: 0, width, height },
    nodes: rects,
    edges: new Map(
      links.map(({ id, from, to }) => [id, { points: [middle(from), middle(to)], radius: 0, stops: [] }]),
    ),
    strips: new Map(),
    mirrored: new Set(),
    flipped: new Set(),
  };
}

/** The layouts that were given away as places: as in the page, the next one starts from the last. */
const layoutOf = new WeakMap<Places, Layout>();

export const hopscope: Peer = {
  mount: async (host, graph, camera) => {
    const canvas = document.createElement('canvas');
    const overlay = document.createElement('div');
    for (const element of [canvas, overlay]) {
      element.style.cssText = 'position:absolute;inset:0;width:100%;height:100%';
      host.append(element);
    }
    overlay.style.pointerEvents = 'none';
    const diagram = createDiagram(canvas, overlay, {});
    diagram.setTheme(themeOf(document.documentElement));
    diagram.setViewport(camera);
    diagram.setScene(modelOf(graph), given(graph));
    await drawn();
    return (next) => diagram.setViewport(next);
  },
  layouts: {
    Hopscope: async (graph, before) => {
      const layout = layoutDiagram(modelOf(graph), {
        pinned: new Map(),
        before: (before && layoutOf.get(before)) ?? null,
      });
      const { nodes, edges } = layout;
      const places: Places = {
        nodes: new Map(
          [...nodes].map(([id, { x, y, width, height }]) => [id, [x + width / 2, y + height / 2]]),
        ),
        sizes: new Map([...nodes].map(([id, { width, height }]) => [id, [width, height]])),
        routes: new Map(
          [...edges].map(([id, { points }]) => [id, points.map(({ x, y }) => [x, y] as const)]),
        ),
      };
      layoutOf.set(places, layout);
      return places;
    },
  },
};
