/** What is asked of a library: draw the graph in its places, move its camera, arrange the graph anew. */
import type { Graph } from './graph.ts';

export interface Camera {
  /** Screen = world * k + (x, y), CSS pixels. */
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

export interface Places {
  /** Middles of the boxes. */
  readonly nodes: ReadonlyMap<string, readonly [number, number]>;
  /** How each link is drawn; straight from middle to middle where it is missing. */
  readonly routes?: ReadonlyMap<string, readonly (readonly [number, number])[]>;
  /** Sizes of boxes where they are not those of the graph. */
  readonly sizes?: ReadonlyMap<string, readonly [number, number]>;
}

export interface Peer {
  /** Resolves when all is drawn, or handed to the browser to be drawn. */
  readonly mount: (host: HTMLElement, graph: Graph, camera: Camera) => Promise<(camera: Camera) => void>;
  /** Its own layouts, by name; after an edit they may start from the places of before. */
  readonly layouts: Readonly<Record<string, (graph: Graph, before: Places | null) => Promise<Places>>>;
}

/** The browser has drawn what was there before. */
export const drawn = (): Promise<void> =>
  new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(() => done()));
  });
