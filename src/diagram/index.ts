/** The face of `diagram`: scene, pens and the controller on a canvas. */
export { buildScene } from './build-scene.ts';
export { fitted, type ViewportState } from './camera.ts';
export { paintScene, type PaintOptions, type Viewport } from './canvas-pen.ts';
export { createDiagram, type Diagram, type DiagramCallbacks } from './controller.ts';
export { GLYPHS, type GlyphName } from './glyphs.table.ts';
export { canvasMeasure, tableMeasure, type Measure } from './measure.ts';
export { noMarks, type Scene, type SceneMarks } from './scene.ts';
export { DARK_THEME, LIGHT_THEME, themeOf, type ColourToken, type Theme } from './theme.ts';
