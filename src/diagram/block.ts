/**
 * Text in a box. Labels keep their size on screen while the box grows and shrinks with the zoom, so what is written is
 * decided anew for each zoom: rows in order of importance while they fit, each shortened at the front or left out.
 */
import type { Rect } from '../view/layout/rect.ts';
import { FONTS, type FontKey, type Measure } from './measure.ts';
import type { ColourToken } from './theme.ts';

/** One piece of a row: text (with a brief form for narrow places), or a glyph of 12, 14 or 16 px. */
export type Run =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly font: FontKey;
      readonly colour: ColourToken;
      readonly strike?: boolean;
      readonly brief?: string;
    }
  | {
      readonly kind: 'glyph';
      readonly glyph: string;
      readonly size: 12 | 14 | 16;
      readonly colour: ColourToken;
    };

export interface BlockRow {
  readonly runs: readonly Run[];
  /** At the right end, if there is room beside the others; from a zoom of its own. */
  readonly trail: { readonly run: Run; readonly from: number } | null;
  /** CSS pixels. */
  readonly height: number;
  /** Zoom from which it is written, and up to which. */
  readonly from: number;
  readonly to?: number;
}

export interface TextBlock {
  readonly rect: Rect;
  /** Further places: the first in which all is written whole is taken, else the first that holds the brief form. */
  readonly others?: readonly Rect[];
  /** CSS pixels kept free at the sides and at the top. */
  readonly padX: number;
  readonly padY: number;
  readonly align: 'left' | 'right' | 'centre';
  readonly valign: 'top' | 'middle';
  /** A lone row that lost its glyph or number for want of room stands in the middle. */
  readonly centresCut?: boolean;
  readonly rows: readonly BlockRow[];
}

/** A label in scaled coordinates: world times zoom, CSS pixels. `y` is the baseline. */
export interface PlacedText {
  readonly kind: 'text';
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly font: FontKey;
  readonly colour: ColourToken;
  readonly strike: boolean;
  readonly from: number;
}

export interface PlacedGlyph {
  readonly kind: 'glyph';
  readonly glyph: string;
  /** Top left. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly colour: ColourToken;
  readonly from: number;
}

export type Placed = PlacedText | PlacedGlyph;

const LEAST_PAD = 3;
/** Of a name on two rows. */
const PARTED_PAD = 2;
const RUN_GAP = 5;
const LEAD_GAP = 4;
const TRAIL_GAP = 10;

/** What of a block is drawn at zoom `k`, and where. */
export function placeBlock(block: TextBlock, k: number, measure: Measure): readonly Placed[] {
  if (!block.others) return placeInRect(block, k, measure);
  const places = [block.rect, ...block.others].map((rect) => placeInRect({ ...block, rect }, k, measure));
  const texts = block.rows.flatMap(({ runs }) => runs.filter((run) => run.kind === 'text'));
  const holds = (placed: readonly Placed[], form: 'text' | 'brief'): boolean =>
    texts.every((run) => placed.some((label) => label.kind === 'text' && label.text === run[form]));
  return (
    places.find((placed) => holds(placed, 'text')) ?? places.find((placed) => holds(placed, 'brief')) ?? []
  );
}

function placeInRect(block: TextBlock, k: number, measure: Measure): readonly Placed[] {
  const fitting = rowsThatFit(block, k);
  if (fitting.length === 0) return [];
  const parts = broken(block, fitting, k, measure);
  const rows = parts ?? fitting;
  const { rect, padY, valign } = block;
  const total = rows.reduce((sum, { height }) => sum + height, 0);
  const free = rect.height * k - total;
  let y = rect.y * k + (valign === 'middle' || free < 0 ? free / 2 : Math.min(padY, free / 2));
  const placed: Placed[] = [];
  const least = Math.min(block.padX, parts ? PARTED_PAD : LEAST_PAD);
  const pad = padOf(block, least, rows, rect.width * k, measure);
  for (const row of rows) {
    const room = rect.width * k - 2 * pad;
    const cut = block.centresCut === true && rows.length === 1 && runsWidth(row.runs, measure) > room;
    placed.push(...placeRow(row, k, rect.x * k + pad, room, y, cut ? 'centre' : block.align, measure));
    y += row.height;
  }
  return placed;
}

/** A lone name that is too wide for its box, on two rows where it is high enough, at a mark if it can be; null where one row will do or two will not. */
function broken(
  { rect, padX }: TextBlock,
  [row, ...others]: readonly BlockRow[],
  k: number,
  measure: Measure,
): readonly BlockRow[] | null {
  if (!row || others.length > 0) return null;
  const texts = row.runs.filter((run) => run.kind === 'text');
  const [name] = texts;
  if (!name || texts.length > 1 || name.brief !== undefined || name.text.includes(' ')) return null;
  const height = FONTS[name.font].size + 1;
  const width = rect.width * k - 2 * Math.min(padX, LEAST_PAD);
  const half = rect.width * k - 2 * Math.min(padX, PARTED_PAD);
  if (rect.height * k < 2 * height + 1 || measure(name.text, name.font) <= width) return null;
  const fits = (part: string): boolean => measure(part, name.font) <= half;
  const halves = [...atMarks(name.text), ...cutAnywhere(name.text)].find((pair) => pair.every(fits));
  return halves?.map((text) => ({ ...row, runs: [{ ...name, text }], trail: null, height })) ?? null;
}

/** Few letters in a row of their own say nothing. */
const LEAST_PART = 3;

/** In two between any letters, nearest the middle first: a name that is whole says more than one with a gap in it. */
function cutAnywhere(text: string): readonly (readonly string[])[] {
  const letters = Array.from(text);
  const half = letters.length / 2;
  return letters
    .map((_, at) => at)
    .filter((at) => at >= LEAST_PART && letters.length - at >= LEAST_PART)
    .toSorted((a, b) => Math.abs(a - half) - Math.abs(b - half))
    .map((at) => [letters.slice(0, at).join(''), letters.slice(at).join('')]);
}

/** In two behind a mark (- . _ :), the one nearest the middle first; or before it, where its row has no room for it. */
function atMarks(text: string): readonly (readonly string[])[] {
  return [1, 0].flatMap((after) =>
    [...text.matchAll(/[-._:]/g)]
      .map(({ index }) => index + after)
      .filter((cut) => cut > 0 && cut < text.length)
      .toSorted((a, b) => Math.abs(a - text.length / 2) - Math.abs(b - text.length / 2))
      .map((cut) => [text.slice(0, cut), text.slice(cut)]),
  );
}

/** Padding gives way before text does, and is the same for all rows; a row that does not fit at all has no say. */
function padOf(
  { padX }: TextBlock,
  least: number,
  rows: readonly BlockRow[],
  width: number,
  measure: Measure,
): number {
  let pad = padX;
  for (const { runs } of rows) {
    const side = (width - runsWidth(runs, measure)) / 2;
    if (side >= least) pad = Math.min(pad, side);
  }
  return rows.some(
    ({ runs }) => runsWidth(runs, measure) > width - 2 * pad && !isBrief(runs, width - 2 * pad),
  )
    ? least
    : pad;

  function isBrief(runs: readonly Run[], room: number): boolean {
    const last = runs.findLast((run) => run.kind === 'text');
    return last?.brief !== undefined && measure(last.brief, last.font) <= room;
  }
}

function rowsThatFit({ rect, rows, padY }: TextBlock, k: number): readonly BlockRow[] {
  const shown: BlockRow[] = [];
  let height = Math.min(padY, 2);
  for (const row of rows) {
    if (k < row.from || k >= (row.to ?? Number.POSITIVE_INFINITY)) continue;
    // The first row may fill the box; those after it need air.
    const need = shown.length === 0 ? Math.min(row.height, tallest(row) * 0.92) : height + row.height + 1.5;
    if (need > rect.height * k + 0.5) break;
    height += row.height;
    shown.push(row);
  }
  return shown;
}

const tallest = ({ runs }: BlockRow): number =>
  Math.max(0, ...runs.map((run) => (run.kind === 'glyph' ? 0 : FONTS[run.font].size)));

function placeRow(
  row: BlockRow,
  k: number,
  left: number,
  width: number,
  top: number,
  align: TextBlock['align'],
  measure: Measure,
): readonly Placed[] {
  const runs = fitRuns(row.runs, width, measure);
  if (runs.length === 0) return [];
  const used = runsWidth(runs, measure);
  const end = left + width;
  let x = align === 'left' ? left : align === 'right' ? end - used : left + (width - used) / 2;
  const placed: Placed[] = [];
  runs.forEach((run, index) => {
    if (run.kind === 'text' || run.glyph !== '') placed.push(put(run, x, top, row, measure));
    x += runWidth(run, measure) + gapAfter(run, runs[index + 1]);
  });
  if (row.trail && k >= row.trail.from) {
    const fitted = fitRun(row.trail.run, end - x - TRAIL_GAP, measure);
    if (fitted)
      placed.push(
        put(fitted, end - runWidth(fitted, measure), top, { ...row, from: row.trail.from }, measure),
      );
  }
  return placed;
}

function put(run: Run, x: number, top: number, row: BlockRow, measure: Measure): Placed {
  if (run.kind === 'glyph')
    return {
      kind: 'glyph',
      glyph: run.glyph,
      x,
      y: top + (row.height - run.size) / 2,
      size: run.size,
      colour: run.colour,
      from: row.from,
    };
  const { size } = FONTS[run.font];
  return {
    kind: 'text',
    text: run.text,
    x,
    // Capitals and digits are about 0.71 of the size high: their middle is the row's.
    y: top + row.height / 2 + size * 0.355,
    width: measure(run.text, run.font),
    font: run.font,
    colour: run.colour,
    strike: run.strike ?? false,
    from: row.from,
  };
}

const runWidth = (run: Run, measure: Measure): number =>
  run.kind === 'glyph' ? run.size : measure(run.text, run.font);

const gapAfter = (run: Run, next: Run | undefined): number =>
  next === undefined ? 0 : run.kind === 'glyph' || next.kind === 'glyph' ? RUN_GAP : LEAD_GAP;

const runsWidth = (runs: readonly Run[], measure: Measure): number =>
  runs.reduce((sum, run, index) => sum + runWidth(run, measure) + gapAfter(run, runs[index + 1]), 0);

/** All runs; else without glyphs; else the last text alone, shortened at the front. */
function fitRuns(runs: readonly Run[], width: number, measure: Measure): readonly Run[] {
  if (runsWidth(runs, measure) <= width) return runs;
  const texts = runs.filter(({ kind }) => kind === 'text');
  if (texts.length > 0 && runsWidth(texts, measure) <= width) return texts;
  const last = texts.at(-1);
  const fitted = last ? fitRun(last, width, measure) : null;
  return fitted ? [fitted] : [];
}

/** Fewer characters than this say nothing. */
const FEWEST = 5;

function fitRun(run: Run, width: number, measure: Measure): Run | null {
  if (runWidth(run, measure) <= width) return run;
  if (run.kind === 'glyph') return null;
  if (run.brief !== undefined)
    return measure(run.brief, run.font) <= width ? { ...run, text: run.brief } : null;
  for (const text of shorter(run.text)) if (measure(text, run.font) <= width) return { ...run, text };
  return null;
}

/**
 * Shorter forms, longest first: an address loses whole parts at the front, a name its middle, as names often differ only in
 * their ends. Several words have none: what is left of them could be read as something else.
 */
export function shorter(text: string): readonly string[] {
  const address = /^(\d{1,3}\.){3}\d{1,3}(\/\d+)?$/.test(text);
  if (address) {
    const parts = text.split('.');
    return [1, 2, 3].map((from) => `…${parts.slice(from).join('.')}`);
  }
  if (text.includes(' ')) return [];
  const parts = text.split(':');
  if (parts.length > 2)
    return parts.slice(1).flatMap((_, from) => {
      const rest = parts.slice(from + 1).join(':');
      return rest.length < FEWEST ? [] : [`…${rest}`];
    });
  const letters = Array.from(text);
  const forms: string[] = [];
  for (let kept = letters.length - 2; kept >= FEWEST; kept -= 1) {
    const head = Math.floor(kept / 2);
    forms.push(`${letters.slice(0, head).join('')}…${letters.slice(head - kept).join('')}`);
  }
  return forms;
}
