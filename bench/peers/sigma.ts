/** sigma.js: WebGL, here by the browser's software renderer; nodes are discs with a label beside them. It brings no layout. */
import { UndirectedGraph } from 'graphology';
import Sigma from 'sigma';
import { BOX } from './graph.ts';
import { drawn, type Camera, type Peer } from './peer.ts';

export const sigmaJs: Peer = {
  mount: async (host, { nodes, links, width, height }, camera) => {
    const graph = new UndirectedGraph();
    for (const { id, name, x, y } of nodes)
      graph.addNode(id, {
        label: name,
        x: x + BOX.width / 2,
        y: -(y + BOX.height / 2),
        size: BOX.height / 4,
        color: '#8a93a0',
      });
    for (const { from, to } of links)
      if (!graph.hasEdge(from, to)) graph.addEdge(from, to, { size: 1.25, color: '#8a93a0' });
    const sigma = new Sigma(graph, host, { minCameraRatio: null, maxCameraRatio: null });
    const move = ({ x, y, k }: Camera): void => {
      // Its camera looks at a point of the graph in units of the graph's larger side.
      const middle = { x: (host.clientWidth / 2 - x) / k, y: -(host.clientHeight / 2 - y) / k };
      const framed = sigma.viewportToFramedGraph(sigma.graphToViewport(middle));
      const whole = Math.min(host.clientWidth / width, host.clientHeight / height);
      sigma.getCamera().setState({ x: framed.x, y: framed.y, ratio: whole / k });
    };
    move(camera);
    await drawn();
    return move;
  },
  layouts: {},
};
