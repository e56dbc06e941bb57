/** The picture as a draw.io file: the same places and nesting, every box and line a cell of its own that can be moved. */
import { escapeXml, number } from '../diagram/svg-pen.ts';
import type { Theme } from '../diagram/theme.ts';
import type { DiagramEdge, DiagramModel, DiagramNode } from '../view/model.ts';
import type { Layout, Rect } from '../view/layout/layout.ts';

const MARGIN = 20;

/** An uncompressed `mxfile` of one page. */
export function exportDrawio(model: DiagramModel, layout: Layout, title: string, theme: Theme): string {
  const ids = new Map(model.nodes.map(({ id }, index) => [id, `n${index}`]));
  const cells: string[] = [];
  for (const node of model.nodes) {
    const rect = layout.nodes.get(node.id);
    if (!rect) continue;
    const parent = node.parent === null ? undefined : layout.nodes.get(node.parent);
    const at = parent
      ? { ...rect, x: rect.x - parent.x, y: rect.y - parent.y }
      : shifted(rect, layout.bounds);
    const owner = parent && node.parent !== null ? ids.get(node.parent) : undefined;
    cells.push(
      `<mxCell id="${ids.get(node.id)}" value="${escapeLines(text(node))}" style="${nodeStyle(model, node, theme)}" vertex="1" parent="${owner ?? '1'}">` +
        `<mxGeometry x="${number(at.x)}" y="${number(at.y)}" width="${number(at.width)}" height="${number(at.height)}" as="geometry"/></mxCell>`,
    );
  }
  model.edges.forEach((edge, index) => {
    const route = layout.edges.get(edge.id);
    if (!route) return;
    const inner = route.points
      .slice(1, -1)
      .map((point) => shifted({ ...point, width: 0, height: 0 }, layout.bounds))
      .map(({ x, y }) => `<mxPoint x="${number(x)}" y="${number(y)}"/>`)
      .join('');
    const points = inner === '' ? '' : `<Array as="points">${inner}</Array>`;
    cells.push(
      `<mxCell id="e${index}" value="${escapeXml(edge.kind === 'tunnel' ? edge.label : '')}" style="${edgeStyle(edge, theme)}" edge="1" parent="1" source="${ids.get(edge.from)}" target="${ids.get(edge.to)}">` +
        `<mxGeometry relative="1" as="geometry">${points}</mxGeometry></mxCell>`,
    );
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<mxfile host="hopscope">',
    `<diagram name="${escapeXml(title)}">`,
    '<mxGraphModel grid="1" gridSize="4"><root>',
    '<mxCell id="0"/><mxCell id="1" parent="0"/>',
    ...cells,
    '</root></mxGraphModel>',
    '</diagram>',
    '</mxfile>',
    '',
  ].join('\n');
}

/** An XML reader takes a plain line end in an attribute for a space. */
const escapeLines = (value: string): string => escapeXml(value).replaceAll('\n', '&#10;');

const shifted = (rect: Rect, bounds: Rect): Rect => ({
  ...rect,
  x: rect.x - bounds.x + MARGIN,
  y: rect.y - bounds.y + MARGIN,
});

function text({ lead, name, trail, lines, kind }: DiagramNode): string {
  const head = [lead, name, kind === 'machine' || kind === 'container' ? trail : '']
    .filter((part) => part !== '')
    .join(' ');
  return [head, ...lines.filter(({ from }) => from === 'ports').map((line) => line.text)].join('\n');
}

function nodeStyle(model: DiagramModel, node: DiagramNode, { colours }: Theme): string {
  const network = node.network === null ? undefined : model.networks[node.network];
  const edge = network ? colours[`net-${network.colour}` as keyof typeof colours] : colours['border-ctl'];
  const filled = network && (node.kind === 'namespace' || node.kind === 'logical-switch');
  const fill = filled
    ? colours[`net-${network.colour}-fill` as keyof typeof colours]
    : GREY.has(node.kind)
      ? colours['surface-2']
      : colours.surface;
  const holds = model.children(node.id).length > 0 || node.kind === 'segment';
  const rounded =
    node.kind === 'logical-router' || node.kind === 'speaker'
      ? 'rounded=1;arcSize=50'
      : 'rounded=1;absoluteArcSize=1;arcSize=8';
  return [
    rounded,
    'whiteSpace=wrap',
    `fillColor=${fill}`,
    `strokeColor=${edge}`,
    `fontColor=${colours.text}`,
    'fontSize=11',
    holds ? 'verticalAlign=top;align=left;spacingLeft=8' : 'verticalAlign=middle',
    ...(node.kind === 'namespace' || node.kind === 'localnet' ? ['dashed=1'] : []),
    ...(holds ? ['container=1;collapsible=0'] : []),
    '',
  ].join(';');
}

const GREY: ReadonlySet<DiagramNode['kind']> = new Set(['ovs-bridge', 'segment', 'program', 'database']);

function edgeStyle({ kind }: DiagramEdge, { colours }: Theme): string {
  const width = kind === 'tunnel' ? 6 : 1.25;
  const dash = kind === 'patch' ? 'dashed=1;' : '';
  const end = kind === 'control' ? 'block' : 'none';
  return `edgeStyle=orthogonalEdgeStyle;rounded=1;html=0;endArrow=${end};startArrow=none;strokeWidth=${width};strokeColor=${colours['border-ctl']};${dash}`;
}
