/** The page as a document keeps it, and the page that such a document asks for. */
import { subjectId, subjectOf } from '../../view/index.ts';
import type { DocumentSlice, Slices, Source, ViewportSlice } from '../store/slices.ts';
import type { PagePart } from './page-part.ts';

/** `screens`: what each machine's terminal showed. */
export function keptPage(
  { document, viewport, playback, selection }: Slices,
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
    filter: viewport.filter,
    leavesOut: viewport.leavesOut,
    hidden: [...viewport.hidden],
    unfolded: [...viewport.unfolded],
    collapsed: [...viewport.collapsed],
    opened: [...viewport.opened],
    turned: [...viewport.turned],
    focus: viewport.focus && subjectId(viewport.focus),
    camera: viewport.camera,
  };
}

export const keptDocument = (
  source: Source | null,
  { title, pins, breakpoints, asleep, watches }: PagePart,
): DocumentSlice => ({ source, title, pins, breakpoints, asleep, watches });

/** What was shown of the picture and the page, but what hangs on what the document holds. */
export const keptViewport = (page: PagePart): Partial<ViewportSlice> => ({
  terminal: page.terminal,
  filter: page.filter,
  leavesOut: page.leavesOut,
  hidden: new Set(page.hidden),
  unfolded: new Set(page.unfolded),
  collapsed: new Set(page.collapsed),
  opened: new Set(page.opened),
  turned: new Set(page.turned),
  focus: page.focus === null ? null : subjectOf(page.focus),
  camera: page.camera,
});
