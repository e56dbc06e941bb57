import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { multinode } from '../view/fixtures/chassis.ts';
import { modelOptions } from '../view/fixtures/world.ts';
import { assignNetworks, diagramModel, idlePlayback, layoutDiagram } from '../view/index.ts';
import { shorter } from './block.ts';
import { buildScene } from './build-scene.ts';
import { fitted, revealed, toScreen, toWorld, zoomed } from './camera.ts';
import { GLYPHS } from './glyphs.table.ts';
import { hitTest } from './hit.ts';
import { ease, onWay, wayBetween } from './motion.ts';
import { lengthOf, pointAt, rounded, slice } from './polyline.ts';
import { noMarks } from './scene.ts';
import { COLOURS } from './theme.table.ts';

describe('theme tables', () => {
  const css = readFileSync(new URL('../ui/tokens.css', import.meta.url), 'utf8').replaceAll("'", '"');
  const block = (start: string): string =>
    css.slice(css.indexOf(start), css.indexOf('}', css.indexOf(start)));
  it.each([
    ['light', ':root {'],
    ['dark', ':root[data-theme="dark"]'],
  ] as const)('agree with the page: %s', (theme, start) => {
    const text = block(start);
    for (const [token, value] of Object.entries(COLOURS[theme]))
      expect(new RegExp(`--${token}:\\s*${value};`).test(text), token).toBe(true);
  });
});

describe('camera', () => {
  const view = { x: 10, y: 20, k: 1, width: 800, height: 600 };
  it('fits with a margin, and never above 100 %', () => {
    expect(fitted(view, { x: 0, y: 0, width: 100, height: 100 })).toEqual({ k: 1, x: 350, y: 250 });
    const { k, x } = fitted(view, { x: -50, y: 0, width: 1536, height: 100 });
    expect(k).toBeCloseTo(0.5, 5);
    expect(x).toBe(41);
  });
  it('zooms about a point that stays', () => {
    const at = { x: 300, y: 200 };
    const before = toWorld(view, at);
    const after = toScreen({ ...view, ...zoomed(view, 2, at) }, before);
    expect(after).toEqual(at);
  });
  it('moves only as far as needed', () => {
    expect(revealed(view, { x: 100, y: 100, width: 50, height: 50 }, 20)).toEqual({ x: 10, y: 20, k: 1 });
    expect(revealed(view, { x: 900, y: 100, width: 50, height: 50 }, 20)).toEqual({ x: -170, y: 20, k: 1 });
    expect(revealed(view, { x: -100, y: 100, width: 50, height: 50 }, 20)).toEqual({ x: 120, y: 20, k: 1 });
  });
});

describe('hit test', () => {
  const model = diagramModel(multinode, modelOptions(assignNetworks(multinode, [])));
  const layout = layoutDiagram(model, { pinned: new Map() });
  const hits = hitTest(model, layout, buildScene(model, layout, idlePlayback, noMarks).regions);
  const middle = (id: string): { x: number; y: number } => {
    const rect = layout.nodes.get(id);
    return { x: (rect?.x ?? 0) + (rect?.width ?? 0) / 2, y: (rect?.y ?? 0) + (rect?.height ?? 0) / 2 };
  };
  it.each([
    'port:worker1/br-int/vm1',
    'link:worker2//eth1',
    'bridge:central/br-int',
    'namespace:worker1/vm1',
    'program:central/ovn-northd/',
    'link:worker1//genev_sys_6081',
  ])('finds %s in its middle', (id) => {
    expect(hits.at(middle(id), 1)).toBe(id);
  });
  it('finds a machine by its head, a tube by its body, and nothing outside', () => {
    const machine = layout.nodes.get('host:worker1');
    expect(hits.at({ x: (machine?.x ?? 0) + 100, y: (machine?.y ?? 0) + 8 }, 1)).toBe('host:worker1');
    const tube = model.edges.find(({ kind }) => kind === 'tunnel');
    const route = layout.edges.get(tube?.id ?? '');
    const at = pointAt(route?.points ?? [], lengthOf(route?.points ?? []) / 2);
    expect(hits.at({ x: at.x, y: at.y + 3 }, 1)).toBe(tube?.id);
    expect(hits.at({ x: -500, y: -500 }, 1)).toBeNull();
  });
});

describe('lines', () => {
  const bend = [
    { x: 0, y: 0 },
    { x: 0, y: 100 },
    { x: 50, y: 100 },
  ];
  it('have points and parts by length', () => {
    expect(lengthOf(bend)).toBe(150);
    expect(pointAt(bend, 120)).toEqual({ x: 20, y: 100 });
    expect(slice(bend, 50, 120)).toEqual([
      { x: 0, y: 50 },
      { x: 0, y: 100 },
      { x: 20, y: 100 },
    ]);
    expect(slice(bend, 120, 50)).toEqual([
      { x: 20, y: 100 },
      { x: 0, y: 100 },
      { x: 0, y: 50 },
    ]);
  });
  it('round their corners as far as their pieces allow', () => {
    expect(rounded(bend, 12)).toEqual([
      ['M', 0, 0],
      ['L', 0, 88],
      ['Q', 0, 100, 12, 100],
      ['L', 50, 100],
    ]);
    expect(rounded(bend, 80)[1]).toEqual(['L', 0, 75]);
  });
});

describe('motion', () => {
  it('eases from 0 to 1 without turning back', () => {
    const values = Array.from({ length: 21 }, (_, index) => ease(index / 20));
    expect([values[0], values.at(-1)]).toEqual([0, 1]);
    values.slice(1).forEach((value, index) => expect(value).toBeGreaterThanOrEqual(values[index] ?? 0));
  });
  const here = { at: { x: 0, y: 0 }, trail: [{ x: 0, y: 0 }] };
  const there = {
    at: { x: 50, y: 100 },
    trail: [
      { x: 0, y: 0 },
      { x: 0, y: 100 },
      { x: 50, y: 100 },
    ],
  };
  it('follows the road forward and back', () => {
    expect(onWay(wayBetween(here, there) ?? [], 1)).toEqual(there.at);
    expect(wayBetween(here, there)).toContainEqual({ x: 0, y: 100 });
    expect(wayBetween(there, here)).toContainEqual({ x: 0, y: 100 });
  });
  it('does not move where no road leads', () => {
    expect(wayBetween({ at: { x: 900, y: 900 }, trail: [] }, there)).toBeNull();
  });
});

describe('shortened texts', () => {
  it.each([
    ['192.168.50.100', ['…168.50.100', '…50.100', '…100']],
    ['10.0.0.1/24', ['…0.0.1/24', '…0.1/24', '…1/24']],
    ['ovn-worker', ['ovn-…rker', 'ovn…rker', 'ovn…ker', 'ov…ker']],
    ['eth', []],
    ['mtu 1500', []],
    ['fe80::1:2/64', ['…:1:2/64', '…1:2/64']],
  ])('%s', (text, wanted) => expect(shorter(text)).toEqual(wanted));
});

it('every glyph that a model names is drawn', () => {
  for (const name of [
    'host',
    'container',
    'netns',
    'ovs',
    'bridge',
    'vrf',
    'db',
    'speaker',
    'lswitch',
    'lrouter',
    'dgp',
    'gwchassis',
    'nat',
    'lb',
    'acl',
    'vm',
    'port',
    'question',
    'drop',
    'bp',
    'pin',
  ])
    expect(GLYPHS).toHaveProperty(name);
});
