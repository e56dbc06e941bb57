/** A plate that stands for many machines hangs on a bridge by one wire, as its machines do by one each. */
import type { DiagramNode } from './model.ts';
import type { ModelBuild } from './model-parts.ts';

/** Of a bridge's ports that lead to nothing but one such plate, the first stands for all. */
export function joinPiles(build: ModelBuild): void {
  const nodes = new Map(build.nodes.map((node) => [node.id, node]));
  if (!build.nodes.some(isPile)) return;
  const drawn = (id: string): DiagramNode | undefined => {
    let at: string | undefined = id;
    for (let guard = 0; at !== undefined && guard < 16; guard += 1) {
      const node = nodes.get(at);
      if (node) return node;
      at = build.aliases.get(at);
    }
    return undefined;
  };
  /** What each port of a Linux bridge leads to. */
  const reached = new Map<string, Set<DiagramNode>>();
  for (const { from, to } of build.edges) {
    const ends = [drawn(from), drawn(to)] as const;
    for (const [port, other] of [ends, [ends[1], ends[0]]] as const) {
      if (!port || !other || port === other || !isJack(port, nodes)) continue;
      const list = reached.get(port.id) ?? new Set();
      reached.set(port.id, list);
      list.add(other);
    }
  }
  const first = new Map<string, string>();
  const joined = new Set<string>();
  for (const [port, others] of reached) {
    const [pile] = others;
    if (!pile || others.size > 1 || !isPile(pile)) continue;
    const key = `${nodes.get(port)?.parent ?? ''} ${pile.id}`;
    const kept = first.get(key);
    if (kept === undefined) first.set(key, port);
    else {
      build.aliases.set(port, kept);
      joined.add(port);
    }
  }
  const left = build.nodes.filter(({ id }) => !joined.has(id));
  build.nodes.splice(0, build.nodes.length, ...left);
}

const isPile = ({ kind, folds }: DiagramNode): boolean =>
  folds !== null && (kind === 'machine' || kind === 'container');

const isJack = (node: DiagramNode, nodes: ReadonlyMap<string, DiagramNode>): boolean =>
  node.kind === 'port' && nodes.get(node.parent ?? '')?.kind === 'linux-bridge';
