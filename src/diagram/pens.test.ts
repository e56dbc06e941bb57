import { describe, expect, it } from 'vitest';
import { echoRun } from '../view/fixtures/run.ts';
import { multinode } from '../view/fixtures/chassis.ts';
import { gateways, largeLogical } from '../view/fixtures/gateways.ts';
import { modelOptions } from '../view/fixtures/world.ts';
import {
  assignNetworks,
  diagramModel,
  idlePlayback,
  layoutDiagram,
  playerOf,
  runTree,
} from '../view/index.ts';
import { buildScene } from './build-scene.ts';
import { paintMarks, paintScene, type PenContext } from './canvas-pen.ts';
import { tableMeasure } from './measure.ts';
import { resolveScene } from './resolve.ts';
import { noMarks, type Scene } from './scene.ts';
import { escapeXml, marksToSvg } from './svg-pen.ts';
import { DARK_THEME, LIGHT_THEME } from './theme.ts';

function sceneOf(logical: boolean): Scene {
  const world = logical ? gateways : multinode;
  const model = diagramModel(
    world,
    modelOptions(assignNetworks(world, []), { lens: logical ? 'logical' : 'overlay' }),
  );
  return buildScene(
    model,
    layoutDiagram(model, { pinned: new Map() }),
    logical ? idlePlayback : playerOf(model, runTree(echoRun()))(44),
    noMarks,
  );
}

/** Many boxes, each on a line. */
const lineScene: Scene = (() => {
  const world = largeLogical(30, 5);
  const model = diagramModel(world, modelOptions(assignNetworks(world, []), { lens: 'logical' }));
  return buildScene(model, layoutDiagram(model, { pinned: new Map() }), idlePlayback, noMarks);
})();

/** One thing that was put on the paper, in a form that both pens can be brought to. */
type Ink = readonly (string | number)[];
const round = (value: number): number => Math.round(value * 100) / 100;

/** A 2d context that writes down what is asked of it. */
function recordingContext(): { readonly context: PenContext; readonly ink: Ink[] } {
  const ink: Ink[] = [];
  let path: (string | number)[] = [];
  let origin = { x: 0, y: 0 };
  const saved: { x: number; y: number }[] = [];
  const point = (...values: number[]): number[] =>
    values.map((value, index) => round(value + (index % 2 === 0 ? origin.x : origin.y)));
  const context: PenContext = {
    fillStyle: '',
    strokeStyle: '',
    lineWidth: 1,
    lineCap: 'butt',
    lineJoin: 'round',
    font: '',
    globalAlpha: 1,
    textBaseline: 'alphabetic',
    textAlign: 'left',
    setTransform: (() => {}) as PenContext['setTransform'],
    clearRect: () => {},
    fillRect: (x, y, width, height) =>
      ink.push(['fill', 'rect', ...point(x, y), round(width), round(height)]),
    strokeRect: (x, y, width, height) =>
      ink.push(['stroke', 'rect', ...point(x, y), round(width), round(height)]),
    rect: () => {},
    clip: (() => {}) as PenContext['clip'],
    beginPath: () => (path = []),
    moveTo: (x, y) => path.push('M', ...point(x, y)),
    lineTo: (x, y) => path.push('L', ...point(x, y)),
    quadraticCurveTo: (a, b, x, y) => path.push('Q', ...point(a, b, x, y)),
    bezierCurveTo: (a, b, c, d, x, y) => path.push('C', ...point(a, b, c, d, x, y)),
    closePath: () => path.push('Z'),
    arc: (x, y, radius) => path.push('circle', ...point(x, y), round(radius)),
    roundRect: (x, y, width, height) => path.push('rect', ...point(x, y), round(width), round(height)),
    fill: ((own?: Path2D) => ink.push(own ? ['glyph-fill'] : ['fill', ...path])) as PenContext['fill'],
    stroke: ((own?: Path2D) => ink.push(own ? ['glyph'] : ['stroke', ...path])) as PenContext['stroke'],
    fillText: (text, x, y) => ink.push(['text', text, ...point(x, y)]),
    setLineDash: () => {},
    save: () => saved.push(origin),
    restore: () => (origin = saved.pop() ?? origin),
    translate: (x, y) => (origin = { x: origin.x + x, y: origin.y + y }),
    scale: () => {},
  };
  return { context, ink };
}

/** The same from an SVG text. */
function inkOfSvg(svg: string): readonly Ink[] {
  const ink: Ink[] = [];
  for (const line of svg.split('\n')) {
    const attribute = (name: string): string => new RegExp(` ${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    const number = (name: string): number => Number(attribute(name));
    const kind = /^<(\w+)/.exec(line)?.[1];
    if (kind === 'text') {
      ink.push(['text', line.replaceAll(/<[^>]*>/g, ''), number('x'), number('y')]);
      continue;
    }
    if (kind === 'g') {
      for (const part of line.matchAll(/<path [^>]*>/g))
        ink.push(...(part[0].includes(' fill=') ? [['glyph-fill']] : []), ['glyph']);
      continue;
    }
    const shape =
      kind === 'rect'
        ? ['rect', number('x'), number('y'), number('width'), number('height')]
        : kind === 'circle'
          ? ['circle', number('cx'), number('cy'), number('r')]
          : [...attribute('d').matchAll(/([MLQCZ])([^MLQCZ]*)/g)].flatMap(([, letter = '', values = '']) => [
              letter,
              ...values.split(' ').filter(Boolean).map(Number),
            ]);
    if (attribute('fill') !== 'none') ink.push(['fill', ...shape]);
    if (attribute('stroke') !== '') ink.push(['stroke', ...shape]);
  }
  return ink;
}

describe('the two pens', () => {
  it.each([
    ['overlay', false, 1],
    ['overlay', false, 0.5],
    ['overlay', false, 2],
    ['logical', true, 1],
  ] as const)('put the same things at the same places: %s %s at %d', (_, logical, k) => {
    const marks = resolveScene(sceneOf(logical), k, null, tableMeasure);
    const { context, ink } = recordingContext();
    paintMarks(context, marks, LIGHT_THEME, { measure: tableMeasure, pathOf: () => ({}) as Path2D });
    const plain = inkOfSvg(marksToSvg(marks, LIGHT_THEME)).map((one) =>
      one.map((value) => (typeof value === 'string' ? value.replaceAll('&amp;', '&') : value)),
    );
    expect(ink).toEqual(plain);
    expect(ink.length).toBeGreaterThan(60);
  });

  it('draw the same lines while the zoom changes, in fewer strokes', () => {
    const marks = resolveScene(lineScene, 0.3, null, tableMeasure, true);
    const strokes = (brief: boolean): readonly Ink[] => {
      const { context, ink } = recordingContext();
      paintMarks(context, marks, LIGHT_THEME, { measure: tableMeasure, brief, pathOf: () => ({}) as Path2D });
      return ink;
    };
    /** Each line by itself. */
    const lines = (ink: readonly Ink[]): readonly string[] =>
      ink.flatMap(([kind, ...path]) =>
        path
          .join(' ')
          .split(' M ')
          .map((line) => `${kind} ${line.replace(/^M /, '')}`),
      );
    expect(lines(strokes(true))).toEqual(lines(strokes(false)));
    expect(strokes(true).length).toBeLessThan(0.8 * strokes(false).length);
  });

  it('paint the visible part of a large scene only', () => {
    const { context, ink } = recordingContext();
    const viewport = { x: 0, y: 0, k: 4, width: 300, height: 200, ratio: 2 };
    paintScene(context, sceneOf(false), viewport, DARK_THEME, {
      measure: tableMeasure,
      pathOf: () => ({}) as Path2D,
    });
    const texts = ink.flatMap(([kind, text]) => (kind === 'text' ? [text] : []));
    expect(texts).toContain('worker1');
    expect(texts).not.toContain('worker2');
  });

  it('write text that XML can hold', () => {
    expect(escapeXml('a<b>&"c\'\u0000\ud800')).toBe('a&lt;b&gt;&amp;&quot;c&#39;\ufffd\ufffd');
  });
});
