/** What lies under a point: small things by quadtree, then lines, then the innermost container. */
import { quadtree, type Quadtree } from 'd3';
import type { DiagramModel } from '../view/model.ts';
import type { Layout } from '../view/layout/layout.ts';
import { centreX, centreY, contains, type Point, type Rect } from '../view/layout/rect.ts';
import type { Region } from './scene.ts';

/** Half the size up to which a region is small. */
const SMALL = 128;
/** Pixels from a line that still hit it. */
const REACH = 5;

export interface HitTest {
  /** The id at a world point; `k` turns the reach of lines into world units. */
  readonly at: (point: Point, k: number) => string | null;
}

export function hitTest(model: DiagramModel, layout: Layout, regions: readonly Region[]): HitTest {
  const isSmall = ({ rect }: Region): boolean => rect.width <= 2 * SMALL && rect.height <= 2 * SMALL;
  const large = regions.filter((region) => !isSmall(region)).toSorted((a, b) => b.depth - a.depth);
  const tree: Quadtree<Region> = quadtree(
    regions.filter(isSmall),
    ({ rect }) => centreX(rect),
    ({ rect }) => centreY(rect),
  );
  const lines = model.edges.flatMap((edge) => {
    const route = layout.edges.get(edge.id);
    return route ? [{ id: edge.id, points: route.points, reach: edge.kind === 'tunnel' ? 6 : 0 }] : [];
  });
  return {
    at: (point, k) => {
      const found = inTree(tree, point);
      const container = large.find(({ rect }) => contains(rect, point));
      if (found && (!container || found.depth >= container.depth)) return found.id;
      for (const { id, points, reach } of lines)
        if (distanceTo(points, point) <= Math.max(reach, REACH / k)) return id;
      return container?.id ?? found?.id ?? null;
    },
  };
}

/** The deepest small region at a point; of equals the smallest. */
function inTree(tree: Quadtree<Region>, point: Point): Region | null {
  let best: Region | null = null;
  tree.visit((node, x0, y0, x1, y1) => {
    if (x0 > point.x + SMALL || x1 < point.x - SMALL || y0 > point.y + SMALL || y1 < point.y - SMALL)
      return true;
    if (!('length' in node) || node.length === undefined) {
      let leaf: typeof node | undefined = node;
      while (leaf && 'data' in leaf) {
        const region: Region = leaf.data;
        if (contains(region.rect, point) && (best === null || wins(region, best))) best = region;
        leaf = leaf.next as typeof node | undefined;
      }
    }
    return false;
  });
  return best;
}

const area = ({ width, height }: Rect): number => width * height;
const wins = (a: Region, b: Region): boolean =>
  a.depth > b.depth || (a.depth === b.depth && area(a.rect) < area(b.rect));

function distanceTo(points: readonly Point[], { x, y }: Point): number {
  let least = Number.POSITIVE_INFINITY;
  for (let index = 1; index < points.length; index += 1) {
    const a = points[index - 1];
    const b = points[index];
    if (!a || !b) continue;
    const dx = Math.max(Math.min(a.x, b.x) - x, 0, x - Math.max(a.x, b.x));
    const dy = Math.max(Math.min(a.y, b.y) - y, 0, y - Math.max(a.y, b.y));
    least = Math.min(least, Math.hypot(dx, dy));
  }
  return least;
}
