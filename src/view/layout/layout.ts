/** Model to geometry: a deterministic packing of our own. World units are CSS pixels at 100 %. */
import type { DiagramModel } from '../model.ts';
import { layoutLogical } from './logical.ts';
import { layoutMachines } from './machines.ts';
import { layoutRouting } from './routing.ts';
import type { Point, Rect } from './rect.ts';

export type { Point, Rect } from './rect.ts';

/** An edge's road: straight pieces with rounded corners. */
export interface Route {
  readonly points: readonly Point[];
  /** Corner radius. */
  readonly radius: number;
  /** For tunnels: where each node of `via` is crossed, as length from the start. */
  readonly stops: readonly { readonly node: string; readonly at: number }[];
  /** A tunnel that lies around the cables and bridges that carry it; others pass before them. */
  readonly onCables?: boolean;
}

export interface Layout {
  readonly bounds: Rect;
  readonly nodes: ReadonlyMap<string, Rect>;
  readonly edges: ReadonlyMap<string, Route>;
  /** The table strip's place in each bridge that has one. */
  readonly strips: ReadonlyMap<string, Rect>;
  /** Bridges whose name stands at the left, because their ports stand at the right; sessions whose words do. */
  readonly mirrored: ReadonlySet<string>;
  /** Containers upside down, in the lower of two rows: their head is at the bottom. */
  readonly flipped: ReadonlySet<string>;
  /** Which way the logical network goes. */
  readonly flow?: 'right' | 'down';
  /** The band of each thing of a logical network that is laid in several. */
  readonly bands?: ReadonlyMap<string, number>;
}

export interface LayoutOptions {
  /** Positions (top left) that the user gave machines or logical nodes. */
  readonly pinned: ReadonlyMap<string, Point>;
  /** The picture that was there before of the same lens: what is in both stays where it is, as far as there is room. */
  readonly before?: Layout | null;
}

/** Where the parts of a layout are written. */
export interface LayoutSink {
  readonly node: (id: string, rect: Rect) => void;
  readonly edge: (id: string, points: readonly Point[], extra?: Partial<Route>) => void;
}

/** No two siblings overlap unless pinned so. Deterministic. */
export function layoutDiagram(model: DiagramModel, options: LayoutOptions): Layout {
  switch (model.lens) {
    case 'logical':
      return layoutLogical(model, options);
    case 'routing':
      return layoutRouting(model, options);
    case 'physical':
    case 'overlay':
      return layoutMachines(model, options);
  }
}
