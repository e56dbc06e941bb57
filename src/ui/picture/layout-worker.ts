/** The entry of the worker that lays out large pictures. */
import { layoutDiagram, unpackModel } from '../../view/index.ts';
import type { LayoutReply, LayoutRequest } from './layout-desk.ts';

globalThis.onmessage = ({ data: { model, options } }: MessageEvent<LayoutRequest>) => {
  globalThis.postMessage(answer(model, options));
};

function answer(model: LayoutRequest['model'], options: LayoutRequest['options']): LayoutReply {
  try {
    return { kind: 'layout', layout: layoutDiagram(unpackModel(model), options) };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}
