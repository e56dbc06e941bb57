/** The page as a document keeps it, and the page that such a document asks for. */
import { subjectId, subjectOf } from '../../view/index.ts';
import type { ArrangementSlice, DocumentSlice, Slices, Source, ViewportSlice } from '../store/slices.ts';
import type { PagePart } from './page-part.ts';

/** `screens`: what each machine's terminal showed. */
export function keptPage(
  { document, viewport, arrangement, playback, selection }: Slices,
  screens: PagePart['screens'],
): PagePart {
  return {
    title: document.title,
    pins: Object.fromEntries(
      Object.entries(document.pins).map(([lens, places]) => [
        lens,
        Object.fromEntries(Object.entries(places).map(([id, [x, y]]) => [id, [x, y]])),
      ]),
    ),
    breakpoints: [...document.breakpoints],
    asleep: [...document.asleep],
    watches: [...document.watches],
    lens: viewport.lens,
    dock: viewport.dock,
    terminal: viewport.terminal,
    run: playback.run,
    step: playback.step,
    level: playback.level,
    screens,
    inspector: viewport.inspector,
    selected: selection.subject && subjectId(selection.subject),
    filter: arrangement.filter,
    leavesOut: arrangement.leavesOut,
    hidden: [...arrangement.hidden],
    unfolded: [...arrangement.unfolded],
    collapsed: [...arrangement.collapsed],
    opened: [...arrangement.opened],
    turned: [...viewport.turned],
    focus: arrangement.focus && subjectId(arrangement.focus),
    camera: viewport.camera,
  };
}

export const keptDocument = (
  source: Source | null,
  { title, pins, breakpoints, asleep, watches }: PagePart,
): DocumentSlice => ({ source, title, pins, breakpoints, asleep, watches });

/** What was shown of the page, but what hangs on what the document holds. */
export const keptViewport = (page: PagePart): Partial<ViewportSlice> => ({
  terminal: page.terminal,
  turned: new Set(page.turned),
  camera: page.camera,
});

/** What of the picture was shown. */
export const keptArrangement = (page: PagePart): ArrangementSlice => ({
  filter: page.filter,
  leavesOut: page.leavesOut,
  hidden: new Set(page.hidden),
  unfolded: new Set(page.unfolded),
  collapsed: new Set(page.collapsed),
  opened: new Set(page.opened),
  focus: page.focus === null ? null : subjectOf(page.focus),
});
