/** The page's part of a saved document: how things were arranged and where one was looking. Read from links and files, so every part is checked. */
import * as v from 'valibot';

const place = v.tuple([v.number(), v.number()]);

const breakpoint = v.variant('kind', [
  v.object({ kind: v.literal('device'), id: v.string() }),
  v.object({ kind: v.literal('stage'), stage: v.string() }),
  v.object({ kind: v.literal('field'), field: v.string() }),
  v.object({ kind: v.literal('drop') }),
  v.object({ kind: v.literal('expression'), text: v.string() }),
  v.object({ kind: v.literal('packet'), filter: v.string() }),
]);

const pagePart = v.object({
  title: v.fallback(v.string(), ''),
  /** Pinned places by lens and id. */
  pins: v.fallback(v.record(v.string(), v.record(v.string(), place)), {}),
  breakpoints: v.fallback(v.array(breakpoint), []),
  asleep: v.fallback(v.array(v.string()), []),
  watches: v.fallback(v.array(v.string()), []),
  lens: v.fallback(
    v.nullable(v.picklist(['physical', 'l2', 'overlay', 'logical', 'routing', 'deployment'])),
    null,
  ),
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
};
