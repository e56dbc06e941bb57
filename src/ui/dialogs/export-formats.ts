/** The kinds of file that a picture or a run can be saved as. */

type ExportFormat = 'svg' | 'png' | 'drawio' | 'mermaid' | 'graphviz' | 'html' | 'markdown';

export interface FormatEntry {
  readonly value: ExportFormat;
  /** On the button. */
  readonly text: string;
  readonly suffix: string;
  readonly type: string;
  readonly title: string;
  /** Painted: theme, ground and area matter. */
  readonly painted: boolean;
}

export const EXPORT_FORMATS: readonly [FormatEntry, ...FormatEntry[]] = [
  {
    value: 'svg',
    text: 'SVG',
    suffix: 'svg',
    type: 'image/svg+xml',
    title: 'The picture; opens here again',
    painted: true,
  },
  {
    value: 'png',
    text: 'PNG',
    suffix: 'png',
    type: 'image/png',
    title: 'The picture in pixels; opens here again',
    painted: true,
  },
  {
    value: 'drawio',
    text: 'draw.io',
    suffix: 'drawio',
    type: 'application/xml',
    title: 'Boxes and lines in their places, to be edited',
    painted: false,
  },
  {
    value: 'mermaid',
    text: 'Mermaid',
    suffix: 'mmd',
    type: 'text/plain',
    title: 'For a note or a README',
    painted: false,
  },
  {
    value: 'graphviz',
    text: 'Graphviz',
    suffix: 'dot',
    type: 'text/vnd.graphviz',
    title: 'For dot; neato -n keeps the places',
    painted: false,
  },
  {
    value: 'html',
    text: 'Report',
    suffix: 'html',
    type: 'text/html',
    title: 'Picture, way, deciding rows, captures and commands in one file',
    painted: false,
  },
  {
    value: 'markdown',
    text: 'Markdown',
    suffix: 'md',
    type: 'text/markdown',
    title: 'The report as Markdown',
    painted: false,
  },
];
