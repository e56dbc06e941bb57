/** React Flow, drawing only what is in view, as its manual advises for large graphs. It brings no layout. */
import '@xyflow/react/dist/style.css';
import { ReactFlow, type ReactFlowInstance } from '@xyflow/react';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { BOX } from './graph.ts';
import { drawn, type Peer } from './peer.ts';

export const reactFlow: Peer = {
  mount: async (host, { nodes, links }, camera) => {
    const flow = await new Promise<ReactFlowInstance>((done) => {
      createRoot(host).render(
        createElement(ReactFlow, {
          defaultNodes: nodes.map(({ id, name, detail, x, y }) => ({
            id,
            position: { x, y },
            data: { label: `${name} ${detail}` },
            width: BOX.width,
            height: BOX.height,
            style: { fontSize: 11, padding: 4, ...BOX },
          })),
          defaultEdges: links.map(({ id, from, to }) => ({ id, source: from, target: to, type: 'straight' })),
          defaultViewport: { x: camera.x, y: camera.y, zoom: camera.k },
          minZoom: 0.02,
          maxZoom: 4,
          onlyRenderVisibleElements: true,
          onInit: done,
        }),
      );
    });
    await drawn();
    return ({ x, y, k }) => void flow.setViewport({ x, y, zoom: k });
  },
  layouts: {},
};
