/** The page's part of a saved document: how things were arranged and where one was looking. Read from links and files, so every part is checked. */
import * as v from 'valibot';
import { LONGEST_EXPRESSION } from '../../view/index.ts';

const place = v.tuple([v.number(), v.number()]);

const breakpoint = v.variant('kind', [
  v.object({ kind: v.literal('device'), id: v.string() }),
  v.object({ kind: v.literal('stage'), stage: v.string() }),
  v.object({ kind: v.literal('field'), field: v.string() }),
  v.object({ kind: v.literal('drop') }),
  v.object({ kind: v.literal('expression'), text: v.string() }),
  v.object({ kind: v.literal('packet'), filter: v.string() }),
]);

/** Names of things and folds, in any order. */
const ids = v.fallback(v.array(v.string()), []);

/** Legend entries; one that names a network by its place alone is of an older page, and which network it was is not known. */
const legendKeys = v.pipe(
  ids,
  v.transform((keys) => keys.filter((key) => !/^network:\d+$/.test(key))),
);

/** A thing by its id. */
const thing = v.fallback(v.nullable(v.string()), null);

const lens = v.picklist(['physical', 'l2', 'overlay', 'logical', 'routing', 'deployment']);

const finite = v.pipe(v.number(), v.finite());

/** Where the user left the picture of a lens on a page of that width: its point in the middle of the pane, and the zoom. */
const camera = v.object({
  lens,
  mode: v.picklist(['wide', 'medium', 'narrow']),
  x: finite,
  y: finite,
  k: v.pipe(finite, v.minValue(0.01), v.maxValue(16)),
});

const pagePart = v.object({
  title: v.fallback(v.string(), ''),
  /** Pinned places by lens and id. */
  pins: v.fallback(v.record(v.string(), v.record(v.string(), place)), {}),
  breakpoints: v.fallback(v.array(breakpoint), []),
  asleep: v.fallback(v.array(v.string()), []),
  watches: v.fallback(v.array(v.string()), []),
  lens: v.fallback(v.nullable(lens), null),
  dock: v.fallback(
    v.nullable(v.picklist(['trace', 'terminal', 'capture', 'ovn-trace', 'pipeline', 'flows', 'bgp'])),
    null,
  ),
  terminal: v.fallback(v.nullable(v.string()), null),
  run: v.fallback(v.nullable(v.number()), null),
  step: v.fallback(v.number(), 0),
  level: v.fallback(v.picklist(['hop', 'stage', 'action']), 'hop'),
  /** What each machine's terminal showed. */
  screens: v.fallback(v.record(v.string(), v.string()), {}),
  /** The tab of the inspector, and the thing that is selected. */
  inspector: v.fallback(v.nullable(v.string()), null),
  selected: thing,
  /** What of the picture is shown: an expression, legend entries that are off, folds, the thing that is looked at. */
  filter: v.fallback(v.pipe(v.string(), v.maxLength(LONGEST_EXPRESSION)), ''),
  leavesOut: v.fallback(v.boolean(), false),
  hidden: legendKeys,
  unfolded: ids,
  collapsed: ids,
  opened: ids,
  turned: ids,
  focus: thing,
  camera: v.fallback(v.nullable(camera), null),
});

export type PagePart = v.InferOutput<typeof pagePart>;

/** Takes what fits; what is missing or wrong has its default. */
export function readPagePart(value: unknown): PagePart {
  const result = v.safeParse(pagePart, value);
  return result.success ? result.output : EMPTY_PAGE_PART;
}

export const EMPTY_PAGE_PART: PagePart = {
  title: '',
  pins: {},
  breakpoints: [],
  asleep: [],
  watches: [],
  lens: null,
  dock: null,
  terminal: null,
  run: null,
  step: 0,
  level: 'hop',
  screens: {},
  inspector: null,
  selected: null,
  filter: '',
  leavesOut: false,
  hidden: [],
  unfolded: [],
  collapsed: [],
  opened: [],
  turned: [],
  focus: null,
  camera: null,
};

/** What an address without a document cannot carry. */
const ARRANGED = [
  'pins',
  'breakpoints',
  'watches',
  'filter',
  'hidden',
  'unfolded',
  'collapsed',
  'opened',
  'focus',
] as const satisfies readonly (keyof PagePart)[];

/** What somebody made of a page, beside where they look: two with the same may stand for one another. */
export const workOf = (page: PagePart): string =>
  JSON.stringify([page.title, page.asleep, page.leavesOut, ...ARRANGED.map((key) => page[key])]);

/** Whether somebody arranged the page: lens and step alone are said by an address. */
export const isArranged = (page: PagePart): boolean =>
  ARRANGED.some((key) => JSON.stringify(page[key]) !== JSON.stringify(EMPTY_PAGE_PART[key]));
