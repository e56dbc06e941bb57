/** What the builders of a model share: the parts gathered so far and short ways to add to them. */
import type { NetworkLookup } from './networks.ts';
import type { DiagramEdge, DiagramNode, ModelOptions, NodeLine } from './model.ts';
import { subjectOf } from './subject-id.ts';
import type { WorldIndex } from './world-index.ts';

export interface ModelBuild {
  readonly world: WorldIndex;
  readonly options: ModelOptions;
  readonly lookup: NetworkLookup;
  /** How many guests of one kind a container shows before it folds the rest. */
  readonly limit: number;
  readonly nodes: DiagramNode[];
  /** Ids of all nodes added so far, those of machines drawn as tiles included. */
  readonly ids: Set<string>;
  readonly edges: DiagramEdge[];
  readonly aliases: Map<string, string>;
  /** Ids of things of which outputs did not tell all. */
  readonly unknown: ReadonlySet<string>;
}

type NodeDraft = Pick<DiagramNode, 'id' | 'kind' | 'parent' | 'name'> & Partial<DiagramNode>;

/** Adds a node; the subject follows from its id unless given. */
export function addNode(build: ModelBuild, draft: NodeDraft): DiagramNode {
  const node: DiagramNode = {
    subject: subjectOf(draft.id),
    lead: '',
    trail: '',
    glyph: '',
    lines: [],
    state: 'up',
    network: null,
    side: 'inside',
    folds: null,
    collapsed: false,
    ...draft,
    ...(build.unknown.has(draft.id) ? { state: 'unknown' as const } : {}),
  };
  build.nodes.push(node);
  build.ids.add(node.id);
  return node;
}

type EdgeDraft = Pick<DiagramEdge, 'id' | 'kind' | 'from' | 'to'> & Partial<DiagramEdge>;

/** Adds an edge between ids that may be aliases; `settleEdges` resolves them at the end. */
export function addEdge(build: ModelBuild, draft: EdgeDraft): void {
  build.edges.push({
    via: [],
    cables: [],
    segment: null,
    label: '',
    state: 'up',
    networks: [],
    cut: [],
    subject: subjectOf(draft.id),
    members: [],
    ...draft,
  });
}

export const monoLine = (text: string, from: NodeLine['from'], strong = false): NodeLine => ({
  text,
  mono: true,
  strong,
  from,
});

export const plainLine = (text: string, from: NodeLine['from']): NodeLine => ({
  text,
  mono: false,
  strong: false,
  from,
});

/** `…` for an empty value reads worse than nothing: drops empty texts. */
export const someLines = (...lines: readonly NodeLine[]): readonly NodeLine[] =>
  lines.filter(({ text }) => text !== '');

/** Edges with their ends as drawn nodes; those with an end that is not drawn, or both in one node, are dropped. */
export function settleEdges(build: ModelBuild): readonly DiagramEdge[] {
  const nodes = new Map(build.nodes.map((node) => [node.id, node]));
  const drawn = (id: string): string | null => {
    let at: string | undefined = id;
    for (let guard = 0; at !== undefined && guard < 16; guard += 1) {
      if (nodes.has(at)) return at;
      at = build.aliases.get(at);
    }
    return null;
  };
  /** What joins a tile with one of its own NICs is not drawn, as its inside is not. */
  const isInTile = (tile: string, chip: string): boolean =>
    nodes.get(chip)?.parent === tile && nodes.get(tile)?.collapsed === true;
  const settled: DiagramEdge[] = [];
  /** Several folded things give the same line: one is drawn for all of them; but tunnels keep their identity. */
  const bundles = new Map<string, { readonly at: number; count: number }>();
  for (const edge of build.edges) {
    const from = drawn(edge.from);
    const to = drawn(edge.to);
    if (from === null || to === null || from === to || isInTile(from, to) || isInTile(to, from)) continue;
    const via = edge.via.map(drawn).filter((id): id is string => id !== null && id !== from && id !== to);
    const folded = from !== edge.from || to !== edge.to;
    const cable = edge.kind === 'cable' || edge.kind === 'trunk' || edge.kind === 'access';
    const [low, high] = cable && from > to ? [to, from] : [from, to];
    const key = edge.kind === 'tunnel' ? edge.id : `${cable ? 'cable' : edge.kind} ${low} ${high}`;
    const bundle = bundles.get(key);
    const first = bundle && settled[bundle.at];
    if (folded && bundle && first) {
      bundle.count += 1;
      if (cable)
        settled[bundle.at] = {
          ...first,
          ...networksOf([...first.networks, ...edge.networks]),
          label: `${bundle.count} cables`,
        };
      continue;
    }
    if (!bundle) bundles.set(key, { at: settled.length, count: 1 });
    settled.push({ ...edge, from, to, via });
  }
  return settled;
}

/** What a cable carries says how it is drawn. */
function networksOf(list: readonly number[]): Pick<DiagramEdge, 'networks' | 'kind'> {
  const networks = [...new Set(list)];
  return { networks, kind: networks.length > 1 ? 'trunk' : networks.length === 1 ? 'access' : 'cable' };
}
