/** What a user chooses of a file before it is saved, and what a kind of file leaves to choose. */
import type { FormatEntry } from './export-formats.ts';

export interface ExportChoices {
  readonly scale: '1' | '2' | '3' | '4';
  readonly theme: 'light' | 'dark';
  readonly ground: 'filled' | 'transparent';
  readonly lettering: 'text' | 'outlines';
  readonly part: 'whole' | 'visible' | 'selection';
  readonly path: boolean;
  readonly selection: boolean;
  readonly document: boolean;
}

/** `theme` is the one that the page is in. */
export const startChoices = (theme: 'light' | 'dark'): ExportChoices => ({
  scale: '2',
  theme,
  ground: 'filled',
  lettering: 'text',
  part: 'whole',
  path: true,
  selection: false,
  document: true,
});

/** A report has a picture and its own heading, way and commands around it. */
export const isReport = ({ value }: FormatEntry): boolean => value === 'html' || value === 'markdown';

/** Its letters can be drawn as shapes: what holds the picture as SVG. */
export const isVector = (entry: FormatEntry): boolean => entry.value === 'svg' || isReport(entry);
