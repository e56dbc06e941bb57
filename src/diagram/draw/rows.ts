/** Rows of text blocks from a node's name and lines. */
import type { DiagramNode, NodeLine } from '../../view/model.ts';
import { shownName } from '../../view/shown-name.ts';
import type { BlockRow, Run } from '../block.ts';
import { LEVEL } from '../levels.ts';
import type { FontKey } from '../measure.ts';
import type { NodeStyle } from '../style.ts';

const LINE_HEIGHT = 14;

export const textRun = (text: string, font: FontKey, style: NodeStyle, colour = style.text): Run => ({
  kind: 'text',
  text,
  font,
  colour,
  strike: false,
});

export function glyphRun(glyph: string, style: NodeStyle, size: 12 | 14 | 16 = 14): readonly Run[] {
  return glyph === '' ? [] : [{ kind: 'glyph', glyph, size, colour: style.glyph }];
}

/** The name, struck when the thing is down; `brief` where there is no room for it. */
export const nameRun = (node: DiagramNode, font: FontKey, style: NodeStyle, brief?: string): Run => ({
  kind: 'text',
  text: shownName(node.name),
  font,
  colour: style.strike ? 'text-3' : style.text,
  strike: style.strike,
  ...(brief === undefined ? {} : { brief }),
});

export function lineRow(line: NodeLine, style: NodeStyle, padLeft: readonly Run[] = []): BlockRow {
  const colour = line.strong ? style.text : style.sub;
  return {
    runs: [...padLeft, { kind: 'text', text: line.text, font: line.mono ? 'mono' : 'sub', colour }],
    trail:
      line.trail === undefined
        ? null
        : { run: { kind: 'text', text: line.trail, font: 'sub', colour: style.sub }, from: LEVEL[line.from] },
    height: LINE_HEIGHT,
    from: LEVEL[line.from],
  };
}

export const lineRows = (node: DiagramNode, style: NodeStyle): readonly BlockRow[] =>
  node.lines.map((line) => lineRow(line, style));
