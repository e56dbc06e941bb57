/** AntV G6 on its canvas. */
import { Graph as G6 } from '@antv/g6';
import { BOX, type Graph } from './graph.ts';
import { drawn, type Peer, type Places } from './peer.ts';

const data = ({ nodes, links }: Graph) => ({
  nodes: nodes.map(({ id, x, y }) => ({
    id,
    style: { x: x + BOX.width / 2, y: y + BOX.height / 2 },
  })),
  edges: links.map(({ id, from, to }) => ({ id, source: from, target: to })),
});

const base = (host: HTMLElement, graph: Graph) => {
  const labels = new Map(graph.nodes.map(({ id, name, detail }) => [id, `${name}\n${detail}`]));
  return {
    container: host,
    width: host.clientWidth,
    height: host.clientHeight,
    animation: false,
    data: data(graph),
    zoomRange: [0.02, 4] as [number, number],
    node: {
      type: 'rect',
      style: {
        size: [BOX.width, BOX.height] as [number, number],
        radius: 4,
        fill: '#ffffff',
        stroke: '#8a93a0',
        lineWidth: 1,
        labelText: ({ id }: { id: string }) => labels.get(id) ?? '',
        labelPlacement: 'center' as const,
        labelFontSize: 11,
      },
    },
    edge: { type: 'line', style: { stroke: '#8a93a0', lineWidth: 1.25 } },
  };
};

export const g6: Peer = {
  mount: async (host, graph, camera) => {
    const made = new G6(base(host, graph));
    await made.render();
    let moving: Promise<unknown> = made
      .zoomTo(camera.k, false, [0, 0])
      .then(() => made.translateTo([camera.x, camera.y], false));
    await moving;
    await drawn();
    let zoom = camera.k;
    return ({ x, y, k }) => {
      moving = moving.then(async () => {
        if (k !== zoom) await made.zoomTo(k, false, [0, 0]);
        zoom = k;
        await made.translateTo([x, y], false);
      });
    };
  },
  layouts: {
    'G6 antv-dagre': async (graph): Promise<Places> => {
      const host = document.createElement('div');
      host.style.cssText = 'width:400px;height:300px';
      document.body.append(host);
      const made = new G6({
        ...base(host, graph),
        layout: { type: 'antv-dagre', rankdir: 'LR', nodeSize: [BOX.width, BOX.height] },
      });
      await made.render();
      const nodes = new Map<string, readonly [number, number]>();
      for (const { id } of graph.nodes) {
        const style = made.getNodeData(id).style ?? {};
        nodes.set(id, [Number(style['x']), Number(style['y'])]);
      }
      made.destroy();
      host.remove();
      return { nodes };
    },
  },
};
