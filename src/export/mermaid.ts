/** The picture as Mermaid text: machines as subgraphs, things as nodes, lines as edges; for a note or a README. */
import type { DiagramModel, DiagramNode, EdgeKind } from '../view/model.ts';

/** A Mermaid `flowchart`. Names are quoted, ids are counted, so that no name can break the text. */
export function exportMermaid(model: DiagramModel, title: string): string {
  const ids = new Map(model.nodes.map(({ id }, index) => [id, `n${index}`]));
  const lines: string[] = [];
  const write = (node: DiagramNode, depth: number): void => {
    const indent = '  '.repeat(depth);
    const id = ids.get(node.id) ?? '';
    const children = model.children(node.id);
    if (children.length === 0) {
      const [open, close] = SHAPES[node.kind] ?? ['[', ']'];
      lines.push(`${indent}${id}${open}"${label(node)}"${close}`);
      return;
    }
    lines.push(`${indent}subgraph ${id}["${label(node)}"]`);
    for (const child of children) write(child, depth + 1);
    lines.push(`${indent}end`);
  };
  for (const node of model.children(null)) write(node, 1);
  for (const { kind, from, to, label: text } of model.edges) {
    const name = kind === 'tunnel' && text !== '' ? `|"${quoted(text)}"|` : '';
    lines.push(`  ${ids.get(from)} ${ARROWS[kind]}${name} ${ids.get(to)}`);
  }
  const direction = model.lens === 'logical' ? 'LR' : 'TB';
  return ['---', `title: ${JSON.stringify(title)}`, '---', `flowchart ${direction}`, ...lines, ''].join('\n');
}

const SHAPES: Partial<Record<DiagramNode['kind'], readonly [string, string]>> = {
  database: ['[(', ')]'],
  'logical-router': ['([', '])'],
  'logical-switch': ['(', ')'],
  speaker: ['([', '])'],
  session: ['((', '))'],
  segment: ['[/', '/]'],
};

const ARROWS: Readonly<Record<EdgeKind, string>> = {
  cable: '---',
  trunk: '---',
  access: '---',
  wire: '---',
  veth: '---',
  internal: '---',
  logical: '---',
  bgp: '---',
  stem: '---',
  patch: '-.-',
  tunnel: '===',
  control: '-->',
};

function label({ lead, name, trail, lines }: DiagramNode): string {
  const head = [lead, name].filter((text) => text !== '').join(' ');
  const more = [trail, ...lines.filter(({ from }) => from === 'ports').map(({ text }) => text)];
  return [head, ...more.filter((text) => text !== '')].map(quoted).join('<br/>');
}

/** Mermaid reads entities by number inside quotes. It takes `%%` for a comment and braces for its settings even there. */
const quoted = (text: string): string =>
  text.replaceAll(/["#%{}<>&;`\\\r\n]/g, (character) => `#${character.codePointAt(0)};`);
