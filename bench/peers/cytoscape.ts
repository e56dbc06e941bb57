/** cytoscape.js on its canvas; labels that would be too small to read are left out, as its manual advises for large graphs. */
import cytoscape, { type Core, type LayoutOptions } from 'cytoscape';
import { BOX, type Graph } from './graph.ts';
import { drawn, type Peer, type Places } from './peer.ts';

const elements = ({ nodes, links }: Graph) => [
  ...nodes.map(({ id, name, detail, x, y }) => ({
    data: { id, label: `${name}\n${detail}` },
    position: { x: x + BOX.width / 2, y: y + BOX.height / 2 },
  })),
  ...links.map(({ id, from, to }) => ({ data: { id, source: from, target: to } })),
];

async function arranged(graph: Graph, layout: LayoutOptions): Promise<Places> {
  const core: Core = cytoscape({
    headless: true,
    styleEnabled: true,
    elements: elements(graph),
    style: [{ selector: 'node', style: { width: BOX.width, height: BOX.height, shape: 'rectangle' } }],
    layout: { name: 'preset' },
  });
  const run = core.layout(layout);
  const stopped = new Promise<void>((done) => void run.one('layoutstop', () => done()));
  run.run();
  await stopped;
  const places = new Map<string, readonly [number, number]>();
  core.nodes().forEach((node) => {
    const { x, y } = node.position();
    places.set(node.id(), [x, y]);
  });
  core.destroy();
  return { nodes: places };
}

export const cytoscapeJs: Peer = {
  mount: async (host, graph, { x, y, k }) => {
    const core = cytoscape({
      container: host,
      elements: elements(graph),
      layout: { name: 'preset', fit: false },
      zoom: k,
      pan: { x, y },
      minZoom: 0.02,
      maxZoom: 4,
      style: [
        {
          selector: 'node',
          style: {
            shape: 'round-rectangle',
            width: BOX.width,
            height: BOX.height,
            'background-color': '#ffffff',
            'border-width': 1,
            'border-color': '#8a93a0',
            label: 'data(label)',
            'text-valign': 'center',
            'text-wrap': 'wrap',
            'font-size': 11,
            'min-zoomed-font-size': 8,
          },
        },
        { selector: 'edge', style: { width: 1.25, 'line-color': '#8a93a0', 'curve-style': 'straight' } },
      ],
    });
    await new Promise<void>((done) => void core.one('render', () => done()));
    await drawn();
    return (camera) => core.viewport({ zoom: camera.k, pan: { x: camera.x, y: camera.y } });
  },
  layouts: {
    'cytoscape concentric': (graph) => arranged(graph, { name: 'concentric', animate: false }),
    'cytoscape cose': (graph) =>
      arranged(graph, { name: 'cose', animate: false, randomize: false, nodeDimensionsIncludeLabels: false }),
  },
};
