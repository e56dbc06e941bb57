/** Marks that sit on things: breakpoints, faults, pins, the question of an unknown, the octagon of a drop. */
import type { Layout } from '../../view/layout/layout.ts';
import { right } from '../../view/layout/rect.ts';
import { LEVEL } from '../levels.ts';
import type { Shape, Tag } from '../scene.ts';
import type { Picture } from '../style.ts';
import type { ColourToken } from '../theme.ts';

export function markShapes({ model, playback, marks }: Picture, layout: Layout): readonly Shape[] {
  const shapes: Shape[] = [];
  const put = (id: string, glyph: string, colour: ColourToken, place: number): void => {
    const rect = layout.nodes.get(id);
    if (!rect) return;
    const tag: Tag = {
      form: 'glyph',
      at: { x: right(rect), y: rect.y },
      offset: { x: -16 * place, y: 0 },
      text: '',
      font: 'number',
      fill: 'surface',
      stroke: 'surface',
      colour,
      room: Number.POSITIVE_INFINITY,
      glyph,
    };
    shapes.push({ kind: 'tag', owner: id, from: LEVEL.names, tag });
  };
  const used = new Map<string, number>();
  const next = (id: string): number => {
    const place = used.get(id) ?? 0;
    used.set(id, place + 1);
    return place;
  };
  if (playback.drop) put(playback.drop.node, 'drop', 'drop', next(playback.drop.node));
  for (const id of marks.faulty) {
    const node = model.drawn(id);
    if (node) put(node.id, 'warn', 'warn', next(node.id));
  }
  for (const id of marks.breakpoints) {
    const node = model.drawn(id);
    if (node) put(node.id, 'bp', 'drop', next(node.id));
  }
  for (const id of marks.pinned) if (model.node(id)) put(id, 'pin', 'text-2', next(id));
  for (const { id, state } of model.nodes) if (state === 'unknown') put(id, 'question', 'unknown', next(id));
  return shapes;
}
