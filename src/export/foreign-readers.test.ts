/** Exported files as programs that are not ours read them: Graphviz itself, Mermaid's own parser, maxGraph (draw.io's editor, kept on). */
import { readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import type * as MaxGraph from '@maxgraph/core';
import { instance } from '@viz-js/viz';
import { Window } from 'happy-dom';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { LIGHT_THEME } from '../diagram/index.ts';
import { multinode } from '../view/fixtures/chassis.ts';
import { gateways, lswitch } from '../view/fixtures/gateways.ts';
import { racks } from '../view/fixtures/routers.ts';
import { tripleo } from '../view/fixtures/tripleo.ts';
import { host, logicalPort, modelOptions, world } from '../view/fixtures/world.ts';
import { assignNetworks, diagramModel, layoutDiagram, type Lens } from '../view/index.ts';
import { exportDrawio } from './drawio.ts';
import { exportGraphviz } from './graphviz.ts';
import { exportMermaid } from './mermaid.ts';

/** Names that mean something in one of the languages. Those of logical switches and ports are free. */
const AWKWARD = [
  'a "b"',
  'back\\slash\\',
  '<b>&amp;',
  'end',
  '}{[](|)',
  '%% --> x',
  '#35; `tick`',
  'two\nlines',
  '網',
] as const;
const named = world({
  hosts: [host('h')],
  logical: {
    switches: AWKWARD.map((name, at) =>
      lswitch(name, at + 1, [logicalPort(`${name} port`, { addresses: ['02:00:00:00:00:01 10.0.0.1'] })]),
    ),
    routers: [],
  },
});

const pictures = (
  [
    ['physical', multinode, 'machines'],
    ['overlay', multinode, 'tunnels'],
    ['logical', gateways, 'gateways'],
    ['routing', racks, 'routers'],
    ['physical', tripleo, 'a deployment'],
    ['logical', named, 'names that mean something'],
  ] as const
).map(([lens, snapshot, name]) => {
  const model = diagramModel(
    snapshot,
    modelOptions(assignNetworks(snapshot, []), { lens: lens satisfies Lens }),
  );
  return { name, model, layout: layoutDiagram(model, { pinned: new Map() }) };
});
const TITLE = `${AWKWARD[0]} ${AWKWARD[1]}`;

interface Vertex {
  readonly id: string;
  readonly text: string;
}

/** What is used of Mermaid; the package has no types. */
interface Mermaid {
  readonly parse: (text: string) => Promise<unknown>;
  readonly mermaidAPI: {
    readonly getDiagramFromText: (text: string) => Promise<{
      readonly type: string;
      readonly db: {
        readonly getVertices: () => ReadonlyMap<string, Vertex>;
        readonly getEdges: () => readonly { readonly start: string; readonly end: string }[];
        readonly getSubGraphs: () => readonly { readonly id: string; readonly nodes: readonly string[] }[];
        readonly getDiagramTitle: () => string;
      };
    }>;
  };
}

let mermaid: Mermaid;
let maxGraph: typeof MaxGraph;

beforeAll(async () => {
  const window = new Window();
  // happy-dom has no name on the nodes of attributes; browsers have.
  Object.defineProperty(window.Attr.prototype, 'nodeName', {
    get(this: { readonly name: string }) {
      return this.name;
    },
  });
  vi.stubGlobal('window', window);
  for (const name of [
    'document',
    'navigator',
    'DOMParser',
    'Node',
    'Element',
    'DocumentFragment',
    'NodeFilter',
  ] as const)
    vi.stubGlobal(name, window[name]);
  // A script for pages: it leaves itself in the global object.
  runInThisContext(readFileSync('node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js', 'utf8'));
  mermaid = (globalThis as unknown as { readonly mermaid: Mermaid }).mermaid;
  // The first text makes it known which kinds of diagrams there are.
  await mermaid.parse('flowchart TB');
  maxGraph = await import('@maxgraph/core');
});

describe.each(pictures)('$name', ({ model, layout }) => {
  const inner = model.nodes.filter(({ id }) => model.children(id).length > 0);
  const leaves = model.nodes.filter(({ id }) => model.children(id).length === 0);

  // `neato` and `neato -n`: the first counts in inches unless it is told.
  it.each(['neato', 'nop'])('Graphviz draws it by %s, everything where it was', async (engine) => {
    const viz = await instance();
    const text = exportGraphviz(model, layout, TITLE);
    const read = viz.render(text, {
      format: 'json',
      engine,
      graphAttributes: { notranslate: true },
    });
    expect(read.errors.filter(({ level }) => level !== 'warning')).toEqual([]);
    const graph = JSON.parse(read.output ?? '') as {
      readonly label: string;
      readonly objects: readonly { readonly name: string; readonly label?: string; readonly pos?: string }[];
      readonly edges?: readonly unknown[];
    };
    const things = graph.objects.filter(({ name }) => /^n\d+$/.test(name));
    expect(things).toHaveLength(model.nodes.length);
    expect(graph.objects.filter(({ name }) => name.startsWith('cluster_'))).toHaveLength(inner.length);
    expect(graph.edges ?? []).toHaveLength(model.edges.length);
    /** Where things are, from the first of them, y upwards. */
    const places = model.nodes.map((node, at) => {
      const rect = layout.nodes.get(node.id);
      const [x, y] = (things.find(({ name }) => name === `n${at}`)?.pos ?? '').split(',').map(Number);
      if (!rect || x === undefined || y === undefined) throw new Error(`${node.id} is missing`);
      return { wanted: [rect.x + rect.width / 2, -(rect.y + rect.height / 2)], drawn: [x, y] };
    });
    for (const { wanted, drawn } of places)
      for (const axis of [0, 1])
        expect((drawn[axis] ?? 0) - (places[0]?.drawn[axis] ?? 0)).toBeCloseTo(
          (wanted[axis] ?? 0) - (places[0]?.wanted[axis] ?? 0),
          0,
        );
  });

  it('Mermaid reads the same things, lines and nesting', async () => {
    const { type, db } = await mermaid.mermaidAPI.getDiagramFromText(exportMermaid(model, TITLE));
    expect(type).toBe('flowchart-v2');
    const groups = db.getSubGraphs();
    expect(groups).toHaveLength(inner.length);
    const ids = new Set([...db.getVertices().keys(), ...groups.map(({ id }) => id)]);
    expect(ids).toEqual(new Set(model.nodes.map((_, at) => `n${at}`)));
    expect(db.getEdges().map(({ start, end }) => [start, end])).toEqual(
      model.edges.map(({ from, to }) =>
        [from, to].map((id) => `n${model.nodes.findIndex((node) => node.id === id)}`),
      ),
    );
    for (const node of inner) {
      const at = model.nodes.indexOf(node);
      const group = groups.find(({ id }) => id === `n${at}`);
      expect(new Set(group?.nodes)).toEqual(
        new Set(model.children(node.id).map((child) => `n${model.nodes.indexOf(child)}`)),
      );
    }
    expect(leaves.length).toBeGreaterThan(0);
  });

  it('maxGraph reads cells with parents, places, styles and ends', () => {
    const text = exportDrawio(model, layout, TITLE, LIGHT_THEME);
    const file = new DOMParser().parseFromString(text, 'application/xml');
    expect(file.querySelector('diagram')?.getAttribute('name')).toBe(TITLE);
    const [content = ''] = /<mxGraphModel.*<\/mxGraphModel>/s.exec(text) ?? [];
    const read = new maxGraph.GraphDataModel();
    new maxGraph.ModelXmlSerializer(read).import(content);
    for (const [at, node] of model.nodes.entries()) {
      const cell = read.getCell(`n${at}`);
      const rect = layout.nodes.get(node.id);
      if (!cell || !rect) throw new Error(`${node.id} is missing`);
      expect(cell.isVertex()).toBeTruthy();
      expect(cell.getParent()?.id).toBe(
        node.parent === null ? '1' : `n${model.nodes.findIndex(({ id }) => id === node.parent)}`,
      );
      expect(cell.geometry?.width).toBeCloseTo(rect.width, 1);
      expect(cell.geometry?.height).toBeCloseTo(rect.height, 1);
      expect(cell.style.strokeColor).toMatch(/^#/);
      expect(String(cell.value).split('\n')[0]).toContain(node.name.split('\n')[0]);
    }
    for (const [at, { from, to }] of model.edges.entries()) {
      const cell = read.getCell(`e${at}`);
      expect(cell?.isEdge()).toBeTruthy();
      expect([cell?.source?.id, cell?.target?.id]).toEqual(
        [from, to].map((id) => `n${model.nodes.findIndex((node) => node.id === id)}`),
      );
    }
  });
});

it('what is no such file is refused by each of them', async () => {
  const viz = await instance();
  expect(viz.render('graph { a --- }').status).toBe('failure');
  await expect(mermaid.mermaidAPI.getDiagramFromText('flowchart TB\n a[" --- b')).rejects.toThrow(
    /Parse error/,
  );
  const read = new maxGraph.GraphDataModel();
  new maxGraph.ModelXmlSerializer(read).import('<svg/>');
  expect(read.getCell('n0')).toBeUndefined();
});
