/** How good an arrangement is: overlaps of boxes, crossings of links, and how far things move when one port is added. */
import { BOX, type Graph } from './graph.ts';
import type { Places } from './peer.ts';

export interface Verdict {
  readonly milliseconds: number;
  readonly overlaps: number;
  readonly crossings: number;
  /** Width through height of the whole. */
  readonly aspect: number;
  /** Nodes that moved by more than their own height, once the shift that most share is taken off. */
  readonly moved: number;
}

type Point = readonly [number, number];
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const CELL = 400;

/** Pairs of things whose boxes share a cell of a grid, each once. */
function pairs<T>(
  things: readonly { readonly box: Box; readonly thing: T }[],
  visit: (a: T, b: T) => void,
): void {
  const cells = new Map<string, number[]>();
  things.forEach(({ box }, at) => {
    for (let x = Math.floor(box.left / CELL); x <= Math.floor(box.right / CELL); x += 1)
      for (let y = Math.floor(box.top / CELL); y <= Math.floor(box.bottom / CELL); y += 1) {
        const key = `${x} ${y}`;
        const cell = cells.get(key) ?? [];
        cells.set(key, cell);
        for (const other of cell) {
          const a = things[other];
          const b = things[at];
          if (!a || !b) continue;
          if (a.box.left > b.box.right || b.box.left > a.box.right) continue;
          if (a.box.top > b.box.bottom || b.box.top > a.box.bottom) continue;
          // Of the cells that both are in, the first.
          const isFirst =
            Math.floor(Math.max(a.box.left, b.box.left) / CELL) === x &&
            Math.floor(Math.max(a.box.top, b.box.top) / CELL) === y;
          if (isFirst) visit(a.thing, b.thing);
        }
        cell.push(at);
      }
  });
}

const side = (a: Point, b: Point, c: Point): number =>
  Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));

const cross = (a: Point, b: Point, c: Point, d: Point): boolean =>
  side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;

function overlapsOf(graph: Graph, { nodes, sizes }: Places): number {
  let count = 0;
  const boxes = graph.nodes.map(({ id }) => {
    const [x, y] = nodes.get(id) ?? [0, 0];
    const [width, height] = sizes?.get(id) ?? [BOX.width, BOX.height];
    const box: Box = {
      left: x - width / 2 + 0.5,
      top: y - height / 2 + 0.5,
      right: x + width / 2 - 0.5,
      bottom: y + height / 2 - 0.5,
    };
    return { box, thing: null };
  });
  pairs(boxes, () => (count += 1));
  return count;
}

/** Of links that share no end; each pair of links counts once. */
export function crossingsOf(links: Graph['links'], { nodes, routes }: Places): number {
  const pieces = links.flatMap(({ id, from, to }, link) => {
    const points: readonly Point[] = routes?.get(id) ?? [nodes.get(from) ?? [0, 0], nodes.get(to) ?? [0, 0]];
    return points.slice(1).map((b, at) => {
      const a = points[at] ?? b;
      return {
        box: {
          left: Math.min(a[0], b[0]),
          top: Math.min(a[1], b[1]),
          right: Math.max(a[0], b[0]),
          bottom: Math.max(a[1], b[1]),
        },
        thing: { a, b, from, to, link },
      };
    });
  });
  const found = new Set<number>();
  pairs(pieces, (p, q) => {
    if (p.from === q.from || p.from === q.to || p.to === q.from || p.to === q.to) return;
    if (cross(p.a, p.b, q.a, q.b)) found.add(p.link * links.length + q.link);
  });
  return found.size;
}

/** How many moved by more than a box is high, once the shift that most share is taken off: the camera may follow that. */
export function movedBetween(before: Places['nodes'], after: Places['nodes']): number {
  const shifts = [...before].flatMap(([id, [x, y]]): Point[] => {
    const at = after.get(id);
    return at ? [[at[0] - x, at[1] - y]] : [];
  });
  const mid = (values: readonly number[]): number =>
    values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  const dx = mid(shifts.map(([x]) => x));
  const dy = mid(shifts.map(([, y]) => y));
  return shifts.filter(([x, y]) => Math.hypot(x - dx, y - dy) > BOX.height).length;
}

/** `run` may take what it gave before into account. */
export async function judge(
  graph: Graph,
  run: (graph: Graph, before: Places | null) => Promise<Places>,
): Promise<Verdict> {
  const start = performance.now();
  const places = await run(graph, null);
  const milliseconds = performance.now() - start;
  // The third switch, far from the end: what follows it must make room.
  const to = graph.nodes.filter(({ kind }) => kind === 'logical-switch')[3]?.id ?? '';
  const after = await run(
    {
      ...graph,
      nodes: [
        ...graph.nodes,
        { id: 'added', kind: 'logical-port', name: 'added', detail: '10.0.2.250', x: 0, y: 0 },
      ],
      links: [...graph.links, { id: 'added', from: 'added', to }],
    },
    places,
  );
  const xs = [...places.nodes.values()].map(([x]) => x);
  const ys = [...places.nodes.values()].map(([, y]) => y);
  const span = (values: readonly number[]): number => {
    let least = Infinity;
    let most = -Infinity;
    for (const value of values) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return most - least;
  };
  return {
    milliseconds,
    overlaps: overlapsOf(graph, places),
    crossings: crossingsOf(graph.links, places),
    aspect: (span(xs) + BOX.width) / (span(ys) + BOX.height),
    moved: movedBetween(places.nodes, after.nodes),
  };
}
