/** The face of `export`: the picture as a file, and the document found again in such a file. */
export { parseDocument } from './document-schema.ts';
export { fitsPicture } from './document-text.ts';
export { exportDrawio } from './drawio.ts';
export { exportGraphviz } from './graphviz.ts';
export { exportMermaid } from './mermaid.ts';
export { canvasLetters } from './letter-shapes.ts';
export type { ExportOptions, Picture } from './picture.ts';
export { exportPng } from './png.ts';
export { reportHtml, reportMarkdown, type Report } from './report.ts';
export { formatScript, isScript, parseScript } from './script.ts';
export { readExported } from './read-exported.ts';
export { exportSvg } from './svg.ts';
