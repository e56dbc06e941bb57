/** How a node looks in each of its states: edge, fill, text. Grey for what is there, colour for which network, accent for where you are. */
import type { DiagramModel, DiagramNode } from '../view/model.ts';
import type { Playback } from '../view/playback.ts';
import type { SceneMarks, Stroke } from './scene.ts';
import type { ColourToken } from './theme.ts';

/** What a builder of shapes is given. */
export interface Picture {
  readonly model: DiagramModel;
  readonly playback: Playback;
  readonly marks: SceneMarks;
}

export interface NodeStyle {
  readonly fill: ColourToken;
  readonly stroke: Stroke;
  readonly text: ColourToken;
  readonly sub: ColourToken;
  readonly glyph: ColourToken;
  readonly dimmed: boolean;
  readonly onPath: boolean;
  readonly strike: boolean;
}

/** Dash pattern that is added when colours repeat. */
const PATTERNS: readonly (readonly number[])[] = [[], [6, 2], [2, 2], [8, 2, 2, 2]];

const netToken = (colour: number, part: '' | '-fill' | '-text'): ColourToken =>
  `net-${colour}${part}` as ColourToken;

/** The tokens of a network by its index in the model. */
export function networkTokens(
  model: DiagramModel,
  index: number | null,
): {
  readonly stroke: ColourToken;
  readonly fill: ColourToken;
  readonly text: ColourToken;
  readonly dash: readonly number[];
} | null {
  const network = index === null ? undefined : model.networks[index];
  if (!network) return null;
  return {
    stroke: netToken(network.colour, ''),
    fill: netToken(network.colour, '-fill'),
    text: netToken(network.colour, '-text'),
    dash: PATTERNS[network.pattern % PATTERNS.length] ?? [],
  };
}

export const isDimmed = ({ model, marks }: Picture, id: string): boolean => {
  if (marks.dimmed.size === 0) return false;
  for (let at = model.node(id); at; at = at.parent === null ? undefined : model.node(at.parent))
    if (marks.dimmed.has(at.id)) return true;
  return false;
};

/** Is something inside `id` on the path so far? */
export function holdsPath({ model, playback }: Picture, id: string): boolean {
  for (const [marked, when] of playback.marks) {
    if (when !== 'past') continue;
    for (let at = model.node(marked); at; at = at.parent === null ? undefined : model.node(at.parent))
      if (at.id === id) return true;
  }
  return false;
}

interface Base {
  readonly fill: ColourToken;
  readonly edge: ColourToken;
  readonly dash?: readonly number[];
  /** Filled and edged with its network. */
  readonly network?: 'fill' | 'edge';
  readonly width?: number;
}

/** Things small enough to change their ground under the pointer; a large area only gets a darker edge. */
const SMALL: ReadonlySet<DiagramNode['kind']> = new Set([
  'port',
  'nic',
  'device',
  'fold',
  'logical-port',
  'localnet',
  'card',
  'program',
  'database',
  'speaker',
  'gateway-port',
]);

/** Style of `node` from what its kind looks like at rest. */
export function styleOf(picture: Picture, node: DiagramNode, base: Base): NodeStyle {
  const { model, playback, marks } = picture;
  const net = networkTokens(model, node.network);
  const dimmed = isDimmed(picture, node.id);
  const onPath = playback.marks.get(node.id) === 'past';
  const selected = marks.selected === node.id;
  const dropped = playback.drop?.node === node.id;
  let fill = base.fill;
  let edge: ColourToken = base.edge;
  let width = base.width ?? 1;
  let dash = base.dash ?? [];
  if (net && base.network) {
    if (base.network === 'fill') fill = net.fill;
    edge = net.stroke;
    width = Math.max(width, base.network === 'edge' ? 1.5 : 1);
    if (net.dash.length > 0) dash = net.dash;
  }
  if (node.state === 'unknown') {
    fill = 'unknown-soft';
    edge = 'unknown';
    dash = [4, 3];
  }
  if (node.state === 'down') dash = [1, 2];
  if (node.state === 'failed') edge = 'drop';
  if (node.state === 'waiting') edge = 'warn';
  if (dimmed && edge === 'border-ctl') edge = 'border-strong';
  if (dimmed && marks.lit.size > 0 && net && base.network) {
    fill = base.fill;
    edge = 'border-strong';
  }
  if (marks.lit.has(node.id)) {
    edge = 'accent';
    width = Math.max(width, 1.5);
  }
  if (onPath && base.network !== 'fill') {
    edge = 'accent';
    width = 1.5;
  }
  if (dropped) {
    edge = 'drop';
    fill = 'drop-soft';
    width = 1.5;
  }
  if (marks.hovered === node.id && !selected) {
    edge = edge === 'accent' || edge === 'drop' ? edge : 'text-3';
    if (SMALL.has(node.kind) && !dropped) fill = 'surface-3';
  }
  if (selected) {
    fill = 'accent-soft';
    edge = 'accent';
    width = 2;
  }
  const text: ColourToken = dimmed ? 'text-3' : 'text';
  return {
    fill,
    stroke: { colour: edge, width, ...(dash.length > 0 ? { dash } : {}) },
    text,
    sub: dimmed || net === null || base.network !== 'fill' ? 'text-3' : 'text-2',
    glyph: dimmed ? 'text-3' : 'text-2',
    dimmed,
    onPath,
    strike: node.state === 'down',
  };
}
