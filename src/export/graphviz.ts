/** The picture as Graphviz text: machines and bridges as clusters, things as nodes, lines as edges, places as they are on screen. */
import { number } from '../diagram/svg-pen.ts';
import type { DiagramEdge, DiagramModel, DiagramNode } from '../view/model.ts';
import type { Layout } from '../view/layout/layout.ts';

/** Graphviz counts in inches of 72 points, from the bottom. */
const POINTS = 72;

/** A `graph` for dot; `neato`, with and without `-n`, keeps the places. */
export function exportGraphviz(model: DiagramModel, layout: Layout, title: string): string {
  const ids = new Map(model.nodes.map(({ id }, index) => [id, `n${index}`]));
  const lines: string[] = [];
  const holds = (node: DiagramNode): boolean => model.children(node.id).length > 0;
  const write = (node: DiagramNode, depth: number): void => {
    const indent = '  '.repeat(depth);
    const id = ids.get(node.id) ?? '';
    if (!holds(node)) {
      lines.push(`${indent}${id} [${attributes(node, layout)}];`);
      return;
    }
    lines.push(`${indent}subgraph cluster_${id} {`, `${indent}  label=${quoted(label(node))};`);
    // Lines that end at a container need something in it to end at.
    lines.push(`${indent}  ${id} [shape=point, style=invis${place(node, layout)}];`);
    for (const child of model.children(node.id)) write(child, depth + 1);
    lines.push(`${indent}}`);
  };
  for (const node of model.children(null)) write(node, 1);
  const clusters = new Set(model.nodes.flatMap((node) => (holds(node) ? [node.id] : [])));
  for (const edge of model.edges) {
    const from = ids.get(edge.from);
    const to = ids.get(edge.to);
    if (from === undefined || to === undefined) continue;
    lines.push(`  ${from} -- ${to} [${edgeAttributes(edge, clusters, ids)}];`);
  }
  return [
    `graph ${quoted(title)} {`,
    `  label=${quoted(title)}; labelloc=t; compound=true; inputscale=${POINTS}; fontname="sans-serif";`,
    '  node [shape=box, style=rounded, fontname="sans-serif", fontsize=10];',
    '  edge [fontname="sans-serif", fontsize=9];',
    ...lines,
    '}',
    '',
  ].join('\n');
}

const SHAPES: Partial<Record<DiagramNode['kind'], string>> = {
  database: 'cylinder',
  'logical-router': 'oval',
  'logical-switch': 'box',
  speaker: 'oval',
  segment: 'parallelogram',
};

function attributes(node: DiagramNode, layout: Layout): string {
  const shape = SHAPES[node.kind];
  return `label=${quoted(label(node))}${shape === undefined ? '' : `, shape=${shape}`}${place(node, layout)}`;
}

/** `!`: not to be moved. */
function place({ id }: DiagramNode, { nodes, bounds }: Layout): string {
  const rect = nodes.get(id);
  if (!rect) return '';
  const x = rect.x + rect.width / 2 - bounds.x;
  const y = bounds.height - (rect.y + rect.height / 2 - bounds.y);
  return `, pos="${number(x)},${number(y)}!", width=${inches(rect.width)}, height=${inches(rect.height)}`;
}

const inches = (points: number): string => number(points / POINTS);

function edgeAttributes(
  { kind, label: text, from, to }: DiagramEdge,
  clusters: ReadonlySet<string>,
  ids: ReadonlyMap<string, string>,
): string {
  return [
    kind === 'tunnel' ? 'penwidth=4' : 'penwidth=1',
    ...(kind === 'patch' ? ['style=dashed'] : []),
    ...(kind === 'control' ? ['dir=forward'] : []),
    ...(kind === 'tunnel' && text !== '' ? [`label=${quoted(text)}`] : []),
    ...(clusters.has(from) ? [`ltail=cluster_${ids.get(from)}`] : []),
    ...(clusters.has(to) ? [`lhead=cluster_${ids.get(to)}`] : []),
  ].join(', ');
}

function label({ lead, name, trail, lines }: DiagramNode): string {
  const head = [lead, name].filter((text) => text !== '').join(' ');
  const more = [trail, ...lines.filter(({ from }) => from === 'ports').map(({ text }) => text)];
  return [head, ...more.filter((text) => text !== '')].join('\n');
}

/** In a quoted string only quotes, backslashes and ends of lines mean something. */
const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll(/\r?\n/g, '\\n')}"`;
