/**
 * Large pictures are laid out in a worker, one at a time. What is asked while one is under way waits, and gives way to what
 * is asked after it: a picture that changes faster than it can be laid out never falls behind, and never starves.
 */
import {
  packModel,
  type DiagramModel,
  type Layout,
  type LayoutOptions,
  type ModelParcel,
} from '../../view/index.ts';

/** What the worker is asked, one at a time. */
export interface LayoutRequest {
  readonly model: ModelParcel;
  readonly options: LayoutOptions;
}

/** What it answers: a layout, or what went wrong. */
export type LayoutReply =
  | { readonly kind: 'layout'; readonly layout: Layout }
  | { readonly kind: 'failed'; readonly message: string };

/** The part of a Worker that is needed. */
export interface LayoutPort {
  postMessage(request: LayoutRequest): void;
  onmessage: ((event: MessageEvent<LayoutReply>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

export interface LayoutDesk {
  /** The layout, or null when another was asked for before this one was begun. Rejects when it cannot be made. */
  readonly lay: (model: DiagramModel, options: LayoutOptions) => Promise<Layout | null>;
  readonly close: () => void;
}

interface Order {
  readonly request: LayoutRequest;
  readonly done: (layout: Layout | null) => void;
  readonly failed: (error: Error) => void;
}

/** `start` is called for the first layout. */
export function openLayoutDesk(start: () => LayoutPort): LayoutDesk {
  let port: LayoutPort | null = null;
  let current: Order | null = null;
  let waiting: Order | null = null;

  const begin = (order: Order | null): void => {
    current = order;
    waiting = null;
    if (order) opened().postMessage(order.request);
  };
  const settle = (act: (order: Order) => void): void => {
    if (current) act(current);
    begin(waiting);
  };
  function opened(): LayoutPort {
    if (port) return port;
    port = start();
    port.onmessage = ({ data }) =>
      settle((order) =>
        data.kind === 'layout' ? order.done(data.layout) : order.failed(new Error(data.message)),
      );
    port.onerror = (event) => settle((order) => order.failed(new Error(event.message)));
    return port;
  }

  return {
    lay: (model, options) =>
      new Promise((done, failed) => {
        const order = { request: { model: packModel(model), options }, done, failed };
        waiting?.done(null);
        if (current) waiting = order;
        else begin(order);
      }),
    close: () => {
      port?.terminate();
      port = null;
      current?.done(null);
      waiting?.done(null);
      current = null;
      waiting = null;
    },
  };
}
