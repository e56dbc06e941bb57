/** What an export shows, and its parts in one place: title, picture, legend, last line. Both file kinds use the same marks. */
import type { HopscopeDocument } from '../engine/document.ts';
import { buildScene, type SceneMarks, type Theme } from '../diagram/index.ts';
import { FONTS, tableMeasure, type FontKey, type Measure } from '../diagram/measure.ts';
import { packetMarks, resolveScene, type Mark, type PenStroke } from '../diagram/resolve.ts';
import type { ColourToken } from '../diagram/theme.ts';
import {
  legendOf,
  type DiagramModel,
  type Layout,
  type LegendEntry,
  type Playback,
  type Point,
  type Rect,
} from '../view/index.ts';

export interface Picture {
  readonly model: DiagramModel;
  readonly layout: Layout;
  readonly playback: Playback;
  readonly marks: SceneMarks;
  /** What the file calls itself. */
  readonly name: string;
  /** 14 px bold, top left, and one line of what is shown; empty for none. */
  readonly title: string;
  readonly subtitle: string;
  /** Last line, e.g. `Step 43 of 118. Open this file in Hopscope to go on from here.` */
  readonly footer: string;
  /** The key to colours and lines, under the picture. */
  readonly legend: boolean;
  /** The part to show, in the layout's coordinates; null for all of it. */
  readonly area: Rect | null;
  /** Embedded so that the file can be opened again; null leaves it out. */
  readonly document: HopscopeDocument | null;
}

export interface ExportOptions {
  readonly theme: Theme;
  readonly ground: 'white' | 'theme' | 'none';
}

/** A group of marks with where it stands. */
export interface Group {
  readonly x: number;
  readonly y: number;
  readonly name: 'title' | 'picture' | 'packet' | 'legend' | 'footer';
  readonly marks: readonly Mark[];
  /** What shows of it, in its own coordinates; null for all. */
  readonly clip: Rect | null;
}

export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly groups: readonly Group[];
}

const MARGIN = 20;
/** Of a sheet with words around the picture. */
const NARROWEST = 240;
const TITLE = 46;
const LEGEND_ROW = 22;
const FOOTER = 30;

/** The sheet at 100 %. A picture without title, legend or footer has no room for them either. */
export function layOutSheet(picture: Picture, measure: Measure = tableMeasure): Sheet {
  const scene = buildScene(picture.model, picture.layout, picture.playback, {
    ...picture.marks,
    hovered: null,
  });
  const bounds = picture.area ?? scene.bounds;
  const clip = picture.area;
  const entries = picture.legend ? legendOf(picture.model, picture.playback) : [];
  const around = picture.title !== '' || picture.footer !== '' || entries.length > 0;
  const texts = [
    measure(picture.title, 'title'),
    picture.title === '' ? 0 : measure(picture.subtitle, 'label'),
    measure(picture.footer, 'label'),
  ];
  const width = Math.ceil(Math.max(bounds.width, ...texts, around ? NARROWEST : 0)) + 2 * MARGIN;
  const groups: Group[] = [];
  let y = MARGIN;
  if (picture.title !== '') {
    const under = picture.subtitle === '' ? [] : [text(picture.subtitle, 0, 30, 'label', 'text-2')];
    groups.push({
      x: MARGIN,
      y,
      name: 'title',
      marks: [text(picture.title, 0, 12, 'title', 'text'), ...under],
      clip: null,
    });
    y += under.length === 0 ? TITLE - 16 : TITLE;
  }
  const x = MARGIN + Math.max(0, (width - 2 * MARGIN - bounds.width) / 2);
  groups.push({
    x: x - bounds.x,
    y: y - bounds.y,
    name: 'picture',
    marks: resolveScene(scene, 1, clip, measure),
    clip,
  });
  if (scene.packet)
    groups.push({
      x: x - bounds.x + scene.packet.at.x,
      y: y - bounds.y + scene.packet.at.y,
      name: 'packet',
      marks: packetMarks(scene.packet, 1, measure),
      clip: clip && { ...clip, x: clip.x - scene.packet.at.x, y: clip.y - scene.packet.at.y },
    });
  y += bounds.height + (around ? 16 : 8);
  if (entries.length > 0) {
    const legend = legendMarks(picture, entries, width - 2 * MARGIN, measure);
    groups.push({ x: MARGIN, y, name: 'legend', marks: legend.marks, clip: null });
    y += legend.rows * LEGEND_ROW;
  }
  if (picture.footer !== '') {
    const rule: Mark = {
      kind: 'rect',
      x: 0,
      y: 2,
      width: width - 2 * MARGIN,
      height: 1,
      radius: 0,
      fill: 'border',
      stroke: null,
    };
    groups.push({
      x: MARGIN,
      y,
      name: 'footer',
      marks: [rule, text(picture.footer, 0, 20, 'label', 'text-3')],
      clip: null,
    });
    y += FOOTER;
  }
  return { width, height: Math.ceil(y + MARGIN - 8), groups };
}

function text(value: string, x: number, y: number, font: FontKey, colour: ColourToken): Mark {
  return {
    kind: 'text',
    text: value,
    x,
    y,
    width: tableMeasure(value, font),
    font,
    colour,
    strike: false,
    from: 0,
  };
}

const SAMPLE = 20;

function legendMarks(
  picture: Picture,
  entries: readonly LegendEntry[],
  width: number,
  measure: Measure,
): { readonly marks: readonly Mark[]; readonly rows: number } {
  const marks: Mark[] = [];
  let x = 0;
  let row = 0;
  for (const entry of entries) {
    const own = SAMPLE + 6 + measure(entry.text, 'label') + 16;
    if (x > 0 && x + own - 16 > width) {
      x = 0;
      row += 1;
    }
    const y = row * LEGEND_ROW + 10;
    marks.push(
      ...sample(picture, entry, x, y),
      text(entry.text, x + SAMPLE + 6, y + FONTS.label.size * 0.355, 'label', 'text-2'),
    );
    x += own;
  }
  return { marks, rows: row + 1 };
}

/** A short piece of what the entry means, drawn as in the picture. */
function sample({ model }: Picture, entry: LegendEntry, x: number, y: number): readonly Mark[] {
  const piece = (a: Point, b: Point, stroke: PenStroke): Mark => ({
    kind: 'path',
    commands: [
      ['M', a.x, a.y],
      ['L', b.x, b.y],
    ],
    fill: null,
    stroke,
  });
  const level = (dy: number, stroke: PenStroke): Mark =>
    piece({ x: x + 1, y: y + dy }, { x: x + SAMPLE - 1, y: y + dy }, stroke);
  const line = (colour: ColourToken, width: number, dash: readonly number[] = [], round = false): Mark =>
    level(0, { colour, width, dash, round });
  const plate = (fill: ColourToken, colour: ColourToken, dash: readonly number[] = []): Mark => ({
    kind: 'rect',
    x: x + 1,
    y: y - 4,
    width: SAMPLE - 2,
    height: 8,
    radius: 2,
    fill,
    stroke: { colour, width: 1.25, dash, round: false },
  });
  switch (entry.kind) {
    case 'past':
      return [line('accent', 2.5, [], true)];
    case 'ahead':
      return [line('accent', 2, [0.5, 5], true)];
    case 'network': {
      const network = entry.network === null ? undefined : model.networks[entry.network];
      return network
        ? [
            plate(
              `net-${network.colour}-fill` as ColourToken,
              `net-${network.colour}` as ColourToken,
              network.pattern > 0 ? [4, 2] : [],
            ),
          ]
        : [];
    }
    case 'idle-tunnel':
      return [line('border-ctl', 8), line('surface-3', 6)];
    case 'cable':
      return [line('border-ctl', 1.5)];
    case 'patch':
      return [line('border-ctl', 1.25, [6, 3])];
    case 'bgp-up':
      return [line('ok', 1.75)];
    case 'bgp-waiting':
      return [line('warn', 1.75, [6, 3])];
    case 'bgp-down':
      return [line('border-ctl', 1.75, [1, 3])];
    case 'no-tunnels':
      return [-3.5, 3.5].map((dy) =>
        level(dy, { colour: 'border-strong', width: 1, dash: [2, 2], round: false }),
      );
    case 'cut': {
      const middle = x + SAMPLE / 2;
      const plain = { dash: [], round: false };
      return [
        line('border-ctl', 2, [1, 3]),
        piece({ x: x + 1, y }, { x: middle, y }, { ...plain, colour: 'text-2', width: 2 }),
        piece({ x: middle, y: y - 4.5 }, { x: middle, y: y + 4.5 }, { ...plain, colour: 'drop', width: 2 }),
      ];
    }
    case 'trunk':
      return [-2, 2].map((dy) => level(dy, { colour: 'border-ctl', width: 2, dash: [], round: false }));
    case 'dropped':
      return [{ kind: 'glyph', glyph: 'drop', x: x + 3, y: y - 7, size: 14, colour: 'drop', from: 0 }];
    case 'down':
      return [plate('surface', 'border-ctl', [1, 2])];
    case 'unknown':
      return [plate('unknown-soft', 'unknown', [4, 3])];
  }
}
